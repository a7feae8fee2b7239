from snakemake.utils import min_version

min_version("9.0")


report: "rules/report/workflow.rst"


include: "rules/common/config.smk"
include: "rules/common/paths.smk"
include: "rules/common/targets.smk"
include: "rules/common/outputs.smk"
include: "rules/recordings.smk"
include: "rules/tasks.smk"
include: "rules/networks.smk"
include: "rules/rsa.smk"
include: "rules/inference.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/calibration.smk"


# What can be known before the first job: Snakemake deletes the old outputs of a job that it starts.
onstart:
    if config["device"] == "cuda" and workflow.local_exec and not WITH_CONDA:
        check_gpu()


onerror:
    print(summarize_failures(log[0], results_of_run()), file=sys.stderr)


rule all:
    default_target: True
    input:
        results(config["dataset"]),
    localrule: True
    message:
        "All results are there"
