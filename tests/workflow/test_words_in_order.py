"""Targets first: Snakemake's --configfile and --logger take every word that follows them."""

import re

import pytest
from house import ROOT

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "config").glob("*")),
]
SWALLOWING = re.compile(r"--(configfile|logger)[ =]\S+ +(?!-)(?![|&;#`\\])[\w./]+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_command_has_a_target_behind_what_would_swallow_it(page):
    commands = [line for line in page.read_text().splitlines() if "snakemake" in line]
    commands = [part for line in commands for part in re.findall(r"snakemake [^`]*", line)]
    assert not [text for text in commands if SWALLOWING.search(text)]


def test_the_pattern_finds_them():
    assert SWALLOWING.search("snakemake --cores 2 --configfile a.yaml results/x.png")
    assert SWALLOWING.search("snakemake --logger invariances results/x.png")
    assert not SWALLOWING.search("snakemake results/x.png --configfile a.yaml --cores 2")
    assert not SWALLOWING.search("snakemake results/x.png --logger invariances   # a comment")


def test_a_misspelt_file_gets_the_nearest_names(empty, small):
    empty.configure(small)
    for wrong, near in (
        ("figures/curves/one/rotat/orange.png", "figures/curves/one/rotate/orange.png"),
        ("treshold.csv", "thresholds.csv"),
    ):
        done = empty.snakemake(f"results/small/{wrong}", "--dry-run", "--logger", "invariances")
        assert done.returncode != 0
        assert f"nearest that are: results/small/{near}" in done.stderr.splitlines()[-1]


def test_a_class_may_be_called_as_a_wildcard_is(empty, small, picture_file):
    for name in ("a{b}", "school bus"):
        for number in range(2):
            picture_file(empty.path / "odd" / name / f"{number}.png")
    small["dataset"] = {"name": "folder", "root": "odd", "images": 2}
    small["itn"] = {"enabled": False}
    empty.configure(small)
    drawn = "results/small/figures/curves/one/rotate/a~7b~b~7d~.png"
    assert "figure_curve" in empty.planned(drawn, "results/small/explorer.html")
