"""The run of seed 12 is held against the published values, and no other."""

from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from compare_with_published import main
from normative.published import RECORDING_MD5

LOSSES = {5: 4.097e-1, 10: 5.172e-2, 15: 1.324e-2, 20: 2.285e-3, 25: 8.083e-5}


@pytest.fixture
def compare(tmp_path):
    """Compare a run with the published values; give the table by quantity."""

    def compare(losses, correlations, md5):
        rows = [("cnn", 12, epoch, loss) for epoch, loss in losses.items()]
        rows += [("cnn", 3, 25, 8.15e-5), ("other", 12, 25, 8.15e-5)]
        columns = ["model", "seed", "epoch", "loss"]
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "training.csv", index=False)
        rows = [("cnn", 12, layer, value) for layer, value in correlations.items()]
        rows += [("cnn", 3, "pool", 0.716), ("other", 12, "fc", 0.564)]
        columns = ["model", "seed", "layer", "correlation"]
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "correlations.csv", index=False)
        main(
            SimpleNamespace(
                training=tmp_path / "training.csv", correlations=tmp_path / "correlations.csv"
            ),
            SimpleNamespace(reproduction=tmp_path / "reproduction.csv"),
            SimpleNamespace(md5=md5),
        )
        return pd.read_csv(tmp_path / "reproduction.csv").set_index("quantity")

    return compare


def test_torch_2_13_on_a_processor_agrees_with_the_tutorial(compare):
    table = compare(LOSSES, {"pool": 0.7155, "fc": 0.5648}, RECORDING_MD5.upper())
    assert list(table["published"]) == [4.10e-1, 5.17e-2, 1.32e-2, 2.27e-3, 8.15e-5, 0.716, 0.564]
    assert list(table["this_run"]) == [*LOSSES.values(), 0.7155, 0.5648]
    assert table["agrees"].all()


def test_difference_beyond_the_tolerance_does_not_agree(compare, caplog):
    table = compare({**LOSSES, 25: 8.3e-5}, {"pool": 0.73, "fc": 0.564}, RECORDING_MD5)
    different = table.index[~table["agrees"]]
    assert list(different) == ["loss at epoch 25", "RDM correlation of layer pool"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{quantity} differs from the published value" for quantity in different
    ]


def test_tolerance_of_losses_is_one_percent_and_of_correlations_a_hundredth(compare):
    table = compare(LOSSES, {"pool": 0.716, "fc": 0.564}, RECORDING_MD5)
    tolerance = [0.01 * value for value in table["published"][:5]] + [0.01, 0.01]
    assert list(table["tolerance"]) == pytest.approx(tolerance)
    low = {epoch: 0.98 * loss for epoch, loss in LOSSES.items()}
    assert not compare(low, {"pool": 0.705, "fc": 0.553}, RECORDING_MD5)["agrees"].any()


def test_epoch_that_was_not_run_does_not_agree(compare):
    table = compare({5: 0.41}, {}, None)
    assert list(table["agrees"]) == [True] + [False] * 4
    assert list(table["this_run"].isna()) == [False] + [True] * 4


@pytest.mark.parametrize("md5", [None, "0" * 32])
def test_other_recording_is_not_held_against_the_published_correlations(compare, md5):
    assert len(compare(LOSSES, {"pool": 0.716, "fc": 0.564}, md5)) == 5


def test_default_dataset_is_the_tutorials(repository):
    config = yaml.safe_load((repository / "config.yaml").read_text())
    assert config["datasets"][config["dataset"]]["md5"] == RECORDING_MD5
