TRAINING = ["batch_size", "learning_rate", "momentum"]


for index, seeds in USED_GROUPS:

    rule:
        name:
            f"train_networks_{index}"
        input:
            stimuli=of_seeds("results/training_stimuli/seed-{seed}.npz", seeds),
        output:
            weights=of_seeds("results/models/{model}/seed-{seed}/weights.pt", seeds),
            training_log=of_seeds("results/models/{model}/seed-{seed}/training_log.csv", seeds),
            performance=of_seeds("results/models/{model}/seed-{seed}/performance.csv", seeds),
        log:
            f"results/logs/models/{{model}}/train-{name_of(seeds)}.log",
        benchmark:
            f"results/benchmarks/models/{{model}}/train-{name_of(seeds)}.tsv"
        conda:
            "../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=growing(1500),
            runtime=10 + len(seeds),
            gpu=0 if config["device"] == "cpu" else 1,
        params:
            library=library("train_networks"),
            seeds=seeds,
            network=lookup("models/{model}/network", within=config),
            filters=lookup("models/{model}/filters", within=config),
            task=lookup("models/{model}/task", within=config),
            epochs=lambda wildcards: EPOCHS[wildcards.model],
            training={key: config["training"][key] for key in TRAINING},
            stimulus=config["stimulus"],
            held_out=config["training"]["held_out"],
            device=config["device"],
        message:
            f"Train {len(seeds)} networks {{wildcards.model}}, seeds {seeds}; progress in {{log}}"
        script:
            "../scripts/train_networks.py"

    rule:
        name:
            f"extract_activations_{index}"
        input:
            stimuli=f"results/{DATASET}/stimuli.npz",
            weights=of_seeds("results/models/{model}/seed-{seed}/weights.pt", seeds),
        output:
            activations=of_seeds("results/{dataset}/activations/{model}/seed-{seed}.npz", seeds),
        log:
            f"results/logs/{DATASET}/activations/{{model}}/{name_of(seeds)}.log",
        benchmark:
            f"results/benchmarks/{DATASET}/activations/{{model}}/{name_of(seeds)}.tsv"
        conda:
            "../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=growing(1000),
        params:
            library=library("extract_activations"),
            network=lookup("models/{model}/network", within=config),
            task=lookup("models/{model}/task", within=config),
            layers=lookup("models/{model}/layers", within=config),
        message:
            f"Record the layers of {len(seeds)} networks {{wildcards.model}}, seeds {seeds}"
        script:
            "../scripts/extract_activations.py"


rule tabulate_training:
    input:
        logs=each_network("results/models/{model}/seed-{seed}/training_log.csv"),
        performances=each_network("results/models/{model}/seed-{seed}/performance.csv"),
    output:
        **table_files(training="training", performance="performance"),
    log:
        "results/logs/{dataset}/tabulate_training.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("tabulate_training"),
        networks=networks(),
        tasks={model: config["models"][model]["task"] for model in config["study"]},
        epochs={model: EPOCHS[model] for model in config["study"]},
        gates=config["gates"],
    message:
        f"Gather the losses and scores of {len(networks())} networks"
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
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("compare_with_published"),
        md5=lookup("datasets/{dataset}/md5", within=config, default=None),
    script:
        "../scripts/compare_with_published.py"
