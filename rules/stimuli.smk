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
        mem_mb=500,
    params:
        library=library("generate_stimuli"),
        stimulus=config["stimulus"],
    script:
        "../scripts/generate_stimuli.py"


rule generate_training_stimuli:
    output:
        stimuli="results/training_stimuli/seed-{seed}.npz",
    log:
        "results/logs/training_stimuli/seed-{seed}.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("generate_training_stimuli"),
        stimulus=config["stimulus"],
        n_stimuli=config["training"]["stimuli"],
    script:
        "../scripts/generate_training_stimuli.py"
