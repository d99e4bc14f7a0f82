"""Which transforms are swept under which other borders, and how far real crops let a picture move."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from invariances.configuration.declaration import Config
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.plan import Border, Network, Preprocessing

CROPPED = ("translate_x", "translate_y")
STEPS = 17


def borders(
    config: Config, screened: Mapping[str, TransformAxis], networks: Mapping[str, Network]
) -> dict[str, dict[str, Border]]:
    """For each border asked for, other than the run's own, what is swept of each network.

    Raises InputError where only the run's own is asked for, where real crops are asked for but leave no
    room to move, or where no transform of the run moves anything.
    """
    check_others("borders", config.borders, "padding", config.padding)
    moving = [transform for transform in screened.values() if transform.geometric]
    found: dict[str, dict[str, Border]] = {}
    for border in config.borders:
        if border == config.padding:
            continue
        shifted = [t for t in moving if border != "crop" or t.name in CROPPED]
        if not shifted:
            which = "translation" if border == "crop" else "geometric transform"
            raise InputError(f"borders: {border!r} needs a {which} among the transforms")
        found[border] = {
            model: _cropped(model, network.preprocessing, shifted)
            if border == "crop"
            else Border(
                window=network.preprocessing.crop,
                side=network.preprocessing.crop,
                transforms={t.name: t for t in shifted},
            )
            for model, network in networks.items()
        }
    return found


def check_others(key: str, asked: Sequence[str], own_key: str, own: str) -> None:
    """Raise InputError where `asked` names nothing but the run's own: nothing would be swept again.

    Beside others the own one is allowed: their table has its rows in any case.
    """
    if asked and set(asked) == {own}:
        raise InputError(
            f"{key}: {own!r} alone is the run's own (`{own_key}`), beside which nothing is swept; name "
            "another, or leave it out"
        )


def _cropped(model: str, preprocessing: Preprocessing, shifted: list[TransformAxis]) -> Border:
    """The network's crop shifted in a larger picture, as far as that reaches."""
    side, margin = preprocessing.crop, _margin(model, preprocessing)
    grid = _within(margin / side)
    return Border(
        window=side,
        side=side + 2 * margin,
        transforms={t.name: replace(t, magnitudes=grid) for t in shifted},
    )


def check_consistency(config: Config, networks: Mapping[str, Network]) -> None:
    """That two crops of a picture can differ, where they are to be compared."""
    for model, network in networks.items() if config.consistency else ():
        resize, side = network.preprocessing.resize, network.preprocessing.crop
        if resize - side < 2:
            raise InputError(
                f"consistency: random crops need a larger picture, but models.{model} sees all {resize} "
                f"pixels of the resized picture (crop {side}); make preprocessing.resize larger or set "
                "consistency to 0"
            )


def _margin(model: str, preprocessing: Preprocessing) -> int:
    """Pixels of the resized picture around the network's crop, on each side.

    Even, so that the larger crop is centred on the same pixel as the network's own.
    """
    room = preprocessing.resize - preprocessing.crop
    if room < 4:
        raise InputError(
            f"borders: 'crop' shifts the network's crop in a larger picture, but models.{model} sees all "
            f"{preprocessing.resize} pixels of the resized picture (crop {preprocessing.crop}); "
            "make preprocessing.resize larger or leave 'crop' out"
        )
    return 2 * (room // 4)


def _within(end: float) -> tuple[float, ...]:
    values = np.linspace(-end, end, STEPS)
    values[STEPS // 2] = 0.0
    return tuple(float(value) for value in values)
