"""Networks whose thresholds can be written down: what is measured is what was calculated.

Each network reads one number off a picture (its mean, where a blob is, how wide), and sees class ``home``
while that number lies between two bounds. How the number depends on a transform's magnitude is known, so
that both thresholds are, before anything is measured. `invariances.calibration` does so in every run; here
networks know nothing of the pictures, tell three classes apart, and read directions in words: right of the
centre, counter-clockwise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.inference.tensors import as_tensor
from invariances.screening import sweep
from invariances.thresholds import threshold_table
from invariances.thresholds.search import searched_table
from invariances.transforms import TRANSFORMS, Setting

SIDE = 64
TOLERANCE = 1 / 256
CATEGORIES = ("home", "above", "below")
Reading = Callable[[Tensor], Tensor]


class Between(nn.Module):
    """Logits [N, 3]: ``home`` while low < reading < high, else ``above`` or ``below``."""

    def __init__(self, reading: Reading, low: float, high: float) -> None:
        super().__init__()
        self.reading, self.low, self.high = reading, low, high

    def forward(self, pictures: Tensor) -> Tensor:
        # A soft gain: between points of the grid softmax is then about as linear as the reading.
        read = self.reading(pictures) / abs(self.high - self.low)
        low, high = (bound / abs(self.high - self.low) for bound in (self.low, self.high))
        return torch.stack([torch.zeros_like(read), read - high, low - read], dim=1)


@dataclass(frozen=True)
class Known:
    """A transform, a network, pictures [N, H, W, 3] and their thresholds as calculated, up and down.

    None: there is no threshold in range, or no range in that direction. `slack` is the share of the
    range that the calculation itself may be off by, beside the tolerance.
    """

    transform: str
    grid: np.ndarray
    network: Between
    pictures: np.ndarray
    up: list[float | None]
    down: list[float | None]
    flips_up: str = "above"
    flips_down: str = "below"
    slack: float = 0.0


# ---- what the networks read ----------------------------------------------------------------------


def mean_level(pictures: Tensor) -> Tensor:
    return pictures.mean(dim=(1, 2, 3))


PLACES = torch.arange(SIDE) - (SIDE - 1) / 2


def moments(pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Centre of mass to the right and upwards [N], in pixels from the centre, and width [N]."""
    mass = pictures.double().sum(dim=1)
    mass = mass / mass.sum(dim=(1, 2), keepdim=True)
    columns, rows = mass.sum(dim=1), mass.sum(dim=2)
    x = columns @ PLACES.double()
    width = (columns @ PLACES.double().square() - x.square()).sqrt()
    return x, -(rows @ PLACES.double()), width


def right_of_centre(pictures: Tensor) -> Tensor:
    return moments(pictures)[0]


def above_centre(pictures: Tensor) -> Tensor:
    return moments(pictures)[1]


def angle(pictures: Tensor) -> Tensor:
    """Of the centre of mass as seen from the centre, degrees counter-clockwise from the right."""
    x, y, _ = moments(pictures)
    return torch.rad2deg(torch.atan2(y, x))


def width(pictures: Tensor) -> Tensor:
    return moments(pictures)[2]


# ---- pictures ------------------------------------------------------------------------------------


def blob(x: float, y: float, radius: float) -> np.ndarray:
    """A Gaussian spot `x` pixels right of the centre and `y` above it, on black."""
    places = PLACES.numpy()
    across = np.exp(-0.5 * ((places - x) / radius) ** 2)
    along = np.exp(-0.5 * ((places + y) / radius) ** 2)
    return np.repeat((255 * np.outer(along, across))[..., None], 3, axis=2).round().astype(np.uint8)


def textured(means: list[float], amplitude: float) -> np.ndarray:
    rng = np.random.default_rng(2)
    texture = rng.uniform(-amplitude, amplitude, (len(means), SIDE, SIDE, 3))
    return (np.array(means)[:, None, None, None] + texture).round().astype(np.uint8)


def readings(reading: Reading, pictures: np.ndarray) -> list[float]:
    """What a network reads off untransformed pictures."""
    return [float(v) for v in reading(as_tensor(pictures))]


def powers(low: float, high: float, steps: int) -> np.ndarray:
    grid: np.ndarray = np.exp2(np.linspace(low, high, steps))
    grid[np.abs(grid - 1).argmin()] = 1.0
    return grid


# ---- the cases -----------------------------------------------------------------------------------


def brightness_of_a_mean_reader() -> Known:
    """The mean grows by 255 v."""
    pictures = textured([100, 120, 131], 20)
    means = readings(mean_level, pictures)
    return Known(
        "brightness", np.linspace(-0.3, 0.3, 25), Between(mean_level, 80.0, 150.0), pictures,
        up=[(150 - m) / 255 for m in means], down=[(80 - m) / 255 for m in means],
    )  # fmt: skip


def contrast_out_of_range() -> Known:
    """Of a network with far bounds nothing flips: censored."""
    pictures = textured([60], 8)
    return Known(
        "contrast", powers(-1, 1, 17), Between(mean_level, 1.0, 250.0), pictures, [None], [None]
    )


def translation(name: str) -> Known:
    """The centre of mass moves with the picture: right, or down, by v of its side."""
    spots = [(0.0, 0.0), (-5.0, 3.0), (4.3, -6.2)]
    pictures = np.stack([blob(x, y, 4.0) for x, y in spots])
    across = name == "translate_x"
    sign, reading = (1, right_of_centre) if across else (-1, above_centre)
    starts = readings(reading, pictures)
    up, down = (
        [(sign * bound - sign * s) / SIDE for s in starts] for bound in (sign * 11, -sign * 11)
    )
    return Known(
        name, np.linspace(-0.3, 0.3, 25), Between(reading, -11.0, 11.0), pictures, up, down,
        flips_up="above" if across else "below", flips_down="below" if across else "above",
        slack=5e-4,
    )  # fmt: skip


def rotation_of_an_angle_reader() -> Known:
    """The centre of mass turns with the picture, counter-clockwise by v degrees."""
    angles = [0.0, 25.0, -15.0]
    spots = [(18 * np.cos(np.deg2rad(a)), 18 * np.sin(np.deg2rad(a))) for a in angles]
    pictures = np.stack([blob(x, y, 3.0) for x, y in spots])
    starts = readings(angle, pictures)
    return Known(
        "rotate", np.linspace(-120, 120, 49), Between(angle, -70.0, 100.0), pictures,
        up=[100 - s for s in starts], down=[-70 - s for s in starts], slack=1e-3,
    )  # fmt: skip


def scale(name: str) -> Known:
    """What is magnified by 1 / v is as wide as 1 / v."""
    pictures = np.stack([blob(0.0, 0.0, radius) for radius in (5.0, 6.0, 7.0)])
    widths = readings(width, pictures)
    return Known(
        name, powers(-1, 1, 65), Between(width, 4.2, 8.1), pictures,
        up=[w / 4.2 for w in widths], down=[w / 8.1 for w in widths],
        flips_up="below", flips_down="above", slack=4e-3,
    )  # fmt: skip


CASES = {
    case.transform + suffix: case
    for case, suffix in (
        (brightness_of_a_mean_reader(), ""),
        (contrast_out_of_range(), ", out of range"),
        (translation("translate_x"), ""),
        (translation("translate_y"), ""),
        (rotation_of_an_angle_reader(), ""),
        (scale("scale_x"), ""),
        (scale("zoom"), ""),
    )
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def known(request: pytest.FixtureRequest) -> Known:
    return request.param


def screened(known: Known):
    """The sweep, each picture a class of its own, and what it was made with."""
    transform, count = TRANSFORMS[known.transform], len(known.pictures)
    responder = Responder(known.network, transform, Setting(seed=1), batch_size=32)
    names = np.array([f"picture {place}" for place in range(count)])
    labels = np.zeros(count, dtype=np.int64)
    pictures = Pictures(known.pictures, names, names, labels, np.arange(count))
    home = int(np.flatnonzero(known.grid == transform.identity)[0])
    return sweep(responder, pictures, known.grid, home), responder, pictures


def check(table, known: Known) -> None:
    """Every row's threshold is the calculated one, on the transform's axis, or censored as it should be."""
    axis = TRANSFORMS[known.transform].axis
    on_axis = np.log2 if axis == "log" else np.asarray
    span = float(on_axis(known.grid[-1]) - on_axis(known.grid[0]))
    expected = {"up": known.up, "down": known.down}
    flips = {"up": known.flips_up, "down": known.flips_down}
    both = known.grid[0] < TRANSFORMS[known.transform].identity
    assert len(table) == len(known.pictures) * (1 + both)
    for row in table.rename(columns={"class": "name"}).itertuples(index=False):
        place = int(row.name.removeprefix("picture "))
        threshold = expected[row.direction][place]
        assert row.censored == (threshold is None)
        if threshold is None:
            assert row.threshold == known.grid[-1 if row.direction == "up" else 0]
        else:
            off = abs(float(on_axis(row.threshold) - on_axis(threshold))) / span
            assert off <= TOLERANCE + known.slack, (row, threshold, off)
            assert row.flips_to == flips[row.direction]


def test_the_class_s_switch_is_the_calculated_one(known):
    found, *_ = screened(known)
    axis = TRANSFORMS[known.transform].axis
    check(threshold_table(found, CATEGORIES, "m", known.transform, axis=axis, resamples=100), known)


def test_each_picture_s_own_threshold_is_the_calculated_one(known):
    found, responder, pictures = screened(known)
    table = searched_table(
        responder, pictures, found, CATEGORIES, "m", known.transform,
        tolerance=TOLERANCE, missed=0.02, seed=0, axis=TRANSFORMS[known.transform].axis,
    )  # fmt: skip
    assert (table["crossings"] == (~table["censored"]).astype(int)).all()
    check(table, known)


def test_another_bound_is_another_threshold():
    """The tests above would notice a network that is off by two tolerances."""
    known = brightness_of_a_mean_reader()
    shifted = Between(mean_level, 80.0, 150.0 + 2.5 * TOLERANCE * 0.6 * 255)
    found, *_ = screened(Known("brightness", known.grid, shifted, known.pictures, [], []))
    table = threshold_table(found, CATEGORIES, "m", "brightness", axis="linear", resamples=100)
    with pytest.raises(AssertionError):
        check(table, known)


def test_a_class_of_several_pictures_switches_at_their_mean():
    """Of a network as soft as this one the mean softmax switches where the mean reading does."""
    known = brightness_of_a_mean_reader()
    transform, count = TRANSFORMS["brightness"], len(known.pictures)
    names = np.array(["one class"])
    pictures = Pictures(
        known.pictures,
        np.array([f"{place}" for place in range(count)]),
        names,
        np.zeros(1, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )
    responder = Responder(known.network, transform, Setting(), batch_size=32)
    found = sweep(responder, pictures, known.grid, 12)
    table = threshold_table(found, CATEGORIES, "m", "brightness", axis="linear", resamples=200)
    calculated = {"up": np.mean(known.up), "down": np.mean(known.down)}
    for row in table.itertuples(index=False):
        assert row.threshold == pytest.approx(calculated[row.direction], abs=0.6 * TOLERANCE)
        assert row.low <= row.threshold <= row.high
