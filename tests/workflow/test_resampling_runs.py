"""Other resamplings in the DAG: on request, only what moves, beside the run's own."""

import re

import pandas as pd
import pytest


@pytest.fixture
def resampled(small):
    """The small config with one network, and two resamplings beside its own."""
    del small["models"]["two"]
    small["transforms"] = {"zoom": {"steps": 5}, "rotate": {"steps": 5}, "blur": {"steps": 3}}
    small |= {"pairs": [], "chunks": 1, "resamplings": ["antialiased", "bicubic"]}
    return small


def test_resamplings_are_swept_on_request(empty, resampled):
    empty.configure(resampled)
    results = empty.path / "results/small"
    empty.run(
        "results/small/resamplings.csv",
        "results/small/resampling_claims.csv",
        "results/small/claims.csv",
        "results/small/interpolation.csv",
        "results/small/figures/resamplings/one.png",
        "results/small/config.yaml",
    )
    table = pd.read_csv(results / "resamplings.csv")
    found = set(table[["resampling", "transform"]].itertuples(index=False, name=None))
    names = ("bilinear", "antialiased", "bicubic")
    assert found == {(name, transform) for name in names for transform in ("zoom", "rotate")}
    assert len(table) == 2 * 4 * len(found)
    assert set(table["own_resampling"]) == {"bilinear"}
    moved = table[table["high"].ne(table["own_high"]) | table["low"].ne(table["own_low"])]
    moved = set(moved[["resampling", "transform", "direction"]].itertuples(index=False, name=None))
    # A filter before a shrink leaves what enlarges, and what turns, as it was.
    assert moved >= {("antialiased", "zoom", "up"), ("bicubic", "zoom", "up")}
    assert {each for each in moved if each[0] == "antialiased"} == {("antialiased", "zoom", "up")}
    assert not {each for each in moved if each[0] == "bilinear"}
    claims = pd.read_csv(results / "resampling_claims.csv")
    assert set(claims["resampling"]) == {"antialiased", "bicubic"}
    decided = pd.read_csv(results / "claims.csv").set_index(["claim", "part"])["value"]
    own = claims[claims["resampling"] == "bicubic"].set_index(["claim", "part"])["own_value"]
    pd.testing.assert_series_equal(own, decided[own.index], check_names=False)
    sharp = pd.read_csv(results / "interpolation.csv").set_index(["resampling", "angle"])[
        "sharpness"
    ]
    for name in names:
        assert sharp[name][[0, 90, 180, 270]].to_list() == [1, 1, 1, 1]
    assert sharp["bilinear", 45] == sharp["antialiased", 45] < sharp["bicubic", 45]
    assert (results / "figures/resamplings/one.png").stat().st_size > 5000
    assert "resamplings:\n- antialiased\n" in (results / "config.yaml").read_text()
    assert "Nothing to be done" in empty.run("results/small/resamplings.csv")


def test_another_resampling_sweeps_only_what_moves(empty, resampled):
    empty.configure(resampled)
    jobs = empty.planned()
    assert jobs["resampling_sweep"] == jobs["resampling_thresholds"] == 2 * 2
    assert jobs["resamplings"] == jobs["resampling_claims"] == jobs["interpolation"] == 1
    assert jobs["figure_resamplings"] == 1
    assert not {"borders", "border_sweep"} & set(jobs)
    empty.configure({**resampled, "resamplings": ["bilinear"]})
    done = empty.snakemake("--dry-run")
    assert done.returncode
    assert "'bilinear' alone is the run's own" in done.stdout + done.stderr


def test_the_plan_counts_the_passes_of_resamplings(empty, resampled):
    """Of twelve pictures, at five magnitudes of two transforms, under two resamplings."""
    counted = []
    for others in (resampled["resamplings"], []):
        empty.configure({**resampled, "thresholds": {"search": "grid"}, "resamplings": others})
        said = empty.run("--dry-run", "--logger", "invariances")
        counted.append(int(re.search(r"([\d,]+) passes", said)[1].replace(",", "")))
    assert counted[0] - counted[1] == 12 * 5 * 2 * 2


def test_the_run_s_own_resampling_reaches_every_sweep_of_what_moves(empty, resampled):
    empty.configure({**resampled, "resampling": "antialiased", "borders": ["mean"]})
    text = empty.run("--dry-run", "--printshellcmds")
    commands = [line.strip() for line in text.splitlines() if "sweep.py --prepared" in line]
    told = {
        (name, kind, "--resampling antialiased" in line, "--resampling bicubic" in line)
        for line in commands
        for name in ("zoom", "rotate", "blur")
        if f'"name":"{name}"' in line.replace(" ", "")
        for kind in ("--padding mean", "--padding black")
        if kind in line
    }
    own, other, bare = (True, False), (False, True), (False, False)
    assert told == {
        ("blur", "--padding black", *bare),
        *((name, "--padding mean", *own) for name in ("zoom", "rotate")),
        *(
            (name, "--padding black", *which)
            for name in ("zoom", "rotate")
            for which in (own, other)
        ),
    }
    jobs = empty.planned()
    # antialiased is the run's own: bicubic alone is another.
    assert jobs["resampling_sweep"] == 2
    assert jobs["calibration"] == 1


def test_resamplings_of_nothing_that_moves_are_refused(empty, resampled):
    empty.configure({**resampled, "transforms": {"blur": {"steps": 3}}})
    done = empty.snakemake("--dry-run")
    assert done.returncode
    assert "resamplings: 'antialiased' needs a geometric transform" in done.stdout + done.stderr
