from snakemake.utils import min_version

min_version("9.0")


# The defaults are found from any working directory; --configfile and --config change them.
configfile: f"{workflow.basedir}/config.yaml"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/stimuli.smk"
include: "rules/networks.smk"
include: "rules/rsa.smk"
include: "rules/figures.smk"


# On a cluster these run where Snakemake was started: the download, since nodes often have no
# network, and what takes seconds.
localrules:
    all,
    download_responses,
    tabulate_training,
    correlate_rdms,
    correlate_references,
    compare_with_published,
    plot_gratings,
    plot_rdms,
    plot_rdm_correlations,
    plot_rdm_rows,
    plot_reference_rdms,
    plot_tuning_curves,
    plot_embeddings,
    plot_learning_curves,


onstart:
    write_groups(GROUPS, GROUPS_FILE)


rule all:
    input:
        intermediate_results(),
        tables(),
        figures(),
    message:
        "All results are there"
