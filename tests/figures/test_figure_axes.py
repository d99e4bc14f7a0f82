import json

import numpy as np
import pytest
from made_up import TRANSFORMS

from invariances.errors import InputError
from invariances.figures.axes import MINUS, TransformAxis, read_transforms
from invariances.figures.style import Page


@pytest.mark.parametrize(
    ("name", "low", "high", "most", "labels"),
    [
        ("rotate", -180, 180, 9, ["-180°", "-135°", "-90°", "-45°", "0°", "45°", "90°", "135°", "180°"]),
        ("rotate", -180, 180, 6, ["-180°", "-90°", "0°", "90°", "180°"]),
        ("rotate", -30, 30, 5, ["-30°", "-15°", "0°", "15°", "30°"]),
        ("zoom", 0.25, 4, 7, ["1/4", "1/2", "1", "2", "4"]),
        ("contrast", 1 / 16, 16, 7, ["1/16", "1/4", "1", "4", "16"]),
        ("contrast", 1 / 16, 16, 9, ["1/16", "1/8", "1/4", "1/2", "1", "2", "4", "8", "16"]),
        ("brightness", -1, 1, 5, ["-1", "-0.5", "0", "0.5", "1"]),
        ("translate_x", -0.8, 0.8, 5, ["-0.8", "-0.4", "0", "0.4", "0.8"]),
    ],
)  # fmt: skip
def test_ticks(
    transforms: dict[str, TransformAxis],
    name: str,
    low: float,
    high: float,
    most: int,
    labels: list[str],
) -> None:
    ticks, names = transforms[name].ticks(low, high, most)
    assert names == [label.replace("-", MINUS) for label in labels]
    assert ((ticks >= low - 1e-9) & (ticks <= high + 1e-9)).all()


def test_narrow_log_range_still_has_ticks(transforms: dict[str, TransformAxis]) -> None:
    ticks, names = transforms["zoom"].ticks(0.8, 1.3, 5)
    assert 3 <= len(ticks) == len(names) <= 6


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_positions_and_magnitudes_are_inverse(
    transforms: dict[str, TransformAxis], name: str
) -> None:
    magnitudes = np.array([0.25, 1.0, 3.0])
    axis = transforms[name]
    np.testing.assert_allclose(axis.magnitude(axis.position(magnitudes)), magnitudes)


def test_log_axis_is_base_two_and_padded_evenly(transforms: dict[str, TransformAxis]) -> None:
    axes = Page(60, 40).axes(5, 5, 40, 30)
    transforms["zoom"].apply(axes, 0.25, 4.0, pad=0.25)
    assert axes.get_xscale() == "log"
    np.testing.assert_allclose(axes.get_xlim(), (1 / 8, 8))


def test_vertical_translation_points_down(transforms: dict[str, TransformAxis]) -> None:
    axes = Page(60, 40).axes(5, 5, 40, 30)
    transforms["translate_y"].apply(axes, -0.8, 0.8, on="y")
    assert axes.get_ylim() == (0.8, -0.8)


def test_zero_on_a_log_axis_names_the_transform(transforms: dict[str, TransformAxis]) -> None:
    with pytest.raises(InputError, match="contrast"):
        transforms["contrast"].position([0.0, 1.0])


def test_title_has_the_unit(transforms: dict[str, TransformAxis]) -> None:
    assert transforms["rotate"].title == "Rotation (degrees)"
    assert transforms["zoom"].title == "Zoom out"


@pytest.mark.parametrize("key", ["label", "unit", "identity", "axis"])
def test_missing_key_is_named(key: str) -> None:
    entry = {k: v for k, v in TRANSFORMS["rotate"].items() if k != key}
    with pytest.raises(InputError, match=rf"rotate.*{key}"):
        read_transforms(json.dumps({"rotate": entry}))


@pytest.mark.parametrize(
    "text", ["{", '{"rotate": {"label": "r", "unit": "", "identity": 0, "axis": "lin"}}']
)
def test_bad_transforms_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_transforms(text)


def test_transforms_from_a_file(tmp_path, transforms_json: str) -> None:
    (tmp_path / "transforms.json").write_text(transforms_json)
    assert read_transforms(str(tmp_path / "transforms.json")) == read_transforms(transforms_json)
