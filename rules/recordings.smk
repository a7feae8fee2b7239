rule download_responses:
    output:
        recording="results/{dataset}/recording.npz",
    log:
        "results/logs/{dataset}/download_responses.log",
    wildcard_constraints:
        dataset=datasets_from("url"),
    localrule: True  # the nodes of a cluster often have no network
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("download_responses"),
        url=lookup("{dataset}/url", within=config["datasets"]),
        md5=lookup("{dataset}/md5", within=config["datasets"]),
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
        mem_mb=memory(1000),
    params:
        code=code("simulate_responses"),
        simulate=lookup("{dataset}/simulate", within=config["datasets"]),
    script:
        "../scripts/simulate_responses.py"


rule read_recording:
    input:
        recording=recording,
        stimuli=stimulus_table,
    output:
        recording="results/{dataset}/recording.npz",
    log:
        "results/logs/{dataset}/read_recording.log",
    benchmark:
        "results/benchmarks/{dataset}/read_recording.tsv"
    wildcard_constraints:
        dataset=datasets_from("path"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(1000, mb_per_input_mb=2),
    params:
        code=code("read_recording"),
        entry=lookup("{dataset}", within=config["datasets"]),
        own_files=own_files,
    script:
        "../scripts/read_recording.py"


rule bin_responses:
    input:
        recording="results/{dataset}/recording.npz",
    output:
        responses="results/{dataset}/responses.npz",
        description="results/{dataset}/recording.md",
    log:
        "results/logs/{dataset}/bin_responses.log",
    benchmark:
        "results/benchmarks/{dataset}/bin_responses.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(1000, mb_per_input_mb=2),
    params:
        code=code("bin_responses"),
        bin_width=config["bin_width"],
        above_180=lookup("{dataset}/above_180", within=config["datasets"], default="drop"),
        md5=downloaded_md5,
        file=lookup("{dataset}/path", within=config["datasets"], default="the recording"),
    script:
        "../scripts/bin_responses.py"


rule generate_stimuli:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        stimuli="results/{dataset}/stimuli.npz",
    log:
        "results/logs/{dataset}/generate_stimuli.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(700),
    params:
        code=code("generate_stimuli"),
        stimulus=config["stimulus"],
    script:
        "../scripts/generate_stimuli.py"
