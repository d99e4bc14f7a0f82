"""How large a network is."""

from torch import nn


def parameter_count(network: nn.Module) -> int:
    """Numbers that training sets, each once where layers share it.

    Statistics of batch normalisation, and what a head holds of pictures or texts, are none.
    """
    return sum(parameter.numel() for parameter in network.parameters())
