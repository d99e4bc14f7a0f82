"""Names that would be commands or paths: they are neither, anywhere between a folder and a figure."""

import re

import numpy as np
import pytest
from house import ROOT
from PIL import Image
from tiny import build_tiny

pytestmark = pytest.mark.reliability

NAMES = (
    "it's $(touch owned)",
    "`touch owned`; touch owned",
    'a "b" & touch owned',
    "a..%2f..",
    "new\nline",
)

# What stands in a shell command without quotes, as it cannot hold anything but letters and digits.
PLAIN = {
    "threads", "params.threads", "params.seed", "params.precision", "params.search",
    "params.tolerance", "params.missed", "params.padding", "params.resamples", "params.points",
    "params.resampling", "params.setting", "params.side",
    "params.axis", "params.axes", "params.number", "params.skip", "params.split", "params.size",
    "params.pairs", "params.random", "params.window", "params.bad", "params.keep", "resources.batch_size",
    "resources.device", "wildcards.preparation",
}  # fmt: skip
# Options of which a rule has some and another none: what makes them quotes them, where they can need it.
QUOTED = {
    "params.border", "params.beside", "params.each", "params.engine", "params.masks", "params.worst",
}  # fmt: skip


def commands():
    """Every rule's shell command, by file and line."""
    for path in sorted((ROOT / "workflow/rules").rglob("*.smk")):
        text = path.read_text()
        for found in re.finditer(r"^( +)shell:\n((?:\1    .*\n)+)", text, re.MULTILINE):
            yield f"{path.name}:{text.count(chr(10), 0, found.start()) + 1}", found[2]


def test_every_shell_command_quotes():
    found = dict(commands())
    rules = [path.read_text() for path in (ROOT / "workflow/rules").rglob("*.smk")]
    assert len(found) == sum(len(re.findall(r"\bshell:", text)) for text in rules) > 20
    for place, command in found.items():
        for field in re.findall(r"(?<!\{)\{([^{}]+)\}(?!\})", command):
            name, _, how = field.partition(":")
            assert how == "q" or name in PLAIN | QUOTED, f"{place}: {field}"


def test_names_from_a_folder_are_names_to_the_last_figure(tmp_path, config):
    house = build_tiny(tmp_path)
    for place, name in enumerate(NAMES):
        folder = house.path / "pictures" / name
        folder.mkdir(parents=True)
        for number in range(2):
            pixels = np.full((32, 32, 3), 40 * place + number, dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{number} $(touch owned).png")
    config["dataset"] = {"name": "folder", "root": "pictures", "images": 2, "categories": "own"}
    config["models"]["taught"]["weights"] = "own"
    config["transforms"] = {"brightness": {"steps": 3}}
    config["chunks"] = len(NAMES)
    config["itn"] = {"enabled": False}
    config["claims"] = {"point_symmetric": [NAMES[0]]}
    house.configure(config)
    before = {path.name for path in house.path.parent.iterdir()}
    house.run("results/tiny/thresholds.csv", "results/tiny/figures/sheets/taught/brightness.png")
    assert not list(house.path.rglob("owned"))
    assert {path.name for path in house.path.parent.iterdir()} == before
    text = (house.results / "thresholds.csv").read_text()
    for name in NAMES:
        assert name.replace('"', '""') in text
