"""The same network of random weights: what of an invariance is the architecture's, before any training."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from invariances.classifiers import Classifier, Description, build
from invariances.classifiers.networks import give_sizes


def of_random_weights(description: Description, side: int, seed: int) -> Classifier:
    """A classifier of the same architecture, options and normalisation, its weights drawn by `seed`.

    As the library or one's own callable draws them. A callable that loads weights itself (``weights:
    own``) has them drawn anew by each layer's own ``reset_parameters``; what no layer draws stays.

    Parameters
    ----------
    side : of pictures in pixels, for layers that find their sizes by the first one.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classes = len(description.categories)
        network = build(description.network, classes=classes, options=description.options)
        give_sizes(network, side, description.network)
        if description.weights == "own":
            redraw(network)
    return Classifier(
        network, description.mean, description.std, description.outputs, description.channels_last
    ).freeze()


def redraw(network: nn.Module) -> None:
    """Draw the weights of all layers that know how, and begin their statistics anew."""
    for module in network.modules():
        draw: Callable[[], Any] | None = getattr(module, "reset_parameters", None)
        if draw is not None:
            draw()
