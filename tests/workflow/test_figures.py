"""Figures as jobs: pages of many classes, a figure of one's own, a failing one."""

import shutil

import pytest
from house import House

pytestmark = pytest.mark.slow
SHEET = "results/small/figures/sheets/one/rotate"


OWN = '''
from invariances.figures import figure
from invariances.figures.style import Page

@figure("heat/{model}", reads={"thresholds": "thresholds.csv"}, category="Mine", labels={"of": "{model}"})
def heat(thresholds, model, palette):
    """How **{model}** fares, drawn outside the checkout."""
    page = Page(60, 30)
    page.text(2, 2, f"{model}: {len(thresholds)} rows, {palette.classes[0]}")
    return page.figure
'''


@pytest.fixture
def many(empty: House, small: dict, picture_file) -> House:
    """Sixteen classes, one picture each, under one transform: a sheet of two pages."""
    for place in range(16):
        picture_file(empty.path / f"pictures/class_{place:02}/0.png", 32, 32, seed=place)
    small["dataset"] = {"name": "folder", "root": "pictures", "categories": "own", "images": 1}
    small["models"] = {"one": small["models"]["one"]}
    small |= {"transforms": {"rotate": {"steps": 3}}, "pairs": [], "chunks": 1}
    small |= {"itn": {"enabled": False}, "thresholds": {"resamples": 100}}
    empty.configure(small)
    return empty


def pages(house: House) -> set[str]:
    return {path.name for path in (house.path / SHEET).parent.glob("[!.]*")}


def test_pages_are_outputs_and_in_the_report_and_none_stays(many: House) -> None:
    many.run(f"{SHEET}-2.png")
    assert pages(many) == {"rotate.png", "rotate-2.png"}
    many.run(f"{SHEET}.png", "--report", "report.html")
    page = (many.path / "report.html").read_text()
    assert "1 of 2" in page and "2 of 2" in page
    (many.path / SHEET).with_name("rotate-2.png").unlink()
    assert "figure_sheet" in many.planned(f"{SHEET}-2.png")
    for place in range(12, 16):
        shutil.rmtree(many.path / f"pictures/class_{place}")
    (many.path / SHEET).with_name("rotate-2.png").touch()
    many.run(f"{SHEET}.png")
    assert pages(many) == {"rotate.png"}


def test_a_figure_of_ones_own_is_part_of_the_run_from_the_config_alone(
    empty: House, small: dict
) -> None:
    (empty.path / "my_figures.py").write_text(OWN)
    small["figures"]["draw"] = ["my_figures:heat"]
    empty.configure(small)
    jobs = empty.jobs()
    assert {job for job in jobs if job.startswith("figure_")} == {
        "figure_heat model=one",
        "figure_heat model=two",
    }


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("my_figures:haet", "did you mean 'heat'"),
        ("mine:heat", "no module 'mine'"),
        ("overvieuw", "did you mean 'overview'"),
    ],
)
def test_a_figure_that_is_not_there_is_refused_before_any_job(
    empty: House, small: dict, entry: str, said: str
) -> None:
    (empty.path / "my_figures.py").write_text(OWN)
    small["figures"]["draw"] = [entry]
    empty.configure(small)
    done = empty.snakemake("--dry-run")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
