"""Networks of the embedded default. Any ``<module>:<callable>`` in a config is built like these."""

from torch import nn
from torchvision import models


def narrow_alexnet(num_classes: int, width: int = 256, dropout: float = 0.2) -> nn.Module:
    """torchvision's AlexNet with a classifier of one hidden layer.

    On small pictures its 4096-wide layers are nine tenths of the weights and add nothing; features,
    kernel sizes and strides are the paper's.
    """
    network: nn.Module = models.alexnet(num_classes=num_classes)
    network.classifier = nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(256 * 6 * 6, width),
        nn.ReLU(inplace=True),
        nn.Dropout(dropout),
        nn.Linear(width, num_classes),
    )
    return network
