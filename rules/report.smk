rule write_manifest:
    input:
        results=[tables(), figures(), paper(), f"results/{DATASET}/answers.md"],
    output:
        manifest="results/{dataset}/MANIFEST.json",
    log:
        "results/logs/{dataset}/write_manifest.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("write_manifest"),
        # Not inputs: what is made of them is, and a thousand seeds of seven models have 49,000.
        intermediate=intermediate_results(),
        config=studied(),
        packages=packages(),
    message:
        "Write the SHA-256 of every result to {output.manifest}"
    script:
        "../scripts/write_manifest.py"


rule write_report:
    input:
        answers="results/{dataset}/answers.md",
        figures=[path for path in paper() + figures() if path.endswith(".png")],
        captions=[path for path in paper() if path.endswith(".md")],
        tables=tables(),
        provenance=provenance(),
        manifest="results/{dataset}/MANIFEST.json",
    output:
        report="results/{dataset}/report.html",
    log:
        "results/logs/{dataset}/write_report.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("write_report", *REPORT_PARTS),
        config=studied(),
    message:
        "Write the report for the browser: {output.report}"
    script:
        "../scripts/write_report.py"


# Asked for by `make docs`: the picture of the README.
rule draw_workflow:
    output:
        svg="results/workflow.svg",
    log:
        "results/logs/draw_workflow.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(700),
    params:
        library=library("draw_workflow", *RULE_FILES),
    script:
        "../scripts/draw_workflow.py"
