"""Corruption errors by AlexNet's: a calculation on paper, names of the mean, intervals, docs' program."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from invariances.configuration.presets import IMAGENET_C
from invariances.tables import CORRUPTION_ERRORS
from invariances.tables.frames import write
from invariances.thresholds.corruptions import ALEXNET, corruption_table

ROOT = Path(__file__).parents[1]


def answers(shares, pictures=20, model="m"):
    """pictures.parquet of corruptions {name: right [pictures, 6]}, with intervals as of an ordinal axis."""
    rows = []
    for name, right in shares.items():
        for number, own in enumerate(right):
            row = {"model": model, "transform": name, "class": "ab"[number % 2]}
            intervals = tuple((float(s), float(s)) for s in np.flatnonzero(own))
            row |= {"picture": f"{number}", "direction": "up", "intervals": intervals}
            rows.append(row)
    return pd.DataFrame(rows)


def test_the_paper_s_alexnet_is_in_the_paper_s_order():
    assert list(ALEXNET) == list(IMAGENET_C)
    assert np.mean(list(ALEXNET.values())) == pytest.approx(0.789, abs=5e-4)


def test_errors_by_alexnet_s_and_their_mean_on_paper():
    """Of four pictures: noise is right up to severity k of picture k, fog always, blur untransformed."""
    severities = np.arange(6)
    right = {
        "c_fog": np.ones((4, 6), dtype=bool),
        "c_gaussian_noise": severities <= np.arange(1, 5)[:, None],
        "c_defocus_blur": np.tile(severities == 0, (4, 1)),
        "blur": np.zeros((4, 6), dtype=bool),
    }
    table = corruption_table(answers(right), list(right), resamples=200)
    assert list(table) == CORRUPTION_ERRORS.names
    # In the paper's order, then the mean, whose corruption is missing.
    assert table["transform"].iloc[:3].tolist() == ["c_gaussian_noise", "c_defocus_blur", "c_fog"]
    assert table["transform"].isna().tolist() == [False, False, False, True]
    assert table["measure"].tolist() == ["CE"] * 3 + ["mean corruption error over 3 of 15"]
    errors = [(4 + 3 + 2 + 1) / 20, 1, 0]
    assert table["error"].tolist() == pytest.approx([*errors, 1.5 / 3])
    quotients = [0.5 / 0.886428, 1 / 0.81988, 0]
    assert table["relative_error"].tolist() == pytest.approx([*quotients, sum(quotients) / 3])
    assert (table["images"] == 4).all()
    for name in ("error", "relative_error"):
        low, high = table[f"{name}_low"], table[f"{name}_high"]
        assert ((low <= table[name] + 1e-12) & (table[name] <= high + 1e-12) & (low < high)).all()


def test_the_mean_has_the_benchmark_s_name_of_all_fifteen_alone():
    rng = np.random.default_rng(0)
    right = {name: rng.random((20, 6)) < 0.5 for name in IMAGENET_C}
    table = corruption_table(
        pd.concat([answers(right, model="one"), answers(right, model="two")]),
        IMAGENET_C,
        resamples=100,
    )
    last = table[table["transform"].isna()]
    assert last["measure"].tolist() == ["mCE", "mCE"] and last["model"].tolist() == ["one", "two"]
    # The untransformed picture does not count.
    wanted = [100 * (1 - right[name][:, 1:].mean()) / (100 * ALEXNET[name]) for name in IMAGENET_C]
    assert last["relative_error"].tolist() == pytest.approx([np.mean(wanted)] * 2)
    fewer = corruption_table(answers(right), IMAGENET_C[1:], resamples=100)
    assert fewer["measure"].iloc[-1] == "mean corruption error over 14 of 15"


def test_the_mean_s_interval_is_that_of_pictures_not_of_corruptions():
    """Pictures that fail together bound less than pictures that fail each by itself."""
    rng = np.random.default_rng(1)
    together = np.repeat(rng.random((40, 1)) < 0.5, 6, axis=1)
    alike = corruption_table(answers(dict.fromkeys(IMAGENET_C, together)), IMAGENET_C)
    apart = {name: np.repeat(rng.random((40, 1)) < 0.5, 6, axis=1) for name in IMAGENET_C}
    found = corruption_table(answers(apart), IMAGENET_C)
    widths = [
        float((each["relative_error_high"] - each["relative_error_low"]).iloc[-1])
        for each in (alike, found)
    ]
    assert widths[0] > 2 * widths[1]


def test_corruptions_of_other_pictures_are_refused():
    right = np.ones((3, 6), dtype=bool)
    rows = answers({"c_fog": right, "c_snow": right})
    rows.loc[5, "picture"] = "another"
    with pytest.raises(ValueError, match="different pictures"):
        corruption_table(rows, ["c_fog", "c_snow"])


def test_the_program_of_the_docs_shows_the_table(tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs/published.md").read_text()
    _, _, section = page.partition("## Mean corruption error")
    program = section.split("```python\n")[1].split("```")[0]
    right = {name: np.zeros((2, 6), dtype=bool) for name in IMAGENET_C}
    place = tmp_path / "results/imagenet-c-15/corruption_errors.csv"
    place.parent.mkdir(parents=True)
    write(corruption_table(answers(right), IMAGENET_C, resamples=100), place, CORRUPTION_ERRORS)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "published.md", "exec"), {})
    said = capsys.readouterr().out
    mean = np.mean([100 / error for error in ALEXNET.values()])
    assert re.search(rf"^mCE +{mean:.1f}$", said, re.MULTILINE)
