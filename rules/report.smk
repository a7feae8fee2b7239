rule write_manifest:
    input:
        answers="results/{dataset}/answers.md",
        results=[*tables(), *figures(), *paper(), *of_networks()],
        intermediate=intermediate,
    output:
        manifest="results/{dataset}/MANIFEST.json",
    log:
        "results/logs/{dataset}/write_manifest.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("write_manifest"),
        config=studied,
        packages=packages(),
    message:
        "Write the SHA-256 of every result to {output.manifest}"
    script:
        "../scripts/write_manifest.py"


rule write_report:
    input:
        recording="results/{dataset}/recording.md",
        answers="results/{dataset}/answers.md",
        figures=paper(["png"]) + figures(["png"]),
        captions=paper(["md"]),
        tables=tables(),
        provenance=provenance(),
        manifest="results/{dataset}/MANIFEST.json",
    output:
        report="results/{dataset}/report.html",
    log:
        "results/logs/{dataset}/write_report.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    threads: 2  # which share the encoding of pictures
    params:
        code=code("write_report", *REPORT_PARTS),
        config=studied,
    message:
        "Write the report for the browser: {output.report}"
    script:
        "../scripts/write_report.py"


# Asked for by `make docs`: the picture of CONTRIBUTING.md.
rule draw_workflow:
    output:
        workflow="results/workflow.svg",
        rooms="results/rooms.svg",
    log:
        "results/logs/draw_workflow.log",
    localrule: True
    conda:
        "../envs/analysis.yaml"
    params:
        code=code("draw_workflow", *RULE_FILES, *LIBRARY_FILES),
    script:
        "../scripts/draw_workflow.py"
