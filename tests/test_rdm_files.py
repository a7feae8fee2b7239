"""Files of RDMs and stimuli hold what their names say, of each seed, layer and form."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import compute_rdms
import compute_recording_rdm
import compute_reference_rdms
import generate_stimuli
import generate_training_stimuli
from normative.rsa.references import gabor_energy
from normative.stimuli.gratings import grating

STIMULUS = {"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False}


@pytest.fixture(scope="module")
def folder(study):
    return study.folder / "results/simulated_small"


def test_rdms_of_networks_are_one_minus_correlations_seed_by_seed(folder, tmp_path):
    activations = folder / "activations/cnn/seeds-3-4.npz"
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz")
    compute_rdms.main(SimpleNamespace(activations=activations), output)
    with np.load(activations) as layers, np.load(output.rdms) as rdms:
        assert sorted(rdms) == ["fc", "pool", "seeds"]
        assert rdms["seeds"].tolist() == [3, 4]
        for layer in ("pool", "fc"):
            for units, rdm in zip(layers[layer].astype(float), rdms[layer], strict=True):
                np.testing.assert_allclose(rdm, cdist(units, units, "correlation"), atol=1e-9)


def test_stimuli_that_all_units_answer_alike_are_told(tmp_path, caplog):
    activations = np.random.default_rng(0).standard_normal((2, 6, 5))
    activations[1, [1, 4]] = 0.5
    np.savez(tmp_path / "a.npz", seeds=[7, 8], fc=activations)
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz")
    compute_rdms.main(SimpleNamespace(activations=tmp_path / "a.npz"), output)
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "seed 8, fc: all units respond alike to 2 of 6 stimuli, so that their dissimilarities"
    )
    with np.load(output.rdms) as rdms:
        assert np.isnan(rdms["fc"][1]).all(axis=1).tolist() == [0, 1, 0, 0, 1, 0]
        assert not np.isnan(rdms["fc"][0]).any()


def test_responses_that_are_not_finite_are_told_as_such(tmp_path, caplog):
    activations = np.random.default_rng(0).standard_normal((1, 6, 5))
    activations[0, :, 2] = np.nan
    np.savez(tmp_path / "a.npz", seeds=[7], fc=activations)
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz")
    compute_rdms.main(SimpleNamespace(activations=tmp_path / "a.npz"), output)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert said[0].startswith("seed 7, fc: responses are not finite numbers to 6 of 6 stimuli")


def test_rdms_of_a_recording_are_of_each_form_of_the_responses(folder, tmp_path):
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz")
    compute_recording_rdm.main(SimpleNamespace(responses=folder / "responses.npz"), output)
    with np.load(folder / "responses.npz") as forms, np.load(output.rdms) as rdms:
        names = ["half_1", "half_2", "noiseless", "responses"]
        assert sorted(rdms) == ["closed_circle", "closed_circle_index", *names]
        assert rdms["closed_circle_index"].tolist() == list(range(36))
        forms = {**forms, "closed_circle": forms["folded"]}
        for name in ("closed_circle", *names):
            rdm, responses = rdms[name], forms[name].astype(float)
            expected = cdist(responses, responses, "correlation")
            np.testing.assert_allclose(rdm, expected, atol=1e-6)


@pytest.mark.parametrize(("spatial_frequency", "resolution"), [(1 / 28, 0.1), (1 / 14, 0.15)])
def test_reference_rdms_are_of_the_stimuli_and_their_period(
    folder, tmp_path, spatial_frequency, resolution
):
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz")
    stimulus = {"spatial_frequency": spatial_frequency, "resolution": resolution}
    compute_reference_rdms.main(
        SimpleNamespace(stimuli=folder / "stimuli.npz"), output, SimpleNamespace(stimulus=stimulus)
    )
    with np.load(folder / "stimuli.npz") as stimuli, np.load(output.rdms) as rdms:
        images, orientation = stimuli["images"], stimuli["orientation"]
        pixels_per_period = 2 * np.pi / spatial_frequency * resolution
        energy = gabor_energy(images, pixels_per_period)
        expected = cdist(energy, energy, "correlation")
        np.testing.assert_allclose(rdms["gabor_energy"], expected, atol=1e-6)
        pixels = images.reshape(len(images), -1).astype(float)
        expected = cdist(pixels, pixels, "correlation")
        np.testing.assert_allclose(rdms["pixels"], expected, atol=1e-6)
        apart = np.abs(orientation[:, None] - orientation)
        np.testing.assert_allclose(rdms["angle"], apart / 180, atol=1e-6)
        assert len(rdms.files) == 6


def test_stimuli_are_the_gratings_that_the_animal_saw(tmp_path):
    orientation = np.array([-90, -12.5, 0, 40], np.float32)
    np.savez(tmp_path / "responses.npz", orientation=orientation)
    stimulus = {**STIMULUS, "patch": True, "resolution": 0.05}
    output = SimpleNamespace(stimuli=tmp_path / "stimuli.npz")
    generate_stimuli.main(
        SimpleNamespace(responses=tmp_path / "responses.npz"),
        output,
        SimpleNamespace(stimulus=stimulus),
    )
    with np.load(output.stimuli) as stimuli:
        np.testing.assert_array_equal(stimuli["orientation"], orientation)
        assert stimuli["images"].shape == (4, 24, 32)
        for angle, image in zip(orientation, stimuli["images"], strict=True):
            np.testing.assert_array_equal(image, grating(angle, **stimulus))


@pytest.mark.parametrize("resolution", [0.05, 0.1])
def test_gratings_of_both_polarities_are_one_image_and_tied_in_every_rdm(tmp_path, resolution):
    """Else rounding would break the ties of their ranks, and Spearman's ρ with them."""
    step = 360 / 26
    orientation = (np.arange(26) * step - 90 + 3.3).astype(np.float32)
    np.savez(tmp_path / "responses.npz", orientation=orientation)
    stimulus = {**STIMULUS, "resolution": resolution}
    files = {
        name: tmp_path / f"{name}.npz" for name in ("stimuli", "activations", "rdms", "references")
    }
    output = SimpleNamespace(**files)
    generate_stimuli.main(
        SimpleNamespace(responses=tmp_path / "responses.npz"),
        output,
        SimpleNamespace(stimulus=stimulus),
    )
    with np.load(files["stimuli"]) as stimuli:
        images = stimuli["images"]
    np.testing.assert_array_equal(images[:13], images[13:])
    units = np.random.default_rng(0).standard_normal((images[0].size, 301)).astype(np.float32)
    patterns = images.reshape(26, -1) @ units  # by rounding, not the same for both
    patterns[13:] = patterns[:13]
    np.savez(files["activations"], seeds=[3], fc=patterns[None])
    compute_rdms.main(SimpleNamespace(activations=files["activations"]), output)
    params = SimpleNamespace(stimulus=stimulus)
    compute_reference_rdms.main(output, SimpleNamespace(rdms=files["references"]), params)
    with np.load(files["rdms"]) as rdms, np.load(files["references"]) as references:
        names = ("pixels", "gabor_energy", "fourier_amplitude", "tilt")
        for rdm in (rdms["fc"][0], *(references[name] for name in names)):
            np.testing.assert_array_equal(rdm[:13, :13], rdm[:13, 13:])
            np.testing.assert_array_equal(rdm[:13, :13], rdm[13:, 13:])


def test_training_stimuli_are_the_tutorials_of_each_seed(tmp_path):
    output = SimpleNamespace(stimuli=tmp_path / "stimuli.npz")
    params = SimpleNamespace(seeds=[12, 5], n_stimuli=7, stimulus=STIMULUS)
    params.task = "tilt"
    generate_training_stimuli.main(output, params)
    with np.load(output.stimuli) as stimuli:
        assert stimuli["seeds"].tolist() == [12, 5]
        assert stimuli["images"].shape == (2, 7, 48, 64)
        for index, seed in enumerate([12, 5]):
            expected = 180 * np.random.RandomState(seed).random_sample(7) - 90
            np.testing.assert_allclose(stimuli["orientation"][index], expected)
            np.testing.assert_array_equal(
                stimuli["images"][index], grating(stimuli["orientation"][index], **STIMULUS)
            )
