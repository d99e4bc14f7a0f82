"""Two networks' profiles over their layers, beside each other: a pair of panels a transform."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import draw_key, key_height
from .labels import page_title, shortened, spaced, text_width
from .layer_profiles import NAMES, draw_profile, draw_ticks, profile_signs
from .registry import figure
from .responses import known, present
from .style import DOUBLE_COLUMN, NORMAL, SMALL, Page, applied

PAIRS = 2  # transforms in a line
LEFT, RIGHT, GUTTER, BETWEEN_PAIRS = 9.0, 2.0, 2.0, 6.0  # mm
HEADING, NETWORK, TALL, BETWEEN = 3.6, 3.4, 26.0, 3.0  # mm


@figure(
    "layers/{first}+{second}",
    reads={"scores": "layer_scores.csv"},
    category="Layers",
    labels={"network": "{first}", "other": "{second}", "figure": "profiles"},
    kind="layers",
    cases="layer_pairs",
)
def layer_pairs(
    scores: pd.DataFrame,
    first: str,
    second: str,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Layers of **{first}** and of **{second}** from the first to the last, beside each other, a pair of
    panels a transform: invariance and equivariance, each the mean over the transform's range, of the
    trained network and (dashed, open) of the same network of random weights, with 95 % intervals over
    pictures. 1: the same; 0: as different as another picture. Only layers with a map of places have an
    equivariance.
    """
    for model in (first, second):
        known("model in the layers", model, present(scores, "model"))
    rows = [scores[scores["model"] == model] for model in (first, second)]
    names = [list(dict.fromkeys(own.sort_values("depth")["layer"])) for own in rows]
    shown = [name for name in transforms if all(name in set(own["transform"]) for own in rows)]
    signs = profile_signs()
    panel = (width - LEFT - RIGHT - PAIRS * GUTTER - (PAIRS - 1) * BETWEEN_PAIRS) / (2 * PAIRS)
    pair = 2 * panel + GUTTER
    count = min(PAIRS, len(shown))
    total = LEFT + RIGHT + count * pair + (count - 1) * BETWEEN_PAIRS
    top = 6.0 + key_height(signs, total) + 1.5
    height = HEADING + NETWORK + TALL + BETWEEN
    labels = [shortened(name, NAMES - 3.0, SMALL) for own in names for name in own]
    with applied():
        below = 3.0 + max(text_width(label, SMALL) for label in labels)
        page = Page(total, top - (-len(shown) // count) * height + below)
        page_title(page, f"{spaced(first)} and {spaced(second)}, layer by layer")
        draw_key(page, 1.2, 6.0, signs)
        for number, transform in enumerate(shown):
            line, column = divmod(number, count)
            left, start = LEFT + column * (pair + BETWEEN_PAIRS), top + line * height
            heading = shortened(transforms[transform].heading, pair, NORMAL)
            page.text(left, start, heading, fontsize=NORMAL, weight="bold")
            for place, model in enumerate((first, second)):
                at = left + place * (panel + GUTTER)
                text = shortened(spaced(model), panel, SMALL)
                page.text(at, start + HEADING, text, fontsize=SMALL, color="#555555")
                axes = page.axes(at, start + HEADING + NETWORK, panel, TALL)
                own = rows[place]
                draw_profile(axes, own[own["transform"] == transform], names[place])
                last = number + count >= len(shown)
                draw_ticks(axes, names[place], first=column == place == 0, last=last)
    return page.figure
