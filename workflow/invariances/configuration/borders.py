"""Which transforms are swept under which other borders, and how far real crops let a picture move."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from invariances.configuration.schema import Config
from invariances.errors import InputError

CROPPED = ("translate_x", "translate_y")
STEPS = 17


def borders(resolved: Mapping[str, Any]) -> dict[str, Config]:
    """For each border asked for, other than the run's own, its transforms' magnitudes by network.

    Returns ``{border: {"models": {model: {"window", "crop"}}, "transforms": {model: {transform:
    magnitudes}}}}``; `crop` is the side to which pictures are prepared and `window` the side that the
    network sees of it, both the network's own where nothing is cut out.

    Raises InputError where real crops are asked for but leave no room to move, or where no transform of
    the run moves anything.
    """
    from invariances.transforms import TRANSFORMS

    found: dict[str, Config] = {}
    moving = [name for name in resolved["transforms"] if TRANSFORMS[name].theta is not None]
    for border in dict.fromkeys(resolved["borders"]):
        if border == resolved["padding"]:
            continue
        names = [name for name in moving if border != "crop" or name in CROPPED]
        if not names:
            which = "translation" if border == "crop" else "geometric transform"
            raise InputError(f"borders: {border!r} needs a {which} among the transforms")
        models, grids = {}, {}
        for model, section in resolved["models"].items():
            side = section["preprocessing"]["crop"]
            margin = _margin(model, section["preprocessing"]) if border == "crop" else 0
            models[model] = {"window": side, "crop": side + 2 * margin}
            grids[model] = {
                name: _within(margin / side)
                if border == "crop"
                else resolved["transforms"][name]["magnitudes"]
                for name in names
            }
        found[border] = {"models": models, "transforms": grids}
    return found


def check_consistency(resolved: Mapping[str, Any]) -> None:
    """That two crops of a picture can differ, where they are to be compared."""
    for model, section in resolved["models"].items() if resolved["consistency"] else ():
        resize, side = section["preprocessing"]["resize"], section["preprocessing"]["crop"]
        if resize - side < 2:
            raise InputError(
                f"consistency: random crops need a larger picture, but models.{model} sees all {resize} "
                f"pixels of the resized picture (crop {side}); make preprocessing.resize larger or set "
                "consistency to 0"
            )


def _margin(model: str, preprocessing: Mapping[str, Any]) -> int:
    """Pixels of the resized picture around the network's crop, on each side.

    Even, so that the larger crop is centred on the same pixel as the network's own.
    """
    room: int = preprocessing["resize"] - preprocessing["crop"]
    if room < 4:
        raise InputError(
            f"borders: 'crop' shifts the network's crop in a larger picture, but models.{model} sees all "
            f"{preprocessing['resize']} pixels of the resized picture (crop {preprocessing['crop']}); "
            "make preprocessing.resize larger or leave 'crop' out"
        )
    return 2 * (room // 4)


def _within(end: float) -> list[float]:
    values = np.linspace(-end, end, STEPS)
    values[STEPS // 2] = 0.0
    return [float(value) for value in values]
