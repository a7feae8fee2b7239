"""Every column of every table, recomputed from the small study's arrays by a few plain lines.

The scripts run here, on the study's files; what they are held against uses none of our library, but
for the folds of the encoding models.
"""

import itertools
import re
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
import tabulate_tasks
import tabulate_training
import tabulate_training_effect
from normative.encoding.sample import Sample

MODELS = ["cnn", "cnn_untrained", "cnn_orientation"]
TWINS = {"cnn": "cnn_untrained", "cnn_orientation": "cnn_untrained"}
TASK_GROUPS = {"cnn": {"cnn": "tilt", "cnn_orientation": "orientation"}}
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
            matrices = {key: matrix for key, matrix in file.items() if "closed" not in key}
            found[name] = {key: entries(matrix) for key, matrix in matrices.items()}
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


def degrees(replicates, by_seed, n_blocks, factors):
    """Count the independent draws behind replicates, by Welch and Satterthwaite."""
    n_seeds = len(by_seed)
    v_seeds = np.var(by_seed, ddof=1) / n_seeds if "seeds" in factors else 0
    v_rest = max(0, np.var(replicates) - v_seeds * (n_seeds - 1) / max(n_seeds, 1))
    n_blocks = n_blocks if "stimuli" in factors else np.inf
    bottom = v_rest**2 / (n_blocks - 1)
    if "seeds" in factors:
        bottom += v_seeds**2 / (n_seeds - 1)
    return (v_seeds + v_rest) ** 2 / bottom + 1 if bottom else np.inf


def expected_interval(replicates, by_seed, n_blocks, factors, confidence=0.9):
    """Percentiles of replicates, expanded for few draws."""
    replicates = replicates[~np.isnan(replicates)]
    n = degrees(replicates, by_seed, n_blocks, factors)
    tail = (1 - confidence) / 2
    if np.isfinite(n):
        tail = stats.norm.cdf(stats.t(n - 1).ppf(tail) * (n / (n - 1)) ** 0.5)
    return np.percentile(replicates, [100 * tail, 100 - 100 * tail])


N_STIMULI, N_NEURONS, ETA = 37, 400, 0.2


class Drawn:
    """What a quantity is in the recording as it is, with other neurons and other trials."""

    def __init__(self, folder):
        with np.load(folder / "rdms/recording.npz") as file:
            recording = file["responses"][np.triu_indices(N_STIMULI, 1)]
        self.rows = np.vstack(
            [
                recording,
                np.load(folder / "bootstrap/neurons.npy"),
                np.load(folder / "bootstrap/trials.npy"),
            ]
        )

    def of(self, quantity):
        """Compute a quantity of a recording's entries in each row: (rows,)."""
        return np.array([quantity(row) for row in self.rows])


def t_statistics(rows, by_seed, more=()):
    """Give estimate, SD, degrees of freedom and each source's SD: neurons, trials, seeds."""
    neurons, trials = rows[1:101], rows[101:]
    variances = [np.var(neurons, ddof=1), np.var(trials) / ETA**2]
    degrees_of = [N_NEURONS - 1, N_STIMULI]
    if len(by_seed) > 1:
        variances.append(np.var(by_seed, ddof=1) / len(by_seed))
        degrees_of.append(len(by_seed) - 1)
    of_each = np.sqrt(variances).tolist() + [np.nan] * (3 - len(variances))
    variances, degrees_of = (
        [*variances, *(v for v, _ in more)],
        [*degrees_of, *(d for _, d in more)],
    )
    total = sum(variances)
    df = total**2 / sum(v**2 / d for v, d in zip(variances, degrees_of, strict=True))
    return np.sqrt(total), df, of_each


def t_bounds(estimate, error, df, confidence=0.9):
    return stats.t.interval(confidence, df, estimate, error)


def two_sided(estimate, error, df):
    return 2 * stats.t.cdf(-abs(estimate) / error, df)


def hajek(recording, entries):
    """What each stimulus adds to a Spearman correlation, its ranks taken as they are."""
    x, y = (stats.zscore(stats.rankdata(values)) for values in (recording, entries))
    r = np.mean(x * y)
    of_pairs = x * y - r * (x**2 + y**2) / 2
    pairs = list(itertools.combinations(range(N_STIMULI), 2))
    added = [
        [value for value, pair in zip(of_pairs, pairs, strict=True) if stimulus in pair]
        for stimulus in range(N_STIMULI)
    ]
    return 2 * np.mean(added, axis=1)


def over_stimuli(projection):
    """Variance of a mean of neighbors that are correlated, by Bartlett's weights up to 30°."""
    total = 0
    for i, j in itertools.product(range(N_STIMULI), repeat=2):
        distance = 5 * abs(i - j)
        distance = min(distance, 180 - distance)
        total += max(0, 1 - distance / 30) * projection[i] * projection[j]
    covered = 180
    return max(0, total / N_STIMULI**2), 1.5 * covered / 30 - 1


def half_width(entries):
    """Where the mean of a difference, the shorter way around, is half of the largest such mean."""
    of_difference = {}
    for (i, j), entry in zip(itertools.combinations(range(N_STIMULI), 2), entries, strict=True):
        steps = min(j - i, N_STIMULI - (j - i))
        degrees_apart = 5 * (j - i)
        degrees_apart = min(degrees_apart, 180 - degrees_apart)
        of_difference.setdefault(steps, []).append((degrees_apart, entry))
    curve = [(0, 0)] + [tuple(np.mean(of_difference[k], axis=0)) for k in sorted(of_difference)]
    half = max(value for _, value in curve) / 2
    for (x_0, y_0), (x_1, y_1) in itertools.pairwise(curve):
        if y_1 >= half:
            return x_0 + (half - y_0) / (y_1 - y_0) * (x_1 - x_0)
    raise AssertionError


def expected_holm(p):
    adjusted, largest = {}, 0
    tests = [index for index in range(len(p)) if p[index] == p[index]]  # NaN is no test
    for step, index in enumerate(sorted(tests, key=lambda i: p[i])):
        largest = max(largest, (len(tests) - step) * p[index])
        adjusted[index] = min(1, largest)
    return [adjusted.get(index, np.nan) for index in range(len(p))]


def circle_similarities(folded, others):
    """Mean similarity in each shift and reflection of the labels of the closed circle's RDM."""
    n = len(folded)
    found = []
    for direction, shift in itertools.product((1, -1), range(n)):
        order = [(direction * i + shift) % n for i in range(n)]
        relabeled = [folded[order[i], order[j]] for i, j in itertools.combinations(range(n), 2)]
        found.append(np.mean([spearman(relabeled, other) for other in others]))
    return np.array(found)


def share_at_least(values):
    return len([value for value in values if value >= values[0] - 1e-12]) / len(values)


def expected_max_t(orders):
    """Step-down: (orders, tests)."""
    z = (orders - orders.mean(axis=0)) / np.maximum(orders.std(axis=0), 1e-12)
    z[:, orders.std(axis=0) < 1e-12] = 0
    left, found, largest = list(range(z.shape[1])), {}, 0
    while left:
        first = max(left, key=lambda test: z[0, test])
        largest = max(largest, share_at_least(np.append(z[0, first], z[1:, left].max(axis=1))))
        found[first] = largest
        left.remove(first)
    return [found[test] for test in range(z.shape[1])]


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
    """How often each replicate draws each seed: (seeds, replicates)."""
    drawn = np.random.default_rng([seed, 2]).integers(n_seeds, size=(n_replicates, n_seeds))
    counts = [[list(row).count(s) for s in range(n_seeds)] for row in drawn]
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
                shown=[f"{folder}/activations/{model}/seeds-3-4.npz" for model in MODELS],
            ),
            output,
            SimpleNamespace(
                **{
                    "layers": {model: ["pool", "fc"] for model in MODELS},
                    "seeds": SEEDS,
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
    draws = expected_draws(3, 100, changes.get("seed", 0))
    if "seeds" not in changes.get("resample", ["seeds"]):
        draws[:] = 1
    units = {"pool": 288, "fc": 10}
    for index, (model, layer) in enumerate(LAYERS):
        at = index % 2
        valid = [(model, seed) not in FAILED for seed in SEEDS]
        for name in ("similarity", "projections", "shifts"):
            values = np.array([compared[model, seed][name][:, at] for seed in SEEDS])
            once = np.ones(values.shape)
            np.testing.assert_allclose(found[name][:, index], drawn_mean(values, once, valid))
        replicates = np.array([compared[model, seed]["replicates"][:, at] for seed in SEEDS])
        np.testing.assert_allclose(
            found["replicates"][:, index], drawn_mean(replicates, draws, valid), rtol=1e-10
        )
        similar = np.array([compared[model, seed]["similarity"][0, at] for seed in SEEDS])
        np.testing.assert_array_equal(found["all_seeds"][:, index], similar)
        np.testing.assert_array_equal(
            found["similarity_by_seed"][:, index], np.where(valid, similar, np.nan)
        )
        width, block = (compared[model, 3][name][at] for name in ("half_width_deg", "block_deg"))
        row = [model, layer, units[layer], sum(valid), 3 - sum(valid), 0]
        assert layers.loc[index].tolist() == [*row, pytest.approx(width), block]
    columns = ["model", "layer", "units", "seeds", "failed", "undefined"]
    assert list(layers) == [*columns, "half_width_deg", "block_deg"]


def test_averages_are_beside_what_the_references_are(average, folder):
    found, _ = average()
    with np.load(folder / "similarities/references.npz") as file:
        for name in ("similarity", "replicates", "shifts", "half_width_deg", "block_deg"):
            np.testing.assert_array_equal(found[f"reference_{name}"], file[name])
        assert found["n_neuron_draws"] == 100


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
        names = ("comparator", "resample", "confidence", "seed")
        params = SimpleNamespace(**{**{key: inference[key] for key in names}, **params})
        return make(script, files, name, params=params, wildcards=DATASET)

    return tabulate


@pytest.fixture(scope="module")
def drawn(folder):
    return Drawn(folder)


@pytest.fixture(scope="module")
def folded(study, folder):
    """RDM of the closed circle: of both polarities, averaged, from the recording's own file."""
    (path,) = study.folder.glob("results/simulated_small/recording.npz")
    with np.load(path) as file:
        angle, resp = file["stimuli"], file["resp"].astype(float)
    patterns = [resp[(angle % 180) == theta].mean(axis=0) for theta in np.arange(0, 180, 5)]
    return squareform(pdist(np.float32(patterns).astype(float), "correlation"))


def test_failed_networks_are_those_of_the_small_study(folder):
    """One of each task, so that a table that does not leave them out is noticed."""
    table = pd.read_csv(folder / "tables/performance.csv").query("status == 'failed'")
    assert set(zip(table.model, table.seed, strict=True)) == FAILED


def test_inference_table(tabulate, rdms, means, folder, networks, drawn, folded):
    table = tabulate(tabulate_inference, "inference")
    recording = rdms["recording"]["responses"]
    names = list(rdms["references"])
    assert names[3:] == ["orientation", "angle", "tilt"]
    on_circle = [k for k, (_, j) in enumerate(itertools.combinations(range(37), 2)) if j < 36]
    rows, orders = [], []
    widths = [half_width(recording)]

    def describe(entries_of_seeds, entries_of_all, replicates, by_seed):
        values = drawn.of(lambda row: np.mean([spearman(row, e) for e in entries_of_seeds]))
        error, df, sources = t_statistics(values, by_seed)
        width = np.mean([half_width(e) for e in entries_of_all])
        block = min(90, 5 * np.ceil(max(width, widths[0]) / 5))
        factors = ["stimuli", "neurons", *(["seeds"] if len(by_seed) > 1 else [])]
        n_blocks = min(1.5 * 180 / block, 37)
        wide = expected_interval(replicates, by_seed, n_blocks, factors)
        orders.append(circle_similarities(folded, [e[on_circle] for e in entries_of_seeds]))
        rows.append([values[0], *t_bounds(values[0], error, df), df, *sources, *wide, width, block])

    for index, (model, layer) in enumerate(LAYERS):
        counted = [rdms[model, seed][layer] for seed in counted_seeds(model)]
        shown = [rdms[model, seed][layer] for seed in (3, 4)]
        by_seed = similarities(rdms, model, layer)
        describe(counted, shown, means["replicates"][:, index], by_seed)
    for index, name in enumerate(names):
        entries = [rdms["references"][name]]
        describe(entries, entries, means["reference_replicates"][:, index], [])
    columns = ["similarity", "ci_low", "ci_high", "df", "se_neurons", "se_trials", "se_seeds"]
    columns += ["stimuli_ci_low", "stimuli_ci_high", "half_width_deg", "block_deg"]
    expected = dict(zip(columns, np.array(rows).T.tolist(), strict=True))
    orders = np.array(orders).T
    ceilings = pd.read_csv(folder / "tables/ceilings.csv").set_index(["halves_of", "estimand"])
    another = "similarity with another recording of the same neurons"
    band = [
        ceilings.loc[("trials", name), "estimate"]
        for name in (another, "similarity of a noiseless model")
    ]
    nan = [np.nan] * len(names)
    all_seeds = [
        np.mean([spearman(recording, rdms[model, seed][layer]) for seed in SEEDS])
        for model, layer in LAYERS
    ]
    is_wide = [block > 20 for block in expected["block_deg"]]
    warning = "rather narrow: in blocks of more than 20°"
    few = "rather narrow: fewer than 5 seeds"
    assert table.pop("ci_warning").tolist() == [few] * 6 + [pytest.approx(np.nan, nan_ok=True)] * 6
    assert table["stimuli_ci_warning"].tolist() == [
        warning if wide else pytest.approx(np.nan, nan_ok=True) for wide in is_wide
    ]
    shares = table[["share_first", "share_first_stimuli"]]
    np.testing.assert_allclose(shares[:6].sum(), 1)
    assert shares[6:].isna().all(axis=None)
    assert_columns(
        table.drop(columns=["stimuli_ci_warning", *shares]),
        {
            "dataset": "simulated_small",
            "model": [*(model for model, _ in LAYERS), *["reference"] * len(names)],
            "layer": [*(layer for _, layer in LAYERS), *names],
            "comparator": "spearman",
            **{name: expected[name] for name in columns[:3]},
            "ci_over": ["neurons+trials+seeds"] * 6 + ["neurons+trials"] * 6,
            **{name: expected[name] for name in columns[3:9]},
            "stimuli_ci_over": ["stimuli+neurons+seeds"] * 6 + ["stimuli+neurons"] * 6,
            **{name: expected[name] for name in columns[9:]},
            "ceiling_low": [band[0]] * 12,
            "ceiling_high": [band[1]] * 12,
            "ceiling_from": "halves of trials (too low where the recording is noisy)",
            "p_shift": [share_at_least(values) for values in orders.T],
            # `orientation` is the same in all orders, `angle` and `tilt` in their mirror images.
            "p_shift_least": [1 / 72] * 9 + [1, 2 / 72, 2 / 72],
            "p_shift_max_t": [*expected_max_t(orders[:, :6]), *expected_max_t(orders[:, 6:])],
            "p_shift_note": [np.nan] * 12,
            "units": [288, 10] * 3 + nan,
            "seeds": [2, 2, 3, 3, 2, 2] + [0] * 6,
            "failed": [1, 1, 0, 0, 1, 1, *nan],
            "undefined": [0] * 6 + nan,
            "similarity_with_failed": all_seeds + nan,
            "stimuli": [37] * 12,
        },
    )


def test_share_first_is_that_of_samples_of_neurons_trials_and_seeds(tabulate, means):
    """Of 40,000 samples, each the sum of a draw of each, about the means."""
    table = tabulate(tabulate_inference, "inference")[:6]
    rng = np.random.default_rng(1)
    rows, by_seed = means["similarity"], means["similarity_by_seed"]
    normal = rng.standard_normal
    samples = rows[0] + normal((40000, 100)) @ (rows[1:101] - rows[1:101].mean(axis=0)) / 99**0.5
    turned = (rows[101:] - rows[101:].mean(axis=0)) / ETA
    samples += normal((40000, 200)) @ turned / 199**0.5
    of_seeds = normal((40000, 3))
    for layer in range(6):
        counted = ~np.isnan(by_seed[:, layer])
        n = counted.sum()
        deviation = by_seed[counted, layer] - by_seed[counted, layer].mean()
        samples[:, layer] += of_seeds[:, counted] @ deviation / (n * (n - 1)) ** 0.5
    first = np.bincount(samples.argmax(axis=1), minlength=6) / 40000
    np.testing.assert_allclose(table["share_first"], first, atol=0.02)


def test_inference_names_what_its_intervals_are_over(tabulate, folder, inference, means, tmp_path):
    """One seed tells nothing of others; what is not drawn is in no interval."""
    layers = pd.read_csv(folder / "similarities/layers.csv").assign(seeds=[1, 0, 3, 3, 2, 1])
    layers.to_csv(tmp_path / "one.csv", index=False)
    by_seed = means["similarity_by_seed"].copy()
    by_seed[[0, 1], 0] = np.nan
    by_seed[[0, 1, 2], 1] = np.nan
    np.savez(tmp_path / "one.npz", **{**means, "similarity_by_seed": by_seed})
    changed = {"layers": tmp_path / "one.csv", "means": tmp_path / "one.npz"}
    table = tabulate(tabulate_inference, "inference", changed)
    everything, without = "neurons+trials+seeds", "neurons+trials"
    assert table["ci_over"].tolist()[:5] == [without, without, everything, everything, everything]
    assert table["stimuli_ci_over"][0] == "stimuli+neurons"
    rows = means["similarity"]
    bare = {**means, "n_neuron_draws": 0, "replicates": means["replicates"][:0]}
    bare |= {"reference_replicates": means["reference_replicates"][:0]}
    for name, of in (("similarity", rows), ("reference_similarity", means["reference_similarity"])):
        bare[name] = of[:1]
    np.savez(tmp_path / "bare.npz", **bare)
    table = tabulate(tabulate_inference, "inference", {"means": tmp_path / "bare.npz"}, resample=[])
    assert set(table["ci_over"]) == set(table["stimuli_ci_over"]) == {"nothing"}
    of_intervals = [name for name in table if name.endswith(("ci_low", "ci_high"))]
    assert table[[*of_intervals, "share_first", "share_first_stimuli"]].isna().all(axis=None)


def test_intervals_warn_of_draws_without_a_similarity(tabulate, means, tmp_path):
    """More than one in twenty; the first is the estimate itself."""
    n_draws, n_replicates = len(means["similarity"]), len(means["replicates"])
    similarity, replicates = means["similarity"].copy(), means["replicates"].copy()
    for layer, share in ((0, 0.04), (1, 0.3)):
        similarity[1 : 1 + int(share * n_draws), layer] = np.nan
        replicates[: int(share * n_replicates), layer] = np.nan
    changed = {**means, "similarity": similarity, "replicates": replicates}
    np.savez(tmp_path / "means.npz", **changed)
    table = tabulate(tabulate_inference, "inference", {"means": tmp_path / "means.npz"})
    said = table[["ci_warning", "stimuli_ci_warning"]].fillna("")[:2]
    assert not said.loc[0].str.contains("not defined").any()
    assert re.search(r"(29|30)% of the draws are not defined", said.loc[1, "ci_warning"])
    assert re.search(r"(29|30)% of the replicates are not", said.loc[1, "stimuli_ci_warning"])


def test_band_is_that_of_neurons_where_there_are_no_halves_of_trials(tabulate, folder, tmp_path):
    ceilings = pd.read_csv(folder / "tables/ceilings.csv").query("halves_of == 'neurons'")
    ceilings.to_csv(tmp_path / "neurons.csv", index=False)
    table = tabulate(tabulate_inference, "inference", {"ceilings": tmp_path / "neurons.csv"})
    by_name = ceilings.set_index("estimand")["estimate"]
    assert set(table["ceiling_from"]) == {"halves of neurons (too high)"}
    another = "similarity with another recording of other neurons"
    assert set(table["ceiling_low"]) == {by_name[another]}
    assert set(table["ceiling_high"]) == {by_name["similarity of a noiseless model"]}


def test_comparator_of_the_inference_is_the_configurations(tabulate):
    table = tabulate(tabulate_inference, "inference", comparator="cosine")
    assert set(table["comparator"]) == {"cosine"}


CORRELATED_OVER_20 = "cnn_orientation", "fc"
COMPARED = ["seeds", "difference", "ci_low", "ci_high", "df", "p"]
COMPARED += ["stimuli_ci_low", "stimuli_ci_high", "stimuli_p"]


def compared(rdms, drawn, a, b):
    """Compare two layers by plain loops: the values of COMPARED, and the seeds' differences."""
    both = [seed for seed in SEEDS if not {(a[0], seed), (b[0], seed)} & FAILED]
    recording = rdms["recording"]["responses"]
    by_seed = [
        spearman(recording, rdms[a[0], seed][a[1]]) - spearman(recording, rdms[b[0], seed][b[1]])
        for seed in both
    ]
    estimate = np.mean(by_seed)
    # How much other neurons and trials change it is that of all seeds of each that count.
    of_each = [[rdms[model, s][layer] for s in counted_seeds(model)] for model, layer in (a, b)]
    rows = drawn.of(
        lambda row: np.subtract(*(np.mean([spearman(row, e) for e in of]) for of in of_each))
    )
    error, df, _ = t_statistics(rows, by_seed)
    plain = [*t_bounds(estimate, error, df), df, two_sided(estimate, error, df)]
    projection = np.subtract(*(np.mean([hajek(recording, e) for e in of], 0) for of in of_each))
    error, df, _ = t_statistics(rows, by_seed, [over_stimuli(projection)])
    wide = [*t_bounds(estimate, error, df), two_sided(estimate, error, df)]
    if CORRELATED_OVER_20 in (a, b):  # of more than 15° there is neither interval nor test
        wide = [np.nan] * 3
    return [len(both), estimate, *plain, *wide], by_seed


def test_pairwise_table(tabulate, rdms, drawn):
    rows = [
        [*LAYERS[a], *LAYERS[b], *compared(rdms, drawn, LAYERS[a], LAYERS[b])[0]]
        for a, b in itertools.combinations(range(6), 2)
    ]
    names = ["model_a", "layer_a", "model_b", "layer_b", *COMPARED]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    best = max(LAYERS, key=lambda layer: similarities(rdms, *layer).mean())
    with_best = [k for k, row in enumerate(rows) if best in (tuple(row[:2]), tuple(row[2:4]))]
    assert len(with_best) == 5
    over = ["neurons+trials" + "+seeds" * (n > 1) for n in expected["seeds"]]
    expected["with_best"] = [k in with_best for k in range(len(rows))]
    questions = {(("cnn", "pool"), ("cnn", "fc")): "tutorial"}
    for trained, twin in TWINS.items():
        for layer in ("pool", "fc"):
            questions[(trained, layer), (twin, layer)] = "training"
    for layer in ("pool", "fc"):
        questions[("cnn", layer), ("cnn_orientation", layer)] = "tasks"
    pairs = [((a, b), (c, d)) for a, b, c, d in (row[:4] for row in rows)]
    found = [questions.get(pair, questions.get(pair[::-1], "others")) for pair in pairs]
    expected["family"] = found
    assert sorted(map(found.count, set(found))) == [1, 2, 4, 8]
    for p in ("p", "stimuli_p"):
        expected[f"{p}_holm"] = [np.nan] * len(rows)
        for family in set(found):
            members = [k for k in range(len(rows)) if found[k] == family]
            adjusted = expected_holm([expected[p][k] for k in members])
            for k, value in zip(members, adjusted, strict=True):
                expected[f"{p}_holm"][k] = value
    order = [
        *names[:8],
        "df",
        "p",
        "family",
        "p_holm",
        *COMPARED[6:],
        "stimuli_p_holm",
        "with_best",
    ]
    table = tabulate(tabulate_pairwise, "pairwise", twins=TWINS, task_groups=TASK_GROUPS)
    several, one = (
        "rather narrow: fewer than 5 seeds",
        "too narrow for other seeds: there is one alone",
    )
    warnings = [several if n > 1 else one for n in expected["seeds"]]
    assert set(warnings) == {several, one}
    assert table.pop("ci_warning").tolist() == warnings
    assert table.pop("ci_over").tolist() == over
    assert_columns(
        table, {"dataset": "simulated_small", **{name: expected[name] for name in order}}
    )


def test_training_effect_table(tabulate, rdms, drawn):
    rows = []
    for model, layer in LAYERS:
        if model not in TWINS:
            continue
        values, paired = compared(rdms, drawn, (model, layer), (TWINS[model], layer))
        flipped = [
            abs(np.mean(np.multiply(paired, signs)))
            for signs in itertools.product((1, -1), repeat=len(paired))
        ]
        p = np.mean([value >= abs(np.mean(paired)) - 1e-12 for value in flipped])
        rows.append([model, layer, TWINS[model], *values, p])
    names = ["model", "layer", "untrained_model", "seeds", "effect", *COMPARED[2:], "p_seeds"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    for p in ("p", "stimuli_p", "p_seeds"):
        expected[f"{p}_holm"] = expected_holm(expected[p])
    order = [*names[:8], "p", "p_holm", *COMPARED[6:], "stimuli_p_holm", "p_seeds", "p_seeds_holm"]
    table = tabulate(tabulate_training_effect, "training_effect", twins=TWINS)
    assert set(table.pop("ci_over")) == {"neurons+trials+seeds"}
    assert set(table.pop("ci_warning").dropna()) == {"rather narrow: fewer than 5 seeds"}
    assert_columns(
        table, {"dataset": "simulated_small", **{name: expected[name] for name in order}}
    )


def test_training_has_one_verdict_wherever_it_stands(tabulate):
    """An effect of training is a pair of layers, with the same difference, interval and p."""
    effects = tabulate(tabulate_training_effect, "training_effect", twins=TWINS)
    pairs = tabulate(tabulate_pairwise, "pairwise", twins=TWINS, task_groups=TASK_GROUPS)
    for row in effects.itertuples():
        is_pair = (pairs["layer_a"] == row.layer) & (pairs["layer_b"] == row.layer)
        models = pairs["model_a"] + " " + pairs["model_b"]
        names = {f"{row.model} {row.untrained_model}": 1, f"{row.untrained_model} {row.model}": -1}
        (pair,) = pairs[is_pair & models.isin(names)].itertuples()
        sign = names[f"{pair.model_a} {pair.model_b}"]
        assert row.effect == pytest.approx(sign * pair.difference)
        bounds = sorted([sign * pair.ci_low, sign * pair.ci_high])
        assert [row.ci_low, row.ci_high] == pytest.approx(bounds)
        for p in ("p", "p_holm", "stimuli_p", "stimuli_p_holm"):
            assert getattr(row, p) == pytest.approx(getattr(pair, p), nan_ok=True), p


@pytest.fixture
def tabulate_by_task(make, folder):
    """Make the table of tasks from the study's tables, some cells of a table changed."""

    def tabulate_by_task(groups=TASK_GROUPS, twins=TWINS, inference=None):
        files = {name: folder / f"tables/{name}.csv" for name in ("inference", "pairwise")}
        if inference is not None:
            files["inference"] = inference
        params = SimpleNamespace(task_groups=groups, twins=twins)
        return make(tabulate_tasks, files, "tasks", params=params, wildcards=DATASET)

    return tabulate_by_task


def test_tasks_table_ranks_them_and_has_each_difference_from_the_first(tabulate_by_task, folder):
    """Means and differences are those of seeds, recomputed; tests are those of the pairs."""
    table = tabulate_by_task()
    assert table[["layer", "model", "task"]].apply(tuple, axis=1).tolist() == [
        (layer, model, task)
        for layer in ("pool", "fc")
        for model, task in (
            ("cnn_untrained", "untrained"),
            ("cnn", "tilt"),
            ("cnn_orientation", "orientation"),
        )
    ]
    layers = pd.read_csv(folder / "similarities/layers.csv")[["model", "layer"]].apply(
        tuple, axis=1
    )
    columns = {name: index for index, name in enumerate(layers)}
    with np.load(folder / "similarities/means.npz") as file:
        by_seed = file["similarity_by_seed"]
    pairs = pd.read_csv(folder / "tables/pairwise.csv")
    for layer, rows in table.groupby("layer"):
        rows = rows.set_index("task")
        means = {
            task: np.nanmean(by_seed[:, columns[row.model, layer]]) for task, row in rows.iterrows()
        }
        assert rows["similarity"].to_dict() == pytest.approx(means, abs=1e-7)
        learned = {task: mean for task, mean in means.items() if task != "untrained"}
        best = max(learned, key=learned.get)
        assert set(rows["best_task"]) == {best}
        assert rows.loc[best, "rank"] == 1
        assert rows.drop([best, "untrained"])["rank"].tolist() == [2]
        assert np.isnan(rows.loc["untrained", "rank"])
        assert rows.loc[best, ["difference", "p_holm"]].isna().all()
        for task, row in rows.drop(best).iterrows():
            names = rows.loc[best, "model"], row["model"]
            paired = np.diff(by_seed[:, [columns[name, layer] for name in names[::-1]]])
            assert row["difference"] == pytest.approx(np.nanmean(paired), abs=1e-7)
            assert row["paired_seeds"] == (~np.isnan(paired)).sum()
            is_pair = pairs["model_a"].isin(names) & pairs["model_b"].isin(names)
            is_layer = (pairs["layer_a"] == layer) & (pairs["layer_b"] == layer)
            (pair,) = pairs[is_pair & is_layer].itertuples()
            assert pair.family == ("training" if task == "untrained" else "tasks")
            sign = 1 if pair.model_a == names[0] else -1
            bounds = sorted([sign * pair.ci_low, sign * pair.ci_high])
            assert [row["difference_ci_low"], row["difference_ci_high"]] == pytest.approx(bounds)
            for p in ("p_holm", "stimuli_p_holm"):
                assert row[p] == pytest.approx(getattr(pair, p), nan_ok=True), p


def test_tasks_that_all_failed_have_no_rank_and_no_best(tabulate_by_task, folder, tmp_path):
    inference = pd.read_csv(folder / "tables/inference.csv")
    inference.loc[inference["model"] != "cnn_untrained", "similarity"] = np.nan
    inference.to_csv(tmp_path / "failed.csv", index=False)
    table = tabulate_by_task(inference=tmp_path / "failed.csv")
    assert len(table) == 6
    assert table[["rank", "best_task", "difference", "p_holm"]].isna().all(axis=None)


def test_study_without_two_tasks_has_an_empty_table_of_tasks(tabulate_by_task):
    table = tabulate_by_task(groups={})
    assert len(table) == 0
    assert {"task", "difference", "stimuli_p_holm"} <= set(table)


def test_tasks_without_an_untrained_twin_have_no_baseline(tabulate_by_task):
    assert tabulate_by_task(twins={})["task"].tolist() == ["tilt", "orientation"] * 2


def test_random_sign_flips_are_those_of_the_configured_seed(tabulate, means, tmp_path):
    """Of 20 seeds there are too many flips to try them all."""
    rng = np.random.default_rng(0)
    by_seed = rng.normal(0.2, 1, (20, 6))
    by_seed[3, 0] = np.nan
    np.savez(tmp_path / "many.npz", **{**means, "similarity_by_seed": by_seed})

    def p_of(seed):
        many = {"means": tmp_path / "many.npz"}
        return tabulate(tabulate_training_effect, "training_effect", many, twins=TWINS, seed=seed)

    table = p_of(5)
    assert table["seeds"].tolist() == [19, 20, 20, 20]
    pairs = [(0, 2), (1, 3), (4, 2), (5, 3)]
    for index, (trained, twin) in enumerate(pairs):
        differences = by_seed[:, trained] - by_seed[:, twin]
        expected = stats.permutation_test(
            (differences[~np.isnan(differences)],), np.mean, permutation_type="samples", rng=5
        )
        assert table["p_seeds"][index] == pytest.approx(expected.pvalue)
    assert (table["p_seeds"] != p_of(6)["p_seeds"]).any()


def test_study_without_twins_has_no_effect_of_training(tabulate):
    table = tabulate(tabulate_training_effect, "training_effect", twins={})
    assert len(table) == 0
    assert list(table)[-2:] == ["p_seeds", "p_seeds_holm"]


def test_study_of_one_layer_has_no_pairs(tabulate, folder, means, tmp_path):
    pd.read_csv(folder / "similarities/layers.csv")[:1].to_csv(tmp_path / "one.csv", index=False)
    one = {name: array[:, :1] for name, array in means.items() if name.startswith("similarity")}
    np.savez(tmp_path / "one.npz", **{**means, **one})
    table = tabulate(
        tabulate_pairwise,
        "pairwise",
        {"layers": tmp_path / "one.csv", "means": tmp_path / "one.npz"},
        twins=TWINS,
        task_groups=TASK_GROUPS,
    )
    assert len(table) == 0
    assert {"difference", "p_holm", "stimuli_p_holm"} <= set(table)


def test_partial_table(tabulate, rdms, drawn):
    references = {name: stats.rankdata(entries) for name, entries in rdms["references"].items()}
    # The recording is a half circle with both ends: differences of the angles.
    steps = np.array([j - i for i, j in itertools.combinations(range(N_STIMULI), 2)])
    by_step = (steps[:, None] == np.unique(steps)).astype(float)
    ones = np.ones((len(steps), 1))
    given = {name: np.column_stack([ones, ranks]) for name, ranks in references.items()}
    given["any function of the difference"] = by_step
    given["all references"] = np.column_stack([ones, *references.values()])
    recording = stats.rankdata(rdms["recording"]["responses"])
    table = tabulate(tabulate_partial, "partial")
    rows = []
    for (model, layer), (name, design) in itertools.product(LAYERS, given.items()):
        project = design @ np.linalg.pinv(design)

        def left(values, project=project):
            return values - project @ values

        layers = [left(stats.rankdata(rdms[model, s][layer])) for s in counted_seeds(model)]
        values = np.array(
            [
                [np.corrcoef(left(stats.rankdata(row)), y)[0, 1] for y in layers]
                for row in drawn.rows
            ]
        )
        error, df, _ = t_statistics(values.mean(axis=1), values[0])
        share = left(recording).var() / recording.var()
        row = [model, layer, name, values[0].mean()]
        row += [*t_bounds(values[0].mean(), error, df), share * np.mean(values[0] ** 2)]
        rows.append(row)
    names = ["model", "layer", "given", "partial", "ci_low", "ci_high", "unique_variance"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    assert set(table.pop("ci_over")) == {"neurons+trials+seeds"}
    for column in names[3:]:
        np.testing.assert_allclose(table[column], expected[column], rtol=1e-5, atol=1e-6)
    assert list(table) == ["dataset", *names[:6], "ci_warning", names[6]]
    for column in names[:3]:
        assert table[column].tolist() == expected[column]


def test_partial_correlations_of_one_seed_say_that_they_are_not_for_others(folder, tmp_path):
    with np.load(folder / "similarities/means.npz") as file:
        means = dict(file)
    means["partial_by_seed"][1:, 0] = np.nan
    np.savez(tmp_path / "means.npz", **means)
    tabulate_partial.main(
        SimpleNamespace(
            responses=folder / "responses.npz",
            means=tmp_path / "means.npz",
            layers=folder / "similarities/layers.csv",
            references=folder / "similarities/references.npz",
        ),
        SimpleNamespace(partial=tmp_path / "partial.csv"),
        SimpleNamespace(resample=["neurons", "seeds"], confidence=0.9),
        SimpleNamespace(dataset="simulated_small"),
    )
    table = pd.read_csv(tmp_path / "partial.csv").set_index(["model", "layer"])
    (first, *others) = [table.loc[[layer], "ci_warning"] for layer in LAYERS]
    assert first.str.startswith("too narrow for other seeds").all()
    assert not any(other.str.startswith("too narrow").any() for other in others)


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


def unbiased_cka(first, second):
    """Products by equation 5 of Song et al. (2012), but for a factor."""
    n = len(first)

    def product(a, b):
        a, b = a - np.diag(np.diag(a)), b - np.diag(np.diag(b))
        means = a.sum() * b.sum() / ((n - 1) * (n - 2)) - 2 * np.sum(a @ b) / (n - 2)
        return np.sum(a * b) + means

    a, b = first @ first.T, second @ second.T
    return product(a, b) / np.sqrt(product(a, a) * product(b, b))


def nuclear_norm(first, second):
    """Of X'Y, both of length one."""
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return np.linalg.norm(first.T @ second, "nuc") / lengths


OF_PATTERNS = {"debiased_cka": unbiased_cka, "procrustes": nuclear_norm}


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
        patterns = [values - values.mean(axis=0) for values in (recorded["responses"], units)]
        for name, measure in OF_PATTERNS.items():
            rows.append([seed, layer, "none", name, measure(*patterns)])
    names = ["seed", "layer", "dissimilarity", "comparator", "similarity"]
    expected = pd.DataFrame(rows, columns=names)
    assert list(table) == names
    pd.testing.assert_frame_equal(table[names[:4]], expected[names[:4]])
    # Ranks of dissimilarities that are nearly equal depend on the processor's rounding.
    np.testing.assert_allclose(table["similarity"], expected["similarity"], rtol=1e-3, atol=1e-4)


def test_recording_without_halves_has_no_crossnobis(make, folder, tmp_path):
    with np.load(folder / "responses.npz") as file:
        whole = {name: file[name] for name in ("orientation", "responses")}
    np.savez(tmp_path / "whole.npz", **whole)
    activations = folder / "activations/cnn/seeds-12.npz"
    input = {"responses": tmp_path / "whole.npz", "activations": activations}
    table = make(compare_multiverse, input, "similarities")
    assert set(table["dissimilarity"]) == {"correlation", "cosine", "euclidean", "none"}
    assert len(table) == 2 * (3 * 5 + 2)


def test_pairs_of_one_image_are_left_out_of_one_more_measure(make, folder, tmp_path):
    """Those of θ and θ + 180°; the rest of the pairs are compared as ever."""
    with np.load(folder / "responses.npz") as file:
        responses = file["responses"][:12]
    with np.load(folder / "activations/cnn/seeds-12.npz") as file:
        layers = {name: file[name].copy() for name in file}
    for name in ("pool", "fc"):
        layers[name] = layers[name][:, [0, 1, 2, 3, 4, 5] * 2]  # seeds, stimuli, units
    orientation = np.arange(-90, 270, 30.0)
    np.savez(tmp_path / "responses.npz", responses=responses, orientation=orientation)
    np.savez(tmp_path / "one.npz", **layers)
    input = {"responses": tmp_path / "responses.npz", "activations": tmp_path / "one.npz"}
    table = make(compare_multiverse, input, "similarities")
    table = table[table["dissimilarity"] == "correlation of different images"]
    pairs = [(i, j) for i, j in itertools.combinations(range(12), 2) if j - i != 6]
    recording = squareform(pdist(responses.astype(float), "correlation"))
    for layer in ("pool", "fc"):
        network = squareform(pdist(layers[layer][0].astype(float), "correlation"))
        found = table[table["layer"] == layer].set_index("comparator")["similarity"]
        expected = np.corrcoef(*([rdm[pair] for pair in pairs] for rdm in (recording, network)))
        assert found["pearson"] == pytest.approx(expected[0, 1], rel=1e-6)
        assert set(found.index) == set(COMPARATORS)


def test_network_that_diverged_has_no_similarity_by_any_measure(make, folder, tmp_path):
    with np.load(folder / "activations/cnn/seeds-12.npz") as file:
        layers = {name: file[name] for name in file}
    layers["fc"] = np.full_like(layers["fc"], np.nan)
    np.savez(tmp_path / "diverged.npz", **layers)
    input = {"responses": folder / "responses.npz", "activations": tmp_path / "diverged.npz"}
    table = make(compare_multiverse, input, "similarities").set_index("layer")["similarity"]
    assert table["fc"].isna().all()
    assert table["pool"].notna().all()


def predicted(folder, model, seed, layer):
    """R² of each neuron by ridge regression as of a textbook, on the folds of the encoding models.

    Each penalty in turn, by the normal equations; that of the least error in the inner folds.
    """
    sample = Sample.read(folder / "encoding/sample.npz", 10)
    block = "12" if seed == 12 else "3-4"
    with np.load(folder / f"activations/{model}/seeds-{block}.npz") as file:
        features = file[layer][file["seeds"].tolist().index(seed)].astype(float)
    responses = sample.responses.astype(float)

    def predict(train, test, penalty):
        mean, answer = features[train].mean(axis=0), responses[train].mean(axis=0)
        x, y = features[train] - mean, responses[train] - answer
        weights = np.linalg.solve(x @ x.T + penalty * np.eye(len(x)), y)  # a weight a stimulus
        return (features[test] - mean) @ x.T @ weights + answer

    predictions = np.full(responses.shape, np.nan)
    for fold in sample.folds["blocks"]:
        length = features[fold.train].var(axis=0).sum()
        errors, candidates = [], []
        for penalty in np.logspace(-4, 5, 10) * length:
            inner = [
                ((predict(fold.train[a], fold.train[b], penalty) - responses[fold.train[b]]) ** 2)
                for a, b in fold.inner
            ]
            errors.append(np.mean([each.mean(axis=0) for each in inner], axis=0))
            candidates.append(predict(fold.train, fold.test, penalty))
        best = np.argmin(errors, axis=0)
        predictions[fold.test] = np.take_along_axis(np.array(candidates), best[None, None], 0)[0]
    return 1 - np.mean((responses - predictions) ** 2, axis=0) / responses.var(axis=0)


def test_multiverse_table(make, folder, paths):
    table = make(
        tabulate_multiverse,
        {
            "networks": paths("multiverse", ".csv"),
            "performance": folder / "tables/performance.csv",
            "encoding": folder / "tables/encoding.csv",
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
    for model, layer in LAYERS:
        r2 = [predicted(folder, model, seed, layer) for seed in counted_seeds(model)]
        similar["none", "linear_predictivity", model, layer] = np.mean(np.median(r2, axis=1))
    universes = {}
    for *universe, model, layer in similar:
        universes.setdefault(tuple(universe), []).append((model, layer))
    assert len(universes) == 23
    assert len(table) == len(similar) == 23 * 6
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
    encoding = frame[["layer"]].assign(model="m", folds="blocks", score="r2", seed=np.nan)
    encoding["median"] = frame["similarity"]
    encoding.to_csv(tmp_path / "encoding.csv", index=False)
    table = make(
        tabulate_multiverse,
        {
            "networks": [tmp_path / "one.csv"],
            "performance": tmp_path / "performance.csv",
            "encoding": tmp_path / "encoding.csv",
        },
        "multiverse",
        params=SimpleNamespace(models=["m"]),
        wildcards=DATASET,
    )
    np.testing.assert_array_equal(table["rank"], [2, 1, 2, np.nan] * 2)
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
        for name in ("responses", "half_1", "half_2")
    }
    whole = true["responses"]
    truths = [true["half_1"] * true["half_2"], whole**2, whole, np.nan, np.nan, whole]
    estimates = [
        value
        for half in r.values()
        for value in (half, 2 * half / (1 + half), (2 * half / (1 + half)) ** 0.5)
    ]
    with_other = "similarity with another recording of"
    noiseless = "similarity of a noiseless model"
    between = "similarity between halves of"
    warnings = table.pop("warning")
    assert warnings.isna().tolist() == [True] + [False] * 5
    assert set(warnings[1:3]) == {"too low where the recording is noisy"}
    assert set(warnings[3:]) == {"too high: halves share the noise of their trials"}
    of_trials = [f"{between} trials", f"{with_other} the same neurons", noiseless]
    of_neurons = [f"{between} neurons", f"{with_other} other neurons", noiseless]
    assert_columns(
        table,
        {
            "dataset": "simulated_small",
            "comparator": "spearman",
            "halves_of": ["trials"] * 3 + ["neurons"] * 3,
            "estimand": of_trials + of_neurons,
            "method": ["none", "Spearman–Brown", "Spearman–Brown"] * 2,
            "estimate": estimates,
            "truth": truths,
            "error": np.subtract(estimates, truths),
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
    gates = {"tilt": 0.82, "orientation": 28}
    training, performance = make(
        tabulate_training,
        {"logs": logs, "performances": performances},
        *("training", "performance"),
        params=SimpleNamespace(tasks=tasks, epochs=epochs, given=[], gates=gates),
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
            score = measure, row.score, gates[tasks[model]]
            rows.append((model, row.seed, *of_task, "cpu", 100, *score, status))
    names = ["model", "seed", "task", "epochs", "device", "stimuli", "measure", "score"]
    names += ["gate", "status"]
    expected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    assert_columns(performance, expected)


def test_tables_of_the_finished_study_are_those_made_here(folder, tabulate):
    """What the run wrote is what the scripts write now."""
    for script, name, params in (
        (tabulate_inference, "inference", {}),
        (tabulate_pairwise, "pairwise", {"twins": TWINS, "task_groups": TASK_GROUPS}),
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
