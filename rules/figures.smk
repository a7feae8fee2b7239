rule plot_gratings:
    output:
        **figure_files("gratings"),
    log:
        "results/logs/{dataset}/figures/gratings.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_gratings"),
        look=config["figures"],
        stimulus=config["stimulus"],
    script:
        "../scripts/plot_gratings.py"


rule plot_rdms:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        recording="results/{dataset}/rdms/recording.npz",
        layers=f"results/{{dataset}}/rdms/{{model}}/seeds-{SHOWN_BLOCK}.npz",
    output:
        **figure_files("{model}/rdms"),
    log:
        "results/logs/{dataset}/figures/{model}/rdms.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_rdms"),
        look=config["figures"],
        layers=lookup("{model}/layers", within=config["models"]),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_rdms.py"


rule plot_rdm_correlations:
    input:
        correlations="results/{dataset}/tables/rdm_correlations.csv",
    output:
        **figure_files("{model}/rdm_correlations"),
    log:
        "results/logs/{dataset}/figures/{model}/rdm_correlations.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_rdm_correlations"),
        look=config["figures"],
    script:
        "../scripts/plot_rdm_correlations.py"


rule plot_rdm_rows:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        recording="results/{dataset}/rdms/recording.npz",
        layers=f"results/{{dataset}}/rdms/{{model}}/seeds-{SHOWN_BLOCK}.npz",
    output:
        **figure_files("{model}/rdm_rows"),
    log:
        "results/logs/{dataset}/figures/{model}/rdm_rows.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_rdm_rows"),
        look=config["figures"],
        layers=lookup("{model}/layers", within=config["models"]),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_rdm_rows.py"


rule plot_tuning_curves:
    input:
        responses="results/{dataset}/responses.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seeds-{SHOWN_BLOCK}.npz",
    output:
        **figure_files("{model}/tuning_curves"),
    log:
        "results/logs/{dataset}/figures/{model}/tuning_curves.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_tuning_curves"),
        look=config["figures"],
        layers=lookup("{model}/layers", within=config["models"]),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_tuning_curves.py"


rule plot_embeddings:
    input:
        embeddings="results/{dataset}/embeddings/{model}.npz",
    output:
        **figure_files("{model}/embeddings"),
    log:
        "results/logs/{dataset}/figures/{model}/embeddings.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_embeddings"),
        look=config["figures"],
        layers=lookup("{model}/layers", within=config["models"]),
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_embeddings.py"


rule plot_learning_curves:
    input:
        training="results/{dataset}/tables/training.csv",
    output:
        **figure_files("learning_curves"),
    log:
        "results/logs/{dataset}/figures/learning_curves.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_learning_curves"),
        look=config["figures"],
    script:
        "../scripts/plot_learning_curves.py"


rule plot_reference_rdms:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        references="results/{dataset}/rdms/references.npz",
        correlations="results/{dataset}/tables/reference_correlations.csv",
    output:
        **figure_files("reference_rdms"),
    log:
        "results/logs/{dataset}/figures/reference_rdms.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_reference_rdms"),
        look=config["figures"],
    script:
        "../scripts/plot_reference_rdms.py"


rule plot_similarity:
    input:
        inference="results/{dataset}/tables/inference.csv",
        means="results/{dataset}/similarities/means.npz",
        performance="results/{dataset}/tables/performance.csv",
    output:
        **figure_files("similarity"),
    log:
        "results/logs/{dataset}/figures/similarity.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_similarity"),
        look=config["figures"],
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
        **figure_files("training_effect"),
    log:
        "results/logs/{dataset}/figures/training_effect.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_training_effect"),
        look=config["figures"],
        seeds=SEEDS,
        comparator=INFERENCE["comparator"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_training_effect.py"


rule plot_tasks:
    input:
        tasks="results/{dataset}/tables/tasks.csv",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        **figure_files("tasks"),
    log:
        "results/logs/{dataset}/figures/tasks.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_tasks"),
        look=config["figures"],
        seeds=SEEDS,
        comparator=INFERENCE["comparator"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_tasks.py"


rule plot_layers:
    input:
        inference="results/{dataset}/tables/inference.csv",
        networks=expand("results/networks/{model}.json", model=STUDY),
    output:
        **figure_files("layers"),
    log:
        "results/logs/{dataset}/figures/layers.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_layers"),
        look=config["figures"],
        models=STUDY,
        twins=TWINS,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_layers.py"


rule plot_pairwise:
    input:
        pairwise="results/{dataset}/tables/pairwise.csv",
        inference="results/{dataset}/tables/inference.csv",
    output:
        **figure_files("pairwise"),
    log:
        "results/logs/{dataset}/figures/pairwise.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_pairwise"),
        look=config["figures"],
        comparator=INFERENCE["comparator"],
    script:
        "../scripts/plot_pairwise.py"


rule plot_partial_correlations:
    input:
        partial="results/{dataset}/tables/partial.csv",
        inference="results/{dataset}/tables/inference.csv",
    output:
        **figure_files("partial_correlations"),
    log:
        "results/logs/{dataset}/figures/partial_correlations.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_partial_correlations"),
        look=config["figures"],
    script:
        "../scripts/plot_partial_correlations.py"


rule plot_model_space:
    input:
        correlations="results/{dataset}/tables/model_correlations.csv",
    output:
        **figure_files("model_space"),
    log:
        "results/logs/{dataset}/figures/model_space.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_model_space"),
        look=config["figures"],
    script:
        "../scripts/plot_model_space.py"


rule plot_multiverse:
    input:
        multiverse="results/{dataset}/tables/multiverse.csv",
    output:
        **figure_files("multiverse"),
    log:
        "results/logs/{dataset}/figures/multiverse.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_multiverse"),
        look=config["figures"],
    script:
        "../scripts/plot_multiverse.py"


rule plot_figure_1:
    input:
        training="results/{dataset}/tables/training.csv",
        performance="results/{dataset}/tables/performance.csv",
        network=f"results/networks/{PAPER_MODEL}.json",
    output:
        **paper_files(1),
    log:
        "results/logs/{dataset}/paper/figure_1.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_figure_1"),
        look=config["figures"],
        model=PAPER_MODEL,
        network=config["models"][PAPER_MODEL]["network"],
        filters=config["models"][PAPER_MODEL].get("filters"),
        layers=config["models"][PAPER_MODEL]["layers"],
        stimulus=config["stimulus"],
    script:
        "../scripts/plot_figure_1.py"


rule plot_figure_2:
    input:
        stimuli="results/{dataset}/stimuli.npz",
        recording="results/{dataset}/rdms/recording.npz",
        layers=f"results/{{dataset}}/rdms/{PAPER_MODEL}/seeds-{SHOWN_BLOCK}.npz",
        inference="results/{dataset}/tables/inference.csv",
        means="results/{dataset}/similarities/means.npz",
        performance="results/{dataset}/tables/performance.csv",
    output:
        **paper_files(2),
    log:
        "results/logs/{dataset}/paper/figure_2.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_figure_2"),
        look=config["figures"],
        model=PAPER_MODEL,
        layers=config["models"][PAPER_MODEL]["layers"],
        seed=SHOWN_SEED,
        seeds=SEEDS,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_figure_2.py"


rule plot_figure_3:
    input:
        inference="results/{dataset}/tables/inference.csv",
        means="results/{dataset}/similarities/means.npz",
        performance="results/{dataset}/tables/performance.csv",
        training_effect="results/{dataset}/tables/training_effect.csv",
        partial="results/{dataset}/tables/partial.csv",
    output:
        **paper_files(3),
    log:
        "results/logs/{dataset}/paper/figure_3.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_figure_3"),
        look=config["figures"],
        comparator=INFERENCE["comparator"],
        seeds=SEEDS,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_figure_3.py"


rule plot_encoding:
    input:
        encoding="results/{dataset}/tables/encoding.csv",
    output:
        **figure_files("encoding"),
    log:
        "results/logs/{dataset}/figures/encoding.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_encoding"),
        look=config["figures"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_encoding.py"


rule plot_predictions:
    input:
        responses="results/{dataset}/responses.npz",
        sample="results/{dataset}/encoding/sample.npz",
        references="results/{dataset}/encoding/references.npz",
        shown=f"results/{{dataset}}/encoding/{PAPER_MODEL}/shown.npz",
    output:
        **figure_files("predictions"),
    log:
        "results/logs/{dataset}/figures/predictions.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_predictions"),
        look=config["figures"],
        model=PAPER_MODEL,
        seed=SHOWN_SEED,
    script:
        "../scripts/plot_predictions.py"


rule plot_figure_4:
    input:
        encoding="results/{dataset}/tables/encoding.csv",
        groups="results/{dataset}/tables/encoding_groups.csv",
        inference="results/{dataset}/tables/inference.csv",
    output:
        **paper_files(4),
    log:
        "results/logs/{dataset}/paper/figure_4.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_figure_4"),
        look=config["figures"],
        comparator=INFERENCE["comparator"],
        seed=SHOWN_SEED,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_figure_4.py"


rule plot_bonus_network:
    input:
        bonus="results/{dataset}/encoding/v1_fitted/bonus.npz",
    output:
        **figure_files("bonus_network"),
    log:
        "results/logs/{dataset}/figures/bonus_network.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_bonus_network"),
        look=config["figures"],
    script:
        "../scripts/plot_bonus_network.py"


rule plot_v1_fitted:
    input:
        fitted="results/{dataset}/tables/v1_fitted.csv",
        encoding="results/{dataset}/tables/encoding.csv",
    output:
        **figure_files("v1_fitted"),
    log:
        "results/logs/{dataset}/figures/v1_fitted.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_v1_fitted"),
        look=config["figures"],
    script:
        "../scripts/plot_v1_fitted.py"


# The figures of the paper and nothing else: snakemake --cores all paper
rule paper:
    input:
        expand(group_paper() if config["dataset"] in GROUPS else paper(), dataset=config["dataset"]),
    localrule: True
    message:
        "All figures of the paper are there"
