"""Other resamplings: what is swept, the table of changes, the sharpness that rotation keeps."""

from typing import get_args

import pandas as pd
import pytest
from torch.testing import assert_close

from invariances.configuration import declaration
from invariances.configuration.resamplings import resamplings
from invariances.errors import InputError
from invariances.interpolation import sharpness_table
from invariances.tables import RESAMPLINGS
from invariances.tables.compared import RESAMPLING
from invariances.thresholds.borders import border_table
from invariances.transforms import RESAMPLINGS as KNOWN
from invariances.transforms import TRANSFORMS


def swept_under(others, own="bilinear", names=("zoom", "rotate", "blur")):
    config = declaration.Config.model_validate(
        {
            "run": "r",
            "dataset": {"name": "phantoms"},
            "models": {"one": {"network": "torchvision/resnet18", "weights": "train"}},
            "resampling": own,
            "resamplings": others,
        }
    )
    return resamplings(config, {name: TRANSFORMS[name].on([1.0]) for name in names})


def test_config_transforms_and_tables_know_the_same():
    assert get_args(declaration.Resampling) == KNOWN == RESAMPLING.allowed


def test_what_moves_is_swept_again_and_nothing_twice():
    moving = ("zoom", "rotate")
    assert swept_under(["antialiased", "bicubic"]) == {"antialiased": moving, "bicubic": moving}
    assert swept_under(["bilinear", "bicubic"], own="bicubic") == {"bilinear": moving}
    assert swept_under([], names=("blur",)) == {}
    with pytest.raises(InputError, match="'bicubic' alone is the run's own"):
        swept_under(["bicubic"], own="bicubic")
    with pytest.raises(InputError, match="resamplings: 'bicubic' needs a geometric transform"):
        swept_under(["bicubic"], names=("blur",))


def test_changes_against_the_run_s_own_resampling():
    names = ["direction", "threshold", "low", "high", "censored"]
    rows = [("up", 2.0, 1.9, 2.1, False), ("down", 0.5, 0.4, 0.6, False)]
    own = pd.DataFrame(rows, columns=names)
    own = own.assign(model="m", transform="zoom", **{"class": "orange"}, images=9, interval="open")
    other = own.assign(threshold=[2.5, 0.5], low=[2.3, 0.4], high=[2.6, 0.6])
    ranges = {name: {"m": {"zoom": [0.25, 4.0]}} for name in ("bilinear", "antialiased")}
    table = border_table(own, "bilinear", {"antialiased": other}, ranges, RESAMPLINGS)
    assert list(table.columns) == RESAMPLINGS.names
    assert list(table["resampling"]) == ["bilinear"] * 2 + ["antialiased"] * 2
    assert set(table["own_resampling"]) == {"bilinear"}
    assert list(table["change"]) == [0, 0, 0.5, 0]
    assert list(table["intervals_disjoint"]) == [False, False, True, False]


def test_a_rotation_keeps_more_bicubically_and_no_less_antialiased(random_pictures):
    table = sharpness_table(random_pictures(3, 40, 40), [0.0, 30.0, 90.0], KNOWN)
    kept = table.set_index(["resampling", "angle"])["sharpness"]
    for name in KNOWN:
        assert_close((kept[name, 0.0], kept[name, 90.0]), (1.0, 1.0))
    assert kept["bilinear", 30.0] == kept["antialiased", 30.0]
    assert kept["bilinear", 30.0] < 0.8 * kept["bicubic", 30.0] < 0.8
