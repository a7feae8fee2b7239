TRAINING = ["epochs", "batch_size", "learning_rate", "momentum"]


rule train_network:
    input:
        stimuli="results/training_stimuli/seed-{seed}.npz",
    output:
        weights="results/models/{model}/seed-{seed}/weights.pt",
        training_log="results/models/{model}/seed-{seed}/training_log.csv",
        accuracy="results/models/{model}/seed-{seed}/accuracy.csv",
    log:
        "results/logs/models/{model}/seed-{seed}/train_network.log",
    benchmark:
        "results/benchmarks/models/{model}/seed-{seed}/train_network.tsv"
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=1500,
    params:
        library=library("train_network"),
        network=lookup("models/{model}/network", within=config),
        filters=lookup("models/{model}/filters", within=config),
        training={key: config["training"][key] for key in TRAINING},
        stimulus=config["stimulus"],
        held_out=config["training"]["held_out"],
    script:
        "../scripts/train_network.py"


rule extract_activations:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        weights="results/models/{model}/seed-{seed}/weights.pt",
    output:
        activations="results/{dataset}/activations/{model}/seed-{seed}.npz",
    log:
        "results/logs/{dataset}/activations/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/{dataset}/activations/{model}/seed-{seed}.tsv"
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        library=library("extract_activations"),
        network=lookup("models/{model}/network", within=config),
        layers=lookup("models/{model}/layers", within=config),
    script:
        "../scripts/extract_activations.py"


rule tabulate_training:
    input:
        logs=each_network("results/models/{model}/seed-{seed}/training_log.csv"),
        accuracies=each_network("results/models/{model}/seed-{seed}/accuracy.csv"),
    output:
        training="results/{dataset}/tables/training.csv",
        accuracy="results/{dataset}/tables/accuracy.csv",
    log:
        "results/logs/{dataset}/tabulate_training.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("tabulate_training"),
        networks=networks(),
    script:
        "../scripts/tabulate_training.py"


rule compare_with_published:
    input:
        training="results/{dataset}/tables/training.csv",
        correlations="results/{dataset}/tables/rdm_correlations.csv",
    output:
        reproduction="results/{dataset}/tables/reproduction.csv",
    log:
        "results/logs/{dataset}/compare_with_published.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("compare_with_published"),
    script:
        "../scripts/compare_with_published.py"
