"""The losses against values computed by hand, and their gradients."""

from math import exp, log

import pytest
import torch

from invariances.itn.families import FAMILIES
from invariances.itn.losses import (
    deviation,
    displacement,
    expected_displacement,
    gated,
    lagrangian,
    margins,
    risk,
    steered_loss,
    unit_vectors,
    updated_multiplier,
    utility,
    widened,
)
from invariances.itn.module import Architecture, InvariantTransformer, steering

# A zoom out by two with a shift: A - I = [[1, 0, 0.5], [0, 1, 0], [0, 0, 0]].
ZOOM = torch.tensor([[[2.0, 0.0, 0.5], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]]])


def test_displacement_by_hand() -> None:
    vectors = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.6, 0.8], [0.0, 0.0, 1.0]])
    # (1, 0, 0) moves by (1, 0, 0): 1. (0, .6, .8) by (.4, .6, 0): .52. (0, 0, 1) by (.5, 0, 0): .25.
    expected = (1 + 0.52 + 0.25) / 3
    assert displacement("spatial", ZOOM, vectors).item() == pytest.approx(expected)


def test_expected_displacement_is_the_mean_over_the_sphere() -> None:
    assert expected_displacement("spatial", ZOOM).item() == pytest.approx(2.25 / 3)
    vectors = unit_vectors(200_000, 3, torch.Generator().manual_seed(0))
    assert displacement("spatial", ZOOM, vectors).item() == pytest.approx(0.75, rel=0.01)


def test_unit_vectors_have_length_one_and_no_preferred_direction() -> None:
    vectors = unit_vectors(50_000, 4, torch.Generator().manual_seed(1))
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(50_000))
    torch.testing.assert_close(vectors.T @ vectors / 50_000, torch.eye(4) / 4, atol=0.01, rtol=0)


def test_kernel_moves_by_its_deviation_from_the_identity_kernel() -> None:
    kernel = torch.full((1, 3, 3), 1 / 9)
    assert deviation("convolution", kernel).shape == (1, 1, 9)
    # Eight taps of 1/9 and a centre of 1/9 - 1, over nine dimensions.
    expected = (8 / 81 + (8 / 9) ** 2) / 9
    assert expected_displacement("convolution", kernel).item() == pytest.approx(expected)


def test_steered_loss_weighs_by_the_sum_of_k() -> None:
    matrices = torch.cat([ZOOM, torch.eye(3)[None], ZOOM])
    k = torch.tensor([[1.0, 0.5], [1.0, 1.0], [0.0, 0.0]])
    vectors = torch.tensor([[1.0, 0.0, 0.0]])
    # Displacements 1, 0, 1 with weights 1.5, 2, 0.
    assert steered_loss("spatial", k, matrices, vectors).item() == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("accuracy", "expected", "branch"),
    [(0.79, 0.7, "classifier"), (0.8, -33.0, "transform"), (0.9, -33.0, "transform")],
)
def test_gate_is_the_papers(accuracy: float, expected: float, branch: str) -> None:
    losses = {"spatial": torch.tensor(-3.0), "colour": torch.tensor(-3.0)}
    loss, taken = gated(torch.tensor(0.7), accuracy, 0.8, losses, {"colour": 10.0})
    assert (loss.item(), taken) == (pytest.approx(expected), branch)


def test_margins_and_risk_by_hand() -> None:
    logits = torch.tensor([[3.0, 1.0, 0.0], [0.0, 0.4, 0.1], [2.0, 5.0, 1.0]])
    labels = torch.tensor([0, 1, 0])
    torch.testing.assert_close(margins(logits, labels), torch.tensor([2.0, 0.3, -3.0]))
    # Short of a lead of one by 0, 0.7 and 4; the third picture never was right.
    counted = torch.tensor([True, True, False])
    assert risk(logits, labels, counted, 1.0).item() == pytest.approx(0.35)
    assert risk(logits, labels, torch.tensor([True] * 3), 1.0).item() == pytest.approx(4.7 / 3)
    assert risk(logits, labels, torch.tensor([False] * 3), 1.0).item() == 0


def test_utility_and_lagrangian_by_hand() -> None:
    k = torch.tensor([[1.0, 1.0], [0.5, 0.0]])
    value = utility("spatial", k, ZOOM.expand(2, 3, 3))
    assert value.item() == pytest.approx((2 + 0.5) * log(0.75) / 2, rel=1e-5)
    total = lagrangian(
        {"spatial": torch.tensor(2.0), "colour": torch.tensor(3.0)},
        *(torch.tensor(0.5), 4.0, {"spatial": 1.0, "colour": 0.5}),
    )
    assert total.item() == pytest.approx(-2 - 1.5 + 2)


def test_multiplier_rises_with_violation_and_falls_without() -> None:
    limits = (0.1, 10.0)
    assert updated_multiplier(1, 0.02, 0.01, 0.1, limits) == pytest.approx(exp(0.1))
    assert updated_multiplier(1, 0.01, 0.01, 0.1, limits) == pytest.approx(1)
    assert updated_multiplier(1, -0.5, 0.01, 0.1, limits) == pytest.approx(exp(-0.1))
    assert updated_multiplier(1, 0.5, 0.01, 0.1, limits) == pytest.approx(exp(0.3))
    assert updated_multiplier(9.9, 0.5, 0.01, 0.1, limits) == 10
    assert updated_multiplier(0.1, 0.0, 0.01, 0.1, limits) == 0.1


def test_reach_grows_without_risk_falls_with_it_and_ends_at_one() -> None:
    assert widened(0.1, -2.0, 2.0, 0.05, 1.0) == pytest.approx(0.1 * exp(0.05))
    assert widened(0.1, 0.0, 2.0, 0.05, 1.0) == pytest.approx(0.1)
    assert widened(0.1, 50.0, 2.0, 0.05, 1.0) == pytest.approx(0.1 * exp(-0.05))
    assert widened(0.99, -2.0, 2.0, 0.05, 1.0) == 1
    # Towards the end it grows more slowly, but falls no more slowly.
    assert widened(0.1, -2.0, 2.0, 0.05, 0.1) == pytest.approx(0.1 * exp(0.005))
    assert widened(0.1, 1.0, 2.0, 0.05, 0.1) == pytest.approx(0.1 * exp(-0.025))


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in FAMILIES.items() for name in names]
)
@pytest.mark.parametrize("chart", ["exponential", "direct"])
def test_gradients_of_the_losses(kind: str, name: str, chart: str) -> None:
    """From the objective back to the layers' weights, for each family: gradcheck in float64."""
    names = dict.fromkeys(("spatial", "colour", "convolution")) | {kind: name}
    architecture = Architecture(**names, hidden=3, chart=chart)  # type: ignore[arg-type]
    module = InvariantTransformer(architecture, seed=3).double()
    part = getattr(module, kind)
    generator = torch.Generator().manual_seed(5)
    k = torch.rand(2, 2, generator=generator).double() + 0.1
    side = part.family.dimension
    vectors = unit_vectors(5, side**2 if kind == "convolution" else side, generator).double()

    def objective(*weights: torch.Tensor) -> torch.Tensor:
        named = dict(zip(dict(part.named_parameters()), weights, strict=True))
        matrices = torch.func.functional_call(part, named, (k,))
        return steered_loss(kind, k, matrices, vectors) - utility(kind, k, matrices)  # type: ignore[arg-type]

    assert torch.autograd.gradcheck(objective, tuple(part.parameters()))


def test_gradient_through_the_whole_net_to_its_weights() -> None:
    """Colour, convolution and warp; away from clamps and from the kinks of bilinear sampling."""
    architecture = Architecture(convolution="kernel3", hidden=3)
    module = InvariantTransformer(architecture, seed=2).double()
    generator = torch.Generator().manual_seed(0)
    pictures = (100 + 40 * torch.rand(2, 3, 5, 5, generator=generator)).double()
    k = [torch.rand(2, 2, generator=generator).double() for _ in range(3)]
    with torch.no_grad():
        for part in module.parts().values():
            part.reach.fill_(0.05)
    labels, counted = torch.tensor([0, 1]), torch.tensor([True, True])
    weights = dict(module.named_parameters())

    def objective(*values: torch.Tensor) -> torch.Tensor:
        out = torch.func.functional_call(
            module, dict(zip(weights, values, strict=True)), (pictures, *k)
        )
        logits = out[:, :, 1:4, 1:4].mean(dim=(2, 3)) / 50
        return risk(logits, labels, counted, 3.0)

    assert torch.autograd.gradcheck(objective, tuple(weights.values()), eps=1e-7, atol=1e-4)


def test_identity_is_a_stationary_point_of_the_papers_loss() -> None:
    matrix = torch.eye(3)[None].clone().requires_grad_()
    vectors = unit_vectors(8, 3, torch.Generator().manual_seed(0))
    (gradient,) = torch.autograd.grad(
        steered_loss("spatial", torch.ones(1, 2), matrix, vectors), matrix
    )
    assert not gradient.any()
    # Hence a net starts near it, not on it.
    net = InvariantTransformer(Architecture(chart="direct", bounded=False, anchored=False))
    start = net.matrices(steering(torch.ones(1, 2), torch.ones(1, 2)))
    for kind, value in start.items():
        assert 0 < expected_displacement(kind, value).item() < 0.01
