"""Figures of networks side by side, of the common axis, and of the claims."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up import PHANTOMS, by_gid, clashes
from PIL import Image

from invariances.claims import STATEMENTS
from invariances.errors import InputError
from invariances.figures import inputs
from invariances.figures.axes import MINUS
from invariances.figures.claims import draw_claims
from invariances.figures.comparison import RHO, draw_comparison
from invariances.figures.sizes import draw_sizes, medians, ranked

NETWORKS = ("alexnet", "resnet18")
SCREENED = ("rotate", "zoom", "noise")


@pytest.fixture(scope="module")
def correlations() -> pd.DataFrame:
    row = {"first": "alexnet", "second": "resnet18", "statistic": "within transforms"}
    return pd.DataFrame(
        [
            {**row, "transform": name, "correlation": rho, "low": rho - 0.2, "high": rho + 0.1}
            for name, rho in (("all", 0.6), ("rotate", 0.5), ("zoom", -0.3))
        ]
    )


@pytest.fixture(scope="module")
def sizes(tables: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Sizes as a run has them: the farther a threshold, the larger."""
    table = tables[1][["model", "transform", "class", "direction", "censored"]].copy()
    value = 20 + 10 * np.arange(len(table)) % 90
    return table.assign(rms_grey_levels=value, rms_low=0.8 * value, rms_high=1.2 * value)


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    rows = []
    for item in STATEMENTS.values():
        verdicts = ("supported", "not supported", "cannot be told from this run")
        models = ["alexnet+resnet18"] if item.claim == "C4" else NETWORKS
        for number, model in enumerate(models):
            value = 0.4 + 0.3 * number if item.claim < "C5" or number == 0 else np.nan
            rows.append(
                {"claim": item.claim, "part": item.part, "model": model, "statement": item.text,
                 "statistic": item.statistic, "value": value, "low": value - 0.1,
                 "high": value + 0.2, "claimed_low": item.claimed[0],
                 "claimed_high": item.claimed[1], "rule": item.rule,
                 "verdict": verdicts[2] if np.isnan(value) else verdicts[number]}
            )  # fmt: skip
    return pd.DataFrame(rows)


def texts(figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    return found + [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_panel_for_each_transform_and_one_for_ranks(tables, correlations, transforms, palette):
    figure = draw_comparison(tables[1], correlations, transforms, palette, NETWORKS)
    assert len(figure.axes) == 4
    assert not clashes(figure)
    shown = " ".join(texts(figure))
    assert f"{RHO} = 0.60 [0.40, 0.70]" in shown
    assert f"{RHO} = {MINUS}0.30 [{MINUS}0.50, {MINUS}0.20]" in shown
    assert "not defined" in shown  # the noise has no row


def test_a_dot_stands_at_both_networks_thresholds(tables, correlations, transforms, palette):
    figure = draw_comparison(tables[1], correlations, transforms, palette, NETWORKS)
    rows = tables[1][(tables[1]["transform"] == "rotate") & (tables[1]["class"] == "broom")]
    one, two = (rows[rows["model"] == model].set_index("direction") for model in NETWORKS)
    drawn = by_gid(figure.axes[0], "switch:broom") | by_gid(figure.axes[0], "censored:broom")
    found = {(x, y) for line in drawn.values() for x, y in zip(*line.get_data(), strict=True)}
    assert found == {(one["threshold"][d], two["threshold"][d]) for d in ("up", "down")}
    censored = by_gid(figure.axes[0], "censored:broom")
    expected = [d for d in ("up", "down") if one["censored"][d] or two["censored"][d]]
    assert sum(len(line.get_xdata()) for line in censored.values()) == len(expected)


def test_ranks_rise_together_where_networks_agree(tables, correlations, transforms, palette):
    own = tables[1][tables[1]["model"] == "alexnet"]
    both = pd.concat([own, own.assign(model="resnet18")])
    figure = draw_comparison(both, correlations, transforms, palette, NETWORKS)
    for line in by_gid(figure.axes[-1], "rank:").values():
        assert np.allclose(*line.get_data())


def test_an_unknown_network_is_refused(tables, correlations, transforms, palette):
    with pytest.raises(InputError, match="did you mean 'alexnet'"):
        draw_comparison(tables[1], correlations, transforms, palette, ("alexnot", "resnet18"))


def test_transforms_are_ranked_by_the_smallest_change_that_switches():
    rows = [
        ("a", "up", 50.0, False), ("a", "down", 30.0, False), ("b", "up", 40.0, False),
        ("c", "up", 10.0, True), ("d", "up", 5.0, True), ("d", "down", 60.0, False),
    ]  # fmt: skip
    cells = pd.DataFrame(rows, columns=["transform", "direction", "rms_grey_levels", "censored"])
    assert ranked(cells.assign(model="m")) == ["a", "b", "d", "c"]


def test_the_median_over_classes_is_censored_where_half_of_them_are():
    rows = pd.DataFrame(
        {
            "model": "m", "transform": "rotate", "direction": ["up"] * 4 + ["down"] * 4,
            "censored": [True, True, False, False, True, False, False, False],
            "rms_grey_levels": [1.0, 2, 3, 4, 5, 6, 7, 8],
        }
    )  # fmt: skip
    for name in ("rms_low", "rms_high"):
        rows[name] = rows["rms_grey_levels"]
    table = medians(rows).set_index("direction")
    assert table["rms_grey_levels"].to_dict() == {"up": 2.5, "down": 6.5}
    assert table["censored"].to_dict() == {"up": True, "down": False}


def test_a_panel_for_each_class_and_one_for_the_median(sizes, transforms, palette):
    figure = draw_sizes(sizes, transforms, palette)
    assert len(figure.axes) == 1 + len(PHANTOMS)
    assert not clashes(figure)
    own = sizes[(sizes["class"] == "orange") & (sizes["model"] == "alexnet")]
    panel = figure.axes[1]
    found = [x for line in by_gid(panel, "switch").values() for x in line.get_xdata()]
    found += [x for line in by_gid(panel, "censored").values() for x in line.get_xdata()]
    both = sizes[sizes["class"] == "orange"]
    assert sorted(found) == sorted(both["rms_grey_levels"])
    hollow = by_gid(panel, "censored").values()
    count = sum(len(line.get_xdata()) for line in hollow if "alexnet" in line.get_gid())
    assert count == own["censored"].sum()


def test_of_a_thousand_classes_only_the_median_is_drawn(sizes, transforms, palette):
    many = pd.concat([sizes.assign(**{"class": f"class {i}"}) for i in range(30)])
    assert len(draw_sizes(many, transforms, palette).axes) == 1


def test_every_statement_has_its_row(claims):
    figure = draw_claims(claims, models=NETWORKS)
    assert not clashes(figure)
    shown = texts(figure)
    assert [text for text in shown if text in STATEMENTS] == list(STATEMENTS)
    for verdict in ("supported", "not supported", "cannot be told"):
        assert any(text.endswith(verdict) for text in shown)
    assert shown.count("not in this run") == claims["value"].isna().sum()
    assert "0.4 [0.3, 0.6]" in shown


def test_a_value_stands_on_its_axis_with_the_claimed_range(claims):
    figure = draw_claims(claims, models=NETWORKS)
    panels = [axes for axes in figure.axes if by_gid(axes, "claimed")]
    assert len(panels) == len(STATEMENTS)
    for axes, item in zip(panels, STATEMENTS.values(), strict=True):
        low, high = axes.get_xlim()
        band = by_gid(axes, "claimed")["claimed"]
        assert band.get_x() == pytest.approx(max(item.claimed[0], low))
        assert band.get_x() + band.get_width() == pytest.approx(min(item.claimed[1], high))
        for dot in by_gid(axes, "value:").values():
            assert low <= dot.get_xdata()[0] <= high


@pytest.fixture(scope="module")
def stored(tmp_path_factory, tables, correlations, sizes, claims) -> Path:
    folder = tmp_path_factory.mktemp("results")
    named = {"thresholds": tables[1], "correlations": correlations, "sizes": sizes}
    for name, table in (named | {"claims": claims}).items():
        table.to_csv(folder / f"{name}.csv", index=False)
    tables[0].to_parquet(folder / "curves.parquet", index=False)
    return folder


def options(script: str, folder: Path) -> list[object]:
    return {
        "figure_comparison": [
            "--thresholds", folder / "thresholds.csv", "--curves", folder / "curves.parquet",
            "--correlations", folder / "correlations.csv", "--models", *NETWORKS,
        ],
        "figure_sizes": ["--sizes", folder / "sizes.csv"],
        "figure_claims": ["--claims", folder / "claims.csv", "--models", *NETWORKS],
    }[script]  # fmt: skip


def call(monkeypatch: pytest.MonkeyPatch, script: str, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", [f"{script}.py", *map(str, arguments)])
    inputs.run(importlib.import_module(script).main)


SCRIPTS = ["figure_comparison", "figure_sizes", "figure_claims"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_writes_both_files(stored, transforms_json, tmp_path, monkeypatch, script):
    call(
        monkeypatch, script, *options(script, stored), "--transforms", transforms_json,
        "--dpi", 80, "--output-stem", tmp_path / "x",
    )  # fmt: skip
    with Image.open(tmp_path / "x.png") as image:
        assert image.width >= 270
    data = (tmp_path / "x.pdf").read_bytes()
    assert b"/FontFile2" in data and b"/Type3" not in data


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_names_a_table_that_is_not_there(
    stored, transforms_json, tmp_path, monkeypatch, script
):
    with pytest.raises(SystemExit, match=r"nowhere/\w+\.csv: no such table"):
        call(
            monkeypatch, script, *options(script, Path("nowhere")),
            "--transforms", transforms_json, "--png", tmp_path / "x.png",
        )  # fmt: skip


def test_script_names_a_network_that_is_not_there(stored, transforms_json, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="did you mean 'alexnet'"):
        call(
            monkeypatch, "figure_sizes", *options("figure_sizes", stored), "--model", "alexnot",
            "--transforms", transforms_json, "--png", tmp_path / "x.png",
        )  # fmt: skip
