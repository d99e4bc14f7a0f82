"""Circular translation: what leaves the picture on one side comes in on the other.

Nothing is made up at the border and nothing is lost. A network of circular convolutions with a stride of 1
and a global pooling cannot tell whole-pixel shifts apart: a truth to test against.
"""

from torch import Tensor

from invariances.transforms.geometry import translate_x, translate_y
from invariances.transforms.registry import geometric, linear


@geometric(
    label="horizontal circular translation",
    unit="fraction of the width",
    identity=0.0,
    grid=linear(-0.5, 0.5, 17),
    axis="linear",
    border="circular",
)
def circular_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I((x - v W) modulo W, y): v > 0 moves the content to the right, v and v + 1 alike."""
    return translate_x(magnitudes, height, width)


@geometric(
    label="vertical circular translation",
    unit="fraction of the height",
    identity=0.0,
    grid=linear(-0.5, 0.5, 17),
    axis="linear",
    border="circular",
)
def circular_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x, (y - v H) modulo H): v > 0 moves the content down, v and v + 1 alike."""
    return translate_y(magnitudes, height, width)
