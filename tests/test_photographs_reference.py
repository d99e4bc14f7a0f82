"""The tables of docs/results.md that come from a run: made, put in their place, compared."""

import numpy as np
import pytest

import photographs_reference as reference
from invariances.errors import InputError
from invariances.tables import MIXED, MIXED_DIFFERENCES
from invariances.tables.frames import frame, write

ROW = {
    "images": 20, "recognised": 18, "flipped": 10, "baseline_accuracy": 0.9, "baseline_accuracy_low": 0.7,
    "baseline_accuracy_high": 0.98, "half_accuracy_interval": "Bayesian bootstrap",
    "median_interval": "order statistics",
}  # fmt: skip


def row(model, direction, median, censored=False):
    sign = 1 if direction == "up" else -1
    ends = sorted((sign * median / 2, sign * median * 2))
    return ROW | {
        "model": model, "transform": "rotate", "direction": direction,
        "median_threshold": sign * median, "median_low": ends[0], "median_high": ends[1],
        "median_censored": censored, "half_accuracy": sign * 90.0, "half_accuracy_low": sign * 80.0,
        "half_accuracy_high": sign * 100.0, "half_accuracy_censored": False,
    }  # fmt: skip


@pytest.fixture
def results(tmp_path):
    rows = [
        row("small", "up", 12.34),
        row("small", "down", 20.0),
        row("large", "up", 180.0, censored=True),
        row("large", "down", 24.0),
    ]
    rows[-1]["median_interval"] += ", far limit open"
    rows[0]["half_accuracy_interval"] += ", far limit open"  # fmt: skip
    write(frame(MIXED, rows), tmp_path / "mixed.csv", MIXED)
    compared = {
        "first": "small", "second": "large", "transform": "rotate",
        "difference": -4.0, "low": -9.0, "high": 1.0,
        "p_value": 0.1, "p_holm": 0.2, "p_adjusted": 0.2, "p_least": 0.01, "images": 17, "limited": 9,
        "interval": "Bayesian bootstrap",
    }  # fmt: skip
    missing = dict.fromkeys(
        ["difference", "low", "high", "p_value", "p_holm", "p_adjusted", "p_least"], np.nan
    )
    both = [
        compared | {"direction": "up"},
        compared | missing | {"direction": "down", "interval": None},
    ]
    write(frame(MIXED_DIFFERENCES, both), tmp_path / "mixed_differences.csv", MIXED_DIFFERENCES)
    return tmp_path


def tables(folder):
    return reference.tables(
        *(
            reference.read(folder / f"{table.name}.csv", table)
            for table in (MIXED, MIXED_DIFFERENCES)
        )
    )


def test_each_direction_has_a_row_with_every_network(results):
    assert tables(results).splitlines() == [
        "| median threshold | small | large | large beyond small |",
        "| --- | --- | --- | --- |",
        "| Rotation above 0, degrees | 12.3 (6.17 to 24.7) | beyond 180 | 4 (-1 to 9) |",
        "| Rotation below 0, degrees | -20 (-40 to -10) | -24 (-12 or beyond) | - |",
        "",
        "| half accuracy | small | large |",
        "| --- | --- | --- |",
        "| right untransformed | 18 of 20 | 18 of 20 |",
        "| Rotation above 0, degrees | 90 (80 or beyond) | 90 (80 to 100) |",
        "| Rotation below 0, degrees | -90 (-80 to -100) | -90 (-80 to -100) |",
    ]


def test_what_is_written_stands_between_the_marks_and_is_compared(results, capsys):
    page = results / "page.md"
    page.write_text(f"before\n{reference.BEGIN}old\n{reference.END}after\n")
    arguments = reference.argparse.Namespace(results=results, page=page, check=False)
    reference.main(arguments)
    assert page.read_text() == f"before\n{reference.BEGIN}{tables(results)}{reference.END}after\n"
    arguments.check = True
    reference.main(arguments)
    assert capsys.readouterr().out == f"{page}: as in this run\n"
    page.write_text(page.read_text().replace("beyond 180", "beyond 170"))
    reference.main(arguments)
    said = capsys.readouterr().out
    assert "the page: | Rotation above 0, degrees | 12.3 (6.17 to 24.7) | beyond 170 |" in said
    assert "this run: | Rotation above 0, degrees | 12.3 (6.17 to 24.7) | beyond 180 |" in said


def test_a_page_without_marks_is_refused(results):
    (results / "page.md").write_text("nothing\n")
    arguments = reference.argparse.Namespace(results=results, page=results / "page.md", check=True)
    with pytest.raises(InputError, match="photographs_reference"):
        reference.main(arguments)
