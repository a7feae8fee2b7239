rule generate_training_stimuli:
    output:
        stimuli="results/training_stimuli/{task}/seeds-{seeds}.npz",
    log:
        "results/logs/training_stimuli/{task}/seeds-{seeds}.log",
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=memory(700),
    params:
        code=code("generate_training_stimuli"),
        own_code=lambda wildcards: OWN_TASKS.get(TASKS[wildcards.task]),
        task=lambda wildcards: TASKS[wildcards.task],
        seeds=seeds_of,
        stimulus=config["stimulus"],
        n_stimuli=config["training"]["stimuli"],
    message:
        "Draw the training stimuli of task {wildcards.task}, seeds {wildcards.seeds}"
    script:
        "../scripts/generate_training_stimuli.py"
