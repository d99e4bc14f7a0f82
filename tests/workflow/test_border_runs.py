"""Other borders and shift consistency, in the DAG: on request, and only then."""

import pandas as pd
import pytest


@pytest.fixture
def bordered(small):
    """The small config with room around its crops, one network, and both protocols asked for."""
    del small["models"]["two"]
    small["models"]["one"]["preprocessing"] = {"resize": 40, "crop": 32}
    small["transforms"] = {
        "translate_x": {"steps": 5},
        "rotate": {"steps": 5},
        "blur": {"steps": 3},
    }
    small |= {"pairs": [], "chunks": 1, "borders": ["mean", "crop"], "consistency": 2}
    return small


def test_borders_are_swept_on_request(empty, bordered):
    empty.configure(bordered)
    results = empty.path / "results/small"
    empty.run(
        "results/small/borders.csv",
        "results/small/border_claims.csv",
        "results/small/claims.csv",
        "results/small/interpolation.csv",
        "results/small/consistency/one.csv",
        "results/small/figures/borders/one.png",
    )
    table = pd.read_csv(results / "borders.csv")
    cells = set(table[["padding", "transform"]].itertuples(index=False, name=None))
    assert cells == {
        ("black", "translate_x"), ("black", "rotate"), ("mean", "translate_x"),
        ("mean", "rotate"), ("crop", "translate_x"),
    }  # fmt: skip
    assert len(table) == 2 * 4 * len(cells)
    assert not table.drop(columns="change").isna().any().any()
    # 40 pixels hold 4 beyond the crop of 32 on each side.
    crops = table[table["padding"] == "crop"]
    assert crops["threshold"].abs().max() <= 4 / 32
    for padding, name in (("mean", "rotate"), ("crop", "translate_x")):
        assert (results / f"borders/{padding}/one/{name}.csv").is_file()
    assert (results / "figures/borders/one.png").stat().st_size > 5000
    claims = pd.read_csv(results / "border_claims.csv")
    # Real crops reach too short a way to decide a statement.
    assert set(claims["padding"]) == {"mean"}
    assert list(claims["claim"]) == ["C1", "C1", "C3", "C3", "C3", "C4"]
    decided = pd.read_csv(results / "claims.csv").set_index(["claim", "part"])["value"]
    own = claims.set_index(["claim", "part"])["own_value"]
    pd.testing.assert_series_equal(own, decided[own.index], check_names=False)
    sharp = pd.read_csv(results / "interpolation.csv").set_index("angle")["sharpness"]
    assert sharp[[0, 90, 180, 270]].to_list() == [1, 1, 1, 1]
    assert sharp[45] < 0.9
    consistency = pd.read_csv(results / "consistency/one.csv")
    assert list(consistency["class"].iloc[:-1]) == list(bordered["dataset"]["classes"])
    assert consistency["class"].isna().iloc[-1]
    assert consistency["consistency"].between(0, 1).all()
    assert "Nothing to be done" in empty.run("results/small/borders.csv")


def test_another_border_sweeps_only_itself(empty, bordered):
    empty.configure(bordered)
    jobs = empty.planned()
    assert jobs["border_sweep"] == 3
    assert jobs["consistency"] == jobs["borders"] == 1
    empty.configure({**bordered, "borders": [], "consistency": 0})
    jobs = empty.planned()
    assert not {"border_sweep", "borders", "interpolation", "consistency"} & set(jobs)


def test_no_room_is_said_before_anything_runs(empty, bordered):
    bordered["models"]["one"]["preprocessing"] = {"resize": 32, "crop": 32}
    empty.configure(bordered)
    done = empty.snakemake("--dry-run")
    assert done.returncode
    assert "borders: 'crop'" in done.stdout + done.stderr
    assert "models.one" in done.stdout + done.stderr
