"""Layers of which it is known how invariant and how equivariant they are."""

import numpy as np
import pytest
import timm
import torch
from measured import SIDE, circular_network, layers_under, some_pictures
from torch import nn
from torchvision import models

from invariances.inference import Pictures
from invariances.layers.table import similarity
from invariances.transforms import Setting, find

SHIFTS = tuple(shift / SIDE for shift in (-8, -3, 0, 1, 5))


def by_name(found):
    return {measured.layer.name: measured for measured in found.layers}


def invariance(measured):
    """By the Euclidean distance, at each magnitude."""
    given = measured.distances
    even = np.full((1, len(given.own[0])), 1 / len(given.own[0]))
    return similarity(even, given.own[0], given.strangers[0][:, None])[0]


def equivariance(measured):
    given = measured.distances
    even = np.full((1, len(given.own[0])), 1 / len(given.own[0]))
    return similarity(even, given.moved[0], given.moved_strangers[0])[0]


def test_a_circular_convolution_moves_with_the_picture_and_a_global_pool_does_not_at_all():
    names = ["1", "3", "4", "6"]
    found = by_name(layers_under(circular_network(), "circular_x", SHIFTS, wanted=names))
    for name in ("1", "3"):
        assert equivariance(found[name]) == pytest.approx(np.ones(5), abs=1e-6)
        assert (invariance(found[name])[[0, 1, 3, 4]] < 0.9).all()
        assert (found[name].distances.shown == 1).all()
    for name in ("4", "6"):
        assert invariance(found[name]) == pytest.approx(np.ones(5), abs=1e-4)
        assert found[name].raster is None
        assert np.isnan(found[name].distances.moved).all()


class Flip(nn.Module):
    def forward(self, maps):
        return maps.flip(-1)


def test_a_mirrored_map_moves_with_the_picture_as_its_units_stand():
    network = nn.Sequential(circular_network()[:2], Flip(), circular_network()[4:])
    network[2][-1] = nn.Linear(6, 2)
    found = by_name(layers_under(network, "circular_x", SHIFTS, wanted=["0.1", "1"]))
    for name in ("0.1", "1"):
        assert equivariance(found[name]) == pytest.approx(np.ones(5), abs=1e-6)
    assert found["0.1"].raster.step[0] == 1
    assert found["1"].raster.step[0] == -1
    assert found["1"].raster.first == (SIDE - 1, 0)


class EachTurn(nn.Module):
    """A network for each of the four quarter turns of a picture, [N, 4, ...] at once."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, turns):
        return self.inner(turns.flatten(0, 1)).unflatten(0, (-1, 4))


class Averaged(nn.Module):
    """The mean of a network's answers over the four quarter turns of the picture."""

    def __init__(self):
        super().__init__()
        self.first = EachTurn(nn.Sequential(nn.Conv2d(3, 6, 5, stride=2), nn.ReLU()))
        self.second = EachTurn(nn.Sequential(nn.Conv2d(6, 8, 3), nn.ReLU()))
        self.third = EachTurn(nn.Sequential(nn.Flatten(), nn.Linear(8 * 16, 5)))
        self.last = nn.Identity()
        generator = torch.Generator().manual_seed(3)
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.3, generator=generator)

    def forward(self, pictures):
        turns = torch.stack([torch.rot90(pictures, turn, (2, 3)) for turn in range(4)], dim=1)
        return self.last(self.third(self.second(self.first(turns))).mean(dim=1))


def test_a_network_averaged_over_quarter_turns_is_invariant_at_its_end_alone():
    turns = (-180.0, -90.0, 0.0, 40.0, 90.0)
    found = by_name(
        layers_under(Averaged(), "rotate", turns, wanted=["first", "second", "third", "last"])
    )
    quarters = [0, 1, 4]
    assert invariance(found["last"])[quarters] == pytest.approx(np.ones(3), abs=1e-4)
    assert invariance(found["last"])[3] < 0.9
    for name in ("first", "second", "third"):
        assert (invariance(found[name])[quarters] < 0.5).all()


class Same(nn.Module):
    """The picture itself, then two numbers of it."""

    def __init__(self, times=None):
        super().__init__()
        self.same = Times(times)

    def forward(self, pictures):
        return self.same(pictures).mean(dim=(2, 3))[:, :2]


class Times(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.mask = mask

    def forward(self, pictures):
        return pictures * (1.0 if self.mask is None else self.mask)


@pytest.mark.parametrize("name", ["rotate", "brightness", "translate_x"])
def test_the_identity_network_s_curve_is_the_pixels_own(name):
    magnitudes = {"rotate": (-50.0, 0.0, 33.0)}.get(name, (-0.25, 0.0, 0.3))
    pictures = some_pictures(5)
    (found,) = layers_under(Same(), name, magnitudes, pictures, wanted=["same"]).layers
    # In the order of their names' numbers; the stranger of each is the one before.
    pixels = pictures.pixels[np.argsort(pictures.ids)]
    shown = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    for place, magnitude in enumerate(magnitudes):
        changed = find(name)(shown, torch.full((5,), magnitude), Setting())
        own = (changed - shown).double().flatten(1)
        assert found.distances.own[0, :, place] == pytest.approx(
            own.norm(dim=1).numpy() / 255, rel=1e-5, abs=1e-9
        )
        cosine = torch.cosine_similarity(changed.double().flatten(1), shown.double().flatten(1))
        assert found.distances.own[1, :, place] == pytest.approx(1 - cosine.numpy(), abs=1e-6)
    apart = (shown - shown.roll(1, dims=0)).double().flatten(1).norm(dim=1).numpy() / 255
    assert found.distances.strangers[0] == pytest.approx(apart, rel=1e-5)
    if name != "brightness":
        assert equivariance(found) == pytest.approx(
            np.ones(3), abs=2e-3 if name == "rotate" else 1e-5
        )
    else:
        assert found.raster is None


# ---- the derivative at the identity --------------------------------------------------------------


def ramp(slope=4, count=4):
    """Pictures that rise by so many grey levels a pixel to the right, from different levels."""
    levels = (
        slope * np.arange(SIDE)[None, None, :, None] + 10 * np.arange(count)[:, None, None, None]
    )
    pixels = np.broadcast_to(levels, (count, SIDE, SIDE, 3)).astype(np.uint8)
    names = np.array([f"ramp {place}" for place in range(count)])
    return Pictures(pixels, names, np.array(["zero"]), np.array([0]), np.zeros(count, dtype=int))


def test_translating_a_ramp_gives_its_slope():
    """Where black does not come in: on all but the first and the last column."""
    mask = torch.ones(SIDE)
    mask[[0, -1]] = 0
    network = Same(mask)
    (found,) = layers_under(
        network, "translate_x", (-0.5, 0.0, 0.5), ramp(), wanted=["same"]
    ).layers
    # A fraction of the width is SIDE pixels; the brightness falls where the ramp goes right.
    slope = 4 / 255 * SIDE
    inner = 3 * SIDE * (SIDE - 2)
    assert found.distances.change_all == pytest.approx(np.full(4, slope * np.sqrt(inner)), rel=1e-5)


def test_the_lie_derivative_of_a_network_that_is_not_equivariant_has_its_known_value():
    """Of m(x) I(x) it is m dI - d(m I) = -dm I: here dm is 1 a pixel, so that it is the picture."""
    mask = torch.arange(SIDE, dtype=torch.float32)
    even = np.full((4, SIDE, SIDE, 3), 0, np.uint8)
    even += np.array([50, 100, 150, 200], np.uint8)[:, None, None, None]
    pictures = ramp()
    pictures = Pictures(
        even, pictures.names, pictures.classes, pictures.labels, pictures.class_index
    )
    for name, network, known in (
        ("masked", Same(mask), 1.0),
        ("itself", Same(), 0.0),
    ):
        (found,) = layers_under(
            network, "circular_x", (-0.5, 0.0, 0.5), pictures, wanted=["same"]
        ).layers
        values = np.array([50, 100, 150, 200])[np.argsort(pictures.ids)] / 255
        # Across the seam the mask falls by SIDE - 1 over the way of two pixels, on two columns.
        columns = (SIDE - 2) + 2 * (SIDE / 2 - 1) ** 2
        expected = known * SIDE * values * np.sqrt(3 * SIDE * columns)
        assert found.distances.lie == pytest.approx(expected, rel=1e-4, abs=1e-4), name


def test_what_is_found_does_not_depend_on_the_batch():
    one, other = (
        layers_under(circular_network(), "rotate", (-20.0, 0.0, 20.0), batch_size=size)
        for size in (1, 64)
    )
    for first, second in zip(one.layers, other.layers, strict=True):
        for key, value in vars(first.distances).items():
            np.testing.assert_allclose(value, getattr(second.distances, key), rtol=1e-4, atol=1e-5)
        ratio = first.scores.deviation_ratio
        np.testing.assert_allclose(ratio, second.scores.deviation_ratio, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(one.right, other.right)


def test_fewer_pictures_are_drawn_by_their_names():
    """The same as if there were no others."""
    pictures = some_pictures(9)
    kept = np.sort(np.argsort(pictures.ids)[:4])
    few = layers_under(circular_network(), "rotate", (0.0, 30.0), pictures, most=4)
    alone = layers_under(circular_network(), "rotate", (0.0, 30.0), pictures.take(kept))
    for first, second in zip(few.layers, alone.layers, strict=True):
        assert first.distances.own.shape == (2, 4, 2)
        np.testing.assert_allclose(first.distances.own, second.distances.own, atol=1e-6)
        np.testing.assert_allclose(first.distances.strangers, second.distances.strangers, atol=1e-6)
    np.testing.assert_array_equal(few.right, alone.right)


@pytest.mark.parametrize("library", ["torchvision", "timm"])
def test_vision_transformers_are_measured_through_fused_attention(library):
    """Their tokens' maps too, and the derivative, of which no attention is asked in forward mode."""
    torch.manual_seed(0)
    if library == "timm":
        kind = {"patch_size": 4, "embed_dim": 24, "depth": 3, "num_classes": 2}
        network = timm.create_model("vit_tiny_patch16_224", img_size=SIDE, **kind)
        names = ["blocks.0", "norm"]
    else:
        kind = {"patch_size": 4, "num_layers": 3, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32}
        network = models.VisionTransformer(image_size=SIDE, num_classes=2, **kind)
        nn.init.normal_(network.heads.head.weight)
        names = ["encoder.layers.encoder_layer_0", "encoder.ln"]
    found = by_name(layers_under(network, "translate_x", (-0.25, 0.0, 0.25), wanted=names))
    for name in names:
        given = found[name].distances
        assert found[name].raster.layout == "tokens"
        assert found[name].raster.side == 4
        assert invariance(found[name])[1] == 1
        assert np.isfinite(given.moved).all()
        assert (given.change > 0).all() and (given.lie > 0).all()
    # A shift by a patch moves the first block's tokens, as far as positions let it.
    assert (equivariance(found[names[0]])[[0, 2]] > 0).all()
