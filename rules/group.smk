# A dataset of members: the recordings of several animals, compared with the same networks.
rule compare_animals:
    input:
        means=of_animals("results/{animal}/similarities/means.npz"),
        layers=of_animals("results/{animal}/similarities/layers.csv"),
        stimuli=of_animals("results/{animal}/stimuli.npz"),
        rdms=of_animals("results/{animal}/rdms/recording.npz"),
        references=of_first_animal("results/{animal}/rdms/references.npz"),
        networks=networks_of_first_animal,
    output:
        compared="results/{dataset}/similarities/animals.npz",
    log:
        "results/logs/{dataset}/compare_animals.log",
    benchmark:
        "results/benchmarks/{dataset}/compare_animals.tsv"
    wildcard_constraints:
        dataset=datasets_from("members"),
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
    params:
        code=code("compare_animals"),
        animals=animals,
        layers={model: config["models"][model]["layers"] for model in STUDY},
        comparator=INFERENCE["comparator"],
        resample_stimuli="stimuli" in INFERENCE["resample"],
        n_replicates=INFERENCE["replicates"],
        seed=INFERENCE["seed"],
    message:
        "Compare the animals of {wildcards.dataset}; progress in {log}"
    script:
        "../scripts/compare_animals.py"


rule tabulate_animals:
    input:
        compared="results/{dataset}/similarities/animals.npz",
        inference=of_animals("results/{animal}/tables/inference.csv"),
        responses=of_animals("results/{animal}/responses.npz"),
    output:
        **table_files(
            animals="animals",
            group="group",
            pairwise="group_pairwise",
            training_effect="group_training_effect",
            partial="group_partial",
        ),
    log:
        "results/logs/{dataset}/tabulate_animals.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_animals"),
        animals=animals,
        left_out=lookup("{dataset}/left_out", within=config["datasets"], default={}),
        twins=TWINS,
        task_groups=TASK_GROUPS,
        confidence=INFERENCE["confidence"],
        seed=INFERENCE["seed"],
    script:
        "../scripts/tabulate_animals.py"


rule tabulate_animals_encoding:
    input:
        encoding=of_animals("results/{animal}/tables/encoding.csv"),
    output:
        **table_files(encoding="group_encoding"),
    log:
        "results/logs/{dataset}/tabulate_animals_encoding.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_animals_encoding"),
        animals=animals,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/tabulate_animals_encoding.py"


rule plot_group_encoding:
    input:
        encoding="results/{dataset}/tables/group_encoding.csv",
    output:
        **figure_files("group_encoding"),
    log:
        "results/logs/{dataset}/figures/group_encoding.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_group_encoding"),
        look=config["figures"],
        animals=animals,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_group_encoding.py"


rule plot_group_similarity:
    input:
        group="results/{dataset}/tables/group.csv",
        animals="results/{dataset}/tables/animals.csv",
    output:
        **figure_files("group_similarity"),
    log:
        "results/logs/{dataset}/figures/group_similarity.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_group_similarity"),
        look=config["figures"],
        animals=animals,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_group_similarity.py"


rule plot_animals_space:
    input:
        compared="results/{dataset}/similarities/animals.npz",
        group="results/{dataset}/tables/group.csv",
    output:
        **figure_files("animals_space"),
    log:
        "results/logs/{dataset}/figures/animals_space.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_animals_space"),
        look=config["figures"],
        animals=animals,
    script:
        "../scripts/plot_animals_space.py"


rule plot_group_figure_2:
    input:
        compared="results/{dataset}/similarities/animals.npz",
        stimuli=of_first_animal("results/{animal}/stimuli.npz"),
        layers=of_first_animal(f"results/{{animal}}/rdms/{PAPER_MODEL}/seeds-{SHOWN_BLOCK}.npz"),
        group="results/{dataset}/tables/group.csv",
        animals="results/{dataset}/tables/animals.csv",
    output:
        **paper_files(2),
    log:
        "results/logs/{dataset}/paper/figure_2.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_group_figure_2"),
        look=config["figures"],
        animals=animals,
        model=PAPER_MODEL,
        layers=config["models"][PAPER_MODEL]["layers"],
        seed=SHOWN_SEED,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_group_figure_2.py"


rule plot_group_figure_3:
    input:
        group="results/{dataset}/tables/group.csv",
        animals="results/{dataset}/tables/animals.csv",
        training_effect="results/{dataset}/tables/group_training_effect.csv",
        partial="results/{dataset}/tables/group_partial.csv",
    output:
        **paper_files(3),
    log:
        "results/logs/{dataset}/paper/figure_3.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_group_figure_3"),
        look=config["figures"],
        animals=animals,
        comparator=INFERENCE["comparator"],
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/plot_group_figure_3.py"


rule write_group_answers:
    input:
        group="results/{dataset}/tables/group.csv",
        animals="results/{dataset}/tables/animals.csv",
        pairwise="results/{dataset}/tables/group_pairwise.csv",
        training_effect="results/{dataset}/tables/group_training_effect.csv",
        partial="results/{dataset}/tables/group_partial.csv",
        encoding="results/{dataset}/tables/group_encoding.csv",
        performance=of_first_animal("results/{animal}/tables/performance.csv"),
    output:
        answers="results/{dataset}/answers.md",
        animals="results/{dataset}/animals.md",
    log:
        "results/logs/{dataset}/write_group_answers.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("write_group_answers", "report/group_answers.md.j2", "report/animals.md.j2"),
        animals=animals,
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/write_group_answers.py"


rule write_group_manifest:
    input:
        answers="results/{dataset}/answers.md",
        results=[*group_tables(), *group_figures(), *group_paper()],
        intermediate=of_group,
    output:
        manifest="results/{dataset}/MANIFEST.json",
    log:
        "results/logs/{dataset}/write_manifest.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("write_manifest"),
        config=studied,
        packages=packages(),
    script:
        "../scripts/write_manifest.py"


rule write_group_report:
    input:
        recording="results/{dataset}/animals.md",
        answers="results/{dataset}/answers.md",
        figures=group_paper(["png"]) + group_figures(["png"]),
        captions=group_paper(["md"]),
        tables=group_tables(),
        provenance=group_provenance(),
        manifest="results/{dataset}/MANIFEST.json",
    output:
        report="results/{dataset}/report.html",
    log:
        "results/logs/{dataset}/write_report.log",
    wildcard_constraints:
        dataset=datasets_from("members"),
    localrule: True
    conda:
        "../envs/analysis.yaml"
    threads: 2  # which share the encoding of pictures
    params:
        code=code("write_report", *REPORT_PARTS),
        config=studied,
    script:
        "../scripts/write_report.py"
