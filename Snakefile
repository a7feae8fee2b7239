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


localrules:
    all,
    download_responses,


onstart:
    keep_groups()


rule all:
    input:
        intermediate_results(),
        tables(),
        figures(),
    message:
        "All results are there"
