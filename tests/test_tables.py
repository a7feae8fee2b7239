"""Every column of every table, recomputed from the small study's arrays by a few plain lines.

The scripts run here, on the study's files; what they are held against uses none of our library.
"""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats
from scipy.spatial.distance import pdist, squareform

import average_over_seeds
import compare_multiverse
import correlate_models
import correlate_rdms
import correlate_references
import estimate_ceilings
import tabulate_inference
import tabulate_multiverse
import tabulate_pairwise
import tabulate_partial
import tabulate_training
import tabulate_training_effect

MODELS = ["cnn", "cnn_untrained", "cnn_orientation"]
TWINS = {"cnn": "cnn_untrained", "cnn_orientation": "cnn_untrained"}
SEEDS, BLOCKS = [3, 4, 12], ["seeds-3-4", "seeds-12"]
FAILED = {("cnn", 12), ("cnn_orientation", 3)}
LAYERS = [(model, layer) for model in MODELS for layer in ("pool", "fc")]
DATASET = SimpleNamespace(dataset="simulated_small")
APPROXIMATELY = {"rtol": 2e-7, "atol": 1e-9}  # of eight digits


@pytest.fixture(scope="module")
def folder(study):
    return study.folder / "results/simulated_small"


@pytest.fixture(scope="module")
def inference(repository):
    """Settings of the inference, none of which are the default ones."""
    return yaml.safe_load((repository / "tests/small_study.yaml").read_text())["inference"]


@pytest.fixture(scope="module")
def paths(folder):
    """Files of all networks, model by model."""

    def paths(kind, name="", root=folder):
        return [f"{root}/{kind}/{model}/{block}{name}" for model in MODELS for block in BLOCKS]

    return paths


@pytest.fixture(scope="module")
def networks(paths):
    """Arrays of each network, by model and seed."""

    def networks(kind):
        found = {}
        for path in paths(kind, ".npz"):
            with np.load(path) as file:
                for index, seed in enumerate(file["seeds"]):
                    model = path.split("/")[-2]
                    found[model, int(seed)] = {
                        name: file[name][index] for name in file if name != "seeds"
                    }
        return found

    return networks


@pytest.fixture(scope="module")
def means(folder):
    with np.load(folder / "similarities/means.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def rdms(networks, folder):
    """Entries above the diagonal of each network's RDMs, the recording's and the references'."""

    def entries(matrix):
        return np.array([matrix[i, j] for i, j in itertools.combinations(range(len(matrix)), 2)])

    found = {key: {n: entries(m) for n, m in of.items()} for key, of in networks("rdms").items()}
    for name in ("recording", "references"):
        with np.load(folder / f"rdms/{name}.npz") as file:
            found[name] = {key: entries(matrix) for key, matrix in file.items()}
    return found


@pytest.fixture
def make(tmp_path):
    """Run a script's `main` on files; give what it writes as tables."""

    def make(script, input, *names, **arguments):
        output = SimpleNamespace(**{name: tmp_path / f"{name}.csv" for name in names})
        script.main(SimpleNamespace(**input), output, **arguments)
        tables = [pd.read_csv(tmp_path / f"{name}.csv") for name in names]
        return tables[0] if len(tables) == 1 else tables

    return make


def counted_seeds(model):
    return [seed for seed in SEEDS if (model, seed) not in FAILED]


def spearman(first, second):
    return stats.spearmanr(first, second).statistic


def similarities(rdms, model, layer):
    """Similarity of each network of a model that did not fail."""
    recording = rdms["recording"]["responses"]
    return np.array([spearman(recording, rdms[model, s][layer]) for s in counted_seeds(model)])


def degrees(replicates, by_seed, inference, factors):
    """Count the independent draws behind replicates, by Welch and Satterthwaite."""
    n_seeds = len(by_seed)
    v_seeds = np.var(by_seed, ddof=1) / n_seeds if "seeds" in factors else 0
    v_rest = max(0, np.var(replicates) - v_seeds * (n_seeds - 1) / max(n_seeds, 1))
    n_blocks = 270 / inference["block_deg"] if "stimuli" in factors else np.inf
    bottom = v_rest**2 / (n_blocks - 1)
    if "seeds" in factors:
        bottom += v_seeds**2 / (n_seeds - 1)
    return (v_seeds + v_rest) ** 2 / bottom + 1 if bottom else np.inf


def expected_interval(replicates, by_seed, inference, factors):
    if not factors:
        return np.nan, np.nan
    replicates = replicates[~np.isnan(replicates)]
    n = degrees(replicates, by_seed, inference, factors)
    tail = (1 - inference["confidence"]) / 2
    if np.isfinite(n):
        tail = stats.norm.cdf(stats.t(n - 1).ppf(tail) * (n / (n - 1)) ** 0.5)
    return np.percentile(replicates, [100 * tail, 100 - 100 * tail])


def expected_bootstrap_p(replicates, by_seed, inference, factors):
    replicates = replicates[~np.isnan(replicates)]
    n_low = len([value for value in replicates if value <= 0])
    n_high = len([value for value in replicates if value >= 0])
    tail = min(0.5, (1 + min(n_low, n_high)) / (1 + len(replicates)))
    n = degrees(replicates, by_seed, inference, factors)
    return 2 * stats.t(n - 1).cdf(stats.norm.ppf(tail) / (n / (n - 1)) ** 0.5)


def expected_holm(p):
    adjusted, largest = {}, 0
    for step, index in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        largest = max(largest, (len(p) - step) * p[index])
        adjusted[index] = min(1, largest)
    return [adjusted[index] for index in range(len(p))]


def expected_bh(p):
    adjusted, smallest = {}, 1
    for rank, index in sorted(enumerate(sorted(range(len(p)), key=lambda i: p[i])), reverse=True):
        smallest = min(smallest, len(p) / (rank + 1) * p[index])
        adjusted[index] = smallest
    return [adjusted[index] for index in range(len(p))]


def circle_p(rdm, others):
    """Count the shifts and reflections of an RDM's labels that are as similar on average."""
    n = len(rdm)
    found = []
    for direction, shift in itertools.product((1, -1), range(n)):
        order = [(direction * i + shift) % n for i in range(n)]
        relabeled = [rdm[order[i], order[j]] for i, j in itertools.combinations(range(n), 2)]
        found.append(np.mean([spearman(relabeled, other) for other in others]))
    return len([value for value in found if value >= found[0] - 1e-12]) / len(found)


def mantel_p(orders):
    """Count the permutations that are as similar as the real order, the first."""
    return len([value for value in orders if value >= orders[0] - 1e-12]) / len(orders)


def drawn_mean(values, draws, valid):
    """Average what each row drew, (seeds, rows) and (seeds, rows), of the seeds that count."""
    expected = []
    for row in range(values.shape[1]):
        times = zip(values[:, row], draws[:, row], valid, strict=True)
        drawn = [value for value, n, counts in times if counts for _ in range(int(n))]
        expected.append(np.mean(drawn) if drawn else np.nan)
    return expected


def assert_columns(table, expected):
    """Hold a table against its columns, in their order."""
    assert list(table) == list(expected)
    for column, values in expected.items():
        if isinstance(values, str):
            assert set(table[column]) == {values}, column
        elif isinstance(values[0], str):
            assert table[column].tolist() == list(values), column
        else:
            np.testing.assert_allclose(table[column], values, **APPROXIMATELY, err_msg=column)


def expected_draws(n_seeds, n_replicates, seed):
    """How often the sample, and each replicate, draws each seed: (seeds, 1 + replicates)."""
    drawn = np.random.default_rng([seed, 2]).integers(n_seeds, size=(n_replicates, n_seeds))
    counts = [[1] * n_seeds] + [[list(row).count(s) for s in range(n_seeds)] for row in drawn]
    return np.array(counts).T


@pytest.fixture
def average(folder, paths, tmp_path, inference):
    def average(**changes):
        output = SimpleNamespace(means=tmp_path / "means.npz", layers=tmp_path / "layers.csv")
        average_over_seeds.main(
            SimpleNamespace(
                references=folder / "similarities/references.npz",
                performance=folder / "tables/performance.csv",
                networks=paths("similarities", ".npz"),
            ),
            output,
            SimpleNamespace(
                **{
                    "layers": {model: ["pool", "fc"] for model in MODELS},
                    "seeds": SEEDS,
                    "twins": TWINS,
                    "resample": inference["resample"],
                    "seed": inference["seed"],
                    **changes,
                }
            ),
        )
        with np.load(output.means) as file:
            return dict(file), pd.read_csv(output.layers)

    return average


@pytest.mark.parametrize("changes", [{}, {"seed": 5}, {"resample": ["stimuli"]}])
def test_averages_over_seeds_are_plain_means_of_what_is_drawn(average, networks, changes):
    found, layers = average(**changes)
    compared = networks("similarities")
    n_rows = 101
    draws = expected_draws(3, n_rows - 1, changes.get("seed", 0))
    if "seeds" not in changes.get("resample", ["seeds"]):
        draws[:] = 1
    once = np.ones((3, n_rows))
    i_effect = 0
    for index, (model, layer) in enumerate(LAYERS):
        at = index % 2
        valid = [(model, seed) not in FAILED for seed in SEEDS]
        similar = np.array([compared[model, seed]["bootstrap"][:, at, 0] for seed in SEEDS])
        np.testing.assert_allclose(
            found["similarity"][:, index], drawn_mean(similar, draws, valid), rtol=1e-10
        )
        np.testing.assert_array_equal(found["all_seeds"][:, index], similar[:, 0])
        np.testing.assert_array_equal(
            found["similarity_by_seed"][:, index], np.where(valid, similar[:, 0], np.nan)
        )
        for name in ("shifts", "permutations"):
            orders = np.array([compared[model, seed][name][:, at] for seed in SEEDS])
            np.testing.assert_allclose(
                found[name][:, index], drawn_mean(orders, once[:, : orders.shape[1]], valid)
            )
        if model in TWINS:
            twin = np.array([compared[TWINS[model], s]["bootstrap"][:, at, 0] for s in SEEDS])
            np.testing.assert_allclose(
                found["effect"][:, i_effect],
                drawn_mean(similar - twin, draws, valid),
                rtol=1e-9,
                atol=1e-12,
            )
            i_effect += 1
        assert layers.loc[index].tolist() == [model, layer, sum(valid), 3 - sum(valid), 0]
    assert found["effect"].shape[1] == i_effect
    assert list(layers) == ["model", "layer", "seeds", "failed", "undefined"]


def test_averages_are_beside_what_the_references_are(average, folder):
    found, _ = average()
    with np.load(folder / "similarities/references.npz") as file:
        np.testing.assert_array_equal(found["reference_similarity"], file["bootstrap"][:, :, 0])
        for name in ("shifts", "permutations"):
            np.testing.assert_array_equal(found[f"reference_{name}"], file[name])


@pytest.fixture
def tabulate(make, folder, inference):
    """Make a table from the averages, as they are or changed."""

    def tabulate(script, name, input=None, **params):
        files = {
            "responses": folder / "responses.npz",
            "means": folder / "similarities/means.npz",
            "layers": folder / "similarities/layers.csv",
            "references": folder / "similarities/references.npz",
            "ceilings": folder / "tables/ceilings.csv",
            **(input or {}),
        }
        params = SimpleNamespace(**{"inference": inference, **params})
        return make(script, files, name, params=params, wildcards=DATASET)

    return tabulate


def test_failed_networks_are_those_of_the_small_study(folder):
    """One of each task, so that a table that does not leave them out is noticed."""
    table = pd.read_csv(folder / "tables/performance.csv").query("status == 'failed'")
    assert set(zip(table.model, table.seed, strict=True)) == FAILED


def test_inference_table(tabulate, rdms, means, folder, networks, inference):
    table = tabulate(tabulate_inference, "inference")
    with np.load(folder / "rdms/recording.npz") as file:
        recording = file["responses"]
    names = list(rdms["references"])
    rows = []
    for index, (model, layer) in enumerate(LAYERS):
        of_seeds = similarities(rdms, model, layer)
        others = [rdms[model, seed][layer] for seed in counted_seeds(model)]
        interval = expected_interval(
            means["similarity"][1:, index], of_seeds, inference, inference["resample"]
        )
        rows.append([of_seeds.mean(), *interval, circle_p(recording, others)])
    for index, name in enumerate(names):
        entries = rdms["references"][name]
        interval = expected_interval(
            means["reference_similarity"][1:, index], [], inference, ["stimuli", "neurons"]
        )
        estimate = spearman(rdms["recording"]["responses"], entries)
        rows.append([estimate, *interval, circle_p(recording, [entries])])
    estimate, low, high, p = np.array(rows).T
    ceilings = pd.read_csv(folder / "tables/ceilings.csv").set_index(["halves_of", "estimand"])
    nan = [np.nan] * len(names)
    n_failed = [1, 1, 0, 0, 1, 1]
    assert_columns(
        table,
        {
            "dataset": "simulated_small",
            "model": [*(model for model, _ in LAYERS), *["reference"] * len(names)],
            "layer": [*(layer for _, layer in LAYERS), *names],
            "comparator": "spearman",
            "estimate": estimate,
            "ci_low": low,
            "ci_high": high,
            "ceiling_low": [
                ceilings.loc[("trials", "similarity with another recording"), "estimate"]
            ]
            * 12,
            "ceiling_high": [
                ceilings.loc[("trials", "similarity of a noiseless model"), "estimate"]
            ]
            * 12,
            "ceiling_from": "halves of trials (rather low)",
            "p_shift": p,
            "p_holm": [*expected_holm(p[:6]), *expected_holm(p[6:])],
            "p_bh": [*expected_bh(p[:6]), *expected_bh(p[6:])],
            "seeds": [2, 2, 3, 3, 2, 2] + [0] * 6,
            "failed": n_failed + nan,
            "undefined": [0] * 6 + nan,
            "ci_over": ["stimuli+neurons+seeds"] * 6 + ["stimuli+neurons"] * 6,
            "p_mantel_too_liberal": [
                *(mantel_p(means["permutations"][:, index]) for index in range(6)),
                *(mantel_p(means["reference_permutations"][:, index]) for index in range(6)),
            ],
            "stimuli": [37] * 12,
            "p_shift_note": [np.nan] * 12,
        },
    )


def test_inference_names_what_its_intervals_are_over(tabulate, folder, inference, means, tmp_path):
    """One seed tells nothing of others; without a resampling there is no interval."""
    layers = pd.read_csv(folder / "similarities/layers.csv").assign(seeds=[1, 0, 3, 3, 2, 1])
    layers.to_csv(tmp_path / "one.csv", index=False)
    by_seed = means["similarity_by_seed"].copy()
    by_seed[[0, 1], 0] = np.nan
    by_seed[[0, 1, 2], 1] = np.nan
    np.savez(tmp_path / "one.npz", **{**means, "similarity_by_seed": by_seed})
    changed = {"layers": tmp_path / "one.csv", "means": tmp_path / "one.npz"}
    table = tabulate(tabulate_inference, "inference", changed)
    everything, without = "stimuli+neurons+seeds", "stimuli+neurons"
    assert table["ci_over"].tolist() == [
        *(without, without, everything, everything, everything, without),
        *[without] * 6,
    ]
    replicates = means["similarity"][1:, 0]
    expected = expected_interval(replicates, [0.5], inference, ["stimuli", "neurons"])
    np.testing.assert_allclose(table.loc[0, ["ci_low", "ci_high"]].astype(float), expected)
    none = {**inference, "resample": []}
    table = tabulate(tabulate_inference, "inference", inference=none)
    assert set(table["ci_over"]) == {"nothing"}
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_band_is_that_of_neurons_where_there_are_no_halves_of_trials(tabulate, folder, tmp_path):
    ceilings = pd.read_csv(folder / "tables/ceilings.csv").query("halves_of == 'neurons'")
    ceilings.to_csv(tmp_path / "neurons.csv", index=False)
    table = tabulate(tabulate_inference, "inference", {"ceilings": tmp_path / "neurons.csv"})
    by_name = ceilings.set_index("estimand")["estimate"]
    assert set(table["ceiling_from"]) == {"halves of neurons (too high)"}
    assert set(table["ceiling_low"]) == {by_name["similarity with another recording"]}
    assert set(table["ceiling_high"]) == {by_name["similarity of a noiseless model"]}


def test_comparator_of_the_inference_is_the_configurations(tabulate, inference):
    other = {**inference, "comparator": "cosine"}
    table = tabulate(tabulate_inference, "inference", inference=other)
    assert set(table["comparator"]) == {"cosine"}


def test_pairwise_table(tabulate, rdms, means, inference):
    rows = []
    for a, b in itertools.combinations(range(6), 2):
        both = [seed for seed in SEEDS if not {(LAYERS[a][0], seed), (LAYERS[b][0], seed)} & FAILED]
        recording = rdms["recording"]["responses"]
        similar = [
            [spearman(recording, rdms[model, seed][layer]) for seed in both]
            for model, layer in (LAYERS[a], LAYERS[b])
        ]
        by_seed = np.subtract(*similar)
        estimate = np.subtract(*(similarities(rdms, *LAYERS[index]).mean() for index in (a, b)))
        replicates = means["similarity"][1:, a] - means["similarity"][1:, b]
        factors = inference["resample"] if len(both) > 1 else ["stimuli", "neurons"]
        settings = replicates, by_seed, inference, factors
        interval, p = expected_interval(*settings), expected_bootstrap_p(*settings)
        rows.append([*LAYERS[a], *LAYERS[b], estimate, *interval, p])
    names = ["model_a", "layer_a", "model_b", "layer_b"]
    names += ["difference", "ci_low", "ci_high", "p_conservative"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    p = expected["p_conservative"]
    assert min(p) < 0.5 < max(p)
    assert_columns(
        tabulate(tabulate_pairwise, "pairwise"),
        {
            "dataset": "simulated_small",
            **expected,
            "p_holm": expected_holm(p),
            "p_bh": expected_bh(p),
        },
    )


def test_training_effect_table(tabulate, rdms, means, inference):
    rows = []
    trained = [(model, layer) for model, layer in LAYERS if model in TWINS]
    recording = rdms["recording"]["responses"]
    for index, (model, layer) in enumerate(trained):
        paired = [
            spearman(recording, rdms[model, seed][layer])
            - spearman(recording, rdms[TWINS[model], seed][layer])
            for seed in counted_seeds(model)
        ]
        interval = expected_interval(
            means["effect"][1:, index], paired, inference, inference["resample"]
        )
        flipped = [
            abs(np.mean(np.multiply(paired, signs)))
            for signs in itertools.product((1, -1), repeat=len(paired))
        ]
        p = np.mean([value >= abs(np.mean(paired)) - 1e-12 for value in flipped])
        rows.append([model, layer, TWINS[model], len(paired), np.mean(paired), *interval, p])
    names = ["model", "layer", "untrained_model", "seeds", "effect", "ci_low", "ci_high", "p_seeds"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    p = expected["p_seeds"]
    assert_columns(
        tabulate(tabulate_training_effect, "training_effect", twins=TWINS),
        {
            "dataset": "simulated_small",
            **expected,
            "p_holm": expected_holm(p),
            "p_bh": expected_bh(p),
        },
    )


def test_random_sign_flips_are_those_of_the_configured_seed(tabulate, means, inference, tmp_path):
    """Of 20 seeds there are too many flips to try them all."""
    rng = np.random.default_rng(0)
    by_seed = rng.normal(0.2, 1, (20, 4))
    by_seed[3, 0] = np.nan
    np.savez(tmp_path / "many.npz", **{**means, "effect_by_seed": by_seed})

    def p_of(seed):
        settings = {**inference, "seed": seed}
        many = {"means": tmp_path / "many.npz"}
        return tabulate(
            tabulate_training_effect, "training_effect", many, twins=TWINS, inference=settings
        )

    table = p_of(5)
    assert table["seeds"].tolist() == [19, 20, 20, 20]
    for index, column in enumerate(by_seed.T):
        expected = stats.permutation_test(
            (column[~np.isnan(column)],), np.mean, permutation_type="samples", rng=5
        )
        assert table["p_seeds"][index] == pytest.approx(expected.pvalue)
    assert (table["p_seeds"] != p_of(6)["p_seeds"]).any()


def test_study_without_twins_has_no_effect_of_training(tabulate):
    table = tabulate(tabulate_training_effect, "training_effect", twins={})
    assert len(table) == 0
    assert list(table)[-4:] == ["ci_high", "p_seeds", "p_holm", "p_bh"]


def test_partial_table(tabulate, rdms, means, inference):
    recording = stats.rankdata(rdms["recording"]["responses"])
    references = {name: stats.rankdata(entries) for name, entries in rdms["references"].items()}
    given = {name: [ranks] for name, ranks in references.items()}
    given["all references"] = list(references.values())

    def unexplained(values, regressors):
        design = np.column_stack([np.ones(len(values)), *regressors])
        return values - design @ np.linalg.lstsq(design, values)[0]

    rows = []
    for index, (model, layer) in enumerate(LAYERS):
        for column, (name, controls) in enumerate(given.items()):
            partial, unique = [], []
            for seed in counted_seeds(model):
                ranks = stats.rankdata(rdms[model, seed][layer])
                x, y = unexplained(recording, controls), unexplained(ranks, controls)
                partial.append(np.corrcoef(x, y)[0, 1])
                both = unexplained(recording, [*controls, ranks])
                unique.append((x.var() - both.var()) / recording.var())
            row = [model, layer, name]
            for quantity, by_seed in (("partial", partial), ("unique", unique)):
                replicates = means[quantity][1:, index, column]
                row += [np.mean(by_seed)]
                row += [*expected_interval(replicates, by_seed, inference, inference["resample"])]
            rows.append(row)
    names = ["model", "layer", "given"]
    names += [f"partial{suffix}" for suffix in ("", "_ci_low", "_ci_high")]
    names += [f"unique_variance{suffix}" for suffix in ("", "_ci_low", "_ci_high")]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    table = tabulate(tabulate_partial, "partial")
    assert_columns(table, {"dataset": "simulated_small", **expected})


def tau_a(first, second):
    """Concordant less discordant pairs, over all pairs."""
    signs = [np.sign(np.subtract.outer(values, values)) for values in (first, second)]
    return np.sum(signs[0] * signs[1]) / (len(first) * (len(first) - 1))


def rho_a(first, second):
    """Mean of ρ over many random orders of ties: here its closed form with centered ranks."""
    n = len(first)
    ranks = [stats.rankdata(values) - (n + 1) / 2 for values in (first, second)]
    return np.dot(*ranks) * 12 / (n**3 - n)


COMPARATORS = {
    "pearson": lambda a, b: stats.pearsonr(a, b).statistic,
    "spearman": spearman,
    "kendall_tau_a": tau_a,
    "rho_a": rho_a,
    "cosine": lambda a, b: np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b),
}


def noise_normalized_products(half_1, half_2):
    """Products of the differences of each pair of stimuli in both halves, averaged over neurons."""
    noise = ((half_1 - half_2) ** 2).mean(axis=0) / 2
    half_1, half_2, noise = (array[..., noise > 0] for array in (half_1, half_2, noise))
    n_neurons = 400
    return [
        np.sum((half_1[i] - half_1[j]) * (half_2[i] - half_2[j]) / noise) / n_neurons
        for i, j in itertools.combinations(range(len(half_1)), 2)
    ]


def test_multiverse_of_networks(make, folder, networks):
    table = make(
        compare_multiverse,
        {
            "responses": folder / "responses.npz",
            "activations": folder / "activations/cnn_orientation/seeds-3-4.npz",
        },
        "similarities",
    )
    with np.load(folder / "responses.npz") as file:
        recorded = {name: file[name].astype(float) for name in file}
    distances = ["correlation", "cosine", "euclidean"]
    recording = {name: pdist(recorded["responses"], name) for name in distances}
    recording["crossnobis"] = noise_normalized_products(recorded["half_1"], recorded["half_2"])
    activations = networks("activations")
    rows = []
    for seed, layer in itertools.product((3, 4), ("pool", "fc")):
        units = activations["cnn_orientation", seed][layer].astype(float)
        of_layer = {name: pdist(units, name) for name in distances}
        of_layer["crossnobis"] = pdist(units, "sqeuclidean") / units.shape[1]
        for name, comparator in itertools.product(of_layer, COMPARATORS):
            value = COMPARATORS[comparator](recording[name], of_layer[name])
            rows.append([seed, layer, name, comparator, value])
    names = ["seed", "layer", "dissimilarity", "comparator", "similarity"]
    expected = pd.DataFrame(rows, columns=names)
    assert list(table) == names
    pd.testing.assert_frame_equal(table[names[:4]], expected[names[:4]])
    np.testing.assert_allclose(table["similarity"], expected["similarity"], rtol=1e-5, atol=1e-6)


def test_recording_without_halves_has_no_crossnobis(make, folder, tmp_path):
    with np.load(folder / "responses.npz") as file:
        np.savez(tmp_path / "whole.npz", responses=file["responses"])
    activations = folder / "activations/cnn/seeds-12.npz"
    input = {"responses": tmp_path / "whole.npz", "activations": activations}
    table = make(compare_multiverse, input, "similarities")
    assert set(table["dissimilarity"]) == {"correlation", "cosine", "euclidean"}
    assert len(table) == 2 * 3 * 5


def test_multiverse_table(make, folder, paths):
    table = make(
        tabulate_multiverse,
        {
            "networks": paths("multiverse", ".csv"),
            "performance": folder / "tables/performance.csv",
        },
        "multiverse",
        params=SimpleNamespace(models=MODELS),
        wildcards=DATASET,
    )
    values = {}
    for path in paths("multiverse", ".csv"):
        model = path.split("/")[-2]
        for row in pd.read_csv(path).itertuples():
            if (model, row.seed) not in FAILED:
                key = row.dissimilarity, row.comparator, model, row.layer
                values.setdefault(key, []).append(row.similarity)
    similar = {key: np.mean(of_seeds) for key, of_seeds in values.items()}
    universes = {}
    for *universe, model, layer in similar:
        universes.setdefault(tuple(universe), []).append((model, layer))
    assert len(universes) == 20
    assert len(table) == len(similar) == 20 * 6
    tutorial = [similar["correlation", "pearson", *layer] for layer in LAYERS]
    expected = {}
    for universe, layers in universes.items():
        in_order = sorted(layers, key=lambda layer: similar[*universe, *layer], reverse=True)
        mine = [similar[*universe, *layer] for layer in LAYERS]
        tau = np.mean(
            [
                np.sign((mine[i] - mine[j]) * (tutorial[i] - tutorial[j]))
                for i, j in itertools.combinations(range(6), 2)
            ]
        )
        for rank, layer in enumerate(in_order, 1):
            expected[*universe, *layer] = similar[*universe, *layer], rank, tau
    columns = ["dissimilarity", "comparator", "model", "layer"]
    assert list(table) == ["dataset", *columns, "similarity", "rank", "agreement"]
    assert set(table["dataset"]) == {"simulated_small"}
    for row in table.itertuples():
        found = row.similarity, row.rank, row.agreement
        key = row.dissimilarity, row.comparator, row.model, row.layer
        assert found == pytest.approx(expected[key], rel=2e-7)


def test_layers_that_tie_share_the_better_rank(make, tmp_path):
    """A layer without a similarity has no rank."""
    frame = pd.DataFrame(
        {
            "seed": 1,
            "layer": list("abcd"),
            "dissimilarity": "correlation",
            "comparator": "pearson",
            "similarity": [0.5, 0.7, 0.5, np.nan],
        }
    )
    frame.to_csv(tmp_path / "one.csv", index=False)
    performance = pd.DataFrame({"model": ["m"], "seed": [1], "status": ["passed"]})
    performance.to_csv(tmp_path / "performance.csv", index=False)
    table = make(
        tabulate_multiverse,
        {"networks": [tmp_path / "one.csv"], "performance": tmp_path / "performance.csv"},
        "multiverse",
        params=SimpleNamespace(models=["m"]),
        wildcards=DATASET,
    )
    np.testing.assert_array_equal(table["rank"], [2, 1, 2, np.nan])
    np.testing.assert_allclose(table["agreement"], 1)


def test_rdm_correlations_table(make, folder, paths, rdms):
    table = make(
        correlate_rdms,
        {
            "recording": folder / "rdms/recording.npz",
            "networks": paths("rdms", ".npz"),
            "performance": folder / "tables/performance.csv",
        },
        "correlations",
        params=SimpleNamespace(models=MODELS),
        wildcards=DATASET,
    )
    keys = [(m, s, layer) for m in MODELS for s in SEEDS for layer in ("pool", "fc")]
    recording = rdms["recording"]["responses"]
    status = {"cnn": "passed", "cnn_orientation": "passed", "cnn_untrained": "untrained"}
    assert_columns(
        table,
        {
            "dataset": "simulated_small",
            "model": [model for model, _, _ in keys],
            "seed": [seed for _, seed, _ in keys],
            "layer": [layer for _, _, layer in keys],
            "correlation": [
                stats.pearsonr(recording, rdms[model, seed][layer]).statistic
                for model, seed, layer in keys
            ],
            "status": ["failed" if (m, s) in FAILED else status[m] for m, s, _ in keys],
        },
    )


def test_reference_correlations_table(make, folder, rdms):
    table = make(
        correlate_references,
        {
            "recording": folder / "rdms/recording.npz",
            "references": folder / "rdms/references.npz",
        },
        "correlations",
        wildcards=DATASET,
    )
    recording = rdms["recording"]["responses"]
    assert_columns(
        table,
        {
            "dataset": "simulated_small",
            "reference": list(rdms["references"]),
            "correlation": [
                stats.pearsonr(recording, entries).statistic
                for entries in rdms["references"].values()
            ],
        },
    )


def stack(path, **arrays):
    """Write the RDMs of one network of seed 0, or of several from seed 0 on."""
    seeds = range(len(next(iter(arrays.values()))))
    np.savez(path, seeds=np.array(seeds), **arrays)


def test_model_correlations_table(make, folder, paths, rdms):
    table = make(
        correlate_models,
        {
            "recording": folder / "rdms/recording.npz",
            "references": folder / "rdms/references.npz",
            "networks": paths("rdms", ".npz"),
            "performance": folder / "tables/performance.csv",
        },
        "correlations",
        params=SimpleNamespace(models=MODELS),
    )
    named = {"recording": rdms["recording"]["responses"]}
    for model, layer in LAYERS:
        of_seeds = [rdms[model, seed][layer] for seed in counted_seeds(model)]
        named[f"{model} {layer}"] = np.mean(of_seeds, axis=0)
    named |= {f"reference {name}": entries for name, entries in rdms["references"].items()}
    pairs = [(first, second) for second in named for first in named]
    assert_columns(
        table,
        {
            "first": [first for first, _ in pairs],
            "second": [second for _, second in pairs],
            "correlation": [
                stats.pearsonr(named[first], named[second]).statistic for first, second in pairs
            ],
        },
    )


def test_undefined_rdms_are_not_averaged_in(make, folder, tmp_path):
    """Of a layer whose units have died in one of three networks."""
    rng = np.random.default_rng(0)
    square = rng.uniform(0, 1, (4, 8, 8))
    square += square.swapaxes(1, 2)
    recording, *of_seeds = square
    of_seeds[1][2, :] = np.nan
    stack(tmp_path / "m.npz", fc=np.array(of_seeds))
    np.savez(tmp_path / "recording.npz", responses=recording)
    np.savez(tmp_path / "references.npz", r=recording)
    performance = pd.DataFrame({"model": "m", "seed": range(3), "status": "passed"})
    performance.to_csv(tmp_path / "performance.csv", index=False)
    table = make(
        correlate_models,
        {
            "recording": tmp_path / "recording.npz",
            "references": tmp_path / "references.npz",
            "networks": [tmp_path / "m.npz"],
            "performance": tmp_path / "performance.csv",
        },
        "correlations",
        params=SimpleNamespace(models=["m"]),
    )
    above = np.triu_indices(8, 1)
    mean = (of_seeds[0] + of_seeds[2])[above] / 2
    expected = stats.pearsonr(recording[above], mean).statistic
    found = table.set_index(["first", "second"])["correlation"]["m fc", "recording"]
    assert found == pytest.approx(expected)


def test_ceilings_table(make, folder):
    table = make(
        estimate_ceilings,
        {"responses": folder / "responses.npz"},
        "ceilings",
        params=SimpleNamespace(comparator="spearman", seed=0),
        wildcards=DATASET,
    )
    with np.load(folder / "responses.npz") as file:
        recorded = {name: file[name].astype(float) for name in file}

    def similarity(first, second):
        return spearman(pdist(first, "correlation"), pdist(second, "correlation"))

    rng = np.random.default_rng([0, 4])
    splits = []
    for _ in range(20):
        order = rng.permutation(400)
        halves = (recorded["responses"][:, part] for part in (order[:200], order[200:]))
        splits.append(similarity(*halves))
    r = {
        "trials": similarity(recorded["half_1"], recorded["half_2"]),
        "neurons": np.mean(splits),
    }
    true = {
        name: similarity(recorded[name], recorded["noiseless"])
        for name in recorded
        if name != "orientation"
    }
    whole = true["responses"]
    truths = [true["half_1"] * true["half_2"], whole**2, whole, np.nan, whole**2, whole]
    estimates = [
        value
        for half in r.values()
        for value in (half, 2 * half / (1 + half), (2 * half / (1 + half)) ** 0.5)
    ]
    of_whole = ["similarity with another recording", "similarity of a noiseless model"]
    between = "similarity between halves of"
    assert_columns(
        table,
        {
            "dataset": "simulated_small",
            "comparator": "spearman",
            "halves_of": ["trials"] * 3 + ["neurons"] * 3,
            "estimand": [f"{between} trials", *of_whole, f"{between} neurons", *of_whole],
            "estimate": estimates,
            "truth": truths,
            "error": np.subtract(estimates, truths),
            "warning": ["too low where the recording is noisy"] * 3
            + ["too high: halves share the noise of their trials"] * 3,
        },
    )


@pytest.mark.parametrize("comparator", ["pearson", "cosine"])
def test_ceilings_are_by_the_configured_comparator_and_seed(make, folder, comparator):
    def estimate(seed):
        return make(
            estimate_ceilings,
            {"responses": folder / "responses.npz"},
            "ceilings",
            params=SimpleNamespace(comparator=comparator, seed=seed),
            wildcards=DATASET,
        )

    table = estimate(1)
    with np.load(folder / "responses.npz") as file:
        halves = [pdist(file[half].astype(float), "correlation") for half in ("half_1", "half_2")]
    assert set(table["comparator"]) == {comparator}
    assert table["estimate"][0] == pytest.approx(COMPARATORS[comparator](*halves), abs=1e-5)
    other = estimate(2)
    assert (table["estimate"] != other["estimate"]).tolist() == [False] * 3 + [True] * 3


def test_training_and_performance_tables(make, paths, study):
    root = study.folder / "results"
    logs = paths("models", "/training_log.csv", root)
    performances = paths("models", "/performance.csv", root)
    tasks = {"cnn": "tilt", "cnn_untrained": "tilt", "cnn_orientation": "orientation"}
    epochs = {"cnn": 3, "cnn_untrained": 0, "cnn_orientation": 3}
    gates = {"accuracy": 0.82, "error_deg": 28}
    training, performance = make(
        tabulate_training,
        {"logs": logs, "performances": performances},
        *("training", "performance"),
        params=SimpleNamespace(tasks=tasks, epochs=epochs, gates=gates),
    )
    last = {}
    for path in logs:
        for row in pd.read_csv(path).itertuples():
            last[path.split("/")[-3], int(row.seed), int(row.epoch)] = row.loss
    assert list(training) == ["model", "seed", "epoch", "loss"]
    found = training.set_index(["model", "seed", "epoch"])["loss"]
    assert list(found.index) == list(last)
    np.testing.assert_allclose(found, list(last.values()), rtol=1e-7)
    assert len(last) == 2 * 3 * 3

    rows = []
    for path in performances:
        model = path.split("/")[-3]
        for row in pd.read_csv(path).itertuples():
            measure = "accuracy" if tasks[model] == "tilt" else "error_deg"
            assert row.measure == measure
            status = "untrained" if model == "cnn_untrained" else "passed"
            if (model, row.seed) in FAILED:
                status = "failed"
            of_task = tasks[model], epochs[model]
            score = measure, row.score, gates[measure]
            rows.append((model, row.seed, *of_task, "cpu", 100, *score, status))
    names = ["model", "seed", "task", "epochs", "device", "stimuli", "measure", "score"]
    names += ["gate", "status"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    assert_columns(performance, expected)


def test_tables_of_the_finished_study_are_those_made_here(folder, tabulate):
    """What the run wrote is what the scripts write now."""
    for script, name, params in (
        (tabulate_inference, "inference", {}),
        (tabulate_pairwise, "pairwise", {}),
        (tabulate_partial, "partial", {}),
        (tabulate_training_effect, "training_effect", {"twins": TWINS}),
    ):
        written = pd.read_csv(folder / f"tables/{name}.csv")
        pd.testing.assert_frame_equal(tabulate(script, name, **params), written)


def test_square_form_of_entries_is_that_of_scipy(rdms, folder):
    """So that entries, here and there, are in one order."""
    with np.load(folder / "rdms/recording.npz") as file:
        np.testing.assert_array_equal(
            squareform(file["responses"], checks=False), rdms["recording"]["responses"]
        )
