"""A family's volume: metric by Monte Carlo, logarithm by numpy, derivatives by autograd."""

import numpy as np
import pytest
import torch
from conftest import balls
from torch.func import jacrev

from invariances.itn import Architecture, InvariantTransformer, directions
from invariances.itn.directions import name_of, parts
from invariances.itn.families import FAMILIES, Kind, family
from invariances.itn.module import convolve
from invariances.itn.steered import Straight, steered
from invariances.itn.volume import angles, gram, log_sines, log_volume, metric, sizes

PLAIN = Architecture(layers="none")


def places(kind: Kind, count: int) -> np.ndarray:
    """What a kind's matrices act on, drawn evenly: points of the picture or colours, [N, n]."""
    rng = np.random.default_rng(0)
    drawn = rng.uniform(-1, 1, (count, 2)) if kind == "spatial" else rng.uniform(0, 1, (count, 3))
    return np.column_stack([drawn, np.ones(count)])


@pytest.mark.parametrize("kind", ["spatial", "colour"])
def test_metric_is_the_mean_squared_displacement_of_small_transforms(kind: Kind) -> None:
    """exp(t c G) moves points by t (c^T M c)^(1/2): every family, random c, 200,000 points."""
    rng = np.random.default_rng(1)
    points = places(kind, 200_000)
    for chosen in FAMILIES[kind].values():
        generators = torch.tensor(chosen.generators, dtype=torch.float64)
        for _ in range(3):
            c = rng.normal(size=len(generators))
            algebra = torch.einsum("g,gij->ij", torch.from_numpy(c), generators)
            matrix = torch.linalg.matrix_exp(1e-4 * algebra).numpy()
            moved = ((points @ matrix.T - points) ** 2).sum(axis=1).mean() / 1e-8
            assert c @ metric(chosen) @ c == pytest.approx(moved, rel=0.02)


def test_metric_of_kernels_is_the_change_of_pictures() -> None:
    pictures, _ = balls(20, 0)
    chosen = family("convolution", "kernel3")
    found = metric(chosen, pictures)
    rng = np.random.default_rng(2)
    batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    for _ in range(3):
        c = rng.normal(size=8) * 1e-3
        kernel = torch.einsum(
            "g,gij->ij", torch.from_numpy(c), torch.tensor(chosen.generators).double()
        )
        kernel[1, 1] += 1
        # Away from 0 and 255, where the change would be clamped.
        middle = 127 + (batch - 127) / 2
        changed = convolve(middle, kernel.float().expand(20, 3, 3)) - middle
        expected = 4 * 3 * float((changed.double() / 255).square().mean())
        assert c @ found @ c == pytest.approx(expected, rel=1e-3)
    with pytest.raises(ValueError, match="needs pictures"):
        metric(chosen)


def test_log_volume_is_the_product_of_singular_values() -> None:
    rng = np.random.default_rng(3)
    for kind in ("spatial", "colour"):
        for chosen in FAMILIES[kind].values():  # type: ignore[index]
            found = metric(chosen)
            count = min(3, len(chosen.bounds))
            slopes = rng.normal(size=(4, count, len(chosen.bounds)))
            root = np.linalg.cholesky(found)
            by_hand = [np.log(np.linalg.svd(own @ root, compute_uv=False)).sum() for own in slopes]
            value = log_volume(torch.from_numpy(slopes), torch.from_numpy(found))
            assert value.item() == pytest.approx(np.mean(by_hand), rel=1e-6)


def test_volume_is_the_areas_of_the_square_that_generators_span() -> None:
    """A turn by a and a zoom by b are orthogonal fields: a b times two thirds."""
    found = metric(family("spatial", "affine"))
    slopes = np.zeros((1, 2, 6))
    slopes[0, 0, 0], slopes[0, 1, 1] = 0.3, 0.2
    value = log_volume(torch.from_numpy(slopes), torch.from_numpy(found)).item()
    assert np.exp(value) == pytest.approx(0.3 * 0.2 * 2 / 3, rel=1e-6)
    assert sizes(slopes[0], found) == pytest.approx([0.3 * (2 / 3) ** 0.5, 0.2 * (2 / 3) ** 0.5])
    assert angles(slopes[0], found)[0, 1] == pytest.approx(90)
    slopes[0, 1, 0] = 0.2
    assert angles(slopes[0], found)[0, 1] == pytest.approx(45)
    assert gram(torch.from_numpy(slopes), torch.from_numpy(found)).shape == (1, 2, 2)


@pytest.mark.parametrize("layers", ["paper", "none"])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_derivative_is_that_of_the_coordinates(layers: str, dimensions: int) -> None:
    for kind, name in (("spatial", "affine"), ("colour", "full"), ("spatial", "rotation")):
        architecture = Architecture(layers=layers, dimensions=dimensions)  # type: ignore[arg-type]
        torch.manual_seed(4)
        part = steered(family(kind, name), architecture).double()  # type: ignore[arg-type]
        k = torch.rand(5, dimensions, dtype=torch.float64)
        found = part.derivative(k)
        wanted = jacrev(part.coordinates)(k).diagonal(dim1=0, dim2=2).permute(2, 1, 0)
        torch.testing.assert_close(found, wanted)


def test_straight_family_is_straight_in_k_and_inside_its_bounds() -> None:
    for signed in (False, True):
        architecture = Architecture(layers="none", signed=signed)
        part = steered(family("spatial", "affine"), architecture)
        assert isinstance(part, Straight)
        with torch.no_grad():
            part.weight.mul_(1e4)
        k = torch.rand(200, 2) * (2 if signed else 1) - (1 if signed else 0)
        assert part.fraction(k).max() <= 1 + 1e-5
        assert part.fraction(part.corners).max().item() == pytest.approx(1, abs=1e-5)
        torch.testing.assert_close(part.coordinates(k / 2), part.coordinates(k) / 2)
        torch.testing.assert_close(
            part.coordinates(k),
            k[:, :1] * part.derivative(k)[0, 0] + k[:, 1:] * part.derivative(k)[0, 1],
        )


def test_more_components_than_generators_lead_nowhere() -> None:
    part = steered(family("spatial", "rotation"), Architecture(layers="none", dimensions=3))
    k = torch.rand(6, 3)
    moved = k.clone()
    moved[:, 1:] = 0
    assert part.used == 1
    torch.testing.assert_close(part.coordinates(k), part.coordinates(moved))


def test_layers_none_needs_the_exponential_chart() -> None:
    for wrong in (
        Architecture(layers="none", chart="direct"),
        Architecture(layers="none", anchored=False),
    ):
        with pytest.raises(ValueError, match="exponential chart"):
            steered(family("spatial", "affine"), wrong)


# ---- directions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["spatial", "colour"])
def test_each_named_generator_is_all_of_itself(kind: Kind) -> None:
    chosen = family(kind, "affine" if kind == "spatial" else "photographic")
    units = {
        "rotation": 180 / np.pi,
        "hue": 180 / np.pi,
        "translation_x": 0.5,
        "translation_y": 0.5,
    }
    for axis, generator in zip(chosen.axes, chosen.generators, strict=True):
        name = axis.replace("translation", "shift")
        found = parts(kind, 0.2 * np.array(generator))
        assert found[name] == pytest.approx(0.2 * units.get(axis, 1))
        total = sum(value for part, value in found.items() if part.endswith("_fraction"))
        assert total == pytest.approx(1)
        if kind == "spatial":
            assert found[f"{name}_fraction"] == pytest.approx(1)
            assert name_of(kind, found).startswith(f"{name} +")


def test_a_colour_beyond_the_named_ones_is_mixed() -> None:
    red_from_blue = np.zeros((4, 4))
    red_from_blue[0, 2], red_from_blue[1, 2] = 0.3, -0.3
    found = parts("colour", red_from_blue)
    assert found["other_fraction"] > 0.5
    assert name_of("colour", found) == "mixed"
    assert name_of("colour", parts("colour", np.zeros((4, 4)))) == "still"


def test_directions_of_a_family_that_was_set_by_hand() -> None:
    """A turn of 18 degrees and a zoom by e^0.1, told as such; the turn's field is the larger."""
    module = InvariantTransformer(Architecture(colour=None, layers="none"))
    part = module.parts()["spatial"]
    assert isinstance(part, Straight)
    with torch.no_grad():
        part.weight.zero_()
        part.weight[0, 0], part.weight[1, 1] = 0.1, 0.1 / np.log(4)
    table = directions(module, balls(2, 0)[0])
    assert table["name"].tolist() == ["rotation +18.0 degrees", "zoom +0.100"]
    assert table["size"].tolist() == pytest.approx(
        [np.pi / 10 * (2 / 3) ** 0.5, 0.1 * (2 / 3) ** 0.5]
    )
    assert table["pixels"].tolist() == pytest.approx((12 * table["size"]).tolist())
    assert table["angle_degrees"].tolist() == pytest.approx([90, 90])
    assert table["principal_size"].tolist() == pytest.approx(table["size"].tolist())
    assert np.exp(table["log_volume"][0]) == pytest.approx(table["size"].prod(), rel=1e-5)
    part.reorder([1, 0])
    assert directions(module, balls(2, 0)[0])["name"][0] == "zoom +0.100"


@pytest.mark.parametrize("objective", ["gated", "constrained"])
def test_nets_of_every_chart_have_directions(objective: str) -> None:
    from invariances.itn import TrainingSettings

    settings = TrainingSettings(objective, convolution="kernel3")  # type: ignore[arg-type]
    table = directions(InvariantTransformer(settings.architecture, 1), balls(4, 0)[0])
    assert table.groupby("kind").size().to_dict() == {"spatial": 2, "colour": 2, "convolution": 2}
    assert (table["size"] > 0).all()


@pytest.mark.parametrize("degrees", [10.0, 45.0, 90.0])
def test_sines_are_those_between_directions_of_any_size(degrees: float) -> None:
    """In the metric of a plane's axes: two directions of sizes 0.2 and 3, so many degrees apart."""
    turn = np.deg2rad(degrees)
    derivative = torch.tensor([[[0.2, 0.0], [3 * np.cos(turn), 3 * np.sin(turn)]]])
    found = log_sines(derivative, torch.eye(2, dtype=derivative.dtype))
    assert float(found) == pytest.approx(np.log(np.sin(turn)), abs=1e-6)
