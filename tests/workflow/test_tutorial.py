"""docs/tutorial.md, every box of it, as a reader would go through it."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import forks
import pandas as pd
import pytest
from house import ROOT, build

pytestmark = pytest.mark.slow
PAGE = ROOT / "docs/tutorial.md"
FOG = "my_transforms.fog"
SETUP = "make setup\n. .venv/bin/activate\n"


@dataclass
class Box:
    """A code block: commands (`sh`), a change (`diff`), or a whole file."""

    kind: str
    text: str

    @property
    def file(self) -> str:
        return self.text.split("\n", 1)[0].removeprefix("# ")


def steps() -> dict[str, list[Box]]:
    """The page's boxes, by the number of their section."""
    setup, *sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    # The environment is the one that runs this test.
    assert boxes(setup) == [Box("sh", SETUP)]
    return {text.split(".", 1)[0]: boxes(text) for text in sections}


def boxes(text: str) -> list[Box]:
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Box(*pair) for pair in found]


def follow(box: Box, place: Path) -> str:
    """Do what a box shows; returns what commands say."""
    if box.kind == "sh":
        return run(box.text, place)
    path = place / box.file
    if box.kind == "diff":
        lines = box.text.splitlines(keepends=True)[1:]
        old, new = ("".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    else:
        path.write_text(box.text)
    return ""


def run(commands: str, place: Path) -> str:
    done = subprocess.run(
        ["bash", "-euc", f'export PATH="{forks.folder()}:$PATH"\n{commands}'],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, commands + done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The checkout after the last step, and what the commands of each step said, by its number."""
    house = build(tmp_path_factory.mktemp("tutorial"))
    said = {}
    for number, shown in steps().items():
        said[number] = "".join(follow(box, house.path) for box in shown)
        if number == "4":
            shutil.copy(house.path / "results/mine/thresholds.csv", house.path / "first.csv")
    return house.path, said


def test_the_network_learns_and_rotation_does_what_was_known(followed):
    place, said = followed
    assert "accuracy 1.00" in said["2"]
    table = pd.read_csv(place / "first.csv")
    assert set(table["class"]) == {"sun", "fence", "stairs"}
    rotate = table[table["transform"] == "rotate"].set_index(["class", "direction"])
    assert rotate.loc["sun", "censored"].all()
    for name, other in (("fence", "stairs"), ("stairs", "fence")):
        assert set(rotate.loc[name, "flips_to"]) == {other}
        assert rotate.loc[name, "threshold"].abs().between(20, 80).all()


def test_a_class_a_transform_and_their_figures_are_there(followed):
    place, _ = followed
    table = pd.read_csv(place / "results/mine/thresholds.csv")
    assert set(table["class"]) == {"sun", "fence", "stairs", "moon"}
    assert set(table["transform"]) == {"rotate", "brightness", "blur", FOG}
    fog = table[(table["transform"] == FOG) & (table["direction"] == "up")]
    # In white everything looks alike, so that at most one class is never overtaken.
    assert len(fog) == 4 and fog["censored"].sum() <= 1
    assert fog["threshold"].between(0, 1).all()
    for name in ("overview.png", f"sheets/mine/{FOG}.pdf", "curves/mine/rotate/fence.pdf"):
        assert (place / "results/mine/figures" / name).stat().st_size > 5000
    assert (place / "results/mine/itn/mine/evaluation.csv").exists()
    assert "fog" in (place / "results/mine/explorer.html").read_text()
    assert (place / "results/mine/report.html").stat().st_size > 1_000_000


def test_only_what_is_new_was_swept(followed):
    place, said = followed
    assert "rule sweep" not in said["5"]
    # A class is one sweep a transform, its own chunk; the new transform one sweep a class.
    assert "3 sweep" in plan(said["6"])
    assert re.search(r"^sweep +4$", said["7"], re.MULTILINE)
    assert "sweep" not in plan(said["8"]) and "1 itn" in plan(said["8"])
    assert len(list((place / f"results/mine/sweeps/mine/{FOG}").glob("*.pictures.parquet"))) == 4


def plan(said: str) -> str:
    return re.search(r"^To run, .*$", said, re.MULTILINE)[0]
