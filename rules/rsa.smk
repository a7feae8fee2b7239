rule compute_recording_rdm:
    input:
        responses=["results/{dataset}/responses.npz"],
    output:
        rdms=["results/{dataset}/rdms/recording.npz"],
    log:
        "results/logs/{dataset}/rdms/recording.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/recording.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
    params:
        library=library("compute_rdms"),
    script:
        "../scripts/compute_rdms.py"


for index, seeds in USED_GROUPS:

    rule:
        name:
            f"compute_rdms_{index}"
        input:
            responses=of_seeds("results/{dataset}/activations/{model}/seed-{seed}.npz", seeds),
        output:
            rdms=of_seeds("results/{dataset}/rdms/{model}/seed-{seed}.npz", seeds),
        log:
            f"results/logs/{DATASET}/rdms/{{model}}/{name_of(seeds)}.log",
        benchmark:
            f"results/benchmarks/{DATASET}/rdms/{{model}}/{name_of(seeds)}.tsv"
        conda:
            "../envs/analysis.yaml"
        resources:
            mem_mb=growing(1000),
        params:
            library=library("compute_rdms"),
        message:
            f"Compute the RDMs of {len(seeds)} networks {{wildcards.model}}, seeds {seeds}"
        script:
            "../scripts/compute_rdms.py"


rule correlate_rdms:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seed-{seed}.npz"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(correlations="rdm_correlations"),
    log:
        "results/logs/{dataset}/correlate_rdms.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("correlate_rdms"),
        networks=networks(),
    message:
        f"Correlate the RDMs of {len(networks())} networks with the recording's"
    script:
        "../scripts/correlate_rdms.py"


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
        mem_mb=growing(1000),
    params:
        library=library("compute_reference_rdms"),
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
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("correlate_references"),
    script:
        "../scripts/correlate_references.py"


rule compute_embeddings:
    input:
        responses="results/{dataset}/responses.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seed-{SHOWN_SEED}.npz",
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
        mem_mb=growing(1000),
    params:
        library=library("compute_embeddings"),
    script:
        "../scripts/compute_embeddings.py"
