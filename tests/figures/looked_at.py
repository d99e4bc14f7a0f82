"""What a reader sees of a figure: texts that overlap or leave the page, artists by their ids."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from invariances.figures import style


def visible_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that is drawn, with its extent in pixels."""
    with style.applied():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        return [
            (text.get_text(), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]


def clashes(figure: Figure) -> list[str]:
    """Texts that overlap another or leave the page."""
    found = []
    texts = visible_texts(figure)
    page = figure.bbox
    for index, (text, box) in enumerate(texts):
        if (
            box.x0 < page.x0 - 0.5
            or box.x1 > page.x1 + 0.5
            or box.y0 < -0.5
            or box.y1 > page.y1 + 0.5
        ):
            found.append(f"{text!r} leaves the page")
        for other, around in texts[index + 1 :]:
            wide = min(box.x1, around.x1) - max(box.x0, around.x0)
            high = min(box.y1, around.y1) - max(box.y0, around.y0)
            if wide > 0.3 and high > 0.3:
                found.append(f"{text!r} overlaps {other!r}")
    return found


def by_gid(axes: Axes, start: str) -> dict[str, Artist]:
    """The artists of axes whose id starts so."""
    return {str(a.get_gid()): a for a in axes.get_children() if str(a.get_gid()).startswith(start)}
