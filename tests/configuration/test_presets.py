"""Transforms by one word: what each preset holds, and that it is what the config then says."""

import pytest

from invariances.configuration import check
from invariances.configuration.presets import ALL, MEMBERS, OBJECTS, PAPER, PRESETS
from invariances.errors import InputError
from invariances.transforms import TRANSFORMS

LEAST = {
    "run": "r",
    "dataset": {"name": "phantoms"},
    "models": {"m": {"network": "torchvision/alexnet", "weights": "train"}},
}


def test_all_are_the_registry_s():
    assert sorted([*ALL, *OBJECTS]) == sorted(TRANSFORMS)
    assert set(OBJECTS) == {name for name, each in TRANSFORMS.items() if each.of_object}
    assert tuple(TRANSFORMS)[: len(PAPER)] == PAPER


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_stands_for_its_transforms_on_their_default_grids(preset):
    config = check(LEAST | {"transforms": preset})
    assert tuple(config.transforms) == MEMBERS[preset]
    assert set(config.transforms.values()) == {None}
    assert set(MEMBERS[preset]) <= set(TRANSFORMS)
    assert len(set(MEMBERS[preset])) == len(MEMBERS[preset])
    # Who names what is screened is not given more than that.
    assert config.pairs == () and not config.itn.enabled
    # What is written beside the results is a config that runs, and the same.
    assert check(config.model_dump(mode="json")) == config


def test_the_default_is_the_paper_s_and_has_its_pair():
    config = check(LEAST)
    assert tuple(config.transforms) == PAPER
    assert len(config.pairs) == 1


def test_another_word_is_refused_with_those_that_there_are():
    with pytest.raises(
        InputError, match=r'transforms: "papr".*paper, photographic, imagenet-c, all'
    ):
        check(LEAST | {"transforms": "papr"})
