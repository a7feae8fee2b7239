rule compute_recording_rdm:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        rdms="results/{dataset}/rdms/recording.npz",
    log:
        "results/logs/{dataset}/rdms/recording.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/recording.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        code=code("compute_recording_rdm"),
    script:
        "../scripts/compute_recording_rdm.py"


rule compute_rdms:
    input:
        activations="results/{dataset}/activations/{model}/seeds-{seeds}.npz",
    output:
        rdms="results/{dataset}/rdms/{model}/seeds-{seeds}.npz",
    log:
        "results/logs/{dataset}/rdms/{model}/seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/{model}/seeds-{seeds}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(900, mb_per_seed=2, copies_of_a_seed=3),
    params:
        code=code("compute_rdms"),
    message:
        "Compute the RDMs of networks {wildcards.model}, seeds {wildcards.seeds}"
    script:
        "../scripts/compute_rdms.py"


rule correlate_rdms:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seeds-{seeds}.npz"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(correlations="rdm_correlations"),
    log:
        "results/logs/{dataset}/correlate_rdms.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("correlate_rdms"),
        models=STUDY,
    script:
        "../scripts/correlate_rdms.py"


rule correlate_models:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seeds-{seeds}.npz"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(correlations="model_correlations"),
    log:
        "results/logs/{dataset}/correlate_models.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("correlate_models"),
        models=STUDY,
    script:
        "../scripts/correlate_models.py"


rule compute_reference_rdms:
    input:
        stimuli="results/{dataset}/stimuli.npz",
    output:
        rdms="results/{dataset}/rdms/references.npz",
    log:
        "results/logs/{dataset}/rdms/references.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/references.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        code=code("compute_reference_rdms"),
        stimulus=config["stimulus"],
    script:
        "../scripts/compute_reference_rdms.py"


rule correlate_references:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
    output:
        **table_files(correlations="reference_correlations"),
    log:
        "results/logs/{dataset}/correlate_references.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("correlate_references"),
    script:
        "../scripts/correlate_references.py"


rule compare_multiverse:
    input:
        responses="results/{dataset}/responses.npz",
        activations="results/{dataset}/activations/{model}/seeds-{seeds}.npz",
    output:
        similarities="results/{dataset}/multiverse/{model}/seeds-{seeds}.csv",
    log:
        "results/logs/{dataset}/multiverse/{model}/seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/{dataset}/multiverse/{model}/seeds-{seeds}.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500, copies_of_a_seed=6),
    params:
        code=code("compare_multiverse"),
    message:
        "Compare networks {wildcards.model} by every measure, seeds {wildcards.seeds}"
    script:
        "../scripts/compare_multiverse.py"


rule tabulate_multiverse:
    input:
        networks=each_network("results/{dataset}/multiverse/{model}/seeds-{seeds}.csv"),
        performance="results/{dataset}/tables/performance.csv",
        encoding="results/{dataset}/tables/encoding.csv",
    output:
        **table_files(multiverse="multiverse"),
    log:
        "results/logs/{dataset}/tabulate_multiverse.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_multiverse"),
        models=STUDY,
    script:
        "../scripts/tabulate_multiverse.py"


rule compute_embeddings:
    input:
        responses="results/{dataset}/responses.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seeds-{SHOWN_BLOCK}.npz",
    output:
        embeddings="results/{dataset}/embeddings/{model}.npz",
    log:
        "results/logs/{dataset}/embeddings/{model}.log",
    # The longest of what waits for the shown network's activations, and a figure waits for it.
    priority: 1
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
    params:
        code=code("compute_embeddings"),
        seed=SHOWN_SEED,
    script:
        "../scripts/compute_embeddings.py"
