"""Open sides of intervals: what is not known is not drawn as if it were."""

import numpy as np
import pandas as pd
import pytest
from made_up import NETWORKS
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from invariances.figures.axes import TransformAxis
from invariances.figures.comparison import draw_comparison
from invariances.figures.curve import draw_curve
from invariances.figures.overview import draw_overview
from invariances.figures.responses import curves_of, marks_of
from invariances.figures.sheet import draw_sheet
from invariances.figures.style import Palette
from invariances.figures.whiskers import recognising, unrecognised, whiskers

Tables = tuple[pd.DataFrame, pd.DataFrame]
ENDS = (-180.0, 180.0)
T = "Bonferroni's t"
OPEN = {
    "the table says so": (f"{T}, far limit open", 120.0),
    "nothing known": ("open", 120.0),
    "empty": (T, np.nan),
    "beyond the range": (T, 250.0),
}


def opened(thresholds: pd.DataFrame, method: str, far: float) -> pd.DataFrame:
    """The thresholds of rotation at 60 degrees both ways, known to be 40 at least, else open."""
    table = thresholds[thresholds["transform"] == "rotate"].copy()
    up = table["direction"] == "up"
    for name, value in (("threshold", 60.0), ("low", 40.0), ("high", far)):
        table[name] = value
    for down, new in (("threshold", -60.0), ("low", -far), ("high", -40.0)):
        table.loc[~up, down] = new
    return table.assign(censored=False, interval=method)


def segments(figure: Figure, dotted: bool) -> set[tuple[float, float]]:
    """From where to where along the axis of rotation lines are drawn in the first panel."""
    found = set()
    for lines in figure.axes[0].collections:
        if (
            isinstance(lines, LineCollection)
            and (lines.get_linestyle()[0][1] is not None) == dotted
        ):
            for segment in lines.get_segments():
                along = segment[:, int(segment[0, 0] == segment[1, 0])]
                found.add((float(along[0]), float(along[1])))
    return found


@pytest.mark.parametrize("case", OPEN)
def test_an_open_side_is_dotted_and_ends_nowhere(
    case: str, tables: Tables, correlations: pd.DataFrame,
    transforms: dict[str, TransformAxis], palette: Palette,
) -> None:  # fmt: skip
    table = opened(tables[1], *OPEN[case])
    curves = curves_of(tables[0], "alexnet", "rotate")
    marks = marks_of(table, "alexnet", "rotate")
    rotate = {"rotate": transforms["rotate"]}
    name = next(iter(curves))
    figures = [
        draw_overview(table, rotate, palette, ranges={"rotate": ENDS}),
        draw_comparison(table, correlations, rotate, palette, NETWORKS, ranges={"rotate": ENDS}),
        draw_curve(curves[name], rotate["rotate"], palette, marks=marks[name]),
        next(draw_sheet(curves, rotate["rotate"], palette, marks=marks)),
    ]
    for figure in figures:
        figure.canvas.draw()
        solid, dotted = segments(figure, dotted=False), segments(figure, dotted=True)
        assert not any(max(abs(a), abs(b)) > 60 for a, b in solid if abs(a) != abs(b))
        assert {(60.0, 180.0), (-60.0, -180.0)} <= dotted
        known = {(40.0, 60.0), (-60.0, -40.0)}
        assert known.isdisjoint(solid) if case == "nothing known" else known <= solid
    draw_overview(table, rotate, palette)  # a range of its own, of what is finite
    for line in figures[2].axes[0].lines:
        if str(line.get_gid()).startswith("interval:"):
            assert np.abs(line.get_xdata()).tolist() == [40.0]


def test_a_limit_that_is_known_is_drawn_to_its_end(tables: Tables) -> None:
    found = whiskers(opened(tables[1], T, 120.0), ENDS, 0.0)
    assert set(zip(found.low, found.high, strict=True)) == {(40.0, 120.0), (-120.0, -40.0)}
    assert np.isnan([found.low_end, found.high_end]).all()


def test_one_picture_and_a_class_not_recognised_draw_no_interval():
    rows = pd.DataFrame(
        {
            "direction": ["up", "up", "up"],
            "threshold": [30.0, 0.0, 30.0],
            "low": [10.0, 0.0, 10.0],
            "high": [90.0, 0.0, 90.0],
            "interval": ["open", "open", "open"],
            "censored": [False, False, False],
            "images": [1, 9, 9],
        }
    )
    found = whiskers(rows, (-180.0, 180.0), 0.0)
    assert unrecognised(rows, 0.0).tolist() == [False, True, False]
    assert np.isnan(found.low_end).tolist() == [True, True, False]
    assert np.isnan(found.high_end).tolist() == [True, True, False]
    assert (found.low == found.high)[:2].all()


def test_one_picture_draws_no_interval_in_a_comparison(
    tables: Tables, correlations: pd.DataFrame,
    transforms: dict[str, TransformAxis], palette: Palette,
) -> None:  # fmt: skip
    rotate = {"rotate": transforms["rotate"]}
    drawn = {}
    for images in (1, 9):
        table = opened(tables[1], "open", 180.0).assign(images=images)
        figure = draw_comparison(
            table, correlations, rotate, palette, NETWORKS, ranges={"rotate": ENDS}
        )
        drawn[images] = {(a, b) for a, b in segments(figure, dotted=True) if a != b}
    assert not drawn[1]
    assert (60.0, 180.0) in drawn[9]


def test_a_network_that_recognises_nothing_has_no_threshold():
    rows = pd.DataFrame({"model": ["a", "b"], "baseline_accuracy": [0.5, 0.0]})
    assert list(recognising(rows)["model"]) == ["a"]
    assert len(recognising(rows[1:])) == 1
