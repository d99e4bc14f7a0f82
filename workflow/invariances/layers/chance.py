"""The same network of random weights: what of an invariance is the architecture's, before any training."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from invariances.classifiers import Classifier, Description, build
from invariances.classifiers.heads import Headed, cut
from invariances.classifiers.networks import give_sizes


def of_random_weights(
    description: Description, pictures: Tensor, seed: int, head: nn.Module | None = None
) -> Classifier:
    """A classifier of the same architecture, options and normalisation, its weights drawn by `seed`.

    As the library or one's own callable draws them. A callable that loads weights itself (``weights:
    own``) has them drawn anew by each layer's own ``reset_parameters``; what no layer draws stays.
    Batch normalisation has the statistics of the pictures given, as it has in training: without them
    a deep network of random weights puts out zeros or infinities.

    Parameters
    ----------
    pictures : untransformed ones, [N, 3, H, W] in [0, 255], on the CPU.
    head : of an encoder the head that was made for it, which stays as it is.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classes = len(description.categories) if description.head is None else None
        network = build(description.network, classes=classes, options=description.options)
        give_sizes(network, pictures.shape[-1], description.network)
        if description.weights == "own":
            redraw(network)
        if description.head is not None:
            assert head is not None
            embedding = cut(network, description.head, description.network)
            network = Headed(embedding, deepcopy(head))
        classifier = Classifier(
            network,
            description.mean,
            description.std,
            description.outputs,
            description.channels_last,
        )
        settle(classifier, pictures)
    return classifier.freeze()


def redraw(network: nn.Module) -> None:
    """Draw the weights of all layers that know how, and begin their statistics anew."""
    for module in network.modules():
        draw: Callable[[], Any] | None = getattr(module, "reset_parameters", None)
        if draw is not None:
            draw()


def settle(classifier: nn.Module, pictures: Tensor) -> None:
    """Give batch normalisation the statistics of these pictures; all else is in evaluation mode."""
    classifier.eval()
    norms = [module for module in classifier.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean of all batches: of one, that batch's
        norm.train()
    with torch.no_grad():
        classifier(pictures)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
