"""Neurons are predicted on orientations that were held out, as a plain ridge would."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from normative.encoding import ridge
from normative.encoding.features import smooth_functions
from normative.encoding.ridge import ALPHAS, SHARES, predict_held_out
from normative.encoding.scores import reliability, score, split_variance
from normative.encoding.splits import block_folds, find_images, random_folds
from normative.recordings.parts import part_weights
from normative.rsa.patterns import principal_coordinates

HALF_CIRCLE = np.linspace(-90, 90, 61)  # with both ends, one image


def distance(angles, others):
    """Degrees between each of some orientations and the nearest of others; plain loops."""
    return [min(abs((a - b + 90) % 180 - 90) for b in others) for a in angles]


@pytest.mark.parametrize(
    "orientation",
    [
        HALF_CIRCLE,
        np.arange(-90, 270, 10),  # both polarities
        np.arange(-90, 90, 22.5),
        np.random.default_rng(0).uniform(-90, 90, 40),
        np.arange(-40, 50, 5),  # an arc
    ],
)
def test_no_image_near_a_held_out_one_is_fitted_to(orientation):
    folds = block_folds(orientation, 12, 8, 4)
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested) == list(range(len(orientation))), "each stimulus once"
    for fold in folds:
        assert min(distance(orientation[fold.train], orientation[fold.test])) >= fold.gap_deg - 1e-3
        left = len({round(angle % 180, 6) for angle in orientation[fold.train]})
        n_images = len({round(angle % 180, 6) for angle in orientation})
        assert left >= n_images / 3
        for train, validation in fold.inner:
            chosen, held = orientation[fold.train][train], orientation[fold.train][validation]
            assert min(distance(chosen, held)) > 1e-3
        validations = np.concatenate([validation for _, validation in fold.inner])
        assert sorted(validations) == list(range(len(fold.train)))


def test_gap_is_as_wide_as_wanted_where_orientations_are_many():
    for fold in block_folds(HALF_CIRCLE, 12, 8, 4):
        assert fold.gap_deg == 12
        held = distance(HALF_CIRCLE, HALF_CIRCLE[fold.test])
        assert set(fold.train) == {i for i, d in enumerate(held) if d >= 12 - 1e-9}
        for train, validation in fold.inner:
            left = HALF_CIRCLE[fold.train]
            assert min(distance(left[train], left[validation])) >= 12 - 1e-9


def test_blocks_are_contiguous_on_the_circle_and_hold_both_polarities():
    orientation = np.arange(-90, 270, 10)
    for fold in block_folds(orientation, 0, 6, 4):
        block = np.unique(orientation[fold.test] % 180)
        steps = np.diff(block, append=block[0] + 180)
        assert len(block) == 3
        assert sorted(steps) == [10, 10, 160]
        assert len(fold.test) == 6
        assert sorted([*fold.train, *fold.test]) == list(range(36))  # without a gap: all others


def test_arc_begins_behind_its_largest_gap():
    images, image_of = find_images([10, 170, -10, -5, 185, 0])
    assert images.tolist() == [170, 175, 0, 5, 10]
    assert image_of.tolist() == [4, 0, 0, 1, 3, 2]


def test_gap_is_narrowed_until_a_third_of_the_images_is_left():
    for fold in block_folds(np.arange(-90, 90, 10), 85, 18, 4):
        assert fold.gap_deg == 60
        assert len(fold.train) == 7  # 60° away or more: the sixth and the seventh are as far


def test_few_orientations_are_each_held_out_and_one_is_refused():
    folds = block_folds(np.arange(-90, 90, 36), 30, 10, 4)
    assert [len(fold.test) for fold in folds] == [1] * 5
    with pytest.raises(ValueError, match="1 different images"):
        block_folds([0, 180], 10, 10, 4)


def test_three_images_are_held_out_one_by_one():
    """With two at once there would be one left, and none to choose the penalty by."""
    folds = block_folds(np.arange(6) * 60, 30, 2, 4)
    assert sorted(fold.test.tolist() for fold in folds) == [[0, 3], [1, 4], [2, 5]]
    assert all(len(fold.inner) == 2 for fold in folds)


def test_random_folds_hold_out_each_stimulus_once_and_leave_its_neighbors():
    folds = random_folds(np.random.default_rng(1).permutation(61), 6, 4)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(61))
    nearest = np.concatenate(
        [distance(HALF_CIRCLE[fold.test], HALF_CIRCLE[fold.train]) for fold in folds]
    )
    assert np.median(nearest) == pytest.approx(3)
    for fold in folds:
        assert not set(fold.train) & set(fold.test)
        for train, validation in fold.inner:
            assert not set(train) & set(validation)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    features = smooth_functions(HALF_CIRCLE, 180)[:, [0, 1, 2, 30, 31, 32]] @ rng.normal(
        size=(6, 9)
    )
    features = features + 5
    many = features @ rng.normal(size=(9, 200)) + rng.normal(size=200)
    responses = features @ rng.normal(size=(9, 7)) + 0.3 * rng.normal(size=(61, 7))
    return features, many, responses.astype(np.float32)


def plain_ridge(spaces, responses, folds):
    """Fit each neuron by itself with scikit-learn, each penalty and share tried in turn."""
    predictions = np.full(responses.shape, np.nan)
    shares = [(1,)] if len(spaces) == 1 else [(share, 1 - share) for share in SHARES]
    for fold in folds:
        scaled = []
        for space in spaces:
            centered = space - space[fold.train].mean(axis=0)
            scaled.append(centered / np.sqrt((centered[fold.train] ** 2).sum(axis=1).mean()))
        for neuron, curve in enumerate(responses.T.astype(float)):
            best = np.inf
            for weights in shares:
                joint = np.hstack([np.sqrt(w) * s for w, s in zip(weights, scaled, strict=True)])
                for alpha in ALPHAS:
                    model = Ridge(alpha)
                    errors = [
                        np.mean(
                            (
                                model.fit(joint[fold.train][a], curve[fold.train][a]).predict(
                                    joint[fold.train][b]
                                )
                                - curve[fold.train][b]
                            )
                            ** 2
                        )
                        for a, b in fold.inner
                    ]
                    if np.mean(errors) < best:
                        best = np.mean(errors)
                        model.fit(joint[fold.train], curve[fold.train])
                        predictions[fold.test, neuron] = model.predict(joint[fold.test])
    return predictions


@pytest.mark.parametrize("number", ["few", "many", "two"])
def test_ridge_is_scikit_learns_fold_by_fold(data, number):
    few, many, responses = data
    spaces = {"few": [few], "many": [many], "two": [few, many[:, :40]]}[number]
    folds = block_folds(HALF_CIRCLE, 9, 5, 3)
    found = predict_held_out([principal_coordinates(space) for space in spaces], responses, folds)
    np.testing.assert_allclose(found, plain_ridge(spaces, responses, folds), atol=1e-6)


def test_weights_of_features_and_of_stimuli_predict_the_same(data):
    """Columns of zeros make features more than stimuli, and tell nothing."""
    few, _, responses = data
    folds = block_folds(HALF_CIRCLE, 9, 5, 3)
    found = predict_held_out([few], responses, folds)
    padded = np.pad(few, ((0, 0), (0, 60)))
    np.testing.assert_allclose(predict_held_out([padded], responses, folds), found, atol=1e-9)


@pytest.mark.parametrize("n_spaces", [1, 2])
def test_ridge_is_himalayas(data, n_spaces):
    """Of one fold, with the shares and penalties that it tries."""
    himalaya = pytest.importorskip("himalaya.kernel_ridge")
    few, many, responses = data
    (fold, *_) = folds = block_folds(HALF_CIRCLE, 9, 5, 3)
    spaces = [principal_coordinates(space) for space in (few, many[:, :40])[:n_spaces]]
    found = predict_held_out(spaces, responses, folds)[fold.test]
    scaled = [ridge.scale(space, fold.train) for space in spaces]
    kernels = np.array([space @ space[fold.train].T for space in scaled])
    shares = (
        np.array([[share, 1 - share] for share in SHARES]) if n_spaces == 2 else np.ones((1, 1))
    )
    with np.errstate(divide="ignore"):
        deltas, weights, _, intercept = himalaya.solve_multiple_kernel_ridge_random_search(
            kernels[:, fold.train],
            responses[fold.train].astype(float),
            n_iter=shares,
            alphas=ALPHAS,
            cv=fold.inner,
            fit_intercept=True,
            return_weights="dual",
            progress_bar=False,
        )
    predict = himalaya.predict_weighted_kernel_ridge
    expected = predict(kernels[:, fold.test], weights, deltas) + intercept
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_principal_coordinates_keep_distances_in_as_few_columns_as_there_are(data):
    _, many, _ = data
    space = principal_coordinates(many.astype(np.float32))
    assert space.shape == (61, 6)
    np.testing.assert_allclose(
        np.linalg.norm(space[:, None] - space, axis=2),
        np.linalg.norm(many[:, None] - many, axis=2),
        rtol=1e-4,
        atol=1e-4,
    )
    assert principal_coordinates(np.full((61, 4), 0.1, np.float32)).shape == (61, 0)


@pytest.mark.parametrize("size", [64, 192, 1024])
def test_blocks_of_neurons_change_nothing_but_rounding(monkeypatch, size):
    rng = np.random.default_rng(0)
    responses = rng.normal(size=(61, 330)).astype(np.float32)
    spaces = [principal_coordinates(rng.normal(size=(61, n))) for n in (100, 8)]
    folds = block_folds(HALF_CIRCLE, 9, 4, 3)
    tried = [spaces[:1], spaces[1:], spaces]
    expected = [predict_held_out(each, responses, folds) for each in tried]
    monkeypatch.setattr(ridge, "NEURONS_AT_ONCE", size)
    for each, found in zip(tried, expected, strict=True):
        np.testing.assert_allclose(predict_held_out(each, responses, folds), found, atol=1e-11)


def test_layers_that_say_nothing_predict_the_mean(data):
    _, _, responses = data
    folds = block_folds(HALF_CIRCLE, 9, 5, 3)
    mean = predict_held_out([], responses, folds)
    for fold in folds:
        expected = np.broadcast_to(responses[fold.train].mean(axis=0), mean[fold.test].shape)
        np.testing.assert_allclose(mean[fold.test], expected, rtol=1e-5)
    constant = principal_coordinates(np.ones((61, 3)))
    np.testing.assert_array_equal(predict_held_out([constant], responses, folds), mean)
    some = np.zeros((61, 1))
    some[folds[0].test] = 1  # the same in all that the first fold is fitted to
    found = predict_held_out([principal_coordinates(some)], responses, folds)
    np.testing.assert_allclose(found[folds[0].test], mean[folds[0].test], rtol=1e-9)


@pytest.fixture(scope="module")
def tuned():
    """Neurons: some a smooth function of orientation, some linear in a layer that is not smooth."""
    rng = np.random.default_rng(5)
    orientation = np.linspace(-90, 90, 121)
    layer = rng.normal(size=(121, 12))
    of_layer = layer @ rng.normal(size=(12, 60))
    smooth = np.cos(np.deg2rad(2 * (orientation[:, None] - rng.uniform(-90, 90, 60))))
    signal = np.hstack([of_layer / of_layer.std(axis=0), smooth / smooth.std(axis=0)])
    halves = [signal + rng.normal(size=signal.shape) for _ in range(2)]
    reliable = reliability(*halves, (0.5, 0.5))
    return orientation, layer, np.mean(halves, axis=0), reliable


def test_linear_neuron_is_predicted_at_its_ceiling_and_a_tuned_one_not_beyond_orientation(tuned):
    orientation, layer, responses, reliable = tuned
    folds = block_folds(orientation, 10, 8, 4)
    angle = smooth_functions(orientation, 180)
    scores = {
        name: score(
            predict_held_out([principal_coordinates(x)], responses, folds), responses, reliable
        )
        for name, x in {"layer": layer, "angle": angle, "both": np.hstack([layer, angle])}.items()
    }
    assert np.median(reliable) == pytest.approx(2 / 3, abs=0.05)
    of_layer, of_angle = slice(0, 60), slice(60, None)
    assert np.median(scores["layer"]["fev"][of_layer]) == pytest.approx(0.9, abs=0.07)
    assert np.median(scores["layer"]["normalized_r_squared"][of_layer]) == pytest.approx(1, abs=0.1)
    assert np.median(scores["angle"]["fev"][of_angle]) > 0.85
    assert np.median(scores["angle"]["r2"][of_layer]) <= 0.02
    assert np.median(scores["layer"]["r2"][of_angle]) <= 0
    beyond = scores["layer"]["r2"][of_angle] - scores["angle"]["r2"][of_angle]
    assert np.median(beyond) < 0


def test_banded_ridge_gives_each_space_what_is_its_own(tuned):
    orientation, layer, responses, reliable = tuned
    folds = block_folds(orientation, 10, 8, 4)
    spaces = [principal_coordinates(x) for x in (smooth_functions(orientation, 180), layer)]
    r2 = [
        score(predict_held_out(each, responses, folds), responses, reliable)["r2"]
        for each in ([spaces[0]], [spaces[1]], spaces)
    ]
    parts = {name: np.median(part[:60]) for name, part in split_variance(*r2).items()}
    assert parts["layer alone"] == pytest.approx(np.median(r2[1][:60]), abs=0.05)
    assert abs(parts["Gabor energy alone"]) < 0.05
    assert parts["both"] > 0.5


@pytest.mark.parametrize("kind", ["blocks", "random"])
def test_permuted_responses_are_not_predicted(data, kind):
    few, many, _ = data
    rng = np.random.default_rng(2)
    responses = rng.normal(size=(61, 200))
    order = rng.permutation(61)
    folds = random_folds(order, 5, 3) if kind == "random" else block_folds(HALF_CIRCLE, 9, 5, 3)
    for space in (few, many):
        predictions = predict_held_out([principal_coordinates(space)], responses, folds)
        assert np.median(score(predictions, responses, np.full(200, 1.0))["r2"]) <= 0


def test_random_folds_give_away_a_tuned_neuron_that_blocks_do_not():
    """A narrow peak: nothing tells of it but its neighbors."""
    orientation = np.linspace(-90, 90, 121)
    distance = (orientation[:, None] - np.arange(-80, 81, 10) + 90) % 180 - 90
    responses = np.exp(-((distance / 8) ** 2))
    space = principal_coordinates(smooth_functions(orientation, 180))
    order = np.random.default_rng(0).permutation(121)
    at_random = predict_held_out([space], responses, random_folds(order, 8, 4))
    blocks = predict_held_out([space], responses, block_folds(orientation, 12, 8, 4))
    known = np.ones(responses.shape[1])
    assert np.median(score(at_random, responses, known)["r2"]) > 0.95
    assert np.median(score(blocks, responses, known)["r2"]) < 0.2


def test_scores_are_those_of_scikit_learn_and_numpy():
    rng = np.random.default_rng(4)
    responses = rng.normal(size=(30, 5)).astype(np.float32)
    predictions = responses + rng.normal(size=(30, 5))
    responses[:, 4] = 1  # silent
    found = score(predictions, responses, np.array([0.5, 0.8, -0.1, np.nan, 0.5]))
    r = [np.corrcoef(predictions[:, i], responses[:, i])[0, 1] for i in range(4)]
    np.testing.assert_allclose(found["correlation"][:4], r)
    r2 = r2_score(responses, predictions, multioutput="raw_values")
    np.testing.assert_allclose(found["r2"][:4], r2[:4])
    np.testing.assert_allclose(found["fev"][:2], [r2[0] / 0.5, r2[1] / 0.8])
    np.testing.assert_allclose(
        found["normalized_r_squared"][:2], [r[0] ** 2 / 0.5, r[1] ** 2 / 0.8]
    )
    for name in ("fev", "normalized_r_squared"):
        assert np.isnan(found[name][2:]).all()
    assert all(np.isnan(values[4]) for values in found.values())
    worse = score(-responses, responses, np.ones(5))
    np.testing.assert_allclose(worse["normalized_r_squared"][:4], -1)


@pytest.mark.parametrize("n_trials", [(6, 6), (9, 3), (1, 1)])
def test_reliability_is_the_share_of_signal_also_of_unequal_parts(n_trials):
    """The R² of what is true, of the mean that the recording has."""
    rng = np.random.default_rng(6)
    signal = rng.normal(size=(200, 300))
    parts = [signal + rng.normal(size=signal.shape) * 1.5 / np.sqrt(n) for n in n_trials]
    weights = part_weights(*parts)
    assert weights[0] == pytest.approx(n_trials[0] / sum(n_trials), abs=0.02)
    mean = weights[0] * parts[0] + weights[1] * parts[1]
    found = reliability(*parts, weights)
    truth = score(signal, mean, np.ones(300))["correlation"] ** 2
    assert np.median(found) == pytest.approx(np.median(truth), abs=0.02)
    assert np.median(found) == pytest.approx(1 / (1 + 1.5**2 / sum(n_trials)), abs=0.02)


def test_reliability_of_halves_is_spearman_browns():
    rng = np.random.default_rng(7)
    halves = rng.normal(size=(2, 100, 3)) + rng.normal(size=(100, 3))
    halves = (halves - halves.mean(axis=1, keepdims=True)) / halves.std(axis=1, keepdims=True)
    r = np.array([np.corrcoef(*halves[:, :, i])[0, 1] for i in range(3)])
    np.testing.assert_allclose(reliability(*halves, (0.5, 0.5)), 2 * r / (1 + r))
    silent = np.zeros((10, 1))
    assert np.isnan(reliability(silent, silent, (0.5, 0.5))).all()
