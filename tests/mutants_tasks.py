"""Careless edits of tasks, their comparison, and networks and tasks of the user's own."""

from edits import edits

OF_TASKS = ["tests/test_tasks.py"]
OF_CONFIG = ["tests/test_config.py"]
TABLES = ["tests/test_tables.py"]
ANSWERS = ["tests/test_answers.py"]
OWN = [
    f"tests/test_own_networks.py::test_{name}"
    for name in (
        "network_is_the_users_with_the_arguments_and_outputs_asked_for",
        "training_is_the_same_whatever_was_drawn_before",
        "images_are_shown_as_the_input_says_without_turning_their_angles",
        "wrong_layer_is_told_with_the_right_ones",
        "what_a_network_draws_and_does_not_save_is_that_of_its_seed",
        "layer_that_is_used_twice_is_refused",
        "mistake_of_the_users_is_one_line_that_names_the_place",
        "digest_changes_with_the_file_and_those_beside_it_that_it_imports",
        "file_that_hides_another_of_its_name_is_told",
        "weights_are_loaded_and_a_file_with_more_than_tensors_is_refused",
        "name_of_a_task_is_that_of_its_file_and_class",
        "lazy_layers_have_the_initial_weights_of_their_seed",
        "network_without_weights_that_learn_is_told_so",
        "network_under_another_name_is_found",
        "no_line_of_an_installed_package_is_to_be_corrected",
        "file_that_is_no_weights_is_refused_in_one_line",
        "mistake_in_a_task_is_one_line_that_names_it",
    )
]
CAPTIONS = [
    "tests/test_captions.py::test_first_figure_says_how_images_are_shown_to_a_network_of_the_users"
]
OF_NETWORKS = ["tests/test_networks.py"]
LAYERS = [
    "tests/test_figures_data.py::test_layers",
    "tests/test_figures_data.py::test_layers_stand_in_the_order_of_use_however_they_are_listed",
]
FIGURES_DATA = ["tests/test_figures_data.py::test_tasks"]

MUTANTS = [
    *edits(
        "tasks",
        "scripts/normative/stimuli/digits.py",
        OF_TASKS,
        ("HELD_OUT_EVERY == 0", "HELD_OUT_EVERY <= 1"),
        ("is_held_out == held_out", "is_held_out | True"),
        ("return images[index], digits[index]", "return images[index], np.sort(digits[index])"),
        ("[[cosine, -sine], [sine, cosine]]", "[[cosine, sine], [-sine, cosine]]"),
        ("(len(square) - 1) / 2 -", "len(square) / 2 -"),
        ("order=1", "order=0"),
        ('mode="grid-constant"', 'mode="nearest"'),
    ),
    *edits(
        "tasks",
        "scripts/normative/tasks/objects.py",
        OF_TASKS,
        ("[seed, held_out]", "[held_out]"),
        ("CONTRAST = 0.5, 1", "CONTRAST = 0, 1"),
        ("shape - (size + 1) / 2", "shape - size"),
        ("contrast * place_square", "place_square"),
        ("return -(answers * targets).sum(-1).mean()", "return -(answers * targets).mean()"),
        ("log_softmax(-1)", "log_softmax(0)"),
        ("answers.argmax(axis=1)", "answers.argmin(axis=1)"),
        ('measure, gate = "accuracy", 0.7', 'measure, gate = "accuracy", 0.6'),
    ),
    *edits(
        "tasks",
        "scripts/normative/tasks/rotation.py",
        OF_TASKS,
        ("[seed, held_out]", "[held_out]"),
        ("rng.uniform(-90, 90, n_images)", "rng.uniform(0, 90, n_images)"),
        ("(height - 1) / 2, (width - 1) / 2", "height / 2, width / 2"),
    ),
    *edits(
        "tasks",
        "scripts/normative/workflow/config.py",
        OF_CONFIG,
        ('start = _start(design), design.get("filters")', "start = _start(design)"),
        ("if len(set(models.values())) > 1}", "if len(models) > 1}"),
        ("        if epochs[model] == 0:\n            continue\n", ""),
    ),
    *edits(
        "tasks",
        "scripts/tabulate_tasks.py",
        TABLES,
        ('rows["similarity"].where(rows["task"] != "untrained")', 'rows["similarity"]'),
        ("rank(ascending=False", "rank(ascending=True"),
        ("learned.idxmax()", "learned.idxmin()"),
        ('pair["seeds"]', 'row["seeds"]'),
    ),
    *edits(
        "tasks",
        "scripts/normative/inference/corrections.py",
        TABLES,
        ("len(different) == 2", "len(different) == 1"),
    ),
    *edits(
        "tasks",
        "scripts/write_answers.py",
        ANSWERS,
        ('.sort_values("rank", kind="stable")', ""),
        ("row not in told]", "row in told]"),
        ('key=lambda group: -group["best"].similarity', 'key=lambda group: group["best"].layer'),
    ),
    *edits(
        "tasks",
        "scripts/plot_tasks.py",
        FIGURES_DATA,
        ('axis.vlines(x, rows["ci_low"]', 'axis.vlines(x, rows["similarity"]'),
        ("[by_seed[model, layer] for model in", "[by_seed[design, layer] for model in"),
        ("{row.difference:+.3f}", "{row.similarity:+.3f}"),
    ),
    *edits(
        "tasks",
        "scripts/plot_layers.py",
        LAYERS,
        ("names.map(order.index)", "names"),
        ("lines[params.twins[model]]", "lines[model]"),
        ("if model not in params.twins.values()]", "]"),
        ("if params.twins else", "if True else"),
        ("longest * LETTER", "LETTER"),
        ('"\\nno similarity is defined" * (not is_defined)', '""'),
    ),
    *edits(
        "tasks",
        "scripts/normative/networks/networks.py",
        OF_NETWORKS,
        ("energy.mean(1, keepdim=True)", "energy"),
        ("SEMISATURATION**2 + nearby", "SEMISATURATION + nearby.sqrt()"),
        ("count_include_pad=False", "count_include_pad=True"),
        (
            "self.pool2(torch.relu(self.conv2(pooled)))",
            "torch.relu(self.pool2(self.conv2(pooled)))[:, :]",
        ),
        ("self.pool(self.norm(drive))", "self.pool(drive)"),
    ),
    *edits(
        "tasks",
        "scripts/normative/workflow/own_code.py",
        OWN,
        ("waiting += _beside(found[file], file, folder)", ""),
        ("digest.update(hashlib.sha256(Path(file).read_bytes()).digest())", "digest.update(b'')"),
        ("sys.path.insert(0, str(path.parent))", ""),
        ("and Path(other).resolve() != file", "and False"),
        ("return any(str(place) in _own_places", "return all(str(place) in _own_places"),
        ('f"{Path(place).stem if is_file(place) else place}.{name}"', "name"),
        ("return node.name == name", "return True"),
        ("(ast.Assign, ast.AnnAssign)", "ast.Assign"),
        ("isinstance(part, ast.Name) and part.id == name for part in names", "names"),
        ('if "site-packages" not in folder.parts:', "if True:"),
        ("{first: found.pop(first), **dict(sorted(found.items()))}", "dict(sorted(found.items()))"),
    ),
    *edits(
        "tasks",
        "scripts/normative/networks/own.py",
        OWN,
        ("return self.task.answer(outputs.reshape(len(images), n_outputs))", "return outputs"),
        (" - self.mean) / self.sd", ") / self.sd - self.mean"),
        ("antialias=True", "antialias=False"),
        ("scale = min(height", "scale = max(height"),
        ("outputs.numel() != len(images) * n_outputs", "False"),
        ("weights_only=True", "weights_only=False"),
        ("not all(map(torch.is_tensor, state.values()))", "False"),
        ("    net.eval()\n    try:\n", "    try:\n"),
        ('found[name]["n_used"] += 1', "pass"),
        ('np.prod(layer["shape"]) > 1', "True"),
        ("if layer not in by_name:", "if False:"),
        ("if any(map(is_lazy, [*own.parameters(), *own.buffers()])):", "if False:"),
        ("*own.parameters(), *own.buffers()", "*own.buffers()"),
        ("        net.train()\n", ""),
        ("except Exception:  # of ten kinds", "except RuntimeError:  # of ten kinds"),
    ),
    *edits(
        "tasks",
        "scripts/normative/networks/own.py",
        CAPTIONS,
        (
            "return list(net.show(torch.zeros(1, *image_shape)).shape[1:])",
            "return [1, *image_shape]",
        ),
    ),
    *edits(
        "tasks",
        "scripts/normative/training/sgd.py",
        OWN,
        ("if config.epochs and not weights:", "if False:"),
        ("if config.epochs and not weights:", "if not weights:"),
    ),
    *edits(
        "tasks",
        "scripts/normative/tasks/own.py",
        OWN,
        ("not isinstance(self.n_outputs, numbers.Integral) or ", ""),
        ("if not isinstance(self.gate, numbers.Real):", "if False:"),
        ("if truth.dtype == object:", "if False:"),
    ),
    *edits(
        "tasks",
        "scripts/extract_activations.py",
        OWN,
        ("            start_generators(seed)\n", ""),
    ),
    *edits(
        "tasks",
        "scripts/normative/networks/networks.py",
        OWN,
        ("    np.random.seed(seed % 2**32)\n", ""),
    ),
    *edits(
        "tasks",
        "scripts/normative/networks/strips.py",
        OF_NETWORKS,
        ("torch.arange(n_channels, device=starts.device)", "torch.arange(n_channels)"),
        ("torch.arange(n_images, device=position.device)", "torch.arange(n_images)"),
    ),
    *edits(
        "tasks",
        "rules/common/paths.smk",
        [
            "tests/test_own_networks.py"
            "::test_own_network_and_task_run_to_the_report_and_an_edit_runs_what_uses_it"
        ],
        ('    if model in STUDY or not is_own(design["task"])\n', ""),
    ),
]
