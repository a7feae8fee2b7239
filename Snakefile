from snakemake.utils import min_version

min_version("9.0")


include: "rules/common/config.smk"
include: "rules/common/paths.smk"
include: "rules/common/targets.smk"
include: "rules/common/outputs.smk"
include: "rules/common/params.smk"
include: "rules/recordings.smk"
include: "rules/tasks.smk"
include: "rules/networks.smk"
include: "rules/rsa.smk"
include: "rules/inference.smk"
include: "rules/group.smk"
include: "rules/encoding.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/calibration.smk"


# Another project's own report and handlers stay as they are where it imports this Snakefile.
if not IS_IMPORTED:

    report: "rules/report/workflow.rst"

    if workflow.is_main_process:
        show_little()
        stop_quietly(shell)

    onstart:
        keep_locks_of_others()
        if told := overwriting():
            sys.exit(f"Error: {told}")
        lift_limit_of_jobs()

    onsuccess:
        seconds = (datetime.now() - workflow.start_time).total_seconds()
        logger.info(end_of_run(seconds), extra={"is_shown": True})

    onerror:
        animals = GROUPS.get(config["dataset"], [])
        if summary := summarize_failures(log[0], results_of_run(), animals):
            print(summary, file=sys.stderr)


rule all:
    default_target: True
    input:
        results(config["dataset"]),
    localrule: True
    message:
        "All results are there"
