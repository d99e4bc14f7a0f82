"""Figure 5: pictures as the Invariant Transformer Net transforms them, in sets of four.

Each set is one choice of k1 (columns) and k2 (rows). A picture on which the classifier is wrong is
framed, and what it says is written into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from invariances.errors import InputError
from invariances.tables import read_arrays

from .itn_kinds import COMPONENTS, STEERED_BY, Component, place
from .labels import shortened, spaced, text_width
from .registry import figure
from .style import DOUBLE_COLUMN, NORMAL, POINTS_PER_MM, SMALL, TITLE, Page, applied

ARRAYS = ("classes", "kinds", "k", "pictures", "prediction", "right", "measures", "values")
WRONG = "#B2182B"
LEFT, GAP, BETWEEN, CAPTION, HEAD, EDGE = 21.0, 0.5, 2.0, 6.4, 16.5, 1.0  # mm
LARGEST = 16.0  # mm, of a picture
BLOCK = 3.0  # mm between the two blocks of a net with three transforms


@dataclass(frozen=True)
class Gallery:
    """What `invariances.itn.gallery` makes; shapes and meanings are described there."""

    classes: list[str]
    kinds: list[str]
    k: npt.NDArray[np.float64]
    pictures: npt.NDArray[np.uint8]
    prediction: npt.NDArray[np.str_]
    right: npt.NDArray[np.bool_]
    measures: list[str]
    measured: npt.NDArray[np.float64]

    @property
    def still(self) -> tuple[float, ...]:
        """The k that leaves the picture as it is."""
        return tuple([0.0] * self.k.shape[2])

    def places(self, kind: str) -> list[tuple[float, ...]]:
        """Return the k at which a transform is shown, in order."""
        rows = self.k[1:, self.kinds.index(kind)]
        return list(dict.fromkeys(tuple(map(float, row)) for row in rows))

    def at(self, **k: tuple[float, ...]) -> int:
        """Return the first instance with these k; transforms not named are at 0."""
        wanted = np.array([k.get(kind, self.still) for kind in self.kinds])
        found = np.flatnonzero((self.k == wanted).all(axis=(1, 2)))
        if not len(found):
            raise InputError(f"the gallery holds no pictures at {k}")
        return int(found[0])

    def summary(self, kind: str, instance: int, most: int = 2) -> list[str]:
        """Return in words what one transform does in an instance: its largest parts."""
        parts = []
        for component in COMPONENTS:
            if component.kind != kind or component.column not in self.measures:
                continue
            value = float(self.measured[instance, self.measures.index(component.column)])
            if not np.isfinite(value):
                continue
            size = abs(float(component.change([value])[0])) / component.noticed
            if size >= 1:
                parts.append((size, _words(component, value)))
        # The zoom is the mean of the two scales: where it is told they need not be.
        parts.sort(key=lambda part: -part[0])
        if any(text.startswith("zoom") for _, text in parts):
            parts = [part for part in parts if " scale " not in part[1]]
        return [text for _, text in parts[:most]]


def _words(component: Component, value: float) -> str:
    """Return what one part does, as in "zoom in 1.08" (whose factor is 1 / 1.08)."""
    if component.column == "zoom" and value > 0:
        way, factor = ("out", value) if value > 1 else ("in", 1 / value)
        return f"zoom {way} {component.text(factor)}"
    return f"{component.label} {component.text(value)}"


def read_gallery(path: Path) -> Gallery:
    """Read a gallery; raises InputError naming the file if it is none."""
    if not path.is_file():
        raise InputError(f"{path}: no such gallery")
    arrays = read_arrays(path)
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        raise InputError(f"{path}: lacks the arrays {', '.join(missing)}")
    return Gallery(
        classes=[str(name) for name in arrays["classes"]],
        kinds=[str(kind) for kind in arrays["kinds"]],
        k=np.asarray(arrays["k"], dtype=float),
        pictures=arrays["pictures"],
        prediction=arrays["prediction"],
        right=np.asarray(arrays["right"], dtype=bool),
        measures=[str(name) for name in arrays["measures"]],
        measured=np.asarray(arrays["values"], dtype=float),
    )


@figure(
    "itn/{model}/gallery",
    reads={"gallery": "itn/{model}/gallery.npz"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "5: gallery"},
    kind="itn",
    cases="learners",
)
def itn_gallery(gallery: Sequence[Path], model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Pictures as the net before **{model}** transforms them (the paper's figure 5): one set for
    each k1 (columns) and k2 (rows), with what the learned matrices do in words. Framed pictures are
    those on which the classifier is wrong, with its prediction.
    """
    return draw_gallery(read_gallery(gallery[0]), model, width=width)


def draw_gallery(gallery: Gallery, model: str, *, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the gallery: a set of pictures for each k1 and k2 (a further transform below, alone)."""
    across, *rest = gallery.kinds
    places = gallery.places(across)
    down = gallery.places(rest[0]) if rest else [gallery.still]
    others = rest[1:]
    columns = 2 if len(gallery.classes) > 1 else 1
    lines = -(-len(gallery.classes) // columns)
    room = (width - LEFT - EDGE - (len(places) - 1) * BETWEEN) / len(places)
    side = min((room - (columns - 1) * GAP) / columns, LARGEST)
    pitch = columns * side + (columns - 1) * GAP + BETWEEN
    rise = lines * side + (lines - 1) * GAP + BETWEEN
    most = max([len(places), *(len(gallery.places(kind)) for kind in others)])
    width = max(LEFT + most * pitch + EDGE, 2.6 * LARGEST + LEFT)
    body = CAPTION + len(down) * rise
    block = BLOCK + CAPTION + rise
    with applied():
        page = Page(width, HEAD + body + len(others) * block)
        canvas = _canvas(page)
        _header(page, canvas, gallery, model)
        for column, k in enumerate(places):
            left = LEFT + column * pitch
            _above(page, gallery, across, k, left, HEAD, pitch - BETWEEN)
            for row, second in enumerate(down):
                own = {across: k} | ({rest[0]: second} if rest else {})
                top = HEAD + CAPTION + row * rise
                _set(canvas, gallery, gallery.at(**own), left, top, side, columns)
        for row, second in enumerate(down if rest else []):
            _beside(page, gallery, rest[0], second, HEAD + CAPTION + row * rise, rise - BETWEEN)
        for index, kind in enumerate(others):
            top = HEAD + body + index * block + BLOCK - BETWEEN
            for column, k in enumerate(gallery.places(kind)):
                left = LEFT + column * pitch
                _above(page, gallery, kind, k, left, top, pitch - BETWEEN)
                instance = gallery.at(**{kind: k})
                _set(canvas, gallery, instance, left, top + CAPTION, side, columns)
    return page.figure


def _canvas(page: Page) -> Axes:
    """Return axes over the whole page, in mm from its top left corner: quicker than axes a picture."""
    axes = page.axes(0.0, 0.0, page.width, page.height)
    axes.set_xlim(0.0, page.width)
    axes.set_ylim(page.height, 0.0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_axis_off()
    return axes


def _header(page: Page, canvas: Axes, gallery: Gallery, model: str) -> None:
    """Write the title and show the untransformed pictures with their classes."""
    size, side = TITLE + 1, 10.0
    title = f"{spaced(model)}: pictures under the learned transforms"
    text = shortened(title, page.width - 1, size, "bold")
    page.text(0.5, 0.8, text, fontsize=size, weight="bold")
    page.text(0.5, 5.2 + side / 2, "untransformed", va="center", fontsize=SMALL)
    room = (page.width - LEFT) / len(gallery.classes) - side - 2.0
    for index, name in enumerate(gallery.classes):
        left = LEFT + index * (side + 2.0 + min(room, 24.0))
        _picture(canvas, gallery, 0, index, (left, 5.2, side))
        label = shortened(spaced(name), min(room, 24.0) - 0.5, SMALL)
        page.text(left + side + 0.8, 5.2 + side / 2, label, va="center", fontsize=SMALL)
    note = "framed: the classifier is wrong, and says what is written"
    taken = text_width(text, size, "bold") + text_width(note, SMALL)
    if not gallery.right.all() and taken < page.width - 4.0:
        page.text(page.width - EDGE, 1.2, note, ha="right", fontsize=SMALL, color=WRONG)


def _above(
    page: Page,
    gallery: Gallery,
    kind: str,
    k: tuple[float, ...],
    left: float,
    top: float,
    width: float,
) -> None:
    """Write a column's k, and what it does."""
    page.text(left, top, f"{STEERED_BY[kind]} = {place(k)}", fontsize=NORMAL, weight="bold")
    parts = gallery.summary(kind, gallery.at(**{kind: k})) or ["unchanged"]
    does = ", ".join(parts)
    if text_width(does, SMALL) > width + 1.0:
        does = parts[0]
    page.text(left, top + 2.9, shortened(does, width + 1.0, SMALL), fontsize=SMALL)


def _beside(
    page: Page, gallery: Gallery, kind: str, k: tuple[float, ...], top: float, height: float
) -> None:
    """Write a row's k, and what it does, to its left."""
    lines = [f"{STEERED_BY[kind]} =", place(k)]
    page.text(0.5, top + 0.5, "\n".join(lines), fontsize=NORMAL, weight="bold", linespacing=1.1)
    does = gallery.summary(kind, gallery.at(**{kind: k}), most=3) or ["unchanged"]
    fitting = int((height - 7.0) / 2.5)
    shown = "\n".join(shortened(text, LEFT - 1.0, SMALL) for text in does[:fitting])
    page.text(0.5, top + 7.0, shown, fontsize=SMALL, linespacing=1.1)


def _set(
    canvas: Axes,
    gallery: Gallery,
    instance: int,
    left: float,
    top: float,
    side: float,
    columns: int,
) -> None:
    """Draw one parameter instance: its pictures, two beside each other."""
    for index in range(len(gallery.classes)):
        row, column = divmod(index, columns)
        place = left + column * (side + GAP), top + row * (side + GAP), side
        _picture(canvas, gallery, instance, index, place)


def _picture(
    canvas: Axes, gallery: Gallery, instance: int, index: int, place: tuple[float, float, float]
) -> None:
    """Draw one picture at (left, top) with its side, all in mm."""
    left, top, side = place
    picture = gallery.pictures[instance, index]
    blocks = max(picture.shape[:2]) < 32
    canvas.imshow(
        picture,
        extent=(left, left + side, top + side, top),
        aspect="auto",
        interpolation="none" if blocks else "bilinear",
        gid=f"picture:{instance}:{index}",
    )
    if gallery.right[instance, index]:
        return
    size = SMALL - 1.0
    says = shortened(spaced(str(gallery.prediction[instance, index])), side - 0.8, size)
    height = 1.35 * size / POINTS_PER_MM
    bottom = top + side
    band = Rectangle((left, bottom - height), side, height, fc="white", ec="none", alpha=0.88)
    canvas.add_patch(band)
    frame = Rectangle((left, top), side, side, fill=False, ec=WRONG, lw=1.2, gid="wrong")
    canvas.add_patch(frame)
    middle = left + side / 2, bottom - height / 2
    canvas.text(*middle, says, ha="center", va="center", fontsize=size, color=WRONG)
