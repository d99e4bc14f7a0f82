"""Which transforms are swept again under which other resamplings."""

from collections.abc import Mapping

from invariances.configuration.borders import check_others
from invariances.configuration.declaration import Config
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis


def resamplings(
    config: Config, screened: Mapping[str, TransformAxis]
) -> dict[str, tuple[str, ...]]:
    """For each resampling asked for, other than the run's own, the names of the transforms that it changes.

    Raises InputError where only the run's own is asked for, or no transform of the run moves anything.
    """
    check_others("resamplings", config.resamplings, "resampling", config.resampling)
    moving = tuple(name for name, transform in screened.items() if transform.geometric)
    if config.resamplings and not moving:
        raise InputError(
            f"resamplings: {config.resamplings[0]!r} needs a geometric transform among the transforms"
        )
    return {each: moving for each in config.resamplings if each != config.resampling}
