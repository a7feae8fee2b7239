"""A network that fails its task is listed as failed."""

from types import SimpleNamespace

import pandas as pd
import pytest

from tabulate_training import main


@pytest.mark.parametrize(
    ("task", "measure", "epochs", "score", "status"),
    [
        ("tilt", "accuracy", 25, 0.91, "passed"),
        ("tilt", "accuracy", 25, 0.89, "failed"),
        ("tilt", "accuracy", 0, 0.5, "untrained"),
        ("tilt", "accuracy", 0, 0.5, "given"),
        ("tilt", "accuracy", 25, 0.9, "passed"),
        ("orientation", "error_deg", 25, 10.0, "passed"),
        ("orientation", "error_deg", 1, 9.0, "passed"),
        ("orientation", "error_deg", 0, 9.0, "untrained"),
        ("orientation", "error_deg", 25, 11.0, "failed"),
        ("orientation", "error_deg", 25, float("nan"), "failed"),
        ("tilt", "accuracy", 25, float("nan"), "failed"),
    ],
)
def test_gate_parts_networks_by_their_score(tmp_path, caplog, task, measure, epochs, score, status):
    pd.DataFrame({"seed": 12, "epoch": [1, 1], "batch": [1, 2], "loss": [0.7, 0.6]}).to_csv(
        tmp_path / "log.csv", index=False
    )
    row = {"seed": 12, "device": "cpu", "stimuli": 100, "measure": measure, "score": score}
    pd.DataFrame([row]).to_csv(tmp_path / "performance.csv", index=False)
    output = SimpleNamespace(training=tmp_path / "t.csv", performance=tmp_path / "p.csv")
    main(
        SimpleNamespace(logs=[tmp_path / "log.csv"], performances=[tmp_path / "performance.csv"]),
        output,
        SimpleNamespace(
            tasks={"m": task},
            epochs={"m": epochs},
            given=["m"] if status == "given" else ["other"],
            gates={"tilt": 0.9, "orientation": 10},
        ),
    )
    (found,) = pd.read_csv(output.performance).itertuples()
    assert (found.model, found.seed, found.task, found.epochs) == ("m", 12, task, epochs)
    assert (found.gate, found.status) == (0.9 if task == "tilt" else 10, status)
    assert list(pd.read_csv(output.training)["loss"]) == [0.6]
    told = [record.getMessage() for record in caplog.records]
    if status == "failed":
        assert told == [
            f"model m, seed 12 failed its task: {measure} {score:.3g}, gate {found.gate:.3g}"
        ]
    else:
        assert told == []
