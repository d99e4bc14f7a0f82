"""Tables that the tests of figures share."""

import json

import pandas as pd
import pytest
from made_up import PHANTOMS, TRANSFORMS, make_tables

from invariances.figures.axes import TransformAxis, read_transforms
from invariances.figures.style import Palette


@pytest.fixture(scope="session")
def transforms_json() -> str:
    return json.dumps(TRANSFORMS)


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curves and thresholds of two classifiers, three transforms, the thirteen phantoms."""
    return make_tables(("alexnet", "resnet18"), ("rotate", "zoom", "noise"), PHANTOMS)


@pytest.fixture(scope="session")
def transforms(transforms_json: str) -> dict[str, TransformAxis]:
    return read_transforms(transforms_json)


@pytest.fixture(scope="session")
def palette() -> Palette:
    return Palette(PHANTOMS)
