"""Tables are written as the same bytes everywhere, and read model by model."""

import numpy as np
import pandas as pd

from normative.workflow.tables import files_by_model, read_status, read_tables, write_table


def test_table_is_written_to_eight_digits_with_nan_for_what_is_missing(tmp_path):
    frame = pd.DataFrame(
        {"name": ["å", None], "value": [1 / 3, np.nan], "n": [1, 2], "good": [True, False]},
        index=[5, 6],
    )
    write_table(frame, tmp_path / "t.csv")
    expected = "name,value,n,good\nå,0.33333333,1,True\nnan,nan,2,False\n"
    assert (tmp_path / "t.csv").read_bytes() == expected.encode()


def test_files_are_parted_model_by_model():
    paths = ["a-1", "a-2", "b-1", "b-2", "c-1", "c-2"]
    expected = {"x": ["a-1", "a-2"], "y": ["b-1", "b-2"], "z": ["c-1", "c-2"]}
    assert files_by_model(paths, ["x", "y", "z"]) == expected
    assert files_by_model(["a"], ["x"]) == {"x": ["a"]}


def test_tables_of_all_models_and_blocks_are_read_in_their_order(tmp_path):
    paths = []
    for number in range(4):
        paths.append(tmp_path / f"{number}.csv")
        pd.DataFrame({"seed": [number, 9], "loss": [0, 1]}).to_csv(paths[-1], index=False)
    table = read_tables(paths, ["y", "x"], dtype={"loss": float})
    assert list(table) == ["model", "seed", "loss"]
    assert table["model"].tolist() == ["y"] * 4 + ["x"] * 4
    assert table["seed"].tolist() == [0, 9, 1, 9, 2, 9, 3, 9]
    assert list(table.index) == list(range(8))
    assert table["loss"].dtype == float


def test_status_is_read_by_model_and_seed(tmp_path):
    frame = pd.DataFrame({"model": ["a", "a"], "seed": [1, 2], "status": ["passed", "failed"]})
    frame.assign(score=0.5).to_csv(tmp_path / "p.csv", index=False)
    status = read_status(tmp_path / "p.csv")
    assert (status["a", 1], status["a", 2]) == ("passed", "failed")
