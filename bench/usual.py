"""How the same is usually done: torchvision's functions in a loop, and Captum's linear search."""

from collections.abc import Callable

import numpy as np
import torch
from captum.robust import MinParamPerturbation
from torch import Tensor, nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as tv

from invariances.inference.tensors import as_tensor
from invariances.transforms import TRANSFORMS

BILINEAR = InterpolationMode.BILINEAR
Usual = Callable[[Tensor, float], Tensor]


def moved(pictures: Tensor, *, shift=(0, 0), angle=0.0, scale=1.0) -> Tensor:
    return tv.affine(pictures, angle, list(shift), scale, [0.0, 0.0], BILINEAR)


def stretched(pictures: Tensor, across: float, down: float) -> Tensor:
    """Scaled by two factors about the centre, for which torchvision has its perspective alone."""
    height, width = pictures.shape[-2:]
    x, y = (width - 1) / 2, (height - 1) / 2
    corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    start = [[round(x + a), round(y + b)] for a, b in corners]
    end = [[x + a / across, y + b / down] for a, b in corners]
    return tv.perspective(pictures, start, end, BILINEAR)


def blurred(pictures: Tensor, sigma: float) -> Tensor:
    # A picture can be mirrored once.
    reach = min(int(np.ceil(4 * sigma)), pictures.shape[-1] - 1)
    return tv.gaussian_blur(pictures, [2 * reach + 1] * 2, sigma) if sigma else pictures


def greyed(pictures: Tensor, fraction: float) -> Tensor:
    return torch.lerp(pictures, tv.rgb_to_grayscale(pictures, 3), fraction)


USUAL: dict[str, Usual] = {
    "translate_x": lambda p, v: moved(p, shift=(v * p.shape[-1], 0)),
    "translate_y": lambda p, v: moved(p, shift=(0, v * p.shape[-2])),
    "rotate": lambda p, v: tv.rotate(p, v, BILINEAR),
    "scale_x": lambda p, v: stretched(p, v, 1),
    "scale_y": lambda p, v: stretched(p, 1, v),
    "zoom": lambda p, v: moved(p, scale=1 / v),
    "brightness": lambda p, v: p + 255 * v,
    "contrast": lambda p, v: p * v,
    "grayscale": greyed,
    "blur": blurred,
    "noise": lambda p, v: p + 255 * v * torch.randn_like(p),
}


def one_by_one(classifier: nn.Module, pixels: np.ndarray, name: str, grid: np.ndarray) -> Tensor:
    """Softmax [N, M, K]: each picture at each magnitude, by itself."""
    answers = []
    with torch.inference_mode():
        for picture in as_tensor(pixels):
            for value in grid:
                changed = USUAL[name](picture[None], float(value)).clamp(0, 255)
                answers.append(torch.softmax(classifier(changed), dim=1))
    return torch.cat(answers).reshape(len(pixels), len(grid), -1)


def by_magnitude(classifier: nn.Module, pixels: np.ndarray, name: str, grid: np.ndarray) -> Tensor:
    """Softmax [M, N, K]: all pictures at one magnitude together."""
    pictures = as_tensor(pixels)
    with torch.inference_mode():
        answers = [
            torch.softmax(classifier(USUAL[name](pictures, float(v)).clamp(0, 255)), dim=1)
            for v in grid
        ]
    return torch.stack(answers)


def captum(
    classifier: nn.Module,
    pixels: np.ndarray,
    labels: np.ndarray,
    name: str,
    tolerance: float,
    batch: int,
    device: str = "cpu",
) -> list[float | None]:
    """Each picture's smallest change of mind in each direction, walking from the identity in steps."""
    transform = TRANSFORMS[name]
    low, high = transform.magnitudes[0], transform.magnitudes[-1]
    found = []
    for sign, reach in ((1, high - transform.identity), (-1, transform.identity - low)):
        for picture, label in zip(as_tensor(pixels, device), labels, strict=True) if reach else ():

            def attack(shown: Tensor, distance: float, sign: int = sign) -> Tensor:
                value = torch.tensor([transform.identity + sign * distance], dtype=torch.float64)
                return transform(shown, value)

            metric = MinParamPerturbation(
                classifier,
                attack,
                arg_name="distance",
                arg_min=0.0,
                arg_max=reach,
                arg_step=tolerance * (high - low),
                mode="linear",
            )
            with torch.inference_mode():
                _, distance = metric.evaluate(
                    picture[None], target=int(label), perturbations_per_eval=batch
                )
            found.append(distance)
    return found
