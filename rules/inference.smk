INFERENCE = config["inference"]


rule resample_recording:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        counts="results/{dataset}/bootstrap/stimulus_counts.npy",
        dissimilarities="results/{dataset}/bootstrap/dissimilarities.npy",
    log:
        "results/logs/{dataset}/resample_recording.log",
    benchmark:
        "results/benchmarks/{dataset}/resample_recording.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=growing(1500),
    params:
        library=library("resample_recording"),
        resample=INFERENCE["resample"],
        block_deg=INFERENCE["block_deg"],
        replicates=INFERENCE["replicates"],
        seed=INFERENCE["seed"],
    message:
        f"Resample the recording {INFERENCE['replicates']} times; progress in {{log}}"
    script:
        "../scripts/resample_recording.py"


rule compare_references:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        rdms=["results/{dataset}/rdms/references.npz"],
        counts="results/{dataset}/bootstrap/stimulus_counts.npy",
        dissimilarities="results/{dataset}/bootstrap/dissimilarities.npy",
    output:
        similarities=["results/{dataset}/similarities/references.npz"],
    log:
        "results/logs/{dataset}/similarities/references.log",
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=growing(1500),
    params:
        library=library("compare_rdms"),
        comparator=INFERENCE["comparator"],
        permutations=INFERENCE["permutations"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/compare_rdms.py"


for index, seeds in USED_GROUPS:

    rule:
        name:
            f"compare_networks_{index}"
        input:
            recording=f"results/{DATASET}/rdms/recording.npz",
            references=f"results/{DATASET}/rdms/references.npz",
            rdms=of_seeds("results/{dataset}/rdms/{model}/seed-{seed}.npz", seeds),
            counts=f"results/{DATASET}/bootstrap/stimulus_counts.npy",
            dissimilarities=f"results/{DATASET}/bootstrap/dissimilarities.npy",
        output:
            similarities=of_seeds("results/{dataset}/similarities/{model}/seed-{seed}.npz", seeds),
        log:
            f"results/logs/{DATASET}/similarities/{{model}}/{name_of(seeds)}.log",
        benchmark:
            f"results/benchmarks/{DATASET}/similarities/{{model}}/{name_of(seeds)}.tsv"
        conda:
            "../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=growing(1500),
        params:
            library=library("compare_rdms"),
            comparator=INFERENCE["comparator"],
            permutations=INFERENCE["permutations"],
            seed=INFERENCE["seed"],
        message:
            f"Compare {len(seeds)} networks {{wildcards.model}} in each replicate, seeds {seeds}"
        script:
            "../scripts/compare_rdms.py"


rule average_over_seeds:
    input:
        networks=each_network("results/{dataset}/similarities/{model}/seed-{seed}.npz"),
        references="results/{dataset}/similarities/references.npz",
        performance="results/{dataset}/tables/performance.csv",
    output:
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    log:
        "results/logs/{dataset}/average_over_seeds.log",
    benchmark:
        "results/benchmarks/{dataset}/average_over_seeds.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
    params:
        library=library("average_over_seeds"),
        networks=networks(),
        study=config["study"],
        seeds=SEEDS,
        twins=TWINS,
        resample=INFERENCE["resample"],
        seed=INFERENCE["seed"],
    message:
        f"Average {len(networks())} networks over their seeds"
    script:
        "../scripts/average_over_seeds.py"


rule estimate_ceilings:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        **table_files(ceilings="ceilings"),
    log:
        "results/logs/{dataset}/estimate_ceilings.log",
    benchmark:
        "results/benchmarks/{dataset}/estimate_ceilings.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=growing(1500),
    params:
        library=library("estimate_ceilings"),
        comparator=INFERENCE["comparator"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/estimate_ceilings.py"


rule tabulate_inference:
    input:
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
        references="results/{dataset}/similarities/references.npz",
        ceilings="results/{dataset}/tables/ceilings.csv",
    output:
        **table_files(inference="inference"),
    log:
        "results/logs/{dataset}/tabulate_inference.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("tabulate_inference"),
        inference=INFERENCE,
    script:
        "../scripts/tabulate_inference.py"


rule tabulate_pairwise:
    input:
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        **table_files(pairwise="pairwise"),
    log:
        "results/logs/{dataset}/tabulate_pairwise.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("tabulate_pairwise"),
        inference=INFERENCE,
    script:
        "../scripts/tabulate_pairwise.py"


rule tabulate_training_effect:
    input:
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        **table_files(training_effect="training_effect"),
    log:
        "results/logs/{dataset}/tabulate_training_effect.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("tabulate_training_effect"),
        inference=INFERENCE,
        twins=TWINS,
    script:
        "../scripts/tabulate_training_effect.py"


rule tabulate_partial:
    input:
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
        references="results/{dataset}/similarities/references.npz",
    output:
        **table_files(partial="partial"),
    log:
        "results/logs/{dataset}/tabulate_partial.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("tabulate_partial"),
        inference=INFERENCE,
    script:
        "../scripts/tabulate_partial.py"


for index, seeds in USED_GROUPS:

    rule:
        name:
            f"compare_dissimilarities_{index}"
        input:
            responses=f"results/{DATASET}/responses.npz",
            activations=of_seeds("results/{dataset}/activations/{model}/seed-{seed}.npz", seeds),
        output:
            similarities=of_seeds("results/{dataset}/multiverse/{model}/seed-{seed}.csv", seeds),
        log:
            f"results/logs/{DATASET}/multiverse/{{model}}/{name_of(seeds)}.log",
        benchmark:
            f"results/benchmarks/{DATASET}/multiverse/{{model}}/{name_of(seeds)}.tsv"
        conda:
            "../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=growing(1500),
        params:
            library=library("compare_dissimilarities"),
        message:
            f"Compare {len(seeds)} networks {{wildcards.model}} by every measure, seeds {seeds}"
        script:
            "../scripts/compare_dissimilarities.py"


rule tabulate_multiverse:
    input:
        networks=each_network("results/{dataset}/multiverse/{model}/seed-{seed}.csv"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(multiverse="multiverse"),
    log:
        "results/logs/{dataset}/tabulate_multiverse.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
    params:
        library=library("tabulate_multiverse"),
        networks=networks(),
    message:
        f"Rank the layers of {len(networks())} networks by every measure"
    script:
        "../scripts/tabulate_multiverse.py"


rule correlate_models:
    input:
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        networks=each_network("results/{dataset}/rdms/{model}/seed-{seed}.npz"),
        performance="results/{dataset}/tables/performance.csv",
    output:
        **table_files(correlations="model_correlations"),
    log:
        "results/logs/{dataset}/correlate_models.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("correlate_models"),
        networks=networks(),
    message:
        f"Correlate the RDMs of {len(networks())} networks and all references with each other"
    script:
        "../scripts/correlate_models.py"


rule write_answers:
    input:
        inference="results/{dataset}/tables/inference.csv",
        pairwise="results/{dataset}/tables/pairwise.csv",
        training_effect="results/{dataset}/tables/training_effect.csv",
        partial="results/{dataset}/tables/partial.csv",
        ceilings="results/{dataset}/tables/ceilings.csv",
        multiverse="results/{dataset}/tables/multiverse.csv",
        performance="results/{dataset}/tables/performance.csv",
    output:
        answers="results/{dataset}/answers.md",
    log:
        "results/logs/{dataset}/write_answers.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("write_answers"),
        resample=INFERENCE["resample"],
        seeds=len(SEEDS),
    script:
        "../scripts/write_answers.py"
