rule resample_recording:
    input:
        responses="results/{dataset}/responses.npz",
    output:
        neurons="results/{dataset}/bootstrap/neurons.npy",
        trials="results/{dataset}/bootstrap/trials.npy",
    log:
        "results/logs/{dataset}/resample_recording.log",
    benchmark:
        "results/benchmarks/{dataset}/resample_recording.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
    params:
        code=code("resample_recording"),
        resample=INFERENCE["resample"],
        n_replicates=INFERENCE["replicates"],
        seed=INFERENCE["seed"],
    message:
        f"Draw neurons and noise of the recording, {INFERENCE['replicates']} times; progress in {{log}}"
    script:
        "../scripts/resample_recording.py"


rule compare_references:
    input:
        responses="results/{dataset}/responses.npz",
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        neurons="results/{dataset}/bootstrap/neurons.npy",
        trials="results/{dataset}/bootstrap/trials.npy",
    output:
        similarities="results/{dataset}/similarities/references.npz",
    log:
        "results/logs/{dataset}/similarities/references.log",
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
    params:
        code=code("compare_references"),
        compare=comparison,
    script:
        "../scripts/compare_references.py"


rule compare_networks:
    input:
        responses="results/{dataset}/responses.npz",
        recording="results/{dataset}/rdms/recording.npz",
        references="results/{dataset}/rdms/references.npz",
        rdms="results/{dataset}/rdms/{model}/seeds-{seeds}.npz",
        shown=f"results/{{dataset}}/rdms/{{model}}/seeds-{SHOWN_BLOCK}.npz",
        neurons="results/{dataset}/bootstrap/neurons.npy",
        trials="results/{dataset}/bootstrap/trials.npy",
    output:
        similarities="results/{dataset}/similarities/{model}/seeds-{seeds}.npz",
    log:
        "results/logs/{dataset}/similarities/{model}/seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/{dataset}/similarities/{model}/seeds-{seeds}.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1400, mb_per_seed=10),
    params:
        code=code("compare_networks"),
        compare=comparison,
    message:
        "Compare networks {wildcards.model} in each replicate, seeds {wildcards.seeds}"
    script:
        "../scripts/compare_networks.py"


rule average_over_seeds:
    input:
        networks=each_network("results/{dataset}/similarities/{model}/seeds-{seeds}.npz"),
        shown=expand(
            f"results/{{dataset}}/activations/{{model}}/seeds-{SHOWN_BLOCK}.npz",
            model=STUDY,
            allow_missing=True,
        ),
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
        mem_mb=memory(2000),
    params:
        code=code("average_over_seeds"),
        layers={model: config["models"][model]["layers"] for model in STUDY},
        seeds=SEEDS,
        resample=INFERENCE["resample"],
        seed=INFERENCE["seed"],
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
        mem_mb=memory(1500),
    params:
        code=code("estimate_ceilings"),
        comparator=INFERENCE["comparator"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/estimate_ceilings.py"


rule tabulate_inference:
    input:
        responses="results/{dataset}/responses.npz",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
        references="results/{dataset}/similarities/references.npz",
        ceilings="results/{dataset}/tables/ceilings.csv",
    output:
        **table_files(inference="inference"),
    log:
        "results/logs/{dataset}/tabulate_inference.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_inference"),
        comparator=INFERENCE["comparator"],
        resample=INFERENCE["resample"],
        confidence=INFERENCE["confidence"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/tabulate_inference.py"


rule tabulate_pairwise:
    input:
        responses="results/{dataset}/responses.npz",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        **table_files(pairwise="pairwise"),
    log:
        "results/logs/{dataset}/tabulate_pairwise.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_pairwise"),
        twins=TWINS,
        task_groups=TASK_GROUPS,
        resample=INFERENCE["resample"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/tabulate_pairwise.py"


rule tabulate_training_effect:
    input:
        responses="results/{dataset}/responses.npz",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
    output:
        **table_files(training_effect="training_effect"),
    log:
        "results/logs/{dataset}/tabulate_training_effect.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_training_effect"),
        resample=INFERENCE["resample"],
        confidence=INFERENCE["confidence"],
        seed=INFERENCE["seed"],
        twins=TWINS,
    script:
        "../scripts/tabulate_training_effect.py"


rule tabulate_partial:
    input:
        responses="results/{dataset}/responses.npz",
        means="results/{dataset}/similarities/means.npz",
        layers="results/{dataset}/similarities/layers.csv",
        references="results/{dataset}/similarities/references.npz",
    output:
        **table_files(partial="partial"),
    log:
        "results/logs/{dataset}/tabulate_partial.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_partial"),
        resample=INFERENCE["resample"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/tabulate_partial.py"


rule tabulate_tasks:
    input:
        inference="results/{dataset}/tables/inference.csv",
        pairwise="results/{dataset}/tables/pairwise.csv",
    output:
        **table_files(tasks="tasks"),
    log:
        "results/logs/{dataset}/tabulate_tasks.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_tasks"),
        task_groups=TASK_GROUPS,
        twins=TWINS,
    script:
        "../scripts/tabulate_tasks.py"


rule write_answers:
    input:
        inference="results/{dataset}/tables/inference.csv",
        pairwise="results/{dataset}/tables/pairwise.csv",
        training_effect="results/{dataset}/tables/training_effect.csv",
        tasks="results/{dataset}/tables/tasks.csv",
        partial="results/{dataset}/tables/partial.csv",
        ceilings="results/{dataset}/tables/ceilings.csv",
        multiverse="results/{dataset}/tables/multiverse.csv",
        encoding="results/{dataset}/tables/encoding.csv",
        v1_fitted="results/{dataset}/tables/v1_fitted.csv",
        performance="results/{dataset}/tables/performance.csv",
    output:
        answers="results/{dataset}/answers.md",
    log:
        "results/logs/{dataset}/write_answers.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("write_answers", "report/answers.md.j2"),
        confidence=INFERENCE["confidence"],
        shown_seed=SHOWN_SEED,
    script:
        "../scripts/write_answers.py"
