from snakemake.utils import min_version

min_version("9.0")


# The defaults are found from any working directory; --configfile and --config change them.
configfile: f"{workflow.basedir}/config.yaml"


report: "rules/report/workflow.rst"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/stimuli.smk"
include: "rules/networks.smk"
include: "rules/rsa.smk"
include: "rules/inference.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/calibration.smk"


# On a cluster these run where Snakemake was started: the download, since nodes often have no
# network, and what takes seconds.
localrules:
    all,
    download_responses,
    tabulate_training,
    correlate_rdms,
    correlate_references,
    compare_with_published,
    tabulate_inference,
    tabulate_pairwise,
    tabulate_training_effect,
    tabulate_partial,
    tabulate_multiverse,
    correlate_models,
    write_answers,
    plot_gratings,
    plot_rdms,
    plot_rdm_correlations,
    plot_rdm_rows,
    plot_reference_rdms,
    plot_tuning_curves,
    plot_embeddings,
    plot_learning_curves,
    plot_similarity,
    plot_training_effect,
    plot_partial_correlations,
    plot_model_space,
    plot_multiverse,
    plot_figure_1,
    plot_figure_2,
    plot_figure_3,
    paper,
    write_manifest,
    write_report,
    draw_workflow,
    tabulate_calibration,
    plot_calibration,


onstart:
    write_groups(GROUPS, GROUPS_FILE)


onerror:
    print(*map(summarize_failures, log), sep="\n", file=sys.stderr)


rule all:
    input:
        intermediate_results(),
        tables(),
        figures(),
        paper(),
        provenance(),
        f"results/{DATASET}/answers.md",
        f"results/{DATASET}/MANIFEST.json",
        f"results/{DATASET}/report.html",
    message:
        "All results are there"
