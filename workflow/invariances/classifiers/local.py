"""Weights that are on this machine: a user's file, or those that come with a package."""

from pathlib import Path

from torch import nn

from invariances.classifiers.checkpoints import fit_state, read_state
from invariances.classifiers.packaged import packaged_state
from invariances.names import is_file


def fill(network: nn.Module, name: str, weights: str, key: str | None = None) -> bool:
    """Give a network its weights in place, if they are here; whether they are.

    Parameters
    ----------
    name, weights, key : a model's `network`, `weights` and `weights_key` in a config.

    Raises
    ------
    InputError where they cannot be read, or are not of this network.
    """
    if is_file(weights):
        state = read_state(Path(weights), key)
        fit_state(network, state, f"weights {weights!r}")
    elif weights == "package":
        state = packaged_state(name, network.state_dict())
        fit_state(network, state, f"weights of {name}'s package")
    else:
        return False
    return True
