"""Careless edits of the encoding models, each with the tests that should notice it.

Not run by pytest: an edit is made, its tests must fail, and it is taken back.
"""

from edits import edits

ENCODING = ["tests/test_encoding.py"]
TABLES = ["tests/test_encoding_tables.py"]
ANIMALS = ["tests/test_animals.py"]
PATTERNS = ["tests/test_patterns.py"]
FITTED = ["tests/test_v1_fitted.py"]
FAIR = ["tests/test_v1_fitted_fair.py"]
ANSWERS = ["tests/test_answers.py"]
CAPTIONS = ["tests/test_captions.py"]
MANIFEST = ["tests/test_manifest.py"]

MUTANTS = [
    (
        "encoding",
        "scripts/write_group_answers.py",
        "r2[~is_reference], r2[is_reference].set_index",
        "r2[~is_reference], r2.set_index",
        ANIMALS,
    ),
    *edits(
        "science",
        "scripts/normative/rsa/patterns.py",
        PATTERNS,
        ("kernel - np.diag(np.diag(kernel))", "kernel.copy()"),
        ("(n_stimuli - 2)", "(n_stimuli - 1)"),
        ("of_rows.sum() / (n_stimuli - 1)", "of_rows.sum() / n_stimuli"),
        ("np.fill_diagonal(centered, 0)", "pass"),
        ("compute_uv=False).sum()", "compute_uv=False).max()"),
        ("features - features.mean(axis=0)", "features"),
    ),
    *edits(
        "encoding",
        "scripts/normative/encoding/splits.py",
        ENCODING,
        ("to_block > gap - SAME_DEG", "to_block > -1"),
        ("is_left[block] = False", "pass"),
        ("np.minimum(difference, CIRCLE_DEG - difference)", "difference"),
        ("CIRCLE_DEG = 180", "CIRCLE_DEG = 360"),
        ("start = np.argmax(steps) + 1", "start = 0"),
        ("order[~np.isin(order, test)]", "order"),
        ("LEAST_LEFT = 1 / 3", "LEAST_LEFT = 1 / 30"),
        ("3 if n_images == 3 else n_folds", "n_folds"),
    ),
    *edits(
        "encoding",
        "scripts/normative/encoding/ridge.py",
        ENCODING,
        ("space - space[train].mean(axis=0)", "space - space.mean(axis=0)"),
        ("return centered / length if", "return centered if"),
        ("predicted -= block[held]", "pass"),
        (".mean(axis=1)", ".max(axis=1)"),
        ("predicted += responses.mean(axis=0)", "pass"),
        ("features[train] - mean, features[test] - mean", "features[train] - mean, features[test]"),
        ("[(share, 1 - share) for share in SHARES]", "[(0.5, 0.5)]"),
        ("np.sqrt(s) * space", "s * space"),
    ),
    *edits(
        "encoding",
        "scripts/normative/encoding/scores.py",
        ENCODING,
        ("correlation * np.abs(correlation) / known", "correlation**2 / known"),
        ('"fev": r2 / known', '"fev": r2 / known**2'),
        ("known = np.where(reliable > 0, reliable, np.nan)", "known = np.abs(reliable)"),
        ("weights[0] * first + weights[1] * second", "0.5 * first + 0.5 * second"),
        ('"layer alone": both - energy', '"layer alone": both - layer'),
    ),
    *edits(
        "encoding",
        "scripts/normative/figures/encoding.py",
        TABLES,
        ("width = row.ci_high - row.ci_low", "width = row.high_quartile - row.low_quartile"),
        ("CI_HEIGHT, row.ci_low, color", "CI_HEIGHT, row.median, color"),
        ("axis.plot(row.median, position,", "axis.plot(row.ci_low, position,"),
    ),
    *edits(
        "encoding",
        "scripts/tabulate_animals_encoding.py",
        ANIMALS,
        ('where(table["status"] != "failed")', 'where(table["status"] != "gone")'),
        ('(table["folds"] == "blocks") & ', ""),
        ("sources_over_animals(values)", "sources_over_animals(values[:, :1])"),
        ('holm(table.loc[is_tested, "p"])', 'table.loc[is_tested, "p"]'),
        (' & (table["score"] == score)', ""),
        ('model == "reference", kind', 'model != "reference", kind'),
    ),
    *edits(
        "encoding",
        "scripts/write_group_answers.py",
        ANIMALS,
        ('encoding[encoding["animal"].isna()]', 'encoding[encoding["animal"] == "a"]'),
        ('(of["median"] > 0) & ', ""),
        ('is_above["mean"] & is_above["orientation"]', 'is_above["mean"]'),
    ),
    *edits(
        "encoding",
        "scripts/tabulate_encoding.py",
        TABLES,
        ('[found != "failed" for found in statuses]', "[True for found in statuses]"),
        ('values[:, sample["is_reliable"]]', "values"),
        ('scores["r2"] - baselines[folds][name]["r2"]', 'scores["r2"]'),
        ('of_all["r2"][seeds.index(params.seed)]', 'of_all["r2"][0]'),
    ),
    *edits(
        "encoding",
        "scripts/normative/training/bonus.py",
        FITTED,
        ("- 0.5", "- 0"),
        ("alpha=2 * fit.l2", "alpha=fit.l2"),
        ("alpha=fit.l1", "alpha=0"),
        ("np.array(starts) - 180", "np.array(starts) - 90"),
        ("means[index]) ** 2", "means[index] * 0) ** 2"),
        (
            "parts[0].mean(axis=0), parts[0].std(axis=0)",
            "parts[1].mean(axis=0), parts[1].std(axis=0)",
        ),
        ("test_error + penalties, test_error", "test_error, test_error + penalties"),
    ),
    *edits(
        "encoding",
        "scripts/normative/networks/readouts.py",
        FITTED,
        ("return bank - bank.mean(axis=(1, 2), keepdims=True)", "return bank"),
        ("std=INITIAL_SD", "std=1.0"),
    ),
    *edits(
        "encoding",
        "scripts/normative/training/v1_fitted.py",
        FAIR,
        ("net.load_state_dict(state)", "pass"),
        ("for positions in fold.inner[0]", "for positions in fold.inner[0][:1] * 2"),
        ("if error < least:", "if True:"),
        ("weights /= weights.sum(axis=1, keepdims=True)", "pass"),
    ),
    *edits(
        "encoding",
        "scripts/tabulate_v1_fitted.py",
        FAIR,
        ("similarity(rdms[::-1])", "similarity(rdms)"),
        ('if status[model, seed] != "failed":', "if True:"),
        ("np.nanmedian(r2 - baselines[name])", "np.nanmedian(r2)"),
        ('np.median(fitted["iterations"]', 'np.median(fitted["part_iterations"]'),
    ),
    *edits(
        "encoding",
        "scripts/plot_bonus_network.py",
        FITTED,
        ('if name != "predicted" or not note]', "]"),
        ("if name in diverged:", "if False:"),
        ('note and f"no predictions: {note}"', '""'),
    ),
    *edits(
        "encoding",
        "scripts/plot_figure_4.py",
        CAPTIONS,
        ('select_encoding(table, "r2_beyond_mean")', 'select_encoding(table, "r2")'),
    ),
    *edits(
        "encoding",
        "scripts/write_answers.py",
        ANSWERS,
        ('is_above["mean"] & is_above["orientation"]', 'is_above["orientation"]'),
        ('int(is_above["mean"].sum())', 'int(is_above["orientation"].sum())'),
        ('"n_reliable": int(reliable.max())', '"n_reliable": int(first.neurons)'),
        ('(found["se_seeds"] < ROUNDING).all()', '(found["se_seeds"] < ROUNDING).any()'),
        ('layers["seeds"] > 1', 'layers["seeds"] > 0'),
        (" and seed == @params.shown_seed", ""),
    ),
    *edits(
        "encoding",
        "rules/report/answers.md.j2",
        ANSWERS,
        ("(e.n_above_mean or e.first.ci_low is none)", "true"),
        ("{% if not e.n_above_mean %} So no layer", "{% if false %} So no layer"),
    ),
    *edits(
        "plumbing",
        "scripts/normative/workflow/manifest.py",
        MANIFEST,
        ("np.abs(a.astype(float) - b.astype(float))", "(a - b).abs()"),
    ),
]
