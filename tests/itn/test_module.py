"""The net: conventions, charts, bounds, order of the transforms, and its file."""

import math
from pathlib import Path

import pytest
import torch

from invariances.errors import InputError
from invariances.itn import Architecture, InvariantTransformer, load, save
from invariances.itn.families import FAMILIES, Kind, family
from invariances.itn.losses import expected_displacement
from invariances.itn.module import convolve, recolour
from invariances.itn.steered import Steered, matrix_power
from invariances.transforms import TRANSFORMS

PICTURES = torch.rand(3, 3, 12, 12, generator=torch.Generator().manual_seed(0)) * 255


def matrix(kind: Kind, name: str, coordinates: list[float]) -> torch.Tensor:
    """exp(sum c_i G_i) of a family, [1, n, n]."""
    generators = torch.tensor(family(kind, name).generators)
    return torch.linalg.matrix_exp((torch.tensor(coordinates)[:, None, None] * generators).sum(0))[
        None
    ]


@pytest.mark.parametrize(
    ("name", "coordinates", "transform", "magnitude"),
    [
        ("rotation", [math.radians(30)], "rotate", 30.0),
        ("zoom", [math.log(2)], "zoom", 2.0),
        ("scale", [math.log(1.5), 0.0], "scale_x", 1.5),
        ("scale", [0.0, math.log(0.7)], "scale_y", 0.7),
        ("translation", [2 * 0.25, 0.0], "translate_x", 0.25),
        ("translation", [0.0, -2 * 0.1], "translate_y", -0.1),
    ],
)
def test_spatial_generators_are_the_screenings(
    name: str, coordinates: list[float], transform: str, magnitude: float
) -> None:
    theta = TRANSFORMS[transform].theta
    assert theta is not None
    expected = theta(torch.tensor([magnitude]), 12, 12)
    torch.testing.assert_close(matrix("spatial", name, coordinates)[:, :2], expected)


@pytest.mark.parametrize(
    ("name", "coordinate", "transform", "magnitude"),
    [
        ("brightness", 0.2, "brightness", 0.2),
        ("gain", math.log(1.7), "contrast", 1.7),
        ("saturation", math.log(0.4), "grayscale", 0.6),
    ],
)
def test_colour_generators_are_the_screenings(
    name: str, coordinate: float, transform: str, magnitude: float
) -> None:
    changed = recolour(PICTURES, matrix("colour", name, [coordinate]).expand(3, 4, 4))
    expected = TRANSFORMS[transform](PICTURES, torch.full((3,), magnitude))
    torch.testing.assert_close(changed, expected, atol=1e-3, rtol=0)


def test_hue_turns_red_to_green_and_keeps_grey() -> None:
    third = matrix("colour", "hue", [2 * math.pi / 3])[0, :3, :3]
    torch.testing.assert_close(
        third @ torch.tensor([1.0, 0, 0]), torch.tensor([0, 1.0, 0]), atol=1e-6, rtol=0
    )
    torch.testing.assert_close(third @ torch.ones(3), torch.ones(3))


def test_convolution_is_a_cross_correlation_for_each_picture_alone() -> None:
    kernels = torch.zeros(3, 3, 3)
    kernels[0, 1, 1] = 1  # as it is
    kernels[1, 1, 2] = 1  # the right neighbour
    kernels[2] = 1 / 9
    out = convolve(PICTURES, kernels)
    torch.testing.assert_close(out[0], PICTURES[0])
    torch.testing.assert_close(out[1, :, :, :-1], PICTURES[1, :, :, 1:])
    torch.testing.assert_close(
        out[1, :, :, -1], PICTURES[1, :, :, -2]
    )  # mirrored, edge not repeated
    assert out[2, 0, 5, 5].item() == pytest.approx(PICTURES[2, 0, 4:7, 4:7].mean().item(), rel=1e-5)


@pytest.mark.parametrize("name", FAMILIES["convolution"])
def test_kernels_keep_grey_pictures(name: str) -> None:
    module = InvariantTransformer(Architecture(None, None, name), seed=1)
    k = torch.ones(2, 2)
    kernels = module.matrices({"convolution": k})["convolution"]
    torch.testing.assert_close(kernels.sum(dim=(1, 2)), torch.ones(2))
    grey = torch.full((2, 3, 8, 8), 77.0)
    torch.testing.assert_close(module(grey, k, k, k), grey)
    assert expected_displacement("convolution", kernels).min() > 1e-3


def test_k_zero_is_the_identity_bit_for_bit_when_anchored() -> None:
    module = InvariantTransformer(Architecture(convolution="kernel3"), seed=4)
    zero = torch.zeros(3, 2)
    with torch.no_grad():
        assert torch.equal(module(PICTURES, zero, zero, zero), PICTURES)
        assert not torch.equal(module(PICTURES, zero + 1, zero), PICTURES)


def test_k1_steers_space_and_k2_colour() -> None:
    module = InvariantTransformer(seed=4)
    flat = torch.full((1, 3, 12, 12), 90.0)
    flat[:, 0] = 160
    one, zero = torch.ones(1, 2), torch.zeros(1, 2)
    with torch.no_grad():
        spatial, colour = module(flat, one, zero), module(flat, zero, one)
    middle = (0, slice(None), 6, 6)
    torch.testing.assert_close(spatial[middle], flat[middle])
    assert (colour[middle] - flat[middle]).abs().max() > 1
    assert colour[0].std(dim=(1, 2)).max() < 1e-3


def test_colour_comes_first() -> None:
    """What lies outside stays black: it was brought in after the colours were changed."""
    module = InvariantTransformer(Architecture("zoom", "brightness"))
    with torch.no_grad():
        zoom, brighter = (
            matrix("spatial", "zoom", [math.log(2)]),
            matrix("colour", "brightness", [0.5]),
        )
        matrices = {"spatial": zoom.expand(3, 3, 3), "colour": brighter.expand(3, 4, 4)}
        out = module.apply_matrices(PICTURES, matrices)
    assert out[:, :, 0, 0].abs().max() == 0
    assert out[:, :, 5, 5].min() > 100


@pytest.mark.parametrize("kind", ["spatial", "colour", "convolution"])
def test_bounds_hold_whatever_the_weights(kind: Kind) -> None:
    for chosen in FAMILIES[kind].values():
        part = Steered(chosen, Architecture())
        with torch.no_grad():
            part.output.weight.mul_(1e3)
        k = torch.rand(50, 2)
        assert part.fraction(k).max() <= 1 + 1e-5
        assert part.fraction(k).max() > 0.99
        assert (part.coordinates(k).abs() <= part.bounds * (1 + 1e-5)).all()


def test_powers_follow_the_transforms_own_path() -> None:
    k = torch.ones(1, 2)
    for architecture in (Architecture(), Architecture(chart="direct", bounded=False)):
        module = InvariantTransformer(architecture, seed=2)
        for part in module.parts().values():
            half = part(k, 0.5)
            torch.testing.assert_close(half @ half, part(k), atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(part(k, 2.0), part(k) @ part(k), atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(part(k, 0.0)[0], torch.eye(len(half[0])), atol=1e-6, rtol=0)


def test_power_of_a_reflection_is_a_straight_line() -> None:
    mirror = torch.diag(torch.tensor([-1.0, 1.0, 1.0]))[None]
    expected = torch.diag(torch.tensor([0.0, 1.0, 1.0]))[None]
    torch.testing.assert_close(matrix_power(mirror, 0.5), expected)


def test_seed_decides_the_weights_and_leaves_the_callers_random_state() -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    first, again, other = (InvariantTransformer(seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(1), expected)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert not torch.equal(first.spatial.hidden.weight, other.spatial.hidden.weight)


def test_file_brings_back_the_same_net(tmp_path: Path) -> None:
    module = InvariantTransformer(Architecture("similarity", "hue", "kernel5", 8, "edge"), seed=3)
    with torch.no_grad():
        module.spatial.reach.fill_(0.25)
    path = tmp_path / "itn.safetensors"
    save(module, path)
    again = load(path)
    assert again.architecture == module.architecture
    k = torch.rand(3, 2)
    with torch.no_grad():
        assert torch.equal(again(PICTURES, k, k, k), module(PICTURES, k, k, k))
    assert [file.name for file in tmp_path.iterdir()] == ["itn.safetensors"]


def test_the_same_net_is_the_same_file(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.safetensors" for number in range(12)]
    for path in files:
        save(InvariantTransformer(seed=1), path)
    assert len({path.read_bytes() for path in files}) == 1


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x00" * 20)
    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.ones(2)}, other)
    for path in (broken, other):
        with pytest.raises(InputError, match=path.name):
            load(path)


def test_unknown_family_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="rotation"):
        family("spatial", "rotatoin")
