import gc
import subprocess
import sys
import weakref
import zlib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from made_up import PHANTOMS
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from invariances.errors import InputError
from invariances.figures import style

# Machado, Oliveira & Fernandes 2009, full severity, on linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def pages_of(first: Path, count: int) -> list[Path]:
    """The PNGs of a figure's pages: the second is `name-2.png`, and so on."""
    return [first, *(first.with_name(f"{first.stem}-{n}.png") for n in range(2, count + 1))]


def lab(colour: str, kind: str | None) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if kind:
        linear = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1)
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ linear
    )
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", [None, "protan", "deutan"])
@pytest.mark.parametrize("colours", [style.SOLID, style.DASHED])
def test_lines_of_one_style_are_told_apart_by_the_colour_blind(
    colours: tuple[str, ...], kind: str | None
) -> None:
    distance = {
        (a, b): np.linalg.norm(lab(a, kind) - lab(b, kind)) for a, b in combinations(colours, 2)
    }
    nearest = min(distance, key=lambda pair: distance[pair])
    assert distance[nearest] > 9, (nearest, distance[nearest])


def test_first_fourteen_classes_differ_in_look_and_marker() -> None:
    names = [f"class {i}" for i in range(style.DISTINCT)]
    looks = style.Palette(names).looks(names)
    assert style.DISTINCT >= 14
    assert len({(look.colour, look.line) for look in looks.values()}) == style.DISTINCT
    assert len({look.marker for look in looks.values()}) == style.DISTINCT


def test_a_class_looks_the_same_in_every_panel() -> None:
    palette = style.Palette(PHANTOMS)
    alone = {name: palette.look(name) for name in PHANTOMS}
    assert palette.looks(["broom", "web site", "orange"])["broom"] == alone["broom"]
    assert palette.looks(list(reversed(PHANTOMS))) == alone
    assert style.Palette(PHANTOMS).look("Petri dish") == palette.look("Petri dish")


def test_names_outside_the_run_never_collide_in_a_panel() -> None:
    palette = style.Palette(PHANTOMS)
    names = [*PHANTOMS[:3], *(f"category {i}" for i in range(len(style.GREYISH_LOOKS)))]
    assert len(set(palette.looks(names).values())) == len(names)


def test_looks_outside_the_run_do_not_depend_on_the_process() -> None:
    code = "from invariances.figures.style import Palette; print(Palette([]).look('Petri dish'))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_class_listed_twice_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="lime"):
        style.Palette(["lime", "orange", "lime"])


@pytest.mark.parametrize("colour", [*style.SOLID, *style.DASHED, *style.GREYISH, "#FFFF00"])
def test_ink_is_readable_on_white(colour: str) -> None:
    luminance = style._luminance(*to_rgb(style.ink(colour)))
    assert 1.05 / (luminance + 0.05) >= 4.49


def test_saved_files(tmp_path: Path) -> None:
    with style.applied():
        page = style.Page(50.8, 25.4)
        page.text(1, 1, "a label that costs $5 or $6")
        page.axes(10, 5, 30, 12)
    png, pdf = tmp_path / "new" / "a.png", tmp_path / "new" / "a.pdf"
    style.save(page.figure, [png, pdf], dpi=200)
    assert Image.open(png).size == (400, 200)
    assert sorted(path.name for path in png.parent.iterdir()) == ["a.pdf", "a.png"]
    first = png.read_bytes(), pdf.read_bytes()
    style.save(page.figure, [png, pdf], dpi=200)
    assert (png.read_bytes(), pdf.read_bytes()) == first


def test_pages_go_into_one_pdf_and_several_png(tmp_path: Path) -> None:
    pages = [style.Page(40, 20).figure for _ in range(3)]
    files = [*pages_of(tmp_path / "a.png", 3), tmp_path / "a.pdf"]
    style.save(pages, files)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a-2.png",
        "a-3.png",
        "a.pdf",
        "a.png",
    ]
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page ") == 3


def test_another_number_of_files_than_pages_is_refused(tmp_path: Path) -> None:
    pages = [style.Page(40, 20).figure for _ in range(3)]
    with pytest.raises(InputError, match=r"a\.png: 3 pages, but 2 files"):
        style.save(pages, pages_of(tmp_path / "a.png", 2))
    assert not list(tmp_path.iterdir())


def test_of_many_pages_the_first_is_a_png_and_all_are_in_the_pdf(tmp_path: Path) -> None:
    style.save(
        (style.Page(40, 20).figure for _ in range(3)), [tmp_path / "a.png", tmp_path / "a.pdf"]
    )
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page ") == 3
    assert Image.open(tmp_path / "a.png").size == (472, 236)
    with pytest.raises(InputError, match=r"a\.png: 3 pages, but 1 files"):
        style.save((style.Page(40, 20).figure for _ in range(3)), [tmp_path / "a.png"])


def test_pages_are_forgotten_before_the_next_is_drawn(tmp_path: Path) -> None:
    """A page of curves takes tens of MB until it is saved, and a thousand classes have 72."""
    drawn: list[weakref.ref] = []

    def pages() -> Iterator[Figure]:
        for _ in range(4):
            gc.collect()
            assert not any(page() for page in drawn)
            page = style.Page(40, 20).figure
            drawn.append(weakref.ref(page))
            yield page
            del page

    style.save(pages(), [*pages_of(tmp_path / "a.png", 4), tmp_path / "a.pdf"])
    assert len(drawn) == 4


def test_further_pages_are_removed_and_nothing_else(tmp_path: Path) -> None:
    names = [
        "a.png",
        "a-2.png",
        "a-3.png",
        "a-11.png",
        "a-b.png",
        "a-3.pdf",
        "b-3.png",
        "a-2-3.png",
    ]
    for name in names:
        (tmp_path / name).touch()
    style.remove_further_pages(pages_of(tmp_path / "a.png", 2))
    assert {path.name for path in tmp_path.iterdir()} == set(names) - {"a-3.png", "a-11.png"}


def test_fonts_are_embedded_as_truetype(tmp_path: Path) -> None:
    with style.applied():
        page = style.Page(50, 20)
        page.text(1, 1, "Rotation 90°")
    style.save(page.figure, [tmp_path / "a.pdf"])
    data = (tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"/CIDFontType2" in data
    assert b"/Type3" not in data


def test_figures_import_neither_torch_nor_pyplot() -> None:
    names = ["axes", "curves", "heatmap", "inputs", "mixed", "overview", "paper", "sheet"]
    code = (
        f"import sys; from invariances.figures import {', '.join(names)}; "
        "print([m for m in ('torch', 'torchvision', 'scipy', 'matplotlib.pyplot') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"


def test_text_in_pdf_is_text(tmp_path: Path) -> None:
    with style.applied():
        page = style.Page(50, 20)
        page.text(1, 1, "A")
    style.save(page.figure, [tmp_path / "a.pdf"])
    data = (tmp_path / "a.pdf").read_bytes()
    streams = [part.split(b"endstream")[0].strip(b"\r\n") for part in data.split(b"stream\n")[1:]]
    contents = b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x")
    assert b"BT" in contents
