"""Networks of the embedded default, and a small one. Any ``<module>:<callable>`` is built like these."""

from torch import Tensor, nn


class NarrowAlexNet(nn.Module):
    """AlexNet as torchvision has it (Krizhevsky 2014, one column) with a narrow classifier.

    On small pictures the 4096-wide layers are nine tenths of the weights and add nothing; features,
    kernel sizes and strides are the paper's. Written out here, since importing torchvision takes as
    long as a short job's forward passes.

    Pictures are float [N, 3, H, W], H and W at least 63; logits [N, num_classes].
    """

    def __init__(self, num_classes: int, width: int, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(inplace=True)),
            nn.MaxPool2d(3, stride=2),
            *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(inplace=True)),
            nn.MaxPool2d(3, stride=2),
            *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(inplace=True)),
            *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(inplace=True)),
            *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(inplace=True)),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(256 * 6 * 6, width),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(width, num_classes),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.avgpool(self.features(pictures)).flatten(1))
        return logits


def narrow_alexnet(num_classes: int, width: int = 256, dropout: float = 0.2) -> nn.Module:
    """`NarrowAlexNet` with `width` units in its hidden layer and this part of them dropped."""
    return NarrowAlexNet(num_classes, width, dropout)


def small_cnn(num_classes: int, width: int = 16) -> nn.Module:
    """Three strided convolutions with batch normalisation and a linear layer: trained in half a minute.

    Pictures are float [N, 3, H, W], H and W 32; logits [N, num_classes].
    """
    widths = (3, width, 2 * width, 4 * width)
    layers: list[nn.Module] = []
    for before, after, kernel in zip(widths, widths[1:], (5, 3, 3), strict=False):
        layers.append(nn.Conv2d(before, after, kernel, stride=2, padding=kernel // 2, bias=False))
        layers += [nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * width * 16, num_classes))
