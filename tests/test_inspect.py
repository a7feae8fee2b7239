"""`inspect_recording.py` tells what is in a file, and writes an overlay by which it is read."""

import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.io
import yaml

import bin_responses
import inspect_recording
import read_recording
from normative.recordings import inspection, readers
from normative.recordings.readers import stimuli
from normative.workflow.config import find_mistake
from normative.workflow.errors import UserError

RNG = np.random.default_rng


@pytest.fixture(scope="session")
def schema(repository):
    return yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())


@pytest.fixture(scope="session")
def defaults(repository):
    return yaml.safe_load((repository / "config.yaml").read_text())


@pytest.fixture
def inspect(monkeypatch, capsys):
    """Run the script here; give its exit status, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["inspect_recording.py", *map(str, arguments)])
        status = 0
        try:
            inspect_recording.main()
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def used(inspect, schema, defaults, tmp_path):
    """Inspect a file, and read it by the overlay as it is written."""

    def run(path, *arguments):
        status, overlay, told = inspect(path, *arguments)
        assert status == 0, told
        read = use(overlay, schema, defaults, tmp_path)
        return SimpleNamespace(overlay=overlay, told=told, **read)

    return run


def use(overlay, schema, defaults, folder):
    """Check an overlay, and let the workflow's scripts read the recording by it."""
    own = yaml.safe_load(overlay)
    name = own["dataset"]
    entry = own["datasets"][name]
    config = {**defaults, **own, "datasets": {**defaults["datasets"], **own["datasets"]}}
    assert find_mistake(config, schema) is None
    recording, responses = folder / "recording_read.npz", folder / "responses_read.npz"
    read_recording.main(
        SimpleNamespace(recording=entry["path"]),
        SimpleNamespace(recording=recording),
        SimpleNamespace(entry=entry),
    )
    description = folder / "recording.md"
    bin_responses.main(
        SimpleNamespace(recording=recording),
        SimpleNamespace(responses=responses, description=description),
        SimpleNamespace(dataset=name),
        SimpleNamespace(
            md5=None,
            above_180=entry.get("above_180", "drop"),
            bin_width=defaults["bin_width"],
        ),
    )
    with np.load(responses) as arrays:
        arrays = dict(arrays)
    return {
        "name": name, "entry": entry, "arrays": arrays, "description": description.read_text()
    }  # fmt: skip


def looked(overlay):
    """Open choices: what the lines of LOOK are about."""
    return [line[len("# LOOK: ") :] for line in overlay.splitlines() if line.startswith("# LOOK: ")]


def save(path, resp, stimuli, **more):
    np.savez(path, resp=resp, stimuli=stimuli, **more)
    return path


def rates(n_cells=20, angle=None, seed=0):
    """Raw rates: never negative, cells of very different means."""
    rng = RNG(seed)
    angle = np.arange(12) * 15.0 if angle is None else angle
    tuning = 1 + np.cos(np.deg2rad(2 * angle[:, None] - rng.uniform(0, 360, n_cells)))
    return rng.lognormal(-5, 1, n_cells) * (2 + tuning), angle


def trials(n_cells=6, n_directions=8, n_trials=16, seed=1):
    """Single trials of directions, dF/F of both signs, in a shuffled order."""
    rng = RNG(seed)
    angle = rng.permutation(np.repeat(np.arange(n_directions) * 360 / n_directions, n_trials))
    tuned = np.cos(np.deg2rad(angle[:, None] - rng.uniform(0, 360, n_cells)))
    return 0.1 * tuned + rng.normal(0, 0.2, (len(angle), n_cells)), angle


def long_table(path):
    """Write 5 units × 12 orientations × 3 contrasts; give the responses to the highest."""
    resp, angle = rates(5)
    lines = [
        (f"u{cell}", contrast, angle[row], (contrast + 0.1) * resp[row, cell])
        for cell in range(5)
        for contrast in (0.1, 0.5, 1.0)
        for row in range(12)
    ]
    pd.DataFrame(lines, columns=["unit", "contrast", "orientation", "response"]).to_csv(
        path, index=False
    )
    return 1.1 * resp


def zscored(resp):
    return (resp - resp.mean(axis=0)) / resp.std(axis=0)


def test_without_a_file_the_formats_are_listed(inspect):
    status, overlay, told = inspect()
    assert (status, overlay) == (0, "")
    for format_name in ("npz", "stringer", "mat", "nwb", "hdf5", "suite2p", "table"):
        assert f"  {format_name}" in told
    assert "inspect_recording.py FILE" in told


def test_raw_rates_are_read_by_the_overlay_as_it_is(used, tmp_path):
    resp, angle = rates()
    found = used(save(tmp_path / "rates.npz", resp, angle))
    assert found.name == "rates"
    expected = {"format": "npz", "unit": "degrees", "period": 180, "normalize": "zscore"}
    assert found.entry.items() >= expected.items()
    assert "above_180" not in found.entry
    # Lines are counted counterclockwise from the horizontal: ours is the reverse.
    assert found.arrays["orientation"].tolist() == (np.arange(12) * 15 - 90.0).tolist()
    canonical = (-(angle - 90) + 90) % 180
    np.testing.assert_allclose(
        found.arrays["responses"], zscored(resp)[np.argsort(canonical)], atol=1e-5
    )
    assert found.arrays["values"] == "z-score"


def test_what_is_found_is_told_beside_the_overlay(used, tmp_path):
    resp, angle = rates()
    told = used(save(tmp_path / "rates.npz", resp, angle)).told
    assert f"resp: 12 × 20, float64, {resp.min():.4g} to {resp.max():.4g}" in told
    assert "stimuli: 12, float64, 0 to 165" in told
    assert "12 rows, 20 cells" in told
    assert "12 different angles, 12 orientations on the circle of 180°" in told
    assert "evenly spaced by 15°, all around 180°" in told
    assert "0 –" in told
    assert "90 |" in told
    assert "45 /" in told
    assert "135 \\" in told


def test_each_choice_has_its_reason(used, tmp_path):
    for path in (save(tmp_path / "a.npz", *rates()), save(tmp_path / "b.npz", *trials())):
        lines = [line for line in used(path).overlay.splitlines() if line.startswith("    ")]
        bare = [line for line in lines if "  # " not in line]
        assert [line.split(":")[0].strip() for line in bare] == ["path"]


def test_open_choices_are_said_first(used, tmp_path):
    overlay = used(save(tmp_path / "trials.npz", *trials())).overlay
    open_ones = [line.split(":")[0] for line in looked(overlay)]
    assert open_ones == ["period", "vertical", "turning", "above_180", "normalize"]
    assert "\n# LOOK: vertical: 0 (as directions of motion" in overlay


def test_single_trials_of_eight_directions_are_kept_apart(used, tmp_path):
    resp, angle = trials()
    found = used(save(tmp_path / "trials.npz", resp, angle))
    expected = {"period": 360, "vertical": 0, "turning": "counterclockwise", "above_180": "keep"}
    assert found.entry.items() >= expected.items()
    assert "128 rows, 6 cells" in found.told
    assert "8 different angles, 4 orientations on the circle of 180°" in found.told
    assert "evenly spaced by 45°, all around 360°" in found.told
    assert "  16 trials each" in found.told
    assert found.arrays["n_trials"].tolist() == [16] * 8
    assert found.arrays["orientation"].tolist() == list(range(-90, 226, 45))
    directions = (90 - np.arange(-90, 226, 45) - 90) % 360  # of motion: 0 is a vertical grating
    means = np.array([resp[angle == direction].mean(axis=0) for direction in directions])
    np.testing.assert_allclose(found.arrays["responses"], zscored(means), atol=1e-5)
    assert {"half_1", "half_2"} <= set(found.arrays)


def test_twenty_or_more_directions_are_folded(used, tmp_path):
    resp, angle = trials(n_directions=24, n_trials=4)
    found = used(save(tmp_path / "trials.npz", resp, angle))
    assert found.entry["above_180"] == "fold"
    assert len(found.arrays["orientation"]) == 12
    assert found.arrays["n_trials"].tolist() == [8] * 12
    assert "folded" in found.description


def test_unequal_numbers_of_trials_are_told(inspect, tmp_path):
    resp, angle = trials()
    keep = np.append(np.flatnonzero(angle)[:-1], np.flatnonzero(angle == 0))
    told = inspect(save(tmp_path / "trials.npz", resp[keep], angle[keep]))[2]
    assert "  15 to 16 trials each" in told


def test_uneven_orientations_are_told(used, tmp_path):
    resp, angle = rates(13, np.delete(np.arange(12) * 15, [2, 3]))
    found = used(save(tmp_path / "uneven.npz", resp, angle))
    assert "10 orientations on the circle of 180°, unevenly spaced, by 15° to 45°" in found.told
    assert len(found.arrays["orientation"]) == 10
    assert "nothing was shown between" in found.description


def test_crossed_contrast_is_chosen_and_said(used, tmp_path):
    expected = long_table(tmp_path / "long.csv")
    found = used(tmp_path / "long.csv")
    assert found.entry["rows"] == {"contrast": 1.0}
    expected_entry = {"layout": "long", "cell": "unit", "responses": "response"}
    assert found.entry.items() >= {**expected_entry, "orientation": "orientation"}.items()
    assert any("contrast" in line and "0.1, 0.5, 1.0" in line for line in looked(found.overlay))
    assert "contrast: 180, float64, 0.1 to 1" in found.told
    assert "60 of 180 were used" in found.told
    canonical = (-(np.arange(12) * 15 - 90) + 90) % 180
    np.testing.assert_allclose(
        found.arrays["responses"], zscored(expected)[np.argsort(canonical)], atol=1e-5
    )


def test_condition_may_be_averaged_instead(used, tmp_path):
    long_table(tmp_path / "long.csv")
    found = used(tmp_path / "long.csv", "--set", "average_over=[contrast]", "--set", "rows={}")
    assert found.entry["rows"] == {}
    assert "averaged over 3 values of contrast" in found.told


def test_radians_are_found(used, tmp_path):
    resp, angle = trials()
    degrees = used(save(tmp_path / "degrees.npz", resp, angle)).arrays
    found = used(save(tmp_path / "radians.npz", resp, np.deg2rad(angle)))
    assert found.entry["unit"] == "radians"
    assert found.entry["period"] == 360
    for name, array in degrees.items():
        np.testing.assert_array_equal(found.arrays[name], array)


def test_zscores_are_not_normalized_again(used, tmp_path):
    resp, angle = rates()
    found = used(save(tmp_path / "z.npz", zscored(resp), angle))
    assert found.entry.items() >= {"normalize": "none", "values": "z-score"}.items()
    assert "normalize" in [line.split(":")[0] for line in looked(found.overlay)]
    assert found.arrays["values"] == "z-score"


def test_dff_of_a_few_percent_to_a_few_is_no_zscore(used, tmp_path):
    """The median cell has an SD of 1, as if z-scored; others do not."""
    resp, angle = rates()
    dff = zscored(resp) * RNG(5).lognormal(0, 0.8, resp.shape[1])
    assert 0.5 < np.median(dff.std(axis=0)) < 1.5
    assert used(save(tmp_path / "dff.npz", dff, angle)).entry["normalize"] == "zscore"


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_silent_and_missing_cells_do_not_hide_zscores():
    resp = zscored(rates()[0])
    silent, missing = np.zeros((len(resp), 5)), np.full((len(resp), 5), np.nan)
    scored = np.column_stack([resp, silent, missing])
    assert inspection.guess_values(scored)[:2] == ("z-score", "none")
    assert inspection.guess_values(resp * np.linspace(0.9, 1.5, 20))[1] == "zscore"


def test_counts_and_rates_and_dff_are_told_apart(inspect, tmp_path):
    resp, angle = rates()
    counts = save(tmp_path / "counts.npz", np.round(1000 * resp), angle)
    assert "normalize: zscore (no number is negative: spike counts)" in inspect(counts)[1]
    raw = save(tmp_path / "raw.npz", resp, angle)
    assert "no number is negative: rates or raw fluorescence" in inspect(raw)[1]
    dff = save(tmp_path / "dff.npz", *trials())
    assert "numbers of both signs, not z-scored: dF/F or the like" in inspect(dff)[1]


def test_cells_with_nan_are_left_out_and_counted(used, tmp_path):
    resp, angle = rates()
    resp[3, 4] = resp[3, 9] = np.nan  # of one mean of twelve, which is no trial
    found = used(save(tmp_path / "nan.npz", resp, angle))
    assert found.entry["nan"] == "drop_cells"
    assert "2 of 20 cells looked at have NaN" in found.overlay
    assert ", 2 NaN" in found.told
    assert "12 rows, 18 cells" in found.told
    assert "2 of 20 cells with NaN or infinite responses are left out." in found.told
    assert found.arrays["responses"].shape == (12, 18)


def test_a_trial_without_any_response_costs_no_cell(used, tmp_path):
    resp, angle = trials()
    resp[5] = np.nan
    found = used(save(tmp_path / "gap.npz", resp, angle))
    assert "nan" not in found.entry
    assert "1 of 128 rows that are NaN in all cells are left out." in found.told
    assert found.arrays["n_trials"].sum() == 127


def test_blanks_are_left_out_and_counted(used, tmp_path):
    resp, angle = trials()
    angle[angle == 315] = np.nan
    found = used(save(tmp_path / "blanks.npz", resp, angle))
    assert "16 of 128 rows without an angle (blanks) are left out." in found.told
    assert len(found.arrays["orientation"]) == 7


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("2024_mouse.npz", "recording_2024_mouse"),
        ("simulated_mine.npz", "my_simulated_mine"),
        ("my best mouse (1).npz", "my_best_mouse_1"),
        ("no_suffix", "no_suffix"),
        ("Übung.npz", "Ubung"),
        ("on.npz", "on"),
        ("No.npz", "No"),
        ("stringer2021.npz", "my_stringer2021"),
        ("models.npz", "my_models"),
        ("Logs.npz", "my_Logs"),
        ("Simulated.npz", "my_Simulated"),
        ("nan.npz", "recording_nan"),
        ("---.npz", "recording"),
    ],
)
def test_name_of_the_dataset_is_one_that_the_schema_takes(used, tmp_path, file, name):
    save(tmp_path / "a.npz", *rates()).rename(tmp_path / file)
    assert used(tmp_path / file).name == name


def test_name_can_be_given(used, tmp_path):
    assert used(save(tmp_path / "a.npz", *rates()), "--name", "mine").name == "mine"


def test_format_is_found_by_content(used, tmp_path):
    save(tmp_path / "a.npz", *rates()).rename(tmp_path / "a.csv")
    assert used(tmp_path / "a.csv").entry["format"] == "npz"


def test_choices_of_ones_own_are_taken(used, tmp_path):
    resp, angle = rates()
    found = used(
        save(tmp_path / "a.npz", resp, angle),
        *("--set", "vertical=0", "--set", "turning=clockwise", "--set", "normalize=none"),
    )
    assert found.overlay.count("# your choice") == 3
    assert not any(line.startswith(("vertical", "turning")) for line in looked(found.overlay))
    order = np.argsort((angle + 90) % 180)
    np.testing.assert_allclose(found.arrays["responses"], resp[order], rtol=1e-5)
    assert "0 |" in found.told
    assert "45 /" in found.told


def test_arrays_of_other_names_can_be_named(used, tmp_path):
    resp, angle = rates()
    np.savez(tmp_path / "a.npz", activity=resp.T, shown=angle, other=np.ones(3))
    choices = ("responses=activity", "orientation=shown", "axes=cells_first")
    words = [word for choice in choices for word in ("--set", choice)]
    assert used(tmp_path / "a.npz", *words).arrays["responses"].shape == (12, 20)


def test_picture_shows_the_gratings(inspect, tmp_path):
    picture = tmp_path / "gratings.png"
    _, _, told = inspect(save(tmp_path / "a.npz", *trials()), "--picture", picture)
    assert str(picture) in told
    from matplotlib.image import imread

    image = imread(picture)[..., :3].mean(axis=2)
    assert image.shape[1] > 3 * image.shape[0], "a row of gratings"
    assert image.std() > 0.1


@pytest.mark.parametrize(
    ("above", "last"),
    [
        ("fold", ["results: −90°", "results: 45°"]),
        ("drop", ["results: 90°", "left out"]),
        ("keep", ["results: 90°", "results: 225°"]),
    ],
)
def test_picture_names_the_angle_of_the_file_and_of_the_results(monkeypatch, tmp_path, above, last):
    """Folded, 180° of the tutorial's convention is 0°, which is −90° in the results."""
    from matplotlib.figure import Figure

    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path: drawn.append(figure))
    recording = SimpleNamespace(angle=np.array([0.0, 45, 90, 225]), is_selected=False)
    entry = {"vertical": 0, "turning": "clockwise", "above_180": above}
    inspect_recording.draw(recording, entry, tmp_path / "gratings.png")
    titles = [axis.get_title().split("\n") for axis in drawn[0].axes]
    assert [title[0] for title in titles] == ["file: 0", "file: 45", "file: 90", "file: 225"]
    assert [title[1] for title in titles] == ["results: 0°", "results: 45°", *last]


ERRORS = {
    "missing": (lambda path: None, "no such file"),
    "empty": (lambda path: path.write_bytes(b""), "found"),
    "text": (lambda path: path.write_text("hello"), "save it again as CSV"),
    "names behind a #": (
        lambda path: np.savetxt(path, np.ones((5, 3)), header="angle,a,b", delimiter=","),
        "remove the # before the names",
    ),
    "one array": (
        lambda path: np.save(path.open("wb"), np.ones((5, 3))),
        "one array, expected responses and their angles",
    ),
    "damaged": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(50)), "damaged"),
    "no angles": (lambda path: save(path, rates()[0], np.full(12, np.nan)), "no row has an angle"),
    "one cell": (lambda path: save(path, *rates(1)), "at least 2"),
    "all NaN": (lambda path: save(path, rates()[0] * np.nan, rates()[1]), "NaN"),
}


def test_guesses_of_one_array_are_not_kept_for_another_that_is_chosen(used, tmp_path):
    resp, stimuli = rates(n_cells=20)
    more = {"theta_rad": np.deg2rad(stimuli[::-1]), "other": resp.T + 1}
    path = save(tmp_path / "two.npz", resp, stimuli, **more)
    found = used(path, "--set", "orientation=theta_rad")
    assert found.entry["unit"] == "radians"
    assert "`stimuli`" not in " ".join(looked(found.overlay))
    other = used(path, "--set", "responses=other")
    recording = readers.read_recording(str(path), other.entry)
    np.testing.assert_array_equal(recording.responses, resp + 1)


def test_trials_that_are_in_the_file_twice_are_told(used, tmp_path):
    rng = np.random.default_rng(4)
    angle = np.tile(np.arange(0, 180, 15.0), 5)
    resp = rng.gamma(2, 2, (len(angle), 12)) + np.cos(np.deg2rad(2 * angle))[:, None]
    once = used(save(tmp_path / "once.npz", resp, angle))
    assert "twice" not in once.overlay
    twice = used(save(tmp_path / "twice.npz", np.vstack([resp] * 2), np.tile(angle, 2)))
    (line,) = [line for line in looked(twice.overlay) if "twice" in line]
    assert line.startswith("60 of 120 trials have the responses of another one to the same angle")
    assert "holds trials twice" in twice.description
    counts = np.round(np.minimum(resp, 1))
    of_counts = used(save(tmp_path / "counts.npz", np.vstack([counts] * 2), np.tile(angle, 2)))
    assert "twice" not in of_counts.overlay


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("kind", ERRORS)
def test_errors_are_one_line(inspect, tmp_path, kind):
    make, expected = ERRORS[kind]
    path = tmp_path / "file.npz"
    make(path)
    status, overlay, _ = inspect(path)
    assert overlay == ""
    assert isinstance(status, str), "sys.exit(message): exit status 1"
    assert status.startswith(f"Error: {path}")
    assert "\n" not in status
    assert expected in status


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("vertical", "expected KEY=VALUE"),
        ("verticle=0", "verticle"),
        ("vertical=up", "vertical"),
        ("turning=left", "turning"),
        ("unit=grad", "unit"),
        ("normalize=yes", "normalize"),
        ("format=doc", "format"),
        ("rows=[1", "rows"),
        ("average_over=contrast", "average_over"),
        ("rows={contrast: 1}", "contrast"),
        ("responses=activity", "activity"),
        ("cells=[1]", "`datasets.a.cells`: found 1 of at least 2 items"),
    ],
)
def test_choice_that_cannot_be_is_one_line(inspect, tmp_path, choice, expected):
    path = save(tmp_path / "a.npz", *rates())
    status, overlay, _ = inspect(path, "--set", choice)
    assert overlay == ""
    assert isinstance(status, str)
    assert status.startswith("Error: ")
    assert "\n" not in status
    assert expected in status


def test_unreadable_file_is_one_line(inspect, tmp_path):
    path = save(tmp_path / "a.npz", *rates())
    path.chmod(0)
    try:
        path.open("rb").close()
    except PermissionError:
        status, overlay, _ = inspect(path)
    else:
        pytest.skip("this user may read every file")
    assert overlay == ""
    assert re.fullmatch(r"Error: .*a\.npz: .+", status)


def test_command_line_ends_in_an_overlay_or_in_an_error(repository, tmp_path):
    path = save(tmp_path / "a.npz", *rates())
    script = repository / "scripts/inspect_recording.py"
    done, failed = (
        subprocess.run([sys.executable, script, file], capture_output=True, text=True)
        for file in (path, tmp_path / "none.npz")
    )
    assert done.returncode == 0
    assert yaml.safe_load(done.stdout)["dataset"] == "a"
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines() == [
        f"Error: {tmp_path / 'none.npz'}: no such file; correct the path"
    ]


def test_tutorials_arrays_have_the_tutorials_convention(used, tmp_path):
    angle = RNG(3).permutation(360)
    found = used(save(tmp_path / "tutorial.npz", RNG(3).standard_normal((360, 30)), angle))
    expected = {"vertical": 90, "turning": "clockwise", "above_180": "drop", "normalize": "none"}
    assert found.entry.items() >= expected.items()


@pytest.mark.parametrize(
    "other", ["table", "name", "continuous angles", "half a turn", "fewer", "MATLAB"]
)
def test_other_files_of_many_angles_are_not_the_tutorials(used, tmp_path, other):
    """None of them loses the half above 180°."""
    angle = np.arange(360) * 1.0 if other != "fewer" else np.arange(72) * 5.0
    resp = RNG(3).standard_normal((len(angle), 30))
    path = tmp_path / "mine.npz"
    if other == "table":
        frame = pd.DataFrame(resp, columns=[f"c{n}" for n in range(30)])
        path = tmp_path / "mine.csv"
        frame.assign(direction=angle).to_csv(path, index=False)
    elif other == "name":
        np.savez(path, dff=resp, direction=angle)
    elif other == "MATLAB":
        path = tmp_path / "mine.mat"
        scipy.io.savemat(path, {"resp": resp, "stimuli": angle})
    elif other == "half a turn":
        save(path, resp, angle / 2)
    else:
        save(path, resp, angle if other == "fewer" else RNG(3).uniform(0, 360, 360))
    found = used(path)
    assert "the tutorial" not in found.overlay
    assert found.entry["turning"] == "counterclockwise"
    assert found.entry.get("above_180") in (None, "fold")


@pytest.mark.parametrize(
    ("angle", "unit"),
    [
        ([0, 45, 90, 315], "degrees"),
        ([0, np.pi / 4, np.pi], "radians"),
        ([0, 1, 2, 3], "degrees"),
        ([0.5, 100], "degrees"),
        ([-np.pi, np.nan, 1.5], "radians"),
        (np.arange(-3, 4), "degrees"),
        ([-3, 0, 999], "degrees"),
        ([0.5, 6.5], "degrees"),
        (np.arange(-6, 6.1, 1.5), "degrees"),
        (np.arange(-3, 3.1, 1.5), "degrees"),
        (np.linspace(-6, 6, 8), "degrees"),
        (np.pi / 8 * np.arange(-4, 5), "radians"),
    ],
)
def test_unit_is_guessed_by_the_range(angle, unit):
    assert stimuli.guess_unit(np.array(angle, float)) == unit


@pytest.mark.parametrize(
    ("angle", "name", "period"),
    [
        ([0, 90, 165], "stimuli", 180),
        ([0, 90, 180], "stimuli", 180),
        ([0, 90, 180], "direction", 360),
        ([0, 90, 180], "motion_deg", 360),
        ([0, 90, 180], "Orientation", 180),
        ([0, 90, 180], "grating_ori", 180),
        ([0, 90, 195], "orientation", 360),
        ([-90, 75], "", 180),
        ([10, np.nan, 355], "", 360),
    ],
)
def test_period_is_guessed_by_the_range_and_the_name(angle, name, period):
    assert inspection.guess_period(np.array(angle, float), name) == period


def test_first_and_last_orientation_of_half_a_turn_are_one(used, tmp_path):
    rows = [(angle, *RNG(int(angle)).random(4)) for angle in np.arange(0, 181, 22.5)]
    path = tmp_path / "wide.csv"
    pd.DataFrame(rows, columns=["orientation", *"abcd"]).to_csv(path, index=False)
    found = used(path)
    assert found.entry["period"] == 180
    assert len(found.arrays["orientation"]) == 8


def test_what_the_reader_has_guessed_is_kept(used, tmp_path):
    """It has read by its unit; 0 to 180 in `stimuli` may be either, and is looked at."""
    resp, angle = rates(20, np.arange(9) * 22.5)
    found = used(save(tmp_path / "half.npz", resp, angle))
    assert found.entry["period"] == 180
    assert "LOOK: period: 180 (by the range of the angles, in degrees)" in found.overlay
    assert "LOOK: unit" not in found.overlay
    small = used(
        save(tmp_path / "small.npz", resp, np.arange(9) * 1.5 - 6), "--set", "unit=degrees"
    )
    assert "LOOK: unit" not in small.overlay, "the user's own"
    radians = used(save(tmp_path / "radians.npz", resp, np.deg2rad(angle)))
    assert "LOOK: unit: radians (`stimuli` runs from 0 to 3.14159)" in radians.overlay


@pytest.mark.parametrize(
    ("orientation", "signs"),
    [([0, 45, 90, 135], "|/–\\"), ([-45, -90, 180, 225], "\\–|/"), ([10, 30, 170, 68], "|/|–")],
)
def test_gratings_in_text_turn_as_on_the_screen(orientation, signs):
    assert inspection.draw_in_text(orientation) == list(signs)


def test_commonest_value_of_a_condition_is_chosen_or_the_highest_contrast():
    conditions = {
        "sf": np.array([0.02, 0.04, 0.04]),
        "Contrast": np.array([1.0, 0.5, 0.5]),
        "phase": np.array([1.0, 1, 1]),
    }
    chosen = inspection.choose_rows(conditions, np.arange(3))
    assert chosen == {"Contrast": (1.0, [0.5, 1.0])}, "of sf one value is left"
    del conditions["Contrast"]
    assert inspection.choose_rows(conditions, np.arange(3)) == {"sf": (0.04, [0.02, 0.04])}


def test_some_row_has_all_values_that_are_chosen():
    """The commonest of each, a and y, were never shown together."""
    conditions = {"first": np.array(list("aaabb"))}
    conditions["second"] = np.array(["x", "x", "z", "y", "y"])
    conditions["third"] = np.array([1, 2, 2, 2, 2])
    chosen = inspection.choose_rows(conditions, np.arange(5))
    is_chosen = [conditions[name] == value for name, (value, _) in chosen.items()]
    assert np.all(is_chosen, axis=0).any()
    chosen = inspection.choose_rows(
        {"sf": np.array([1, 1, 1, 2, 2]), "tf": np.array([5, 5, 6, 8, 8])}, np.arange(5)
    )
    assert chosen == {"sf": (1, [1, 2]), "tf": (5, [5, 6])}


def test_values_of_blanks_and_missing_ones_are_not_chosen():
    angle = np.array([0, 10, 20, np.nan, np.nan, np.nan, 30, 40])
    sf = np.array([0.1, 0.1, 0.2, 0, 0, 0, np.nan, np.nan])
    assert inspection.choose_rows({"sf": sf}, angle) == {"sf": (0.1, [0.1, 0.2])}
    assert inspection.choose_rows({"sf": sf}, np.where(sf == 0.2, np.nan, angle)) == {
        "sf": (0.1, [0.1])
    }, "else NaN would be a second value"
    assert inspection.choose_rows({"sf": np.full(8, np.nan)}, angle) == {}


def test_text_and_objects_are_conditions_as_numbers_are():
    words = np.array(["dots", None, "noise", "noise"], dtype=object)
    chosen = inspection.choose_rows({"background": words}, np.arange(4))
    assert chosen == {"background": ("noise", ["dots", "noise"])}
    mixed = np.array([np.float64(1), "a", np.int64(2), np.int64(2)], dtype=object)
    value, _ = inspection.choose_rows({"mixed": mixed}, np.arange(4))["mixed"]
    assert type(value) is int


def test_conditions_that_are_chosen_already_are_not_looked_at():
    sf, tf = np.array([1, 1, 2]), np.array([3, 3, 4])
    conditions = {"sf": sf, "tf": tf, "odd": [object()] * 3}
    assert inspection.choose_rows(conditions, np.arange(3), {"sf": 2}, ["odd"]) == {}
    conditions["tf"] = np.array([3, 4, 4])
    chosen = inspection.choose_rows(conditions, np.arange(3), {"sf": [1]}, ["odd"])
    assert chosen == {"tf": (3, [3, 4])}


def test_line_breaks_do_not_end_a_comment():
    overlay = inspection.write_overlay(
        "mine",
        {"path": "a\nb.csv", "orientation": "x" * 2000 + " y" * 2000},
        {"path": "first\nvertical: 0"},
        ["LOOK\u2028seeds: 3\r\nbin_width: 9\x07"],
    )
    assert len(overlay.splitlines()) == 6
    assert "# LOOK\\u2028seeds: 3\\r\\nbin_width: 9\\x07\n" in overlay
    entry = {"path": "a\nb.csv", "orientation": "x" * 2000 + " y" * 2000}
    assert yaml.safe_load(overlay) == {"dataset": "mine", "datasets": {"mine": entry}}


def test_a_part_of_the_circle_that_was_left_out_is_no_even_spacing():
    assert inspection.describe_spacing(np.arange(0, 91, 15.0), 180) == (
        "unevenly spaced, by 15° to 90° on the circle of 180°"
    )
    assert inspection.describe_spacing(np.arange(0, 180, 15.0), 180) == (
        "evenly spaced by 15°, all around 180°"
    )


def test_one_value_of_each_condition_is_chosen_and_read(used, tmp_path):
    """The highest contrast, and there the commonest spatial frequency; never an average."""
    resp, angle = rates(3)
    shown = [(1.0, 0.08), (1.0, 0.02), (1.0, 0.08), *[(0.5, 0.02)] * 3]
    frames = [
        pd.DataFrame(resp + n, columns=["c1", "c2", "c3"]).assign(
            orientation=angle, contrast=contrast, sf=sf
        )
        for n, (contrast, sf) in enumerate(shown)
    ]
    pd.concat(frames).to_csv(tmp_path / "wide.csv", index=False)
    found = used(tmp_path / "wide.csv", "--set", "normalize=none")
    assert found.entry["rows"] == {"contrast": 1.0, "sf": 0.08}
    assert "average_over" not in found.entry
    assert [line.split(", one of")[0] for line in looked(found.overlay)[:2]] == [
        "rows: contrast of 1.0", "rows: sf of 0.08"
    ]  # fmt: skip
    canonical = (-(angle - 90) + 90) % 180
    np.testing.assert_allclose(
        found.arrays["responses"], (resp + 1)[np.argsort(canonical)], rtol=1e-5
    )


@pytest.mark.parametrize(
    ("angles", "odd"),
    [
        ([*range(0, 360, 45), -99], -99),
        ([*range(0, 360, 30), 255], 255),
        ([*range(0, 180), 255], 255),
        ([*range(0, 180, 15), 360], 360),
        ([0, 30, 45, 60, 90, 120, 150], 45),
        ([*range(0, 361, 45)], None),
        ([0, 15, *range(60, 180, 15)], None),
        ([0, 30, 45, 60, 75, 90, 105], None),
        ([0, 30, 60, 90, 99], None),
        (RNG(0).uniform(0, 360, 90), None),
    ],
)
def test_angle_off_an_even_grid_is_looked_at(angles, odd):
    assert inspection.find_odd_angle(np.repeat(np.array(angles, float), 2)) == odd


@pytest.mark.parametrize("unit", ["degrees", "radians"])
def test_angle_that_may_mark_blanks_is_said_first(used, tmp_path, unit):
    resp, angle = trials(n_directions=16, n_trials=4)
    angle[angle == 315] = 255
    angle = np.deg2rad(angle) if unit == "radians" else angle
    overlay = used(save(tmp_path / "blank.npz", resp, angle)).overlay
    assert "LOOK: orientation: 255° is off the even grid" not in overlay, "315° is missing, too"
    resp, angle = trials(n_directions=16, n_trials=4)
    angle = np.append(angle, [255, 255])
    angle = np.deg2rad(angle) if unit == "radians" else angle
    overlay = used(save(tmp_path / "blank.npz", np.vstack([resp, resp[:2]]), angle)).overlay
    assert "LOOK: orientation: 255° is off the even grid" in overlay


def test_orientation_beside_directions_leaves_all_of_them(used, tmp_path):
    """One value of the directions would be one orientation."""
    resp, direction = trials(n_directions=24, n_trials=4)
    path = tmp_path / "a.npz"
    np.savez(path, resp=resp, orientation=direction % 180, direction=direction)
    found = used(path, "--set", "orientation=orientation")
    assert found.entry["average_over"] == ["direction"]
    assert "rows" not in found.entry
    assert any(each.startswith("average_over: direction") for each in looked(found.overlay))
    assert len(found.arrays["orientation"]) == 12


def test_rows_are_chosen_by_the_angle_itself(used, inspect, tmp_path):
    """As the message says of numbers that stand for no angle."""
    resp, angle = trials()
    path = save(tmp_path / "a.npz", resp, np.where(angle == 45, 999, angle))
    status, _, _ = inspect(path)
    assert "leave out rows without an orientation with `rows`" in status
    found = used(path, "--set", "rows={stimuli: [0, 90, 135, 180, 225, 270, 315]}")
    assert "Rows with `stimuli` 0, 90, 135, 180, 225, 270, 315: 112 of 128 were used" in found.told
    assert len(found.arrays["orientation"]) == 7
    assert "999" not in found.told.split("As it would be read")[1]


def test_numbers_that_may_mark_blanks_or_missing_responses_are_said_first(used, inspect, tmp_path):
    resp, angle = trials()
    asked = ("responses: ", "orientation: 0")
    plain = looked(used(save(tmp_path / "a.npz", resp, angle)).overlay)
    assert not any(each.startswith(asked) for each in plain)
    resp[5, 2] = resp[9, 3] = -999
    found = looked(used(save(tmp_path / "a.npz", resp, angle)).overlay)
    assert any(each.startswith("responses: 2 are -999, far from all others") for each in found)
    both = np.append(angle, np.zeros(16)), np.vstack([resp, resp[:16]])
    found = looked(used(save(tmp_path / "a.npz", both[1], both[0])).overlay)
    assert any(each.startswith("orientation: 0 has 32 rows, the others at") for each in found)
    (tmp_path / "a.csv.gz").write_bytes(b"\x1f\x8b\x08")
    assert "compressed by gzip" in inspect(tmp_path / "a.csv.gz")[0]


def test_sessions_may_have_cells_of_their_own(inspect, tmp_path):
    frame = pd.DataFrame(
        [(s, c, o, RNG(s + c + o).random()) for s in (1, 2) for c in range(3)
         for o in range(0, 180, 15)],
        columns=["session", "cell", "orientation", "rate"],
    )  # fmt: skip
    frame.to_csv(tmp_path / "long.csv", index=False)
    _, overlay, _ = inspect(tmp_path / "long.csv")
    assert "or, if it has cells of its own, `cell: [session, cell]`" in looked(overlay)[0]


def test_cells_by_stimuli_by_trials_filled_up_with_nan_are_read(used, tmp_path):
    """As files have them: cells × stimuli × trials, and the directions beside the contrast."""
    rng = RNG(0)
    angle = np.arange(12) * 30.0
    trials = rng.normal(0, 0.2, (12, 10, 40)) + np.cos(np.deg2rad(angle))[:, None, None]
    trials[::3, 8:] = np.nan
    trials[5, 9, :7] = np.nan
    stim = np.column_stack([np.full(12, 0.8), angle])
    np.savez(tmp_path / "three.npz", dff=trials.transpose(2, 0, 1), stim=stim)
    found = used(tmp_path / "three.npz")
    expected = {"axes": "cells_stimuli_trials", "orientation": "stim[1]", "nan": "drop_trials"}
    assert found.entry.items() >= expected.items()
    open_ones = looked(found.overlay)
    assert any(each.startswith("axes: 40 cells × 12 stimuli × 10 trials") for each in open_ones)
    assert any(each.startswith("nan: drop_trials (7 of 40 cells looked") for each in open_ones)
    assert "8 of 120 rows that are NaN in all cells are left out." in found.told
    assert "1 of 112 rows that have NaN in some cells are left out." in found.told
    assert found.arrays["n_trials"].sum() == 111
    trials[5, 9] = np.nan
    chosen = used(tmp_path / "three.npz", "--set", "axes=cells_stimuli_trials")
    assert not any(each.startswith("axes: ") for each in looked(chosen.overlay)), "it is said"
    means = zscored(np.nanmean(trials, axis=1))
    order = np.argsort((90 - angle) % 360)
    np.testing.assert_allclose(found.arrays["responses"], means[order], atol=1e-5)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "stimuli",
            "a.csv",
            "`stimuli`, which is for suite2p alone, and this is npz; add the angles",
        ),
        ("window", [0, 1], "`window`, which is for nwb and suite2p alone, and this is npz; remove"),
        ("frame_rate", 30, "`frame_rate`, which is for suite2p alone"),
        ("layout", "long", "`layout`, which is for table alone"),
    ],
)
def test_key_of_another_format_is_refused_as_it_would_have_no_effect(
    inspect, tmp_path, key, value, message
):
    path = save(tmp_path / "a.npz", *rates())
    value = path if key == "stimuli" else value  # a file that is there
    status, _, _ = inspect(path, "--set", f"{key}={value}")
    assert message in status
    with pytest.raises(UserError, match=f"the dataset's entry has `{key}`"):
        read_recording.main(
            SimpleNamespace(recording=path), None, SimpleNamespace(entry={key: value})
        )


def test_braces_in_a_path_are_refused_before_an_overlay_is_written(inspect, tmp_path):
    """Snakemake would take them for wildcards, however they are escaped."""
    path = save(tmp_path / "{mouse}.npz", *rates())
    status, overlay, _ = inspect(path)
    assert overlay == ""
    assert "found braces" in status
    assert "rename the file or folder" in status


def test_fewer_orientations_than_a_run_needs_are_said_first_and_are_a_failure(inspect, tmp_path):
    angle = np.repeat([0.0, 45, 90, 135], 6)
    resp = RNG(0).uniform(1, 2, (24, 8))
    status, overlay, _ = inspect(save(tmp_path / "four.npz", resp, angle))
    assert re.match(r"Error: .*four.npz: 4 orientations are left, expected at least 5", status)
    assert looked(overlay)[0].startswith("4 orientations are left, expected at least 5")
    assert yaml.safe_load(overlay)["dataset"] == "four"
    directions = save(tmp_path / "four.npz", resp, angle + np.tile([0, 180], 12))
    assert inspect(directions)[0] == 0, "eight directions are kept apart"
    status, overlay, _ = inspect(directions, "--set", "above_180=fold")
    assert "4 orientations are left" in status


@pytest.mark.parametrize("kind", ["npz", "long", "wide", "cells first"])
def test_unknown_condition_to_average_over_is_refused(inspect, tmp_path, kind):
    """A slip of the pen would average nothing, and nobody would know."""
    resp, angle = rates()
    path = tmp_path / "mine"
    contrast = np.repeat([0.5, 1.0], 12)
    frame = pd.DataFrame(np.tile(resp, (2, 1)), columns=[f"c{n}" for n in range(20)])
    frame = frame.assign(orientation=np.tile(angle, 2), contrast=contrast)
    if kind == "npz":
        path = path.with_suffix(".npz")
        save(path, np.tile(resp, (2, 1)), np.tile(angle, 2), contrast=contrast)
    elif kind == "cells first":
        pd.DataFrame(resp.T, columns=[f"{a:g}" for a in angle]).assign(contrast=1).to_csv(path)
    else:
        if kind == "long":
            keys = ["orientation", "contrast"]
            frame = frame.melt(keys, var_name="cell", value_name="response")
        frame.to_csv(path, index=False)
    status, overlay, _ = inspect(path, "--set", "average_over=[contrst]")
    assert re.search(r"no condition `contrst`, found .*contrast.*; correct `average_over`", status)
    assert not overlay
    if kind != "cells first":
        assert inspect(path, "--set", "average_over=[contrast]")[0] == 0


@pytest.mark.parametrize("suffix", [".npz", ".xlsx"])
def test_archive_that_is_cut_off_is_called_so(inspect, tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    resp, angle = rates()
    if suffix == ".npz":
        save(path, resp, angle)
    else:
        pd.DataFrame(resp).assign(orientation=angle).to_excel(path, index=False)
    path.write_bytes(path.read_bytes()[:-200])
    status, _, _ = inspect(path)
    assert "cut off or damaged; get the file again" in status


def test_array_of_objects_is_not_exchanged_for_the_angles(inspect, tmp_path):
    resp = np.array([np.ones(3), np.ones(4), None], object)
    status, _, _ = inspect(save(tmp_path / "mine.npz", resp, np.arange(12) * 15.0))
    assert "`resp` has type object, expected real numbers; save it as numbers" in status


def test_choice_that_is_made_is_not_asked_about(inspect, tmp_path):
    resp, _ = rates()
    path = tmp_path / "mine.csv"
    frame = pd.DataFrame(resp, columns=[f"c{n}" for n in range(20)])
    frame = frame.assign(orientation=range(1, 13), shown=np.arange(12) * 15.0)
    frame.to_csv(path, index=False)
    asked = [each for each in looked(inspect(path)[1]) if each.startswith("orientation")]
    assert len(asked) == 1
    chosen = looked(inspect(path, "--set", "orientation=shown")[1])
    assert not any("orientation" in each for each in chosen)
    frame = frame.drop(columns="orientation")
    frame.to_csv(path, index=False)
    chosen = looked(inspect(path, "--set", "orientation=shown")[1])
    assert not any("orientation" in each for each in chosen)


def test_infinite_numbers_are_not_called_nan(used, tmp_path):
    resp, angle = rates()
    resp[3, 4] = np.inf
    found = used(save(tmp_path / "mine.npz", resp, angle))
    assert "1 of 20 cells looked at have NaN or infinite numbers" in found.overlay
    assert "1 of 20 cells with NaN or infinite responses are left out." in found.description
