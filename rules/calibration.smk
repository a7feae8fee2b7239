# Asked for by `make calibrate`, not by `rule all`: it tests the methods, and not a recording.
rule calibration:
    input:
        "results/calibration/calibration.csv",
        f"results/calibration/calibration.{VECTOR}",
    localrule: True


rule calibrate:
    output:
        simulations="results/calibration/simulations/{world}/from-{start}.csv",
    log:
        "results/logs/calibration/{world}/from-{start}.log",
    benchmark:
        "results/benchmarks/calibration/{world}/from-{start}.tsv"
    wildcard_constraints:
        world=r"\w+",
        start=r"\d+",
    conda:
        "../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
    params:
        code=code("calibrate"),
        inference=INFERENCE,
        start=first_simulation,
        n_studies=n_simulations,
    message:
        "Analyze {params.n_studies} simulated studies, {wildcards.world}, from {wildcards.start}"
    script:
        "../scripts/calibrate.py"


rule tabulate_calibration:
    input:
        simulations=expand(
            "results/calibration/simulations/{world}/from-{start}.csv",
            world=CALIBRATION_WORLDS,
            start=range(0, SIMULATIONS, BATCH),
        ),
    output:
        calibration="results/calibration/calibration.csv",
    log:
        "results/logs/calibration/tabulate_calibration.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("tabulate_calibration"),
        confidence=INFERENCE["confidence"],
    script:
        "../scripts/tabulate_calibration.py"


rule plot_calibration:
    input:
        calibration="results/calibration/calibration.csv",
    output:
        vector=f"results/calibration/calibration.{VECTOR}",
        png="results/calibration/calibration.png",
        source="results/calibration/calibration_figure.csv",
    log:
        "results/logs/calibration/plot_calibration.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("plot_calibration"),
        look=config["figures"],
    script:
        "../scripts/plot_calibration.py"
