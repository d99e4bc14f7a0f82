"""Phantoms: pictures rendered from known geometry, whose invariances are therefore known.

As a physical phantom does for a scanner, they give the measurement something to be checked against:
`render` makes a picture of a class, `truth` says what an ideal observer sees in it after each of the
transforms of the paper's section III.C, and some beyond. Everything that does not define a class is drawn
alike for all classes.

>>> render("orange", 0, seed=0, size=64).shape
(64, 64, 3)
>>> truth("orange", "rotate")
(Expectation(low=-180.0, high=180.0, becomes='orange'),)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from invariances.phantoms import beyond, bodies, geometry, objects, patterns
from invariances.phantoms.expectation import GEOMETRIC, REFERENCE_SIZE, TRANSFORMS, Expectation
from invariances.phantoms.scene import Array, Layers, Moved, Scene, empty

__all__ = ["CLASSES", "DECLARED", "TRANSFORMS", "Expectation", "layers", "render", "truth"]

OF_OBJECT = {f"object_{name}": name for name in GEOMETRIC}
"""Transforms of the object alone, each with the frame's, which puts it at the same place and size."""

DECLARED = (*TRANSFORMS, *beyond.TRANSFORMS, *geometry.TRANSFORMS, *OF_OBJECT)
"""The transforms of which truth is declared: the paper's, and some beyond."""

_RENDERERS: dict[str, Callable[[Scene, str], Array]] = {
    "orange": bodies.render,
    "lime": bodies.render,
    "golf_ball": bodies.render,
    "smooth_ball": bodies.render,
    "bowling_ball": bodies.render,
    "barbell": objects.render,
    "pinwheel": patterns.pinwheel,
    "vertical_stripes": patterns.stripes,
    "horizontal_stripes": patterns.stripes,
    "broom": objects.render,
    "obelisk": objects.render,
    "volcano": objects.render,
    "sweatshirt": objects.render,
}

CLASSES: tuple[str, ...] = tuple(_RENDERERS)
"""The classes' names, in the order of their labels."""

_TRUTHS = {
    name: own
    | beyond.truth_of(name)
    | geometry.TRUTHS[name]
    # As much is seen of the object, and nothing but its own background beside it.
    | {moved: own[frame] for moved, frame in OF_OBJECT.items() if frame in own}
    for name, own in {**bodies.TRUTHS, **patterns.TRUTHS, **objects.TRUTHS}.items()
}


def render(name: str, index: int, *, seed: int, size: int) -> npt.NDArray[np.uint8]:
    """Render one phantom.

    Parameters
    ----------
    name: one of CLASSES.
    index: which of the class's pictures, 0 or more; every index is another draw of what may vary.
    seed: 0 or more; the same arguments always give the same picture.
    size: width and height in pixels, at least 16. The scene is the same at every size; only the
        grain differs.

    Returns
    -------
    uint8 [size, size, 3], RGB.

    Raises
    ------
    KeyError: there is no such class.
    ValueError: a negative index or seed, or a size under 16.
    """
    return _bytes(_rendered(name, index, seed, size))


def layers(
    name: str, index: int, *, seed: int, size: int, moved: Moved | None = None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """A phantom as ``render`` has it, the same without its object, and how much that covers of each pixel.

    Parameters
    ----------
    name, index, seed, size: as for ``render``.
    moved: draws the object elsewhere over its own background, with its shading and its shadow: maps the
        picture's coordinates, fractions of the width about its centre, y down, to those of the unmoved
        object. The camera's blur and grain stay where they are.

    Returns
    -------
    uint8 [size, size, 3], [size, size, 3] and [size, size], 255 where the object covers all of a pixel.
    Stripes may cover the whole picture.

    Raises
    ------
    KeyError, ValueError: as ``render``.
    """
    found = Layers()
    picture = _rendered(name, index, seed, size, found, moved)
    if found.behind is None or found.covered is None:
        raise RuntimeError(f"the phantom {name!r} was rendered without an object")
    return _bytes(picture), _bytes(found.behind), _bytes(found.covered)


def _bytes(picture: Array) -> npt.NDArray[np.uint8]:
    return np.rint(picture * 255).astype(np.uint8)


def _rendered(
    name: str,
    index: int,
    seed: int,
    size: int,
    found: Layers | None = None,
    moved: Moved | None = None,
) -> Array:
    if name not in _RENDERERS:
        raise KeyError(f"no phantom is called {name!r}; there are {', '.join(CLASSES)}")
    if index < 0 or seed < 0 or size < 16:
        raise ValueError(
            f"index and seed start at 0 and size at 16, not {index}, {seed} and {size}"
        )
    rng = np.random.default_rng([seed, CLASSES.index(name), index])
    return _RENDERERS[name](empty(rng, size, found, moved), name)


def truth(name: str, transform: str, size: int = REFERENCE_SIZE) -> tuple[Expectation, ...]:
    """What an ideal observer sees in a class's transformed pictures.

    Parameters
    ----------
    name: one of CLASSES.
    transform: name of one of DECLARED.
    size: width of the pictures in pixels; it matters to blur, whose magnitude is a length in
        pixels.

    Returns
    -------
    Ranges of magnitude in ascending order that do not overlap. Between them nothing is claimed.

    Raises
    ------
    KeyError: there is no such class or no such transform.
    """
    if name not in _TRUTHS:
        raise KeyError(f"no phantom is called {name!r}; there are {', '.join(CLASSES)}")
    if transform not in DECLARED:
        raise KeyError(f"no transform is called {transform!r}; there are {', '.join(DECLARED)}")
    expectations = _TRUTHS[name].get(transform, ())
    if transform == "blur":
        return tuple(expectation.at_size(size) for expectation in expectations)
    return expectations
