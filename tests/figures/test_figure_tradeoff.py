"""Thresholds against what else is known of networks: each mark at its network's place and magnitude."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
import pytest
from looked_at import clashes
from made_up import GRIDS, make_networks, make_ranking

from invariances.figures.axes import TransformAxis
from invariances.figures.style import model_looks
from invariances.figures.tradeoff import draw_tradeoff

NAMES = ("rotate", "zoom", "noise")
RANGES = {name: (float(GRIDS[name][0]), float(GRIDS[name][-1])) for name in NAMES}
FACTORS = {"baseline_accuracy": 1.0, "parameters": 1.0, "multiply_adds": 1e9}
Axes = Mapping[str, TransformAxis]


def made(count: int):
    models = [f"network_{place:02d}" for place in range(count)]
    ranking = make_ranking(models, NAMES, 20)
    accuracies = dict(zip(models, np.linspace(0.5, 0.95, count), strict=True))
    ranking["baseline_accuracy"] = ranking["model"].map(accuracies)
    return ranking, make_networks(models)


@pytest.mark.parametrize("against", FACTORS)
@pytest.mark.parametrize("count", [3, 6, 30])
def test_marks_stand_at_their_networks_and_magnitudes(
    transforms: Axes, count: int, against: str
) -> None:
    ranking, networks = made(count)
    page = draw_tradeoff(ranking, networks, transforms, RANGES, against)
    assert len(page.axes) == len(NAMES)
    rows = ranking.merge(networks, on="model")
    rows = rows[rows[against].notna()]
    for name, axes in zip(NAMES, page.axes, strict=True):
        own = rows[rows["transform"] == name]
        expected = sorted(
            zip(FACTORS[against] * own[against], own["median_threshold"], strict=True)
        )
        marks = [line for line in axes.lines if line.get_gid() == "median"]
        found = sorted(
            (float(x), float(y))
            for line in marks
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        )
        np.testing.assert_allclose(found, expected)
        # The last goes to the range's end: a bound, and an open mark.
        ends = {
            y for line in marks if line.get_markerfacecolor() == "white" for y in line.get_ydata()
        }
        assert ends == set(own.loc[own["median_censored"], "median_threshold"])
        assert axes.get_xscale() == ("linear" if against == "baseline_accuracy" else "log")
        low, high = axes.get_xlim()
        assert all(low < x < high for x, _ in found)
    assert clashes(page) == []
    assert page.get_figheight() * 25.4 < 275


def test_looks_are_those_of_the_run_s_order(transforms: Axes) -> None:
    ranking, networks = made(4)
    looks = model_looks(list(networks["model"])[::-1])
    page = draw_tradeoff(ranking, networks[::-1], transforms, RANGES, "parameters")
    for model, parameters in networks.set_index("model")["parameters"].items():
        lines = [line for line in page.axes[0].lines if line.get_gid() == "median"]
        (colour,) = {line.get_markeredgecolor() for line in lines if parameters in line.get_xdata()}
        assert colour == looks[model].colour


def test_more_networks_than_looks_are_numbered_from_the_left(transforms: Axes) -> None:
    ranking, networks = made(30)
    page = draw_tradeoff(ranking, networks, transforms, RANGES, "parameters")
    texts = [text.get_text() for text in page.texts]
    for place in range(30):
        assert texts[texts.index(str(place + 1)) + 1] == f"network {place:02d}"
    for axes in page.axes:
        numbers = [text for text in axes.texts if text.get_gid() == "number"]
        # In two lines, each in the order of the panel.
        order = [*range(1, 31, 2), *range(2, 31, 2)]
        assert [text.get_text() for text in numbers] == [str(place) for place in order]
        for line in (numbers[:15], numbers[15:]):
            places = [text.xy[0] for text in line]
            assert places == sorted(places)


def test_networks_of_which_nothing_is_known_are_left_out(transforms: Axes) -> None:
    ranking, networks = made(4)
    page = draw_tradeoff(ranking, networks, transforms, RANGES, "multiply_adds")
    texts = [text.get_text() for text in page.texts]
    assert "network 00" not in texts and "network 01" in texts
    assert any(text.startswith("Thresholds of 3 networks against multiply-adds") for text in texts)
    networks.loc[2:, "multiply_adds"] = np.nan
    page = draw_tradeoff(ranking, networks, transforms, RANGES, "multiply_adds")
    assert page.texts[0].get_text().startswith("Thresholds of 1 network against multiply-adds")


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("without", [1, None])
def test_networks_without_parameters_are_left_out(
    transforms: Axes, count: int, without: int | None
) -> None:
    """As an encoder that is written down, not learned; where all are, the page is empty."""
    ranking, networks = made(count)
    networks.loc[: without and without - 1, "parameters"] = 0
    page = draw_tradeoff(ranking, networks, transforms, RANGES, "parameters")
    page.savefig(BytesIO())
    left = count - without if without else 0
    assert page.texts[0].get_text().startswith(f"Thresholds of {left} networks against parameters")
    for axes in page.axes:
        marks = [line.get_xdata() for line in axes.lines if line.get_gid() == "median"]
        assert (np.concatenate(marks) > 0).all()
