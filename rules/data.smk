rule download_responses:
    output:
        recording="results/{dataset}/recording.npz",
    log:
        "results/logs/{dataset}/download_responses.log",
    wildcard_constraints:
        dataset=datasets_from("url"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("download_responses"),
        url=lookup("datasets/{dataset}/url", within=config),
        md5=lookup("datasets/{dataset}/md5", within=config),
    script:
        "../scripts/download_responses.py"


rule simulate_responses:
    output:
        recording="results/{dataset}/recording.npz",
    log:
        "results/logs/{dataset}/simulate_responses.log",
    benchmark:
        "results/benchmarks/{dataset}/simulate_responses.tsv"
    wildcard_constraints:
        dataset=datasets_from("simulate"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
    params:
        library=library("simulate_responses"),
        simulate=lookup("datasets/{dataset}/simulate", within=config),
    script:
        "../scripts/simulate_responses.py"


rule bin_responses:
    input:
        recording=recording,
    output:
        responses="results/{dataset}/responses.npz",
    log:
        "results/logs/{dataset}/bin_responses.log",
    benchmark:
        "results/benchmarks/{dataset}/bin_responses.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
    params:
        library=library("bin_responses"),
        bin_width=config["bin_width"],
        md5=lookup("datasets/{dataset}/md5", within=config, default=None),
    script:
        "../scripts/bin_responses.py"
