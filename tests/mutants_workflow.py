"""Careless edits of rules and of what surrounds the science, with the tests that should notice."""

from edits import edits

RUNNER = "scripts/normative/workflow/runner.py"
CONFIG = "scripts/normative/workflow/config.py"
STACKS = "scripts/normative/workflow/stacks.py"
SEEDS = "scripts/normative/workflow/seeds.py"
CODE = "scripts/normative/workflow/code.py"
FAILURES = "scripts/normative/workflow/failures.py"
MANIFEST = "scripts/normative/workflow/manifest.py"
DOWNLOAD = "scripts/normative/recordings/download.py"
TERMINAL = "scripts/normative/workflow/terminal.py"
OVERWRITING = "scripts/normative/workflow/overwriting.py"
STYLE = "scripts/normative/figures/style.py"
PATHS, TARGETS = "rules/common/paths.smk", "rules/common/targets.smk"
LOADING = "rules/common/config.smk"
PLANS = ["tests/test_plans.py"]
KEYS = ["tests/test_plans.py::test_changed_key_of_the_configuration_reruns_the_jobs_that_it_turns"]
OF_CODE = ["tests/test_code.py"]
OF_PACKAGES = ["tests/test_packages.py"]
OF_SEEDS = ["tests/test_seeds.py"]
OF_CONFIG = ["tests/test_config.py"]
OF_RUNNER = ["tests/test_runner.py"]
OF_MANIFEST = ["tests/test_manifest.py"]
OF_FAILURES = ["tests/test_failures.py"]
OF_DOWNLOAD = ["tests/test_download.py"]
OF_OVERWRITING = ["tests/test_overwriting.py"]
OF_TERMINAL = ["tests/test_terminal.py"]
WIRED = ["tests/test_wiring.py"]

GRATINGS = "scripts/normative/stimuli/gratings.py"
IN_CYCLES = [
    "tests/test_plans.py::test_spatial_frequency_in_cycles_per_image_takes_the_place_of_the_default"
]
COLUMNS = "rules/report/columns.yaml"
OF_RESULTS = ["tests/test_results.py"]

MUTANTS = [
    ("plumbing", CONFIG, "if len(frequencies) != 1:", "if len(frequencies) < 1:", OF_CONFIG),
    ("plumbing", GRATINGS, "2 * np.pi * cycles", "np.pi * cycles", ["tests/test_gratings.py"]),
    ("rules", LOADING, '    del defaults["stimulus"]', '    # defaults["stimulus"]', IN_CYCLES),
    (
        "tables",
        COLUMNS,
        "    p_shift_least: Smallest value",
        "    least: Smallest value",
        OF_RESULTS,
    ),
    ("tables", COLUMNS, "Number of units of the layer;", "Units of the layer;", OF_RESULTS),
    ("tables", "rules/report/report.html.j2", ' title="{{ line }}"', "", OF_RESULTS),
    # A wrong input, a parameter that does not re-run, the code of another script.
    ("rules", "rules/figures.smk", 'code=code("plot_rdms")', 'code=code("plot_rdm_rows")', OF_CODE),
    (
        "rules",
        "rules/figures.smk",
        'code=code("plot_figure_2")',
        'code=code("plot_figure_3")',
        OF_CODE,
    ),
    (
        "rules",
        "rules/networks.smk",
        '"../scripts/extract_activations.py"',
        '"../scripts/train_networks.py"',
        OF_CODE,
    ),
    (
        "rules",
        "rules/inference.smk",
        'code=code("estimate_ceilings"),\n        comparator=INFERENCE["comparator"],',
        'code=code("estimate_ceilings"),\n        comparator="pearson",',
        KEYS,
    ),
    ("rules", "rules/recordings.smk", 'bin_width=config["bin_width"]', "bin_width=1", KEYS),
    ("rules", "rules/recordings.smk", "        own_files=own_files,\n", "", PLANS),
    (
        "rules",
        "rules/recordings.smk",
        'code=code("generate_stimuli"),\n        stimulus=config["stimulus"],',
        'code=code("generate_stimuli"),\n'
        '        stimulus={"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False},',
        KEYS,
    ),
    (
        "rules",
        "rules/tasks.smk",
        'n_stimuli=config["training"]["stimuli"]',
        "n_stimuli=1000",
        KEYS,
    ),
    (
        "rules",
        "rules/networks.smk",
        'n_held_out=config["training"]["held_out"]',
        "n_held_out=1000",
        KEYS,
    ),
    (
        "rules",
        "rules/common/params.smk",
        '"epochs": EPOCHS[wildcards.model],',
        '"epochs": config["training"]["epochs"],',
        KEYS,
    ),
    (
        "rules",
        "rules/common/params.smk",
        '("batch_size", "learning_rate", "momentum")',
        '("batch_size", "learning_rate")',
        KEYS,
    ),
    (
        "rules",
        "rules/networks.smk",
        "gates=GATES",
        'gates={"tilt": 0.9, "orientation": 10}',
        KEYS,
    ),
    ("rules", "rules/networks.smk", "mb_per_seed=15", "mb_per_seed=0", PLANS),
    (
        "rules",
        "rules/inference.smk",
        'n_replicates=INFERENCE["replicates"]',
        "n_replicates=100",
        KEYS,
    ),
    ("rules", "rules/common/params.smk", '"seed": INFERENCE["seed"],', '"seed": 0,', KEYS),
    (
        "rules",
        "rules/inference.smk",
        'networks=each_network("results/{dataset}/similarities/{model}/seeds-{seeds}.npz")',
        'networks=each_network("results/{dataset}/similarities/{model}/seeds-{seeds}.npz")[::-1]',
        WIRED,
    ),
    (
        "rules",
        "rules/rsa.smk",
        'activations=f"results/{{dataset}}/activations/{{model}}/seeds-{SHOWN_BLOCK}.npz"',
        'activations=f"results/{{dataset}}/activations/{{model}}/seeds-{BLOCKS[-1]}.npz"',
        WIRED,
    ),
    (
        "rules",
        "rules/figures.smk",
        'layers=f"results/{{dataset}}/rdms/{PAPER_MODEL}/seeds-{SHOWN_BLOCK}.npz"',
        'layers=f"results/{{dataset}}/rdms/{STUDY[-1]}/seeds-{SHOWN_BLOCK}.npz"',
        WIRED,
    ),
    (
        "rules",
        "rules/figures.smk",
        "        seed=SHOWN_SEED,\n        seeds=SEEDS,",
        "        seed=SEEDS[-1],\n        seeds=SEEDS,",
        KEYS,
    ),
    (
        "rules",
        "rules/figures.smk",
        'code("plot_similarity"),\n        look=config["figures"],\n        seeds=SEEDS,',
        'code("plot_similarity"),\n        look=config["figures"],\n        seeds=SEEDS[::-1],',
        WIRED,
    ),
    (
        "rules",
        "rules/figures.smk",
        'code=code("plot_similarity"),\n        look=config["figures"],',
        'code=code("plot_similarity"),\n        look={**config["figures"], "font_size": 7},',
        ["tests/test_workflow.py"],
    ),
    ("rules", STYLE, '"svg.hashsalt": "normative",', "", ["tests/test_workflow.py"]),
    ("rules", STYLE, 'LOOK["palette"] or ', "", ["tests/test_workflow.py"]),
    ("rules", PATHS, 'SHOWN_SEED = config["shown_seed"] if', "SHOWN_SEED = SEEDS[-1] if", WIRED),
    ("plumbing", CONFIG, "if epochs[other] == 0)", "if epochs[other] >= 0)", OF_CONFIG),
    (
        "plumbing",
        CONFIG,
        'design.get("filters") == "random", design["layers"]',
        'design["layers"]',
        OF_CONFIG,
    ),
    (
        "plumbing",
        CONFIG,
        'design.get("filters") == "random", design["layers"]',
        'design.get("filters"), design["layers"]',
        OF_CONFIG,
    ),
    ("plumbing", CONFIG, "if epochs[model] > 0 and twin", "if twin", OF_CONFIG),
    ("rules", PATHS, 'config["models"][wildcards.model]["task"]', '"tilt"', WIRED),
    (
        "rules",
        PATHS,
        "attempt * int(mb + mb_per_seed * n_seeds",
        "int(mb + mb_per_seed * n_seeds",
        OF_FAILURES,
    ),
    ("rules", PATHS, "n_shown / (25 * 1000)", "0", PLANS),
    ("rules", PATHS, "10 + each * len(seeds_of(wildcards))", "10 + each", PLANS),
    (
        "rules",
        TARGETS,
        '"results/models/{model}/seeds-{seeds}/training_log.csv",\n',
        "",
        OF_MANIFEST,
    ),
    ("rules", TARGETS, "embeddings/{model}.npz", "embeddings/{model}.npz.", PLANS),
    ("rules", TARGETS, "*figures(), *paper()", "*figures()", PLANS),
    ("rules", LOADING, "update_config(defaults, config)\n", "", WIRED),
    # What surrounds the science.
    (
        "plumbing",
        RUNNER,
        "os.replace(unfinished, path)",
        "shutil.copy(unfinished, path)",
        OF_RUNNER,
    ),
    ("plumbing", RUNNER, 'sys.exit(f"Error: {error}")', "raise", OF_RUNNER),
    (
        "plumbing",
        RUNNER,
        "importlib.metadata.version(name) for name in code",
        'code["packages"][name] for name in code',
        OF_RUNNER,
    ),
    ("plumbing", RUNNER, 'if name != "provenance"', 'if name != ""', OF_MANIFEST),
    ("plumbing", RUNNER, "sys.exit(128 + number)", "os._exit(128 + number)", OF_RUNNER),
    (
        "plumbing",
        RUNNER,
        "full or number in (errno.ENOSPC, errno.EDQUOT)",
        "number in (errno.EDQUOT,)",
        OF_RUNNER,
    ),
    ("plumbing", CONFIG, "(int, float,", "(float, int,", OF_CONFIG),
    *edits(
        "plumbing",
        CONFIG,
        OF_CONFIG,
        ('_types(schema) - {"string", "array", "object"}', '"integer" in _types(schema)'),
        ('if "null" in _types(schema):', "if True:"),
        ('(_types(other) for other in schema.get("anyOf", []))', "()"),
        ('if "propertyNames" in error.absolute_schema_path:', "if False:"),
        ("len(values) not in (1, n_channels)", "len(values) > n_channels"),
        ('for name in ("network", "task", "weights"):', 'for name in ("network", "weights"):'),
    ),
    ("plumbing", CONFIG, "[found.st_size, found.st_mtime_ns]", "[found.st_size]", OF_CONFIG),
    ("plumbing", CONFIG, "if has_other_keys:", "if not has_other_keys:", OF_CONFIG),
    ("plumbing", CONFIG, "> 2**32:", "> 2**33:", OF_CONFIG),
    (
        "plumbing",
        CONFIG,
        '!= name.startswith("simulated")',
        '> name.startswith("simulated")',
        OF_CONFIG,
    ),
    (
        "plumbing",
        SEEDS,
        "pair[1] // seeds_per_file, pair[1] - pair[0]",
        "pair[1] // seeds_per_file",
        OF_SEEDS,
    ),
    (
        "plumbing",
        SEEDS,
        "pair[1] // seeds_per_file, pair[1] - pair[0]",
        "pair[1] - pair[0]",
        OF_SEEDS,
    ),
    ("plumbing", SEEDS, "return sorted(seeds)", "return list(seeds)", OF_SEEDS),
    ("plumbing", SEEDS, "int(last or first) + 1", "int(last or first)", OF_SEEDS),
    (
        "plumbing",
        STACKS,
        'header["shape"] = (len(seeds), *array.shape)',
        'header["shape"] = array.shape',
        OF_SEEDS,
    ),
    ("plumbing", STACKS, "bytearray(file.read(n_bytes))", "file.read(n_bytes)", OF_SEEDS),
    ("plumbing", STACKS, "if found == seed:", "if found >= seed:", OF_SEEDS),
    ("plumbing", CODE, "waiting += modules", "pass", OF_CODE),
    ("plumbing", CODE, 'r"^[ \\t]*((?:import', 'r"^((?:import', OF_PACKAGES),
    ("plumbing", CODE, "(?:\\([^)]*\\))?", "", OF_PACKAGES),
    ("plumbing", CODE, "for path in [*files, *other_files]:", "for path in files:", OF_CODE),
    ("plumbing", CODE, 'rf"^{package}==', 'rf"{package}', OF_CODE),
    (
        "plumbing",
        FAILURES,
        "if output and not os.path.exists(output)",
        "if os.path.exists(output)",
        OF_FAILURES,
    ),
    ("plumbing", FAILURES, "[-n_lines:]", "[:n_lines]", OF_FAILURES),
    (
        "plumbing",
        FAILURES,
        "sum(os.path.exists(path) for path in results)",
        "len(results)",
        OF_FAILURES,
    ),
    ("plumbing", MANIFEST, "if found != expected:", "if False:", OF_MANIFEST),
    ("plumbing", "scripts/verify.py", 'yield f"{name}: only in {where}"', "pass", OF_MANIFEST),
    (
        "plumbing",
        "scripts/verify.py",
        'ours["files"].keys() ^ theirs["files"].keys()',
        'ours["files"].keys() - theirs["files"].keys()',
        OF_MANIFEST,
    ),
    ("plumbing", "scripts/verify.py", "    if not unlike:", "    if unlike:", OF_MANIFEST),
    ("plumbing", "scripts/write_manifest.py", "*input.intermediate", "", OF_MANIFEST),
    (
        "plumbing",
        DOWNLOAD,
        "if found != md5.lower():",
        "if False:",
        ["tests/test_own_recording.py", *OF_DOWNLOAD],
    ),
    ("plumbing", DOWNLOAD, "retry_if_failed=retries", "retry_if_failed=0", OF_DOWNLOAD),
    ("plumbing", DOWNLOAD, "if found <= size:", "if found < size:", OF_DOWNLOAD),
    (
        "plumbing",
        DOWNLOAD,
        "if max(self.n + n - CHUNK, self.total or 0) > self.most_bytes:",
        "if False:",
        OF_DOWNLOAD,
    ),
    # What a run says, and what it does not overwrite.
    ("plumbing", "Snakefile", "if told := overwriting():", "if False:", OF_OVERWRITING),
    ("plumbing", "Snakefile", "        stop_quietly(shell)\n", "", OF_TERMINAL),
    ("plumbing", LOADING, '"This was a dry-run": overwriting, ', "", OF_OVERWRITING),
    ("plumbing", LOADING, "needrun_jobs(False)", "needrun_jobs()", OF_OVERWRITING),
    ("plumbing", LOADING, 'config["overwrite"] or ', "", OF_OVERWRITING),
    ("plumbing", OVERWRITING, "if is_its_own else OF_NETWORKS", "", OF_OVERWRITING),
    ("plumbing", OVERWRITING, "[name] * is_its_own", "[]", OF_OVERWRITING),
    ("plumbing", OVERWRITING, " and path.exists()", "", OF_OVERWRITING),
    ("plumbing", OVERWRITING, '"shown_seed"}', '"bin_width"}', OF_OVERWRITING),
    (
        "plumbing",
        TERMINAL,
        "record.levelno > logging.INFO:\n            return True",
        "False:\n            return True",
        OF_TERMINAL,
    ),
    ("plumbing", TERMINAL, "now - self.told >= SECONDS", "now >= SECONDS", OF_TERMINAL),
    ("plumbing", TERMINAL, "(record.total - record.done)", "record.total", OF_TERMINAL),
    ("plumbing", FAILURES, "text.split(STOPPING)[0]", "text", OF_FAILURES),
    ("plumbing", CONFIG, "or not (os.path.exists(given) or os.path.exists(there))", "", OF_CONFIG),
    ("plumbing", CONFIG, "elif not os.path.exists(given)", "elif True", OF_CONFIG),
    ("plumbing", CONFIG, "if path == given and not", "if folder and not", OF_CONFIG),
    ("plumbing", CONFIG, "os.path.realpath(folder)", "folder", OF_CONFIG),
    ("plumbing", CONFIG, "os.path.expanduser(given)", "given", OF_CONFIG),
    ("plumbing", CONFIG, "here + sorted(", "here or sorted(", OF_CONFIG),
    ("plumbing", CONFIG, "is_left_empty or below", "below", OF_CONFIG),
    ("plumbing", TERMINAL, "KNOWN = 0.25", "KNOWN = 0", OF_TERMINAL),
    ("plumbing", TERMINAL, " and str(path) not in results", "", OF_TERMINAL),
    ("plumbing", CONFIG, "None if key else _section", "_section", OF_CONFIG),
    ("plumbing", CONFIG, "config.get(name) is None and key", "key", OF_CONFIG),
    (
        "plumbing",
        "scripts/check_config.py",
        "line {mark.line + 1}",
        "line {mark.line}",
        ["tests/test_check_config.py"],
    ),
    *edits(
        "plumbing",
        "scripts/check_config.py",
        ["tests/test_check_config.py"],
        ('option in ("--configfile", "--configfiles")', "True"),
        ("if not Path(path).is_fifo()]", "]"),
        ("paths, are_files = [*paths, path], False", "paths = [*paths, path]"),
        ('[SNAKEFILE.with_name("config.yaml"), *paths]', "paths"),
        ("if first is not key.start_mark:", "if False:"),
    ),
    (
        "plumbing",
        "Makefile",
        "--no-deps --index-url",
        "--no-deps --extra-index-url",
        ["tests/test_docs.py::test_make_with_cpu_takes_pytorch_from_its_own_index"],
    ),
]
