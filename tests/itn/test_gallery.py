"""The gallery: which pictures are shown, how they are transformed, what the classifier says."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from invariances.itn import Architecture, InvariantTransformer, gallery
from invariances.itn.evaluation import matrices_at
from invariances.itn.gallery import PLACES as BY_DIMENSION
from invariances.itn.gallery import choose, instances

PLACES = BY_DIMENSION[2]


class Level(nn.Module):
    """Class 0 up to a mean grey level of 64, class 1 to 128, class 2 above; never class 3."""

    def forward(self, pictures: Tensor) -> Tensor:
        mean = pictures.mean(dim=(1, 2, 3))
        return -torch.stack([(mean - at).abs() for at in (32.0, 96.0, 192.0, 1e4)], dim=1)


CATEGORIES = ("dark", "dim", "bright", "never")
LABELS = np.array([0, 1, 2, 3, 0, 1, 2, 3])
LEVELS = np.array([90, 90, 200, 20, 30, 100, 210, 20])  # the first picture of class 0 is misread


def pictures(side: int = 20) -> np.ndarray:
    flat = np.broadcast_to(LEVELS[:, None, None, None], (len(LEVELS), side, side, 3))
    return flat.astype(np.uint8)


def brightening(at_one: float, spatial: str | None = "rotation") -> InvariantTransformer:
    """Brightens by `at_one` of full scale at k2 = (1, 1), in proportion to k's sum."""
    module = InvariantTransformer(Architecture(spatial, "brightness", bounded=False))
    part = module.parts()["colour"]
    with torch.no_grad():
        part.hidden.weight.fill_(0.5)
        part.hidden.bias.zero_()
        part.output.weight.fill_(at_one / part.hidden.out_features)
        part.output.bias.zero_()
    return module


def test_pictures_are_those_of_the_module_at_each_k() -> None:
    module = brightening(0.4)
    shown = gallery(module, Level(), pictures(), LABELS, CATEGORIES)
    chosen = choose(Level(), pictures(), LABELS, 4)
    assert shown["classes"].tolist() == [CATEGORIES[i] for i in LABELS[chosen]]
    assert len(shown["k"]) == 1 + len(PLACES) ** 2
    assert np.isnan(shown["k"][0]).all()
    assert (shown["pictures"][0] == pictures()[chosen]).all()
    batch = torch.from_numpy(pictures()[chosen]).permute(0, 3, 1, 2).float()
    for k, thumbnails in zip(shown["k"][1:], shown["pictures"][1:], strict=True):
        k1, k2 = (torch.from_numpy(np.tile(row, (len(chosen), 1))).float() for row in k)
        with torch.no_grad():
            wanted = module(batch, k1, k2).round().permute(0, 2, 3, 1).numpy()
        assert (thumbnails == wanted).all()


def test_answers_are_the_classifiers() -> None:
    shown = gallery(brightening(0.4, None), Level(), pictures(), LABELS, CATEGORIES)
    assert shown["kinds"].tolist() == ["colour"]
    assert shown["k"][:, 0].tolist()[1:] == [list(place) for place in PLACES]
    # 30 + 102 grey levels at k2 = (1, 1) is a bright picture, half of that a dim one.
    dark = shown["classes"].tolist().index("dark")
    answers = dict(zip(map(tuple, shown["k"][1:, 0]), shown["prediction"][1:, dark], strict=True))
    assert answers[0.0, 0.0] == "dark"
    assert answers[0.5, 0.5] == "dim"
    assert answers[1.0, 1.0] == "dim"
    assert (shown["right"] == (shown["prediction"] == shown["classes"])).all()
    assert not shown["right"][-1, dark]


def test_measures_are_the_decomposition() -> None:
    shown = gallery(brightening(0.4, None), Level(), pictures(), LABELS, CATEGORIES)
    column = shown["measures"].tolist().index("brightness_fraction")
    assert np.isnan(shown["values"][0]).all()
    assert shown["values"][1:, column] == pytest.approx([0, 0.2, 0.2, 0.2, 0.4], abs=1e-6)
    assert not any(name.startswith("phi_") for name in shown["measures"])


def test_a_class_never_recognised_gives_way() -> None:
    assert LABELS[choose(Level(), pictures(), LABELS, 3)].tolist() == [0, 1, 2]
    assert choose(Level(), pictures(), LABELS, 1).tolist() == [4]  # not 0, which is misread
    only = LABELS == 3
    assert choose(Level(), pictures()[only], LABELS[only], 4).tolist() == [0]
    with pytest.raises(ValueError, match="0 to show"):
        choose(Level(), pictures(), LABELS, 0)


def test_thumbnails_are_never_larger_than_asked_for() -> None:
    large = pictures(150)[:, :, :120]
    shown = gallery(brightening(0.1), Level(), large, LABELS, CATEGORIES, side=96)
    assert shown["pictures"].shape[2:] == (96, 77, 3)
    assert shown["pictures"].dtype == np.uint8
    assert sum(array.nbytes for array in shown.values()) < 5e6


def test_a_third_transform_is_shown_alone() -> None:
    points = instances(["spatial", "colour", "convolution"], PLACES)
    assert len(points) == 1 + 25 + 5
    assert points[-1] == {"spatial": (0, 0), "colour": (0, 0), "convolution": (1, 1)}
    module = InvariantTransformer(Architecture("affine", "full", "kernel3"))
    shown = gallery(module, Level(), pictures(), LABELS, CATEGORIES, count=2)
    assert shown["pictures"].shape[:2] == (31, 2)
    assert set(matrices_at(module, points[-1])) == set(shown["kinds"])


def test_the_classifier_comes_back_as_it_was() -> None:
    classifier = Level().train()
    gallery(brightening(0.1), classifier, pictures(), LABELS, CATEGORIES)
    assert classifier.training
