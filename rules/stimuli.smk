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
        mem_mb=growing(700),
    params:
        library=library("generate_stimuli"),
        stimulus=config["stimulus"],
    script:
        "../scripts/generate_stimuli.py"


for index, seeds in USED_GROUPS:

    rule:
        name:
            f"generate_training_stimuli_{index}"
        output:
            stimuli=of_seeds("results/training_stimuli/seed-{seed}.npz", seeds),
        log:
            f"results/logs/training_stimuli/{name_of(seeds)}.log",
        conda:
            "../envs/analysis.yaml"
        resources:
            mem_mb=growing(700),
        params:
            library=library("generate_training_stimuli"),
            seeds=seeds,
            stimulus=config["stimulus"],
            n_stimuli=config["training"]["stimuli"],
        message:
            f"Draw the training gratings of {len(seeds)} seeds: {seeds}"
        script:
            "../scripts/generate_training_stimuli.py"
