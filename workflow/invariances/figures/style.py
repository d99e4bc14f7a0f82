"""The one style of all figures: fonts, sizes in millimetres, looks of classes and classifiers.

Sizes suit a two-column journal: a column is 88 mm wide, both together 180 mm. The font is the one
that comes with matplotlib, so that a figure is the same on every machine. Fonts are embedded as
TrueType (`pdf.fonttype` 42) because many publishers refuse Type 3.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from invariances.errors import InputError
from invariances.tables import atomically

SINGLE_COLUMN = 88.0
DOUBLE_COLUMN = 180.0
MM_PER_INCH = 25.4
POINTS_PER_MM = 72.0 / MM_PER_INCH

SMALL, NORMAL, TITLE = 6.0, 6.5, 7.5  # points

LineStyle = str | tuple[float, tuple[float, ...]]

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "axes.labelsize": NORMAL,
    "axes.titlesize": TITLE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelpad": 1.5,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "lines.linewidth": 1.0,
    "lines.solid_capstyle": "butt",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    # Names of classes come from files: a dollar sign in one must not become a formula.
    "text.parse_math": False,
    "text.usetex": False,
    # Widths of text then scale with its size, so that what fits by measure fits on every medium.
    "text.hinting": "no_hinting",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def applied() -> Iterator[None]:
    """Apply the style to everything drawn or saved inside the context, and to nothing else."""
    with matplotlib.rc_context(RC):
        yield


@dataclass(frozen=True)
class Look:
    """How one class or classifier is drawn: colour, line style and marker."""

    colour: str
    line: LineStyle
    marker: str


# Seven colours in solid lines, seven in dashed ones: within each seven, no two are alike to a
# protanope or a deuteranope; the two sevens differ by their line (Okabe & Ito 2008; Tol 2021).
SOLID = ("#D55E00", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#5A1A6E")
DASHED = ("#117733", "#AA4499", "#332288", "#999933", "#44AA99", "#8C510A", "#E8718D")
SHORT_DASH: LineStyle = (0.0, (3.2, 1.2))
DASH_DOT: LineStyle = (0.0, (5.0, 1.2, 1.0, 1.2))
DOTS: LineStyle = (0.0, (1.0, 1.0))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "d", "*", "8")
DISTINCT = len(SOLID) + len(DASHED)

# What is not among the run's classes stays pale in colour, so that the classes stand out.
GREYISH = ("#4D5A66", "#7A6A5A", "#5E7A6B", "#7D6B85", "#8A7F5C", "#5C7F8A", "#8A5C66")
GREYISH_LINES: tuple[LineStyle, ...] = (DASH_DOT, (0.0, (2.0, 1.0)), (0.0, (6.0, 2.0)))
GREYISH_LOOKS = tuple(
    Look(colour, line, MARKERS[(5 * row + column) % len(MARKERS)])
    for row, line in enumerate(GREYISH_LINES)
    for column, colour in enumerate(GREYISH)
)

OTHERS = Look("#8C8C8C", DOTS, "")
ACCURACY = Look("#000000", "-", "o")
MODELS = (
    Look("#1B4F8A", "-", "o"),
    Look("#E07B39", SHORT_DASH, "s"),
    Look("#2E8B6A", DASH_DOT, "^"),
    Look("#9B4F96", (0.0, (1.5, 1.0)), "D"),
    Look("#6B6B6B", (0.0, (6.0, 1.5)), "v"),
    Look("#B8A000", (0.0, (2.0, 1.0, 1.0, 1.0)), "P"),
)


class Palette:
    """The looks of classes, the same in every figure of a run.

    Parameters
    ----------
    classes
        The run's classes in the run's order. The first 14 are told apart by colour and line style;
        further ones, and categories outside the run, get a stable pale look from their name.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        if len(set(classes)) != len(classes):
            twice = sorted({name for name in classes if list(classes).count(name) > 1})
            raise InputError(f"class listed twice: {', '.join(twice)}")
        self.classes = tuple(classes)
        self._order = {name: index for index, name in enumerate(classes)}

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Return names, each once: the run's classes in the run's order, then the others in theirs."""
        found = list(dict.fromkeys(names))
        inside = set(found)
        return [name for name in self.classes if name in inside] + [
            name for name in found if name not in self._order
        ]

    def look(self, name: str) -> Look:
        """Return the look of a class, the same whatever else stands in the figure."""
        index = self._order.get(name, DISTINCT)
        if index < DISTINCT:
            # Neighbours in the list take turns between the two sevens: classes that are made to be
            # confused (orange and lime) often stand side by side.
            row, column = index % 2, index // 2
            colour = (SOLID, DASHED)[row][column]
            return Look(colour, ("-", SHORT_DASH)[row], MARKERS[index])
        return GREYISH_LOOKS[_stable_hash(name) % len(GREYISH_LOOKS)]

    def looks(self, names: Sequence[str]) -> dict[str, Look]:
        """Return the looks of the classes of one panel, no two of them alike.

        Where two pale looks coincide, the later name moves on to the next free one; with more
        names than looks (35) they repeat.
        """
        taken: set[Look] = set()
        found: dict[str, Look] = {}
        for name in names:
            look = self.look(name)
            if look in taken:
                start = GREYISH_LOOKS.index(look) if look in GREYISH_LOOKS else 0
                turned = GREYISH_LOOKS[start:] + GREYISH_LOOKS[:start]
                look = next((free for free in turned if free not in taken), look)
            taken.add(look)
            found[name] = look
        return found


def _stable_hash(name: str) -> int:
    """Return a hash that does not change between processes, as Python's own does."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def model_looks(models: Sequence[str]) -> dict[str, Look]:
    """Return the looks of the classifiers, in the order given."""
    return {model: MODELS[index % len(MODELS)] for index, model in enumerate(models)}


def ink(colour: str) -> str:
    """Return the colour, darkened until small text in it is readable on white (contrast >= 4.5)."""
    red, green, blue = to_rgb(colour)
    while 1.05 / (_luminance(red, green, blue) + 0.05) < 4.5:
        red, green, blue = 0.95 * red, 0.95 * green, 0.95 * blue
    return to_hex((red, green, blue))


def _luminance(*rgb: float) -> float:
    """Relative luminance in [0, 1] of an sRGB colour (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Page:
    """A figure laid out in millimetres, measured from its top left corner.

    Fixed places instead of a layout engine: quick, and the same with every font and every run.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes whose frame has its top left corner at (left, top)."""
        box = (
            left / self.width,
            1.0 - (top + height) / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(box)

    def text(self, left: float, top: float, string: str, **keywords: Any) -> Text:
        """Write text at (left, top); by default its top left corner stands there."""
        keywords = {"va": "top", "ha": "left", **keywords}
        return self.figure.text(left / self.width, 1.0 - top / self.height, string, **keywords)


def striped(axes: Axes, rows: int) -> None:
    """Shade every other of the rows that stand at 0, 1, ..., so that the eye keeps to one."""
    for row in range(0, rows, 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#F2F2F2", linewidth=0, zorder=0)


def save(pages: Figure | Iterable[Figure], files: Sequence[Path], *, dpi: float = 300.0) -> None:
    """Save a figure, or the pages of one, as PNG and as PDF.

    A PDF holds all pages, a PNG one: there are as many PNGs as pages, or none, or beside a PDF that of the
    first page alone. The files carry no date, so that the same tables give the same bytes. A file is
    written under a temporary name and renamed, so that an interrupted run leaves nothing half-written.
    Pages that come from an iterator are drawn, saved and forgotten one at a time: memory does not grow
    with their number.

    Raises
    ------
    InputError
        For another number of PNGs than of pages, or a file of another kind.
    """
    pngs = [path for path in files if path.suffix == ".png"]
    pdf = next((path for path in files if path.suffix == ".pdf"), None)
    for path in files:
        if path.suffix not in (".png", ".pdf"):
            raise InputError(f"{path}: a figure is written as .png or .pdf")
    figures = [pages] if isinstance(pages, Figure) else pages
    if isinstance(figures, Sequence):
        _check_count(pngs, len(figures), pdf)

    def write(document: Any = None) -> None:
        count = 0
        for figure in figures:
            count += 1
            if document is not None:
                document.savefig(figure, dpi=dpi)
            if count <= len(pngs):
                FigureCanvasAgg(figure)
                atomically(pngs[count - 1], partial(figure.savefig, dpi=dpi))
            # Before the next one is drawn; enumerate would hold it until then.
            del figure
        _check_count(pngs, count, pdf)

    def write_pdf(path: Path) -> None:
        # A fifth of what a job imports, for those that want a PDF alone.
        from matplotlib.backends.backend_pdf import PdfPages

        with PdfPages(path, metadata={"CreationDate": None}) as document:
            write(document)

    with applied():
        if pdf is None:
            write()
        else:
            atomically(pdf, write_pdf)


def _check_count(pngs: Sequence[Path], pages: int, pdf: Path | None) -> None:
    """Raise InputError for another number of PNGs than of pages; beside a PDF one is enough."""
    if pngs and len(pngs) != pages and (pdf is None or len(pngs) > 1):
        raise InputError(f"{pngs[0]}: {pages} pages, but {len(pngs)} files for them")


def remove_further_pages(pngs: Sequence[Path]) -> None:
    """Remove the pages that a figure had when there were more classes."""
    for first in pngs[:1]:
        for path in first.parent.glob(f"{escape(first.stem)}-*.png"):
            number = path.stem.removeprefix(f"{first.stem}-")
            if number.isdecimal() and int(number) > len(pngs):
                path.unlink(missing_ok=True)
