rule compute_rdm:
    input:
        responses="results/{dataset}/activations/{model}/seed-{seed}.npz",
    output:
        rdm="results/{dataset}/rdms/{model}/seed-{seed}.npz",
    log:
        "results/logs/{dataset}/rdms/{model}/seed-{seed}.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/{model}/seed-{seed}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
    params:
        library=library("compute_rdm"),
    script:
        "../scripts/compute_rdm.py"


use rule compute_rdm as compute_recording_rdm with:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        rdm="results/{dataset}/rdms/recording.npz",
    log:
        "results/logs/{dataset}/rdms/recording.log",
    benchmark:
        "results/benchmarks/{dataset}/rdms/recording.tsv"


rule correlate_rdms:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seed-{seed}.npz"),
    output:
        correlations="results/{dataset}/tables/rdm_correlations.csv",
    log:
        "results/logs/{dataset}/correlate_rdms.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        library=library("correlate_rdms"),
        networks=networks(),
    script:
        "../scripts/correlate_rdms.py"


rule compute_embeddings:
    input:
        responses="results/{dataset}/responses.npz",
        activations=f"results/{{dataset}}/activations/{{model}}/seed-{SHOWN_SEED}.npz",
    output:
        embeddings="results/{dataset}/embeddings/{model}.npz",
    log:
        "results/logs/{dataset}/embeddings/{model}.log",
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        library=library("compute_embeddings"),
    script:
        "../scripts/compute_embeddings.py"
