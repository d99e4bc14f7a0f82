"""Networks that are trained several times, each by a seed of its own."""

from collections.abc import Iterator
from typing import NamedTuple

from invariances.configuration.declaration import Config
from invariances.errors import InputError


class Training(NamedTuple):
    """A training beside a model's first: the model's name, and the seed."""

    model: str
    seed: int


def further_trainings(config: Config) -> dict[str, Training]:
    """The trainings beside the first of each model, by the names of their results, ``{model}-seed-{seed}``.

    Raises InputError where a network is not trained here, or where a name is another model's.
    """
    found: dict[str, Training] = {}
    for training in _trainings(config):
        name = f"{training.model}-seed-{training.seed}"
        if name in config.models or name in found:
            raise InputError(
                f"models.{name}: so are called the results of training.seeds of models.{training.model}; "
                "give the model another name"
            )
        found[name] = training
    return found


def _trainings(config: Config) -> Iterator[Training]:
    for name, model in config.models.items():
        seeds = model.training.seeds
        if seeds > 1 and model.weights != "train":
            raise InputError(
                f"models.{name}.training.seeds: {seeds}, but its weights are {model.weights!r}: "
                "only networks with `weights: train` are trained"
            )
        if model.training.augment and model.weights != "train":
            raise InputError(
                f"models.{name}.training.augment: its weights are {model.weights!r}: only networks with "
                "`weights: train` are trained"
            )
        yield from (Training(name, config.seed + number) for number in range(1, seeds))
