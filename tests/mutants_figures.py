"""Careless edits of figures and captions that tests should notice.

Each is (group, path, old text, new text, tests that should notice); the old text is in the file
exactly once.
"""

from edits import edits

FIGURES_DATA = ["tests/test_figures_data.py"]
FIGURES = ["tests/test_figures.py"]
FIGURES_CAPTIONS = ["tests/test_figures.py", "tests/test_captions.py"]
FIGURES_DATA_2 = ["tests/test_figures_data.py::test_training_effect"]
FIGURES_DATA_FIGURES = [
    "tests/test_figures_data.py::test_rdm_correlations",
    "tests/test_figures.py",
]
FIGURES_DATA_3 = ["tests/test_figures_data.py::test_rdm_rows"]
FIGURES_COVERAGE = ["tests/test_figures_coverage.py"]
REFERENCES = ["tests/test_references.py"]
FIGURES_DATA_4 = ["tests/test_figures_data.py::test_rdms"]
FIGURES_DATA_5 = ["tests/test_figures_data.py::test_reference_rdms"]
FIGURES_DATA_6 = ["tests/test_figures_data.py::test_tuning_curves"]
FIGURES_DATA_7 = ["tests/test_figures_data.py::test_embeddings"]
FIGURES_DATA_8 = ["tests/test_figures_data.py::test_learning_curves"]
FIGURES_DATA_9 = ["tests/test_figures_data.py::test_similarity"]
FIGURES_DATA_10 = ["tests/test_figures_data.py::test_partial_correlations"]
FIGURES_DATA_FIGURES_2 = ["tests/test_figures_data.py::test_model_space", "tests/test_figures.py"]
FIGURES_DATA_11 = ["tests/test_figures_data.py::test_multiverse"]
FIGURES_DATA_12 = ["tests/test_figures_data.py::test_gratings"]
FIGURES_DATA_13 = [
    "tests/test_figures_data.py::test_figure_1",
    "tests/test_figures_data.py::test_answers_of_the_orientation_task_are_sine_and_cosine",
]
CAPTIONS = ["tests/test_captions.py"]
FIGURES_DATA_FIGURES_3 = ["tests/test_figures_data.py::test_figure_2", "tests/test_figures.py"]
FIGURES_DATA_FIGURES_4 = ["tests/test_figures_data.py::test_figure_3", "tests/test_figures.py"]


MUTANTS = [
    *edits(
        "figures",
        "scripts/normative/figures/style.py",
        FIGURES_DATA,
        (
            '["#0072B2", "#D55E00", "#009E73", "#CC79A7"]',
            '["#D55E00", "#0072B2", "#009E73", "#CC79A7"]',
        ),
        ("zip(layers, layer_colors(len(layers))", "zip(layers[::-1], layer_colors(len(layers))"),
        (
            "layer: _title(model, layer) for layer in layers",
            "layer: _title(model, layer) for layer in layers[::-1]",
        ),
        ('real_minus(f"{angle:.0f}°")', 'real_minus(f"{-angle:.0f}°")'),
        ("{layer: _title", "{layers[0]: _title"),
        ("[-90, -45, 0, 45, 90]  # degrees", "[-90, 0, 90]  # degrees"),
        (
            'f"Similarity of RDMs ({COMPARATOR_NAMES[comparator]})"',
            '"Similarity of RDMs (Pearson r)"',
        ),
        (
            'f"Correlation of RDMs ({COMPARATOR_NAMES[comparator]})"',
            '"Correlation of RDMs (Pearson r)"',
        ),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/style.py",
        FIGURES,
        ('"pdf.fonttype": 42,  #', '"pdf.fonttype": 3,  #'),
        ('metadata={"CreationDate": None}', "metadata={}"),
        ("for width in (89, 120, 183))", "for width in (89, 120, 190))"),
        ('PT = LOOK["font_size"] / 7', 'PT = LOOK["font_size"] / 8'),
        ('_stretch = LOOK["width"] / (183 * PT)', '_stretch = LOOK["width"] / 183'),
        ("MM = PT / 25.4", "MM = 1 / 25.4"),
        ("figure.text(0.003, 0.997, name", "figure.text(0.9, 0.997, name"),
        ("zip(data, output.source, strict=True)", "zip(data[::-1], output.source, strict=True)"),
        ("MOST_SEEDS = 40", "MOST_SEEDS = 39"),
    ),
    *edits(
        "figures",
        "scripts/normative/display_names.py",
        FIGURES_DATA,
        ('"spearman": "Spearman ρ"', '"spearman": "Pearson r"'),
        ('"pixels": "pixels"', '"pixels": "Gabor energy"'),
        ("\\N{MINUS SIGN}", "-"),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/panels.py",
        FIGURES_DATA,
        ('axis.imshow(image, cmap="binary"', 'axis.imshow(image, cmap="gray"'),
        (
            "draw_matrix(axis, orientation, rdm, largest=2)",
            "draw_matrix(axis, orientation, rdm[::-1], largest=2)",
        ),
        ("rdm, largest=2)", "rdm, largest=1)"),
        ("axes[0].invert_yaxis()  # of all", "axes[0].get_yaxis()  # of all"),
        ("losses.median(axis=1), color", "losses.mean(axis=1), color"),
        (
            "axis.plot(losses[SEED], color=LAYER_COLORS[1]",
            "axis.plot(losses[losses.columns[0]], color=LAYER_COLORS[1]",
        ),
        ("for epoch, (loss, _) in LOSSES", "for epoch, (_, loss) in LOSSES"),
        (
            'population_colors(layers["layer"].unique())',
            'population_colors(layers["layer"].unique()[::-1])',
        ),
        (
            'table[["ceiling_low", "ceiling_high"]].iloc[0]\n    axis',
            'table[["ceiling_low", "ci_high"]].iloc[0]\n    axis',
        ),
        ('(by_seed["model"] == row.model) & (by', '(by_seed["model"] == "cnn") & (by'),
        ('& (by_seed["layer"] == row.layer)', '& (by_seed["layer"] == "fc")'),
        ('seeds["status"] == "failed")', 'seeds["status"] == "passed")'),
        ("values[~has_failed & ~np.isnan(values)]", "values[~np.isnan(values)]"),
        ("failed = values[has_failed]", "failed = values[~has_failed][: has_failed.sum()]"),
        ("axis.plot(valid, heights", "axis.plot(np.sort(valid), heights"),
        (
            "enumerate(references.itertuples(), start=n_layers)",
            "enumerate(references[::-1].itertuples(), start=n_layers)",
        ),
        ("axis.axhline(n_layers - 0.5", "axis.axhline(n_layers + 0.5"),
        (
            'names = [f"{row.model}, {row.layer}" for row in layers.itertuples()]',
            'names = [f"{row.model}, {row.layer}" for row in layers[::-1].itertuples()]',
        ),
        ("ylim=(len(table) - 0.5, -0.5), xlabel", "ylim=(-0.5, len(table) - 0.5), xlabel"),
        ('"Change in similarity"', '"Similarity"'),
        (".loc[layers, given]", ".loc[layers[::-1], given]"),
        (
            '"bold" if (model, layer, name) in bold else "normal"',
            '"normal" if (model, layer, name) in bold else "bold"',
        ),
        ('"white" if abs(value) > 0.6 else "black"', '"white" if value > 0.2 else "black"'),
        ("REFERENCE_NAMES.get(name, name)", "REFERENCE_NAMES.get(given[-2], name)"),
        ('cmap="RdBu_r", vmin=-1, vmax=1, aspect', 'cmap="RdBu", vmin=-1, vmax=1, aspect'),
        (
            '("stimuli_ci", THIN)',
            '("stimuli_ci", THICK)',
        ),
        (
            "matrix[i, j], matrix[j, i] = row.difference, -row.difference",
            "matrix[i, j], matrix[j, i] = -row.difference, row.difference",
        ),
        ("if row.p_holm <= ALPHA", "if row.p <= 1"),
        ("if row.stimuli_p_holm <= ALPHA", "if row.stimuli_p_holm < ALPHA"),
        ('partial["ci_low"] * partial["ci_high"] > 0', 'partial["ci_low"] > 0'),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/panels.py",
        FIGURES_CAPTIONS,
        ("max(LEAST_LOSS, axis", "min(LEAST_LOSS, axis"),
        ("losses.quantile(0.05, axis=1)", "losses.quantile(0.25, axis=1)"),
        ("facecolor=color, alpha=0.3", "facecolor=LAYER_COLORS[0], alpha=0.3"),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/source_data.py",
        FIGURES_DATA,
        ("np.triu_indices(len(orientation), 1)", "np.triu_indices(len(orientation))"),
        ('"orientation_2": orientation[second]', '"orientation_2": orientation[first]'),
        ("rdm[first, second] for name", "rdm[first, first] for name"),
        (
            "similarities[i, j], status[row.model, seed])",
            "similarities[::-1][i, j], status[row.model, seed])",
        ),
        ("status[row.model, seed])", 'status["cnn_untrained", seed])'),
        ('archive["all_seeds"]', 'archive["similarity_by_seed"]'),
        ('archive["similarity_by_seed"].T', 'archive["all_seeds"][::-1].T'),
        (
            '[raw.assign(given="nothing"), pd.read_csv(partial)]',
            '[pd.read_csv(partial), raw.assign(given="nothing")]',
        ),
        ('means.insert(2, "seed", "mean")', 'means.insert(2, "seed", 4)'),
        ("product([orientations, range(height)]", "product([orientations[::-1], range(height)]"),
    ),
    *edits(
        "figures",
        "scripts/plot_training_effect.py",
        FIGURES_DATA_2,
        ('["untrained", "trained"])\n        axis', '["trained", "untrained"])\n        axis'),
        ("np.array(params.seeds)[is_valid]", "np.array(params.seeds)[::-1][is_valid]"),
        ("for name in (row.untrained_model, row.model))", "for name in (row.model, row.model))"),
        ("{100 * params.confidence:g} %", "{params.confidence:g} %"),
        ('pairs.mean(axis=1), "o-"', 'pairs[:, 0], "o-"'),
        ("LAYER_COLORS[index % len(LAYER_COLORS)]", "LAYER_COLORS[-1 - index % len(LAYER_COLORS)]"),
    ),
    *edits(
        "figures",
        "scripts/plot_training_effect.py",
        FIGURES_CAPTIONS,
        ("[0.05, 0.95], axis=1", "[0.25, 0.75], axis=1"),
        ("if row.seeds == 0", "if row.seeds < 0"),
        ("'s' * (row.seeds > 1)", "'s' * (row.seeds > 0)"),
    ),
    *edits(
        "figures",
        "scripts/plot_rdm_correlations.py",
        FIGURES_DATA_FIGURES,
        ('of_layer.loc[of_layer["status"] != "failed", "correlation"]', 'of_layer["correlation"]'),
        ("valid.mean(), width", 'of_layer["correlation"].mean(), width'),
        (
            "color = colors[position]",
            "color = colors[1 - position]",
        ),
        (
            "axis.set_xticks(range(len(layers)), layers, ",
            "axis.set_xticks(range(len(layers)), layers[::-1], ",
        ),
        ('position + spread(failed), failed, "x"', 'position + spread(failed), failed, "o"'),
        ('spread(valid), valid, "o"', 'spread(valid), valid[::-1], "o"'),
        ("n_valid = len(status) - n_failed", "n_valid = len(status)"),
        ('(status == "failed").sum()', '(status == "passed").sum()'),
        (
            'table.loc[table["layer"] == layer, "correlation"].isna()',
            'table["correlation"].notna()',
        ),
        ("query(f\"model == '{wildcards.model}'\")", "query(\"model == 'cnn'\")"),
        ('"points" if n_valid <= MOST_SEEDS', '"points" if n_valid >= MOST_SEEDS'),
    ),
    *edits(
        "figures",
        "scripts/plot_rdm_rows.py",
        FIGURES_DATA_3,
        ("draw_curve(axis, orientation, rdm[row]", "draw_curve(axis, orientation, rdm[-row]"),
        ("color=colors[name], label=titles[name]", 'color=colors[name], label=titles["fc"]'),
        ("np.abs(orientation - angle).argmin()", "np.abs(orientation + angle).argmin()"),
        ("degrees(orientation[row])", "degrees(orientation[-1 - row])"),
        ("seed {params.seed}", "seed 12"),
        ('"reference": orientation[row]', '"reference": row'),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/panels.py",
        FIGURES_COVERAGE,
        ("if index and is_gap[index - 1]:", "if False:"),
        ("np.isnan(other), narrow / 2, other)", "np.isnan(other), narrow, other)"),
        ("half = np.where(is_gap, np.nan, steps / 2)", "half = steps / 2"),
        ("pcolormesh(edges, edges, shown", "pcolormesh(edges, edges, np.nan_to_num(shown)"),
        ("np.flatnonzero(is_gap) + 1", "np.flatnonzero(is_gap)"),
        ("< FEW_STIMULI or is_alone.any()", "< FEW_STIMULI"),
        ("FEW_STIMULI = 40", "FEW_STIMULI = 41"),
        ("np.insert(np.asarray(values, float), after, np.nan)", "np.insert(values, after, 0)"),
        ("ticks = orientation_ticks(orientation)", "ticks = [-90, -45, 0, 45, 90]"),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/style.py",
        FIGURES_COVERAGE,
        ("orientation[-1] > ORIENTATION_TICKS[-1]", "orientation[-1] >= ORIENTATION_TICKS[-1]"),
        ("[-90, 0, 90, 180, 270]", "[-90, 0, 90, 180]"),
    ),
    *edits(
        "figures",
        "scripts/plot_rdm_rows.py",
        FIGURES_COVERAGE,
        ("list(dict.fromkeys(int(", "list((int("),
        ("DIRECTIONS if is_full_circle(orientation) else REFERENCES", "REFERENCES"),
        ("xticks=orientation_ticks(orientation)", "xticks=[-90, 0, 90]"),
    ),
    *edits(
        "figures",
        "scripts/plot_tuning_curves.py",
        FIGURES_COVERAGE,
        ('f"Response ({values})"', '"Response (z-score)"'),
        ("min(MOST_UNITS, responses.shape[1])", "MOST_UNITS"),
        ("xticks=ticks)", "xticks=[-90, 0, 90])"),
    ),
    *edits(
        "figures",
        "scripts/plot_embeddings.py",
        FIGURES_COVERAGE,
        ('str(embeddings["reason"])', '"No map"'),
        ("pd.DataFrame(columns=columns)", "pd.DataFrame()"),
        ("vmax=ticks[-1]", "vmax=90"),
    ),
    *edits(
        "figures",
        "scripts/compute_embeddings.py",
        FIGURES_COVERAGE,
        ("< LEAST_STIMULI", "<= LEAST_STIMULI"),
    ),
    *edits(
        "figures",
        "scripts/normative/recordings/populations.py",
        FIGURES_COVERAGE,
        ('else "z-score"', 'else "a.u."'),
    ),
    *edits(
        "figures",
        "scripts/normative/rsa/references.py",
        REFERENCES,
        ("tilt_label(fold_polarity(orientation_deg))", "tilt_label(orientation_deg)"),
    ),
    *edits(
        "figures",
        "scripts/normative/stimuli/gratings.py",
        REFERENCES,
        ("are_both & (folded", "True & (folded"),
        ("are_both & (folded", "False & (folded"),
    ),
    *edits(
        "figures",
        "scripts/plot_rdms.py",
        FIGURES_DATA_4,
        ("seed {params.seed}", "seed 12"),
        ("tabulate_rdms(orientation, rdms)", "tabulate_rdms(orientation[::-1], rdms)"),
        ("input.layers, params.seed)", "input.layers, 3)"),
        ("(1 − Pearson r)", "(Pearson r)"),
    ),
    *edits(
        "figures",
        "scripts/plot_reference_rdms.py",
        FIGURES_DATA_5,
        ('["orientation", "angle", "tilt"], 1,', '["angle", "orientation", "tilt"], 1,'),
        ("correlations[name]:.2f", "correlations[names[0]]:.2f"),
        ("rdms[name], largest)", "rdms[name], 2)"),
        ("{REFERENCE_NAMES[name]}: r", "{REFERENCE_NAMES[names[0]]}: r"),
        ("axes[0, 0].invert_yaxis()", "axes[0, 0].get_yaxis()"),
    ),
    *edits(
        "figures",
        "scripts/plot_tuning_curves.py",
        FIGURES_DATA_6,
        (
            "draw_curve(axis, orientation, responses[:, unit]",
            "draw_curve(axis, orientation, responses[:, unit - 1]",
        ),
        ('label=f"unit {unit}"', 'label=f"unit {units[0]}"'),
        ('["#0072B2", "#D55E00", "#009E73"]', '["#D55E00", "#0072B2", "#009E73"]'),
        ('if name == "recording" else "Activation', 'if name != "recording" else "Activation'),
        ('"response": responses[:, unit]', '"response": responses[:, 0]'),
        ("title=titles[name]", 'title=titles["fc"]'),
    ),
    *edits(
        "figures",
        "scripts/plot_embeddings.py",
        FIGURES_DATA_7,
        ("*embeddings[name].T,", "*embeddings[name].T[::-1],"),
        ('c=embeddings["orientation"]', 'c=-embeddings["orientation"]'),
        ("axis.set(title=title", 'axis.set(title=titles["pool"]'),
        (
            'frame.insert(0, "orientation", embeddings["orientation"])',
            'frame.insert(0, "orientation", embeddings["orientation"][::-1])',
        ),
        ('cmap="twilight"', 'cmap="viridis"'),
        ("vmin=ticks[0]", "vmin=0"),
    ),
    *edits(
        "figures",
        "scripts/plot_learning_curves.py",
        FIGURES_DATA_8,
        ('f"{model}, {counted(losses.shape[1])}"', 'f"{model}, {counted(losses.shape[0] + 1)}"'),
        (
            'list(table.groupby("model", sort=False))',
            'list(table.groupby("model", sort=False))[::-1]',
        ),
        ('axis.set_title(f"{model},', 'axis.set_title(f"{models[0][0]},'),
        ("axes[0, 0].legend()", "axes[0, -1].legend()"),
    ),
    *edits(
        "figures",
        "scripts/plot_similarity.py",
        FIGURES_DATA_9,
        ('(n_layers / 2, "Model and layer")', '(n_layers / 2, "Reference")'),
        ('(table["model"] != "reference").sum()', '(table["model"] == "cnn").sum()'),
        ("table['ceiling_from'].iloc[0]", "table['model'].iloc[0]"),
    ),
    *edits(
        "figures",
        "scripts/plot_partial_correlations.py",
        FIGURES_DATA_10,
        ("save(figure, output, partial)", "save(figure, output, partial[6:])"),
        ('["comparator"].iloc[0]', '["comparator"].iloc[0].replace("spearman", "pearson")'),
        ("label=correlation_label(comparator)", 'label="Correlation of RDMs (r)"'),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/space.py",
        FIGURES_DATA_FIGURES_2,
        (
            "for number, text in zip(numbers, labels",
            "for number, text in zip(numbers, labels[::-1]",
        ),
        ("label_points(right, points,", "label_points(right, points[:, ::-1],"),
        (
            "points - points[[names.index(name) for name in recordings]].mean(axis=0)",
            "points - points[-1]",
        ),
        ("np.sqrt(np.clip(1 - matrix", "np.sqrt(np.clip(1 + matrix"),
        ("colors[name.split()[-1]]", "colors[kinds[0]]"),
        ('(RECORDING_COLOR, "D", "reference")', '(RECORDING_COLOR, "o", "reference")'),
        (
            '(color, "o", kind) for kind, color',
            '(color, "o", kinds[0]) for kind, color',
        ),
        ('marker, size = "*", 10', 'marker, size = "D", 10'),
        ("if defined[name]]", "if defined[name] or True]"),
        ('shown.insert(0, "name", names)', 'shown.insert(0, "name", labels)'),
    ),
    *edits(
        "figures",
        "scripts/plot_multiverse.py",
        FIGURES_DATA_11,
        ('f"{rank.iloc[i, j]:.0f}"', 'f"{len(layers) + 1 - rank.iloc[i, j]:.0f}"'),
        (
            'wide["rank"].unstack(columns).loc[layers, measures]',
            'wide["rank"].unstack(columns).loc[layers[::-1], measures]',
        ),
        (
            'wide["similarity"].unstack(columns).loc[layers, measures]',
            'wide["similarity"].unstack(columns).loc[layers, measures[::-1]]',
        ),
        ("agreement[measure]:.2f", "agreement[measures[0]]:.2f"),
        ("COMPARATOR_NAMES[comparator]", 'COMPARATOR_NAMES["pearson"]'),
        ("similarity.iloc[i, j] > 0.6", "similarity.iloc[i, j] < 0.6"),
        ("1: most similar", "1: least similar"),
    ),
    *edits(
        "figures",
        "scripts/plot_gratings.py",
        FIGURES_DATA_12,
        (
            "draw_gratings(axes, orientations, images)",
            "draw_gratings(axes, orientations, images[::-1])",
        ),
        ("({height} × {width} pixels)", "({width} × {height} pixels)"),
        ("tabulate_images(orientations, images)", "tabulate_images(orientations, 1 - images)"),
    ),
    *edits(
        "figures",
        "scripts/plot_figure_1.py",
        FIGURES_DATA_13,
        ('task["answers"], strict', 'task["answers"][::-1], strict'),
        ('colors.get(stage["name"], NOT_COMPARED)', "NOT_COMPARED"),
        (
            "[tabulate_images(ORIENTATIONS, images), losses]",
            "[tabulate_images(ORIENTATIONS[::-1], images), losses]",
        ),
        ("int(np.prod(shape)), MOST_DRAWN", "int(np.prod(shape)) - 1, MOST_DRAWN"),
        ("for channel in range(n_channels)", "for channel in range(1, n_channels)"),
        ("(x + 0.14, 0), (x - 0.14, 0)", "(x - 0.14, 0), (x + 0.14, 0)"),
        ("draw_network(left.subplots(), images[-1]", "draw_network(left.subplots(), images[0]"),
        (
            'read_csv(input.training).query("model == @params.model")',
            "read_csv(input.training).query(\"model == 'cnn'\")",
        ),
    ),
    *edits(
        "captions",
        "scripts/plot_figure_1.py",
        CAPTIONS,
        ('losses["epoch"].max()', 'losses["epoch"].min()'),
        ("last_losses.median()", "last_losses.mean()"),
        (
            'read_csv(input.performance).query("model == @params.model")',
            'read_csv(input.performance).query("model != @params.model")',
        ),
        ('(performance["status"] == "failed").sum()', '(performance["status"] == "passed").sum()'),
        ("{scores.mean():.3g} (range", "{scores.median():.3g} (range"),
        ("{scores.min():.3g} to {scores.max():.3g}", "{scores.max():.3g} to {scores.min():.3g}"),
        ('performance["stimuli"].iloc[0]', 'performance["epochs"].iloc[0]'),
        ("({height} × {width} pixels)", "({width} × {height} pixels)"),
        (
            "{task['question']}",
            "{task['answer_name']}",
        ),
        (
            'f"Networks that failed the task: {n_failed} of {len(scores)}',
            'f"Of {n_failed} networks, {len(scores)} failed',
        ),
        ("FILTERS[params.filters]}", "FILTERS['gabor']}"),
        ('params.network != "FC" else ""', 'params.network == "FC" else ""'),
        ("for name in params.layers[:-1]", "for name in params.layers[:0]"),
        ("counted(len(last_losses))", "counted(len(losses))"),
    ),
    *edits(
        "captions",
        "scripts/plot_figure_2.py",
        CAPTIONS,
        ("seed {params.seed}{failed}.", "seed {params.seeds[0]}{failed}."),
        ('(shown["status"] == "failed").any()', "False"),
        ("counted(row.seeds)", "counted(row.failed)"),
        ("{signed(low)} to {signed(high)}", "{signed(high)} to {signed(low)}"),
        ('table[["ceiling_low", "ceiling_high"]].iloc[0]', 'table[["ci_low", "ci_high"]].iloc[0]'),
        ("bounds(best.ci_low, best.ci_high)", "bounds(*table[['ci_low', 'ci_high']].iloc[0])"),
        (
            "*describe(table, by_seed, len(orientation),",
            "*describe(table, by_seed, 2 * len(orientation),",
        ),
        ('COMPARATOR_NAMES[table["comparator"].iloc[0]]', 'COMPARATOR_NAMES["pearson"]'),
        ("REFERENCE_NAMES[best.layer]", "REFERENCE_NAMES[references['layer'].iloc[0]]"),
    ),
    *edits(
        "figures",
        "scripts/plot_figure_2.py",
        FIGURES_DATA_FIGURES_3,
        ("input.layers, params.seed)", "input.layers, params.seeds[0])"),
        (
            'by_seed = by_seed[by_seed["model"] == params.model]',
            'by_seed = by_seed[by_seed["model"] != params.model]',
        ),
        (
            "[tabulate_rdms(orientation, rdms), tabulate_similarities(table, by_seed)]",
            "[tabulate_similarities(table, by_seed), tabulate_rdms(orientation, rdms)]",
        ),
        ('isin([params.model, "reference"])', 'isin(["cnn", "reference"])'),
    ),
    *edits(
        "captions",
        "scripts/plot_figure_3.py",
        CAPTIONS,
        ("notna().any() and lacks_thin.any()", "notna().any()"),
        ("seeds{of_many(len(params.seeds))}", "seeds"),
        (
            "{signed(row.effect)} {bounds(row.ci_low, row.ci_high)}",
            "{signed(row.effect)} {bounds(row.ci_low, row.effect)}",
        ),
        ("excludes_zero(given_all).sum()", "(~excludes_zero(given_all)).sum()"),
        ('partial["given"] == "all references"', 'partial["given"] == "nothing"'),
        ("        if row.seeds\n", ""),
        ("signed(row.effect)}", "signed(100 * row.effect)}"),
        ("counted(row.seeds)", "counted(row.seeds + 1)"),
        (
            'f"{bounds(row.ci_low, row.ci_high)}."',
            "f\"{bounds(*defined[['ci_low', 'ci_high']].iloc[0])}.\"",
        ),
    ),
    *edits(
        "figures",
        "scripts/plot_figure_3.py",
        FIGURES_DATA_FIGURES_4,
        ('table = table[table["model"] != "reference"]', 'table = table[table["model"] == "cnn"]'),
        (
            "tabulate_similarities(table, by_seed), effects, partial]",
            "tabulate_similarities(table, by_seed), partial, effects]",
        ),
    ),
    *edits(
        "figures",
        "scripts/normative/figures/paper.py",
        FIGURES_DATA_FIGURES_4,
        ('population_colors(table["layer"].unique()), comp', 'population_colors(["fc"] * 9), comp'),
        ('letter(top, "a")', 'letter(top, "b")'),
        ('zip(parts, "abc", strict=True)', 'zip(parts, "acb", strict=True)'),
        ("draw_effects(axis, effects, pop", "draw_effects(axis, effects[::-1], pop"),
        ("correlation_label(comparator)", 'correlation_label("pearson")'),
    ),
    *edits(
        "figures",
        "scripts/plot_pairwise.py",
        FIGURES_DATA,
        ("ascending=False", "ascending=True"),
    ),
    *edits(
        "figures",
        "scripts/plot_training_effect.py",
        FIGURES_DATA,
        ("(row.untrained_model, row.model)", "(row.model, row.untrained_model)"),
    ),
    *edits(
        "figures",
        "scripts/plot_calibration.py",
        FIGURES_DATA,
        ('"too narrow": 3', '"too narrow": 0'),
    ),
    *edits(
        "captions",
        "scripts/normative/reporting/sentences.py",
        CAPTIONS,
        (
            """# A model of one seed lacks seeds, and a reference has none.
    over = max(table["ci_over"].replace("nothing", "")""",
            """# A model of one seed.
    over = max(table["ci_over"]""",
        ),
    ),
    *edits(
        "encoding",
        "scripts/normative/inference/summaries.py",
        ["tests/test_encoding_tables.py"],
        ("len(values) if is_mean else None", "None"),
        ("len(values) if is_mean else None", "len(values)"),
    ),
]
