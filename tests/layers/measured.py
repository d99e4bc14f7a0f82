"""Networks measured as the script measures them, on pictures that are made here."""

import numpy as np
import torch
from torch import nn

from invariances.classifiers import Classifier
from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.layers.choice import chosen
from invariances.layers.fields import rasters
from invariances.layers.measuring import Found, measure
from invariances.transforms import Setting, find

SIDE = 16


def some_pictures(count: int = 6, side: int = SIDE, seed: int = 0) -> Pictures:
    """Smooth and rough pictures of two classes."""
    generator = np.random.default_rng(seed)
    pixels = generator.integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    pixels[::2] = pixels[::2, :1, :1] // 2 + pixels[::2] // 4
    names = np.array([f"picture {place}" for place in range(count)])
    classes, half = np.array(["zero", "one"]), np.arange(count) % 2
    return Pictures(pixels, names, classes, np.array([0, 1]), half)


def classifier_of(network: nn.Module) -> Classifier:
    """A network whose pictures are in [0, 1], neither shifted nor in another order of memory."""
    return Classifier(network, (0, 0, 0), (1, 1, 1), channels_last=False).freeze()


def layers_under(
    network: nn.Module,
    name: str,
    magnitudes: tuple[float, ...],
    pictures: Pictures | None = None,
    *,
    wanted: list[str] | None = None,
    batch_size: int = 7,
    most: int | None = None,
    **setting: object,
) -> Found:
    """Its layers, as `chosen` finds them, under a transform at these magnitudes."""
    pictures = pictures or some_pictures()
    classifier = classifier_of(network)
    transform = find(name)
    shown = torch.from_numpy(pictures.pixels[:2]).permute(0, 3, 1, 2) / 255
    layers = chosen(classifier.network, shown, wanted)
    places = rasters(classifier, layers, pictures.pixels.shape[1])
    responder = Responder(classifier, transform, Setting(**setting), batch_size=batch_size)
    axis = transform.on(magnitudes)
    return measure(responder, pictures, axis, layers, places, transform, most)


class Convolution(nn.Module):
    """A circularly padded convolution of stride 1."""

    def __init__(self, given: int, channels: int, seed: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(given, channels, 3, padding=1, padding_mode="circular")
        generator = torch.Generator().manual_seed(seed)
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.3, generator=generator)

    def forward(self, pictures):
        return self.inner(pictures)


def circular_network() -> nn.Module:
    """Two circular convolutions, a global pool and a head."""
    head = nn.Linear(8, 2)
    nn.init.normal_(head.weight, generator=torch.Generator().manual_seed(3))
    nn.init.zeros_(head.bias)
    return nn.Sequential(
        *(Convolution(3, 6, 1), nn.ReLU(), Convolution(6, 8, 2), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), head),
    )
