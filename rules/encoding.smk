ENCODING = config["encoding"]
FITTED_SEEDS = SEEDS[:2]  # of networks that are fitted to the neurons


rule sample_neurons:
    input:
        responses="results/{dataset}/responses.npz",
        recording="results/{dataset}/rdms/recording.npz",
    output:
        sample="results/{dataset}/encoding/sample.npz",
    log:
        "results/logs/{dataset}/encoding/sample.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        code=code("sample_neurons"),
        neurons=ENCODING["neurons"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/sample_neurons.py"


rule encode_references:
    input:
        sample="results/{dataset}/encoding/sample.npz",
        stimuli="results/{dataset}/stimuli.npz",
    output:
        scores="results/{dataset}/encoding/references.npz",
    log:
        "results/logs/{dataset}/encoding/references.log",
    benchmark:
        "results/benchmarks/{dataset}/encoding/references.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
    params:
        code=code("encode_references"),
        folds=ENCODING["folds"],
        stimulus=config["stimulus"],
    message:
        "Predict neurons from orientation and simple models of the gratings"
    script:
        "../scripts/encode_references.py"


rule encode_networks:
    input:
        sample="results/{dataset}/encoding/sample.npz",
        activations="results/{dataset}/activations/{model}/seeds-{seeds}.npz",
    output:
        scores="results/{dataset}/encoding/{model}/seeds-{seeds}.npz",
    log:
        "results/logs/{dataset}/encoding/{model}/seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/{dataset}/encoding/{model}/seeds-{seeds}.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500, mb_per_seed=5, copies_of_a_seed=6),
    params:
        code=code("encode_networks"),
        folds=ENCODING["folds"],
    message:
        "Predict neurons from networks {wildcards.model}, seeds {wildcards.seeds}"
    script:
        "../scripts/encode_networks.py"


rule encode_shown_network:
    input:
        sample="results/{dataset}/encoding/sample.npz",
        stimuli="results/{dataset}/stimuli.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seeds-{SHOWN_BLOCK}.npz",
    output:
        scores="results/{dataset}/encoding/{model}/shown.npz",
    log:
        "results/logs/{dataset}/encoding/{model}/shown.log",
    benchmark:
        "results/benchmarks/{dataset}/encoding/{model}/shown.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
    params:
        code=code("encode_shown_network"),
        folds=ENCODING["folds"],
        stimulus=config["stimulus"],
        seed=SHOWN_SEED,
    message:
        "Predict neurons from a network {wildcards.model} and Gabor energy"
    script:
        "../scripts/encode_shown_network.py"


rule tabulate_encoding:
    input:
        sample="results/{dataset}/encoding/sample.npz",
        references="results/{dataset}/encoding/references.npz",
        networks=each_network("results/{dataset}/encoding/{model}/seeds-{seeds}.npz"),
        shown=expand(
            "results/{dataset}/encoding/{model}/shown.npz", model=STUDY, allow_missing=True
        ),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(encoding="encoding", groups="encoding_groups"),
        neurons="results/{dataset}/encoding/encoding_neurons.npz",
    log:
        "results/logs/{dataset}/tabulate_encoding.log",
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500, mb_per_input_mb=2),
    params:
        code=code("tabulate_encoding"),
        models=STUDY,
        seed=SHOWN_SEED,
        folds=ENCODING["folds"],
        resample=INFERENCE["resample"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/tabulate_encoding.py"


rule fit_bonus_network:
    input:
        recording="results/{dataset}/recording.npz",
        sample="results/{dataset}/encoding/sample.npz",
    output:
        network="results/{dataset}/encoding/v1_fitted/bonus.npz",
    log:
        "results/logs/{dataset}/encoding/v1_fitted/bonus.log",
    benchmark:
        "results/benchmarks/{dataset}/encoding/v1_fitted/bonus.tsv"
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500, mb_per_input_mb=2),
    params:
        code=code("fit_bonus_network"),
        stimulus=config["stimulus"],
    message:
        "Fit the bonus tutorial's network to the neurons; progress in {log}"
    script:
        "../scripts/fit_bonus_network.py"


rule fit_networks_to_v1:
    input:
        sample="results/{dataset}/encoding/sample.npz",
    output:
        networks="results/{dataset}/encoding/v1_fitted/{kind}.npz",
    log:
        "results/logs/{dataset}/encoding/v1_fitted/{kind}.log",
    benchmark:
        "results/benchmarks/{dataset}/encoding/v1_fitted/{kind}.tsv"
    wildcard_constraints:
        kind="|".join(FITTED_KINDS),
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500, mb_per_input_mb=5),
    params:
        code=code("fit_networks_to_v1"),
        folds=ENCODING["folds"],
        stimulus=config["stimulus"],
        seeds=FITTED_SEEDS,
    message:
        "Fit networks to the neurons ({wildcards.kind}); progress in {log}"
    script:
        "../scripts/fit_networks_to_v1.py"


rule tabulate_v1_fitted:
    input:
        bonus="results/{dataset}/encoding/v1_fitted/bonus.npz",
        fitted=expand(
            "results/{dataset}/encoding/v1_fitted/{kind}.npz",
            kind=FITTED_KINDS,
            allow_missing=True,
        ),
        orientation="results/{dataset}/encoding/references.npz",
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seeds-{seeds}.npz"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(losses="v1_fitted_losses", fitted="v1_fitted"),
    log:
        "results/logs/{dataset}/tabulate_v1_fitted.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_v1_fitted"),
        kinds=FITTED_KINDS,
        models=STUDY,
        comparator=INFERENCE["comparator"],
    script:
        "../scripts/tabulate_v1_fitted.py"
