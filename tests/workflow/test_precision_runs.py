"""A run in another precision says beside each sweep what that changes."""

import json


def test_the_change_is_written_beside_the_sweep(empty, small):
    small["precision"] = "bfloat16"
    empty.configure(small)
    sweep = "results/small/sweeps/one/brightness/0-of-2"
    empty.run(f"{sweep}.npz")
    found = json.loads((empty.path / f"{sweep}.precision.json").read_text())
    assert found["precision"] == "bfloat16"
    assert 0 <= found["prediction_changed"] <= 1
