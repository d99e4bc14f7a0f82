"""Observers whose thresholds are known: found where they should be, and not of a transform that is off."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy import ndimage

from invariances import phantoms
from invariances.calibration import CALIBRATED
from invariances.calibration.expected import known
from invariances.calibration.formulas import FORMULAS, Subject
from invariances.calibration.maps import READINGS
from invariances.calibration.observers import Observers
from invariances.calibration.table import Instrument, calibration_table
from invariances.inference import Pictures
from invariances.inference.tensors import as_tensor
from invariances.tables import CALIBRATION
from invariances.transforms import PADDINGS, TRANSFORMS, Setting

TOLERANCE = 1 / 256
SIZE = 32
ONE_SIDED = ("grayscale", "blur", "noise", "flip_x", "flip_y")
PIXELWISE = ("brightness", "contrast", "grayscale", "blur", "noise")
SOME = [*FORMULAS, "shear_x", "circular_y", "swing", "flip_y"]
"""Of maps beyond the paper's one of each kind, where the other axis' would tell the same."""


def pictures_of(pixels: list[np.ndarray]) -> Pictures:
    return Pictures.numbered(np.stack(pixels), np.zeros(len(pixels), dtype=np.int64))


def textured(count: int = 4, height: int = SIZE, width: int = SIZE) -> list[np.ndarray]:
    """Coloured pictures without order: smooth noise of several scales."""
    rng = np.random.default_rng(3)
    found = []
    for scale in range(1, count + 1):
        rough = ndimage.gaussian_filter(rng.normal(size=(height, width, 3)), (scale, scale, 0))
        levels = 110 + rng.uniform(-40, 40, 3) + 40 * rough / rough.std()
        found.append(levels.round().clip(0, 255).astype(np.uint8))
    return found


def rendered() -> list[np.ndarray]:
    names = ("orange", "barbell", "vertical_stripes", "volcano", "sweatshirt")
    return [phantoms.render(name, 0, seed=0, size=SIZE) for name in names]


PICTURES = {"phantoms": pictures_of(rendered()), "textures": pictures_of(textured())}


def calibrated(name, apply=None, pictures=PICTURES["phantoms"], padding="black"):
    transform = TRANSFORMS[name]
    axis = transform.on(transform.magnitudes)
    setting = Setting(padding, seed=1)
    return calibration_table(
        pictures, Instrument(axis, apply or transform, setting, TOLERANCE, 0.02)
    )


def moved(name, tolerances):
    """The transform at magnitudes further by so many tolerances of its range."""
    transform = TRANSFORMS[name]
    by = tolerances * TOLERANCE * np.ptp(transform.position(transform.magnitudes))

    def apply(pictures, magnitudes, setting):
        return transform(
            pictures, magnitudes * 2**by if transform.log else magnitudes + by, setting
        )

    return apply


def test_every_transform_of_the_paper_has_a_formula():
    assert set(FORMULAS) == set(phantoms.TRANSFORMS)
    assert set(READINGS) == set(CALIBRATED)


@pytest.mark.parametrize("name", ["flip_x", "flip_y"])
def test_on_an_ordinal_axis_the_threshold_is_a_point_exactly(name):
    table = calibrated(name, pictures=PICTURES["textures"])
    assert len(table) >= 6
    assert set(table["expected"]) == set(table["measured"]) == {1.0}
    assert (table["difference"] == 0).all()


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name in READINGS for kind in PICTURES if name in SOME or kind == "phantoms"],
)
def test_known_thresholds_are_found(name, kind):
    table = calibrated(name, pictures=PICTURES[kind])
    assert list(table) == CALIBRATION.names
    assert table["met"].all(), table.to_string()
    directions = 1 if name in ONE_SIDED else 2
    count = 1 if name == "noise" else len(PICTURES[kind])
    assert len(table[table["quantity"] == "picture"]) >= 0.8 * directions * count
    # What is read on the grid holds no error of a search.
    exact = table[table["quantity"] != "picture"]
    assert (exact["difference"] <= (TOLERANCE / 4 if name == "noise" else 1e-4)).all()
    assert (table["difference"] <= TOLERANCE / 2 + 1e-4).all() or name == "noise"


@pytest.mark.parametrize("tolerances", [2, -2])
@pytest.mark.parametrize("name", [name for name in SOME if not TRANSFORMS[name].ordinal])
def test_a_transform_that_is_off_by_two_tolerances_is_not_met(name, tolerances):
    if tolerances < 0 and name in ("blur", "noise"):
        pytest.skip("no magnitudes below the identity")
    table = calibrated(name, moved(name, tolerances))
    # Half accuracy moves by steps of the grid, and not by two tolerances.
    table = table[table["quantity"] != "half_accuracy"]
    assert len(table) and not table["met"][table["quantity"] == "picture"].any(), table.to_string()
    # A switch is read from points of the grid between which a curve need not be straight.
    assert table["met"].mean() <= (0 if name in FORMULAS else 0.1), table.to_string()


@pytest.mark.parametrize("name", SOME)
def test_a_transform_that_does_nothing_is_not_met(name):
    table = calibrated(name, lambda pictures, magnitudes, setting: pictures)
    assert len(table) and not table["met"].any()


@pytest.mark.parametrize("name", [name for name in SOME if name not in ONE_SIDED])
def test_a_transform_that_goes_the_other_way_is_not_met(name):
    transform = TRANSFORMS[name]

    def backwards(pictures, magnitudes, setting):
        return transform(pictures, 1 / magnitudes if transform.log else -magnitudes, setting)

    table = calibrated(name, backwards)
    assert table[table["quantity"] == "picture"]["met"].mean() <= 0.2, table.to_string()


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("name", [name for name in READINGS if name not in PIXELWISE])
def test_formulas_know_what_lies_outside_and_other_shapes(name, padding):
    transform = TRANSFORMS[name]
    (pixels,) = textured(1, height=24, width=36)
    reading = READINGS[name](Subject(pixels.astype(float), padding))
    magnitudes = np.array(transform.magnitudes)
    shown = as_tensor(np.stack([pixels] * len(magnitudes)))
    changed = transform(shown, torch.from_numpy(magnitudes), Setting(padding)).double().numpy()
    measured = (changed * reading.weights).sum(axis=(1, 2, 3))
    assert measured == pytest.approx(reading.curve(magnitudes), abs=2e-3)


def test_translation_on_black_is_partial_sums_linear_between_pixels():
    (pixels,) = textured(1)
    columns = pixels.mean(axis=(0, 2)) / SIZE
    of_the_first = np.concatenate([[0], np.cumsum(columns)])
    v = np.linspace(0, 1, 29)
    kept = np.interp(SIZE - SIZE * v, np.arange(SIZE + 1), of_the_first)
    assert FORMULAS["translate_x"](Subject(pixels.astype(float))).curve(v) == pytest.approx(kept)


def test_a_quarter_turn_is_counter_clockwise():
    (pixels,) = textured(1)
    reading = FORMULAS["rotate"](Subject(pixels.astype(float)))
    turned = (np.rot90(pixels).transpose(2, 0, 1) * reading.weights).sum()
    assert reading.curve(np.array([90.0])) == pytest.approx([turned])


def test_blur_is_a_mirrored_gaussian_s():
    (pixels,) = textured(1, height=20, width=28)
    reading = FORMULAS["blur"](Subject(pixels.astype(float)))
    for sigma, radius in ((0.6, 3), (2.0, 8), (7.3, 30)):
        blurred = pixels.mean(axis=2)
        for axis in (0, 1):
            options = {"axis": axis, "mode": "mirror", "radius": radius}
            blurred = ndimage.gaussian_filter1d(blurred, sigma, **options)
        expected = (blurred * 3 * reading.weights[0]).sum()
        assert reading.curve(np.array([sigma])) == pytest.approx([expected])


def test_much_noise_leaves_black_or_white():
    (pixels,) = textured(1)
    levels = pixels.astype(float)
    both = np.sqrt((levels**2 + (255 - levels) ** 2).mean() / 2)
    assert FORMULAS["noise"](Subject(levels)).curve(np.array([0.0, 1e6])) == pytest.approx(
        [0, both]
    )


def test_formulas_import_nothing_of_what_they_are_held_against():
    code = (
        "import sys; import invariances.calibration.expected; print(*sorted(name for name in sys.modules"
        " if name.startswith('invariances') or name in ('torch', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "invariances",
        "invariances.calibration",
        "invariances.calibration.expected",
        "invariances.calibration.formulas",
        "invariances.calibration.maps",
    }


def test_rows_depend_neither_on_order_nor_on_company():
    both = PICTURES["phantoms"]
    turned = both.take(np.arange(len(both))[::-1])
    for name in ("rotate", "contrast"):
        whole = calibrated(name, pictures=both)
        assert whole.equals(calibrated(name, pictures=turned))
        alone = calibrated(name, pictures=both.take(np.array([2])))
        same = whole[whole["picture"] == both.names[2]].reset_index(drop=True)
        assert same.equals(alone)


def test_noise_is_known_of_all_pictures_together():
    table = calibrated("noise")
    assert len(table) == 2 and table["picture"].isna().all()
    assert table["quantity"].tolist() == ["picture", "switch"]


def test_what_cannot_be_read_has_no_row():
    grey = pictures_of([np.full((SIZE, SIZE, 3), 90, dtype=np.uint8)])
    black = pictures_of([np.zeros((SIZE, SIZE, 3), dtype=np.uint8)])
    assert calibrated("grayscale", pictures=grey).empty
    assert calibrated("rotate", pictures=black).empty
    assert set(calibrated("brightness", pictures=black)["direction"]) == {"up"}


def test_an_observer_reads_what_its_picture_is_told():
    pixels = np.stack(textured(2))
    path = TRANSFORMS["brightness"].magnitudes[8:]
    options = {"log": False, "share": 0.5, "tolerance": TOLERANCE}
    wanted = [known("brightness", Subject(each.astype(float)), path, **options) for each in pixels]
    ids = torch.tensor([7, 2**55])
    observers = Observers(as_tensor(pixels), ids, wanted)
    told = observers.told(TRANSFORMS["brightness"])
    shown = as_tensor(pixels[[1, 0]])
    logits = observers(told(shown, torch.zeros(2), Setting(ids=ids[[1, 0]])))
    assert (logits[:, 0] - logits[:, 1]).tolist() == pytest.approx([1, 1])
    at = torch.tensor([wanted[1].thresholds["picture"], wanted[0].thresholds["picture"]])
    logits = observers(told(shown, at, Setting(ids=ids[[1, 0]])))
    assert logits.flatten().tolist() == pytest.approx([0] * 4, abs=1e-5)
