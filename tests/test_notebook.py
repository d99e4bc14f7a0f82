"""Ten lines in a notebook give what the workflow gives."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from invariances.errors import InputError
from invariances.notebook import screen


class Brightness(nn.Module):
    """Two classes, dark and light, told apart by whether the mean exceeds 0.5."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(40.0))

    def forward(self, pictures: Tensor) -> Tensor:
        light = self.gain * (pictures.mean(dim=(1, 2, 3)) - 0.5)
        return torch.stack([-light, light], dim=1)


@pytest.fixture
def photos(tmp_path):
    """Flat grey pictures, three of each class: 0.3 and 0.7 of white."""
    for name, grey in (("dark", 76.5), ("light", 178.5)):
        (tmp_path / name).mkdir()
        for number in range(3):
            pixels = np.full((20, 20, 3), round(grey), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    return tmp_path


PLAIN = {
    "resize": 16,
    "crop": 16,
    "mean": (0, 0, 0),
    "std": (1, 1, 1),
    "resamples": 100,
    "images": 3,
}


def test_a_network_and_a_folder_give_curve_threshold_and_figure(photos):
    screening = screen(Brightness(), photos, "brightness", **PLAIN)
    table = screening.thresholds.set_index(["class", "direction"])
    assert table.index.is_unique and len(table) == 4
    # A shift v adds 255 v: grey 76 and 178 (rounded) cross the middle, 127.5, at these.
    step = np.diff(screening.sweep.magnitudes).max()
    dark, light = table.loc[("dark", "up")], table.loc[("light", "down")]
    assert dark["threshold"] == pytest.approx((127.5 - 76) / 255, abs=step)
    assert light["threshold"] == pytest.approx((127.5 - 178) / 255, abs=step)
    assert (dark["flips_to"], light["flips_to"]) == ("light", "dark")
    assert dark["low"] <= dark["threshold"] <= dark["high"]
    assert table.loc[("dark", "down"), "censored"]
    assert set(screening.curves["class"]) == {"dark", "light"}
    assert screening.plot("dark").axes


def test_magnitudes_and_classes_of_ones_own(photos):
    screening = screen(
        Brightness(), photos, "rotate", magnitudes=[-90, 0, 90], classes=["light"], **PLAIN
    )
    assert list(screening.sweep.magnitudes) == [-90, 0, 90]
    assert set(screening.thresholds["class"]) == {"light"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"transform": "rotat"}, "rotate"),
        ({"transform": "rotate", "magnitudes": [1.0, 2.0]}, "identity"),
        ({"transform": "rotate", "classes": ["ligth"]}, "light"),
        ({"transform": "rotate", "categories": ["dark", "grey"]}, "light"),
    ],
)
def test_what_cannot_be_used_is_named(photos, arguments, message):
    with pytest.raises(InputError, match=message):
        screen(Brightness(), photos, **arguments, **PLAIN)


def test_a_class_that_was_not_screened_has_no_curve(photos):
    screening = screen(Brightness(), photos, "rotate", magnitudes=[0, 90], **PLAIN)
    with pytest.raises(InputError, match="dark"):
        screening.plot("drak")


def test_names_must_be_as_many_as_the_network_s_numbers(photos):
    with pytest.raises(InputError, match="puts out 2 numbers, but 3"):
        screen(Brightness(), photos, "rotate", categories=["dark", "light", "grey"], **PLAIN)


def test_the_network_is_left_as_it_was(photos):
    network = nn.Sequential(
        nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    network.train()
    network[0].bias.requires_grad_(False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    screen(network, photos, "brightness", magnitudes=[0, 0.5], **PLAIN)
    assert all(module.training for module in network.modules())
    assert [weight.requires_grad for weight in network.parameters()] == [True, False, True, True]
    assert network[0].weight.is_contiguous()
    assert not network[0].weight.is_contiguous(memory_format=torch.channels_last)
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])
    # ... and can be trained on.
    network(torch.rand(2, 3, 16, 16)).sum().backward()
    assert network[0].weight.grad is not None


def test_pictures_have_thresholds_of_their_own(photos):
    table = screen(Brightness(), photos, "brightness", **PLAIN).pictures
    assert len(table) == 12
    dark = table[(table["class"] == "dark") & (table["direction"] == "up")]
    # 76 + 255 v crosses 127.5; the tolerance is 1/256 of the range.
    assert np.allclose(dark["threshold"], (127.5 - 76) / 255, atol=2 / 256)
    assert set(dark["flips_to"]) == {"light"}


def test_fewer_pictures_than_asked_for_are_taken_with_a_warning_or_refused(photos):
    more = PLAIN | {"images": 9, "magnitudes": [0, 0.5]}
    with pytest.warns(
        UserWarning, match="up to 9 a class; all pictures are taken, 3 of dark, 3 of light"
    ):
        assert screen(Brightness(), photos, "brightness", **more).sweep.prediction.shape[0] == 6
    with pytest.raises(InputError, match="'dark' has 3"):
        screen(Brightness(), photos, "brightness", on_few_pictures="fail", **more)
