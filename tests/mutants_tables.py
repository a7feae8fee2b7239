"""Careless edits of tables and answers, each with the tests that should notice it.

Not run by pytest: an edit is made, its tests must fail, and it is taken back.
"""

TABLES = ["tests/test_tables.py"]
ANSWERS = ["tests/test_answers.py"]
REPORT = ["tests/test_report.py"]
GATES = ["tests/test_gates.py", "tests/test_tables.py"]
PUBLISHED = ["tests/test_reproduction.py"]
FILES = ["tests/test_rdm_files.py"]
RESPONSES = ["tests/test_responses.py"]
BINNING = ["tests/test_binning.py"]
CSV = ["tests/test_csv.py"]

ANSWERS_PY, ANSWERS_MD = "scripts/write_answers.py", "rules/report/answers.md.j2"
BINNING_PY = "scripts/normative/recordings/binning.py"
DESCRIPTION = "scripts/normative/recordings/description.py"
SENTENCES = "scripts/normative/reporting/sentences.py"
HTML = "scripts/normative/reporting/html.py"


def script(name):
    return f"scripts/{name}.py"


# (group, path, text that is there once, what it becomes, tests that should fail)
MUTANTS = [
    # Networks that failed are not left out.
    ("tables", script("correlate_models"), ' != "failed")', ' != "gone")', TABLES),
    ("tables", script("tabulate_multiverse"), ' != "failed")', ' != "gone")', TABLES),
    ("tables", script("average_over_seeds"), ' != "failed" for', ' != "gone" for', TABLES),
    ("tables", script("correlate_rdms"), "status[model, seed])", '"passed")', TABLES),
    # One column for all, or the wrong one.
    ("tables", script("tabulate_inference"), "similarity[1:, index]", "similarity[1:, 0]", TABLES),
    ("tables", script("tabulate_inference"), '_by_seed"][:, index]', '_by_seed"][:, 0]', TABLES),
    (
        *("tables", script("tabulate_training_effect")),
        *("interval(effects[1:, index]", "interval(effects[1:, 0]", TABLES),
    ),
    ("tables", script("tabulate_training_effect"), "effects[0, index]", "effects[0, 0]", TABLES),
    (
        *("tables", script("tabulate_partial")),
        *("by_seed = of_seeds[:, layer.Index, column]", "by_seed = of_seeds[:, 0, column]", TABLES),
    ),
    (
        *("tables", script("tabulate_partial")),
        *("values[:, layer.Index, column]", "values[:, layer.Index, 0]", TABLES),
    ),
    (
        *("tables", script("tabulate_partial")),
        *('means["unique_by_seed"]', 'means["partial_by_seed"]', TABLES),
    ),
    # The sample among the replicates.
    (
        *("tables", script("tabulate_inference")),
        *("similarity[1:, index]", "similarity[:, index]", TABLES),
    ),
    (
        *("tables", script("tabulate_pairwise")),
        *("interval(difference[1:]", "interval(difference", TABLES),
    ),
    (
        *("tables", script("tabulate_pairwise")),
        *("bootstrap_p(difference[1:]", "bootstrap_p(difference", TABLES),
    ),
    (
        "tables",
        script("tabulate_training_effect"),
        "effects[1:, index]",
        "effects[:, index]",
        TABLES,
    ),
    ("tables", script("tabulate_partial"), "interval(of_layer[1:]", "interval(of_layer", TABLES),
    # Another sign, order, correction, family or count.
    (
        *("tables", script("tabulate_pairwise")),
        *(
            "of_seeds[:, a.Index] - of_seeds[:, b.Index]",
            "of_seeds[:, a.Index] + of_seeds[:, b.Index]",
            TABLES,
        ),
    ),
    (
        *("tables", script("tabulate_pairwise")),
        *("similarity[:, a.Index] - sim", "similarity[:, b.Index] - sim", TABLES),
    ),
    ("tables", script("tabulate_pairwise"), '        holm(table["p', '        (table["p', TABLES),
    ("tables", script("tabulate_inference"), "p_holm=holm(p)", "p_holm=p", TABLES),
    ("tables", script("tabulate_inference"), "p_bh=benjamini_hochberg(p)", "p_bh=holm(p)", TABLES),
    (
        *("tables", script("tabulate_inference")),
        *('label_p(means[f"{prefix}permutations"])', "p", TABLES),
    ),
    (
        *("tables", script("tabulate_inference")),
        *('means[f"{prefix}shifts"]', 'means[f"{prefix}permutations"]', TABLES),
    ),
    (
        *("tables", script("tabulate_training_effect")),
        *('holm(table["p_seeds"]), ', 'table["p_seeds"], ', TABLES),
    ),
    (
        *("tables", script("tabulate_training_effect")),
        *("len(paired), effects", "len(by_seed), effects", TABLES),
    ),
    (
        *("tables", script("tabulate_training_effect")),
        *('sign_flip_p(paired, params.inference["seed"])', "sign_flip_p(paired, 0)", TABLES),
    ),
    ("tables", script("tabulate_multiverse"), "ascending=False", "ascending=True", TABLES),
    ("tables", script("tabulate_multiverse"), 'method="min"', 'method="max"', TABLES),
    (
        "tables",
        script("tabulate_multiverse"),
        '"similarity"].mean()',
        '"similarity"].max()',
        TABLES,
    ),
    ("tables", script("tabulate_multiverse"), '"pearson")', '"spearman")', TABLES),
    # The wrong row, recording or stream.
    (
        *("tables", script("tabulate_inference")),
        *('estimates["similarity of a noiseless model"]', "estimates.iloc[0]", TABLES),
    ),
    (
        "tables",
        script("tabulate_inference"),
        '"trials" if "trials"',
        '"neurons" if "trials"',
        TABLES,
    ),
    (
        *("tables", script("tabulate_inference")),
        *('comparator=params.inference["comparator"]', 'comparator="spearman"', TABLES),
    ),
    (
        *("tables", script("tabulate_inference")),
        *("if seeds else np.array([])", "if index else np.array([])", TABLES),
    ),
    ("tables", script("average_over_seeds"), "Stream.SEEDS", "Stream.STIMULI", TABLES),
    ("tables", script("average_over_seeds"), "generator(params.seed,", "generator(0,", TABLES),
    ("tables", script("average_over_seeds"), "n_draws[:, 1:] =", "n_draws[:, :-1] =", TABLES),
    (
        "tables",
        script("average_over_seeds"),
        "- n_failed - undefined",
        "- n_failed",
        ["tests/test_study_inference.py"],
    ),
    (
        "tables",
        script("average_over_seeds"),
        "read_in_order(files[twin], params.seeds)",
        "read_in_order(files[model], params.seeds)",
        TABLES,
    ),
    (
        "tables",
        script("average_over_seeds"),
        '["bootstrap"][..., 0]',
        '["bootstrap"][..., 1]',
        TABLES,
    ),
    (
        "tables",
        script("estimate_ceilings"),
        "comparator = params.comparator",
        'comparator = "spearman"',
        TABLES,
    ),
    ("tables", script("estimate_ceilings"), "Stream.NEURON_HALVES", "Stream.NEURONS", TABLES),
    ("tables", script("estimate_ceilings"), "N_NEURON_SPLITS = 20", "N_NEURON_SPLITS = 1", TABLES),
    (
        "tables",
        script("estimate_ceilings"),
        'known["responses"] ** 2',
        'known["responses"]',
        TABLES,
    ),
    (
        "tables",
        script("estimate_ceilings"),
        'known["half_1"] * known["half_2"]',
        'known["half_1"]',
        TABLES,
    ),
    ("tables", script("estimate_ceilings"), "estimate - true))", "true - estimate))", TABLES),
    ("tables", script("correlate_rdms"), 'rdms["responses"]', 'rdms["noiseless"]', TABLES),
    ("tables", script("correlate_models"), 'rdms["responses"]', 'rdms["half_1"]', TABLES),
    ("tables", script("correlate_models"), "if not np.isnan(rdm).any():", "if True:", TABLES),
    ("tables", script("correlate_references"), 'rdms["responses"]', 'rdms["half_2"]', TABLES),
    (
        "tables",
        script("compare_multiverse"),
        'recorded["half_1"], recorded["half_2"]',
        'recorded["half_1"], recorded["half_1"]',
        TABLES,
    ),
    (
        "tables",
        script("compare_multiverse"),
        'distance(recorded["responses"])',
        'distance(recorded["half_1"])',
        TABLES,
    ),
    (
        "tables",
        script("compare_multiverse"),
        "= squared_distance",
        '= DISSIMILARITIES["euclidean"]',
        TABLES,
    ),
    # Training, gates and published values.
    ("tables", script("tabulate_training"), 'keep="last"', 'keep="first"', GATES),
    (
        "tables",
        script("tabulate_training"),
        '["model", "seed", "epoch"], keep',
        '["model", "epoch"], keep',
        GATES,
    ),
    (
        "tables",
        script("tabulate_training"),
        'table["score"] <= table["gate"]',
        'table["score"] < table["gate"]',
        GATES,
    ),
    (
        "tables",
        script("tabulate_training"),
        'table["score"] >= table["gate"]',
        'table["score"] > table["gate"]',
        GATES,
    ),
    ("tables", script("tabulate_training"), '== "error_deg"', '== "accuracy"', GATES),
    ("tables", script("tabulate_training"), 'table["epochs"] > 0', 'table["epochs"] > 1', GATES),
    (
        "tables",
        script("compare_with_published"),
        '<= table["tolerance"]',
        '>= table["tolerance"]',
        PUBLISHED,
    ),
    ("tables", script("compare_with_published"), ".abs() <=", " <=", PUBLISHED),
    ("tables", script("compare_with_published"), " and seed == {SEED}", "", PUBLISHED),
    (
        "tables",
        script("compare_with_published"),
        "params.md5.lower() ==",
        "params.md5.lower() !=",
        PUBLISHED,
    ),
    ("tables", script("compare_with_published"), "table.loc[~table", "table.loc[table", PUBLISHED),
    # Responses, RDMs, stimuli and files.
    ("tables", script("bin_responses"), "    if params.md5:", "    if not params.md5:", RESPONSES),
    *(
        ("tables", path, old, new, BINNING)
        for path, old, new in (
            (
                script("bin_responses"),
                "angle, above_180, params.bin_width)\n    groups =",
                "angle, above_180, 1)\n    groups =",
            ),
            (
                script("bin_responses"),
                "kept.sum() < MINIMUM_STIMULI",
                "kept.sum() <= MINIMUM_STIMULI",
            ),
            (script("bin_responses"), "n_trials[rows].sum() for", "n_trials[rows].max() for"),
            (script("bin_responses"), "rows_kept, n_trials, dtype)", "rows_kept, None, dtype)"),
            (script("bin_responses"), 'values = "z-score"', 'values = "a.u."'),
            (script("bin_responses"), "if n_left(above_180, 1) >= MINIMUM_STIMULI:", "if True:"),
            (
                script("bin_responses"),
                'n_left("keep", params.bin_width) >=',
                '1 + n_left("keep", 1) >=',
            ),
            (script("bin_responses"), "        *notes,\n", ""),
            (BINNING_PY, 'circle = 180 if above_180 == "fold" else 360', "circle = 180"),
            (BINNING_PY, "circle - angle < SAME_DEG", "circle - angle < 0"),
            (BINNING_PY, "angle_deg < 180 + SAME_DEG", "angle_deg < 180"),
            (BINNING_PY, "> MOST_ORIENTATIONS else", ">= MOST_ORIENTATIONS else"),
            ("scripts/normative/stimuli/gratings.py", "SAME_DEG = 1e-3", "SAME_DEG = 2e-3"),
            (BINNING_PY, "                lowest = angle\n", "            lowest = angle\n"),
            (BINNING_PY, "[np.sort(rows) for rows in", "[rows[::-1] for rows in"),
            (
                BINNING_PY,
                "n_trials[rows] / n_trials[rows].sum()",
                "1 / len(rows) + 0 * n_trials[rows]",
            ),
            (BINNING_PY, "angle_deg - 90.0", "90.0 - angle_deg"),
            (BINNING_PY, "GAP = 1.8", "GAP = 3.2"),
            (BINNING_PY, "np.quantile(steps, 0.25)", "np.median(steps)"),
            (DESCRIPTION, "MOST_SHARED = 4", "MOST_SHARED = 5"),
            (DESCRIPTION, "np.var(means) / tuning", "np.std(means) / tuning"),
            (DESCRIPTION, '.replace("<", "&lt;")', ""),
            (DESCRIPTION, "    if is_simulated:", "    if not is_simulated:"),
            (DESCRIPTION, "np.ptp(steps) < 2 * SAME_DEG", "np.ptp(steps) < 40"),
            (DESCRIPTION, "is_left[rows] = not is_kept", "is_left[rows] = is_kept"),
            (DESCRIPTION, "repeats := n_kept_rows - n_orientations", "repeats := n_orientations"),
            (DESCRIPTION, "n_trials.sum():,", "n_trials.max():,"),
            (DESCRIPTION, 'if "half_1" in forms', 'if "half_1" not in forms'),
            (DESCRIPTION, "* (bin_width == 1)", "* (bin_width == 2)"),
        )
    ),
    ("tables", script("estimate_ceilings"), "if name in FORMS.values()}", "}", BINNING),
    ("tables", script("compute_recording_rdm"), "if name in FORMS.values()", "if name", BINNING),
    ("tables", "rules/report/report.html.j2", "{{ recording | safe }}", "", REPORT),
    ("tables", "rules/report/report.html.j2", 'above == "fold"', 'above == "keep"', REPORT),
    ("tables", script("compute_rdms"), ".all(axis=1).sum()", ".any(axis=1).sum()", FILES),
    (
        "tables",
        script("compute_recording_rdm"),
        "correlation_distance(responses)",
        'correlation_distance(forms["responses"])',
        FILES,
    ),
    ("tables", script("compute_reference_rdms"), '* params.stimulus["resolution"]', "", FILES),
    ("tables", script("compute_embeddings"), "params.seed)", "3)", ["tests/test_embedding.py"]),
    (
        "tables",
        script("generate_training_stimuli"),
        "training_orientations(seed,",
        "training_orientations(12,",
        FILES,
    ),
    (
        "tables",
        script("generate_stimuli"),
        "grating(orientation, **params.stimulus)",
        "grating(orientation)",
        FILES,
    ),
    ("tables", "scripts/normative/workflow/tables.py", '"%.8g"', '"%.6g"', CSV),
    ("tables", "scripts/normative/workflow/tables.py", 'na_rep="nan"', 'na_rep=""', CSV),
    (
        "tables",
        "scripts/normative/workflow/tables.py",
        "divmod(len(paths), len(models))",
        "divmod(len(paths), max(2, len(models)))",
        CSV,
    ),
    ("tables", "scripts/normative/workflow/tables.py", "path, **options", "path", CSV),
    # Answers: what is counted, chosen and said.
    *(
        ("answers", path, old, new, ANSWERS)
        for path, old, new in (
            (ANSWERS_PY, "(p <= ALPHA)", "(p < ALPHA)"),
            (ANSWERS_PY, '"similarity", ascending=False', '"similarity", ascending=True'),
            (ANSWERS_PY, 'pairs["p_best_holm"] <= ALPHA', 'pairs["p_best_holm"] < ALPHA'),
            (ANSWERS_PY, 'pairs["p_best_holm"] <= ALPHA', 'pairs["p_all_holm"] <= ALPHA'),
            (
                ANSWERS_PY,
                'pairs.loc[pairs["p_best_holm"] <= ALPHA,',
                'pairs.loc[~(pairs["p_best_holm"] > ALPHA),',
            ),
            (ANSWERS_PY, 'difference=-second["difference"]', 'difference=second["difference"]'),
            (
                ANSWERS_PY,
                '-second[f"{ci}_high"], -second[f"{ci}_low"]',
                '-second[f"{ci}_low"], -second[f"{ci}_high"]',
            ),
            (ANSWERS_PY, "pd.concat([first, second])", "first"),
            (
                ANSWERS_PY,
                'count_significant(pairs["stimuli_p_best_holm"])',
                'count_significant(pairs["p_best_holm"])',
            ),
            (ANSWERS_PY, "orders = ranks.drop_duplicates()", "orders = ranks"),
            (ANSWERS_PY, "(orders == 1)", "(orders <= 2)"),
            (ANSWERS_PY, '["agreement"].min()', '["agreement"].max()'),
            (ANSWERS_PY, '(is_changed & (effects["effect"] > 0))', '(effects["effect"] > 0)'),
            (ANSWERS_PY, 'effects["p_holm"] <= ALPHA', 'effects["p_seeds_holm"] <= ALPHA'),
            (ANSWERS_PY, '(table["ci_low"] > 0)', '(table["ci_high"] < 1)'),
            (ANSWERS_PY, '["ci_low"] * table["ci_high"] > 0', '["ci_low"] + table["ci_high"] > 0'),
            (ANSWERS_PY, 'tested["p_shift_least"] <= ALPHA', 'tested["p_shift_least"] <= 1'),
            (ANSWERS_PY, 'able["p_shift_max_t"] <= ALPHA', 'able["p_shift"] <= ALPHA'),
            (ANSWERS_PY, 'references["similarity"] > layers', 'references["similarity"] < layers'),
            (ANSWERS_PY, '(halves_of == "trials")', '(halves_of == "neurons")'),
            (ANSWERS_PY, '"status"] == "failed"', '"status"] != "passed"'),
            (ANSWERS_PY, "N_FAILED_NAMED = 10", "N_FAILED_NAMED = 9"),
            (ANSWERS_PY, "return table[is_model & (", "return table[("),
            (
                ANSWERS_MD,
                "{% if pair.p is not none and pair.p <= alpha %}",
                "{% if pair.p is not none %}",
            ),
            (ANSWERS_MD, "{% elif others.is_told %}", "{% elif others.n_significant %}"),
            (ANSWERS_MD, "row.p_holm > alpha %}no change", "row.p > alpha %}no change"),
            (ANSWERS_MD, '"more" if row.effect > 0', '"more" if row.effect < 0'),
            (
                ANSWERS_MD,
                "write.corrected(row.p_seeds, row.p_seeds_holm)",
                "write.corrected(row.p_seeds, row.p_holm)",
            ),
            (
                ANSWERS_MD,
                "write.signed(row.similarity_with_failed)",
                "write.signed(row.similarity)",
            ),
            (ANSWERS_MD, "{% elif shifts.n_able == 0 %}", "{% elif false %}"),
            (ANSWERS_MD, "{% if row.ci_over != over %}", "{% if false %}"),
            (ANSWERS_MD, "write.signed(row.truth)", "write.signed(row.error)"),
            (ANSWERS_MD, "{% if is_simulated %}", "{% if not is_simulated %}"),
            (ANSWERS_MD, "{% if n_seeds == 1 %}", "{% if n_seeds > 1 %}"),
            (ANSWERS_MD, "{{ n_failed }} of", "{{ failed | length }} of"),
            (
                ANSWERS_MD,
                "{% for text, n in warnings.items() %}",
                "{% for text, n in {}.items() %}",
            ),
            (ANSWERS_PY, '(layers["ci_low"] > 0)', '(layers["ci_high"] > 0)'),
            (
                ANSWERS_PY,
                '& pairwise["stimuli_ci_low"].isna()',
                '| pairwise["stimuli_ci_low"].isna()',
            ),
            (ANSWERS_MD, "pair.stimuli_p <= alpha", "pair.p <= alpha"),
            (ANSWERS_MD, "best.ci_low * best.ci_high > 0", "best.similarity > 0"),
            (ANSWERS_MD, "row.stimuli_ci_warning | default(none)", "false"),
            (ANSWERS_MD, "measures.firsts | length > 1", "measures.firsts"),
            (ANSWERS_MD, "row.stimuli_p, row.stimuli_p_holm", "row.p, row.stimuli_p_holm"),
            (SENTENCES, "{100 * fraction:g} %", "{fraction:g} %"),
            (SENTENCES, "[{signed(low)}, {signed(high)}]", "[{signed(low)}, {signed(low)}]"),
            (SENTENCES, "{round(value, 3) + 0.0:.3f}", "{value:.2f}"),
            (SENTENCES, "real_minus(f", "str(f"),
            (SENTENCES, 'startswith("simulated")', 'startswith("simulated_")'),
            (SENTENCES, "if 0 < fraction < 0.005", "if fraction < 0.005"),
            (
                SENTENCES,
                '"other representations": row.share_first_stimuli',
                '"other representations": row.share_first',
            ),
        )
    ),
    # The page for the browser.
    ("answers", HTML, "{value:.4g}", "{value:.3g}", REPORT),
    ("answers", HTML, "repr(value)", 'f"{value:.4g}"', REPORT),
    (
        "answers",
        HTML,
        '<h{level + n_levels_deeper}>")\n        html = html.replace(f"</',
        '<h{level}>")\n        html = html.replace(f"</',
        REPORT,
    ),
    ("answers", HTML, "lossless=True", "lossless=False", REPORT),
    ("answers", script("write_report"), "if n_bytes_left < 0", "if n_bytes_left > 0", REPORT),
    (
        "answers",
        script("write_report"),
        "name.parts[1] if len(name.parts) == 3",
        "name.parts[0] if len(name.parts) == 3",
        REPORT,
    ),
    (
        "answers",
        script("write_report"),
        "if own.exists() else alternative",
        "if not own else alternative",
        REPORT,
    ),
    ("answers", script("write_report"), "len(frame),", "MAX_ROWS,", REPORT),
    (
        "answers",
        "rules/report/report.html.j2",
        '<p id="summary">{{ summary | safe }}',
        "",
        ["tests/test_answers.py::test_report_opens_with_the_summary"],
    ),
]
