"""Figures as jobs: pages of many classes."""

import shutil

import pytest
from house import House

pytestmark = pytest.mark.slow
SHEET = "results/small/figures/sheets/one/rotate"


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
    return {path.name for path in (house.path / SHEET).parent.iterdir()}


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
