rule describe_network:
    output:
        network="results/networks/{model}.json",
    log:
        "results/logs/networks/{model}.log",
    # First of all jobs, so that a wrong layer is told before networks are trained. Not as an input of
    # training: of a job whose inputs are made anew, Snakemake does not see that its params changed.
    priority: 1
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=memory(1400),
    params:
        code=code("describe_network"),
        own_code=own_code_of_model,
        network=network,
        task=lookup("{model}/task", within=config["models"]),
        layers=lookup("{model}/layers", within=config["models"]),
        stimulus=config["stimulus"],
    message:
        "Find out what network {wildcards.model} is made of"
    script:
        "../scripts/describe_network.py"


rule train_networks:
    input:
        stimuli=training_stimuli,
    output:
        weights="results/models/{model}/seeds-{seeds}/weights.pt",
        training_log="results/models/{model}/seeds-{seeds}/training_log.csv",
        performance="results/models/{model}/seeds-{seeds}/performance.csv",
    log:
        "results/logs/models/{model}/seeds-{seeds}/train_networks.log",
    benchmark:
        "results/benchmarks/models/{model}/seeds-{seeds}/train_networks.tsv"
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=memory(1400, mb_per_seed=15),
        runtime=training_minutes,
        gpu=0 if config["device"] == "cpu" else 1,
    params:
        code=code("train_networks"),
        own_code=own_code_of_model,
        seeds=seeds_of,
        training=training,
        stimulus=config["stimulus"],
        n_held_out=config["training"]["held_out"],
        image_shape=IMAGE_SHAPE,
        device=config["device"],
    message:
        "Train networks {wildcards.model}, seeds {wildcards.seeds}; progress in {log}"
    script:
        "../scripts/train_networks.py"


rule extract_activations:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        weights="results/models/{model}/seeds-{seeds}/weights.pt",
    output:
        activations="results/{dataset}/activations/{model}/seeds-{seeds}.npz",
    log:
        "results/logs/{dataset}/activations/{model}/seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/{dataset}/activations/{model}/seeds-{seeds}.tsv"
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000, mb_per_seed=2),
    params:
        code=code("extract_activations"),
        own_code=own_code_of_model,
        network=network,
        task=lookup("{model}/task", within=config["models"]),
        layers=lookup("{model}/layers", within=config["models"]),
    message:
        "Record the layers of networks {wildcards.model}, seeds {wildcards.seeds}"
    script:
        "../scripts/extract_activations.py"


rule tabulate_training:
    input:
        logs=each_network("results/models/{model}/seeds-{seeds}/training_log.csv"),
        performances=each_network("results/models/{model}/seeds-{seeds}/performance.csv"),
    output:
        **table_files(training="training", performance="performance"),
    log:
        "results/logs/{dataset}/tabulate_training.log",
    localrule: True
    conda:
        "../envs/training.yaml"
    params:
        code=code("tabulate_training"),
        own_code=[OWN_TASKS[task] for task in sorted(OWN_TASKS)],
        tasks={model: config["models"][model]["task"] for model in STUDY},
        epochs={model: EPOCHS[model] for model in STUDY},
        given=GIVEN,
        gates=GATES,
    script:
        "../scripts/tabulate_training.py"


rule compare_with_published:
    input:
        training="results/{dataset}/tables/training.csv",
        correlations="results/{dataset}/tables/rdm_correlations.csv",
    output:
        **table_files(reproduction="reproduction"),
    log:
        "results/logs/{dataset}/compare_with_published.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("compare_with_published"),
        md5=lookup("{dataset}/md5", within=config["datasets"], default=None),
    script:
        "../scripts/compare_with_published.py"
