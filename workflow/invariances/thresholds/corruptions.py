"""Corruption errors of ImageNet-C's benchmark, by the severities at which each picture is recognised.

Hendrycks and Dietterich, "Benchmarking neural network robustness to common corruptions and perturbations",
ICLR 2019, section 4: a network's error, summed over severities 1 to 5, by that of AlexNet is its corruption
error (CE); mCE is the mean of all fifteen. The mean of fewer is another number and has another name.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from invariances.statistics import mean_interval
from invariances.statistics.bootstrap import RESAMPLES
from invariances.tables import CORRUPTION_ERRORS
from invariances.tables.checking import intervals_of
from invariances.tables.frames import frame
from invariances.thresholds.axes import Floats

SEVERITIES = np.arange(1.0, 6.0)
ALEXNET = {
    "c_gaussian_noise": 0.886428, "c_shot_noise": 0.894468, "c_impulse_noise": 0.922640,
    "c_defocus_blur": 0.819880, "c_glass_blur": 0.826268, "c_motion_blur": 0.785948,
    "c_zoom_blur": 0.798360, "c_snow": 0.866816, "c_frost": 0.826572, "c_fog": 0.819324,
    "c_brightness": 0.564592, "c_contrast": 0.853204, "c_elastic_transform": 0.646056,
    "c_pixelate": 0.717840, "c_jpeg_compression": 0.606500,
}  # fmt: skip
"""Mean errors of the paper's AlexNet, of the authors' code (hendrycks/robustness), as AugMix has them."""


def corruption_table(
    pictures: pd.DataFrame,
    corruptions: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Errors by network and corruption, and their mean.

    Intervals are over pictures, each with its own mean over severities, and over corruptions in the mean's.

    Parameters
    ----------
    pictures : the run's pictures.parquet.
    corruptions : keys of ``ALEXNET`` of which severities 0 to 5 were screened, all six.

    Returns
    -------
    The table ``CORRUPTION_ERRORS``: networks in their order; corruptions in the paper's, then the mean.

    Raises
    ------
    ValueError : the corruptions of a network have different pictures.
    """
    names = [name for name in ALEXNET if name in corruptions]
    own = pictures[pictures["transform"].isin(names)]
    rows: list[dict[str, object]] = []
    for model, cells in own.groupby("model", sort=False):
        found = [_errors(cells[cells["transform"] == name]) for name in names]
        if any(not each.index.equals(found[0].index) for each in found):
            raise ValueError(f"{model}: the corruptions have different pictures")
        errors = np.stack([each.to_numpy() for each in found], axis=1)
        alexnet = np.array([ALEXNET[name] for name in names])
        # The mean of quotients is one of errors, with weights that sum to 1: its limits are a mean's.
        weights = (1 / alexnet) / (1 / alexnet).sum()
        values = np.column_stack([errors, errors.mean(axis=1), errors @ weights])
        low, high = mean_interval(values.clip(0, 1), resamples=resamples, seed=seed)
        stated = np.stack([values.mean(axis=0), low, high])
        scale = float((1 / alexnet).mean())
        for place, name in enumerate(names):
            quotients = stated[:, place] / ALEXNET[name]
            cell = _row(str(model), name, "CE", len(errors))
            rows.append(cell | _numbers(stated[:, place], ALEXNET[name], quotients))
        whole = len(names) == len(ALEXNET)
        measure = "mCE" if whole else f"mean corruption error over {len(names)} of {len(ALEXNET)}"
        cell = _row(str(model), None, measure, len(errors))
        rows.append(cell | _numbers(stated[:, -2], float(alexnet.mean()), scale * stated[:, -1]))
    return frame(CORRUPTION_ERRORS, rows)


def _errors(pictures: pd.DataFrame) -> "pd.Series[float]":
    """Of each picture (class and name) the share of severities at which it is not recognised."""
    once = pictures.drop_duplicates(["class", "picture"])
    right = [
        sum(
            bool(low <= severity <= high)
            for low, high in intervals_of(row)
            for severity in SEVERITIES
        )
        for row in once["intervals"]
    ]
    index = pd.MultiIndex.from_frame(once[["class", "picture"]])
    return pd.Series(1 - np.array(right) / len(SEVERITIES), index).sort_index()


def _row(model: str, transform: str | None, measure: str, images: int) -> dict[str, object]:
    return {"model": model, "transform": transform, "measure": measure, "images": images}


def _numbers(error: Floats, alexnet: float, relative: Floats) -> dict[str, object]:
    """Columns of an error and of its quotient, each with its limits."""
    found: dict[str, object] = {"alexnet_error": alexnet}
    for name, numbers in (("error", error), ("relative_error", relative)):
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), map(float, numbers), strict=True))
    return found
