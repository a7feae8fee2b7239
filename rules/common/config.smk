import math
import sys
from datetime import datetime
from pathlib import Path

import yaml
from snakemake.common.configfile import load_configfile
from snakemake.logging import logger
from snakemake.utils import update_config

# Not `workflow.basedir`, which is that of a project that imports this one.
REPOSITORY = Path(str(workflow.current_basedir)).parents[1]
RULES = REPOSITORY / "rules"
sys.path.append(str(REPOSITORY / "scripts"))

from normative.stimuli.gratings import in_radians
from normative.workflow.code import code_version
from normative.workflow.config import find_mistake, read_numbers, refuse_spaces, resolve_paths
from normative.workflow.errors import UserError
from normative.workflow.failures import summarize_failures
from normative.workflow.overwriting import find_overwritten, warn_of_overwriting
from normative.workflow.terminal import Terminal, stop_quietly, where_to_look

WITH_CONDA = any(
    method.name == "CONDA" for method in workflow.deployment_settings.deployment_method
)
PINS = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8") if WITH_CONDA else None
IS_MODULE = not workflow.modifier.is_main_snakefile()  # with a configuration of its own
IS_IMPORTED = IS_MODULE or not (REPOSITORY / "Snakefile").samefile(workflow.main_snakefile)
# Not a plan, not a job's own process, and no cluster, whose nodes may have what is not here.
RUNS_HERE = (
    workflow.is_main_process
    and not workflow.output_settings.dryrun
    and workflow.resource_settings.cores is not None
    and workflow.resource_settings.nodes is None
    and not WITH_CONDA
)

# Not by `configfile:`, which would have the last word where another Snakefile includes this one.
SCHEMA = yaml.load(
    (RULES / "schemas/config.schema.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
defaults = load_configfile(REPOSITORY / "config.yaml")
defaults.pop("seeds" if "seeds" in config else None, None)  # not a count beside another start
stimulus = config.get("stimulus")
if isinstance(stimulus, dict) and "cycles_per_image" in stimulus:  # not beside the default
    del defaults["stimulus"]["spatial_frequency"]
update_config(defaults, config)
config.update(read_numbers(defaults, SCHEMA))
configfiles = [path for path in map(Path, workflow.configfiles) if path.is_file()]  # no pipes
resolve_paths(config, [(path.parent, load_configfile(path)) for path in configfiles])

# Where another Snakefile includes this one, it has keys of its own beside ours.
has_other_keys = IS_IMPORTED and not IS_MODULE
mistake = refuse_spaces(sys.executable) or find_mistake(config, SCHEMA, has_other_keys)
if mistake:
    sys.exit(f"Error: {mistake}")
config["stimulus"] = in_radians(config["stimulus"])
IMAGE_SHAPE = [math.ceil(full * config["stimulus"]["resolution"]) for full in (480, 640)]  # pixels


# Before the first job, since Snakemake deletes the old outputs of a job that it starts.
if config["device"] == "cuda" and RUNS_HERE:
    from normative.training.device import choose_device  # with PyTorch: more than a second

    try:
        choose_device("cuda")
    except UserError as error:
        sys.exit(f"Error: {error}")


def code(script, *other_files):
    """Stand in a rule's params for its script and what else it reads below `rules`."""
    try:
        return code_version(script, *(RULES / name for name in other_files), pins=PINS)
    except UserError as error:
        sys.exit(f"Error: {error}")


def results_of_run():
    """Paths of all results that the run's targets need, whether there or not."""
    return [path for job in workflow.dag.jobs for path in job.output]


def overwriting():
    """Tell which results of other settings the run would replace; empty if none, or if it may."""
    outputs = [path for job in workflow.dag.needrun_jobs(False) for path in job.output]
    found = [] if config["overwrite"] or workflow.touch else find_overwritten(config, outputs)
    return warn_of_overwriting(found, workflow.overwrite_workdir or "") if found else ""


def end_of_run(*seconds):
    """Tell where to look, from where the command was given; of a group, not of its animals."""
    folder = workflow.overwrite_workdir or ""
    animals = tuple(f"results/{name}/" for name in GROUPS.get(config["dataset"], []))
    found = [path for path in results_of_run() if not path.startswith(animals)]
    return where_to_look(found, sorted(workflow.dag.derived_targetfiles), *seconds, folder=folder)


def show_little():
    """Show on the terminal what users want to know; Snakemake's log file holds everything."""
    shows_all = workflow.output_settings.dryrun or workflow.output_settings.verbose
    at_end = {"This was a dry-run": overwriting, "Nothing to be done": end_of_run}
    for handler in logger.handlers:
        if handler.name == "DefaultStreamHandler":
            terminal = Terminal(handler.formatter, shows_all, at_end)
            handler.setFormatter(terminal)
            handler.addFilter(terminal)


def keep_locks_of_others():
    """Have this run remove its own locks at its end; Snakemake removes those of all in the folder."""
    persistence = workflow.persistence

    def unlock():
        for path in persistence._lockfile.values():
            Path(path).unlink(missing_ok=True)

    if workflow.execution_settings.lock:
        persistence.unlock = unlock


def lift_limit_of_jobs():
    """Lift Snakemake's limit of jobs a second on this computer, which would cost much of a core.

    With a limit, each look for jobs that can start has another follow after the limit's time: after
    200 jobs there are 200 looks a second, as long as any job waits for a core.
    """
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    runs_here = workflow.resource_settings.nodes is None
    if limit and runs_here and (limit.max_jobs, limit.timespan) == (100, 1):  # not a user's own
        workflow.scheduler.job_rate_limiter = None


def studied(wildcards):
    """Configuration of what is computed: without how to run it, and what this study leaves out."""
    left_out = ["calibration", "device", "overwrite"]
    return {
        **{key: config[key] for key in SCHEMA["properties"] if key not in left_out},
        "dataset": wildcards.dataset,
        "datasets": {
            name: config["datasets"][name]
            for name in [wildcards.dataset, *GROUPS.get(wildcards.dataset, [])]
        },
        "models": {model: config["models"][model] for model in config["study"]},
        "seeds": SEEDS,
    }
