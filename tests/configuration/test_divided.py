"""Pictures that are classes of their own, divided among what an ITN needs."""

import pytest

from invariances.configuration import divided
from invariances.configuration.calibration import check_shares
from invariances.errors import InputError

PICTURES = [f"folder {number % 3}/{number}" for number in range(100)]


def test_each_picture_serves_one_purpose_whatever_the_order():
    found = divided(PICTURES, 0.4)
    assert [len(found[name]) for name in ("training", "calibration", "evaluation")] == [30, 30, 40]
    assert sorted(each for own in found.values() for each in own) == sorted(PICTURES)
    # In the order given, and drawn by names alone.
    for name, own in divided(PICTURES[::-1], 0.4).items():
        assert own == found[name][::-1]
        assert [PICTURES.index(each) for each in found[name]] == sorted(map(PICTURES.index, own))
        # Of every folder some, as a draw would have it.
        assert len({each.partition("/")[0] for each in own}) == 3


def test_too_few_for_three_purposes_are_refused():
    check_shares(len(PICTURES), 0.4, "")
    with pytest.raises(InputError, match=r"0\.4 of 2 screened pictures leaves none to train"):
        check_shares(2, 0.4, "")
