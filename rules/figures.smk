rule plot_gratings:
    output:
        pdf="results/{dataset}/figures/gratings.pdf",
        png="results/{dataset}/figures/gratings.png",
    log:
        "results/logs/{dataset}/figures/gratings.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_gratings"),
        stimulus=config["stimulus"],
    script:
        "../scripts/plot_gratings.py"


rule plot_rdms:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        recording="results/{dataset}/rdms/recording.npz",
        layers=f"results/{{dataset}}/rdms/{{model}}/seed-{SHOWN_SEED}.npz",
    output:
        pdf="results/{dataset}/figures/{model}/rdms.pdf",
        png="results/{dataset}/figures/{model}/rdms.png",
    log:
        "results/logs/{dataset}/figures/{model}/rdms.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_rdms"),
        layers=lookup("models/{model}/layers", within=config),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_rdms.py"


rule plot_rdm_correlations:
    input:
        correlations="results/{dataset}/tables/rdm_correlations.csv",
    output:
        pdf="results/{dataset}/figures/{model}/rdm_correlations.pdf",
        png="results/{dataset}/figures/{model}/rdm_correlations.png",
    log:
        "results/logs/{dataset}/figures/{model}/rdm_correlations.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_rdm_correlations"),
    script:
        "../scripts/plot_rdm_correlations.py"


rule plot_rdm_rows:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        recording="results/{dataset}/rdms/recording.npz",
        layers=f"results/{{dataset}}/rdms/{{model}}/seed-{SHOWN_SEED}.npz",
    output:
        pdf="results/{dataset}/figures/{model}/rdm_rows.pdf",
        png="results/{dataset}/figures/{model}/rdm_rows.png",
    log:
        "results/logs/{dataset}/figures/{model}/rdm_rows.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_rdm_rows"),
        layers=lookup("models/{model}/layers", within=config),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_rdm_rows.py"


rule plot_tuning_curves:
    input:
        responses="results/{dataset}/responses.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seed-{SHOWN_SEED}.npz",
    output:
        pdf="results/{dataset}/figures/{model}/tuning_curves.pdf",
        png="results/{dataset}/figures/{model}/tuning_curves.png",
    log:
        "results/logs/{dataset}/figures/{model}/tuning_curves.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_tuning_curves"),
        layers=lookup("models/{model}/layers", within=config),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_tuning_curves.py"


rule plot_embeddings:
    input:
        embeddings="results/{dataset}/embeddings/{model}.npz",
    output:
        pdf="results/{dataset}/figures/{model}/embeddings.pdf",
        png="results/{dataset}/figures/{model}/embeddings.png",
    log:
        "results/logs/{dataset}/figures/{model}/embeddings.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_embeddings"),
        layers=lookup("models/{model}/layers", within=config),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_embeddings.py"


rule plot_learning_curves:
    input:
        training="results/{dataset}/tables/training.csv",
    output:
        pdf="results/{dataset}/figures/learning_curves.pdf",
        png="results/{dataset}/figures/learning_curves.png",
    log:
        "results/logs/{dataset}/figures/learning_curves.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_learning_curves"),
    script:
        "../scripts/plot_learning_curves.py"


rule plot_reference_rdms:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        references="results/{dataset}/rdms/references.npz",
        correlations="results/{dataset}/tables/reference_correlations.csv",
    output:
        pdf="results/{dataset}/figures/reference_rdms.pdf",
        png="results/{dataset}/figures/reference_rdms.png",
    log:
        "results/logs/{dataset}/figures/reference_rdms.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_reference_rdms"),
    script:
        "../scripts/plot_reference_rdms.py"


rule plot_similarity:
    input:
        inference="results/{dataset}/tables/inference.csv",
        means="results/{dataset}/similarities/means.npz",
        performance="results/{dataset}/tables/performance.csv",
    output:
        pdf="results/{dataset}/figures/similarity.pdf",
        png="results/{dataset}/figures/similarity.png",
    log:
        "results/logs/{dataset}/figures/similarity.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_similarity"),
        seeds=SEEDS,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_similarity.py"


rule plot_training_effect:
    input:
        training_effect="results/{dataset}/tables/training_effect.csv",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        pdf="results/{dataset}/figures/training_effect.pdf",
        png="results/{dataset}/figures/training_effect.png",
    log:
        "results/logs/{dataset}/figures/training_effect.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_training_effect"),
        comparator=INFERENCE["comparator"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_training_effect.py"


rule plot_partial_correlations:
    input:
        partial="results/{dataset}/tables/partial.csv",
        inference="results/{dataset}/tables/inference.csv",
    output:
        pdf="results/{dataset}/figures/partial_correlations.pdf",
        png="results/{dataset}/figures/partial_correlations.png",
    log:
        "results/logs/{dataset}/figures/partial_correlations.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_partial_correlations"),
    script:
        "../scripts/plot_partial_correlations.py"


rule plot_model_space:
    input:
        correlations="results/{dataset}/tables/model_correlations.csv",
    output:
        pdf="results/{dataset}/figures/model_space.pdf",
        png="results/{dataset}/figures/model_space.png",
    log:
        "results/logs/{dataset}/figures/model_space.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_model_space"),
    script:
        "../scripts/plot_model_space.py"


rule plot_multiverse:
    input:
        multiverse="results/{dataset}/tables/multiverse.csv",
    output:
        pdf="results/{dataset}/figures/multiverse.pdf",
        png="results/{dataset}/figures/multiverse.png",
    log:
        "results/logs/{dataset}/figures/multiverse.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("plot_multiverse"),
    script:
        "../scripts/plot_multiverse.py"
