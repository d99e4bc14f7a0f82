"""The common axis: each threshold as the size of the change that it makes to a picture.

12 degrees and 0.2 of contrast cannot be compared, but what they do to a picture can: by how many grey
levels a pixel changes (root mean square) and, for geometric transforms, by how many pixels it moves.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from invariances.errors import InputError
from invariances.inference import BATCH_SIZE, Pictures
from invariances.inference.responder import transformed
from invariances.inference.tensors import as_tensor
from invariances.tables import SIZES
from invariances.tables.checking import cell as in_words
from invariances.tables.checking import checked
from invariances.tables.frames import frame
from invariances.transforms import Setting, Transform, find
from invariances.transforms.warping import centres

KEPT = ("model", "transform", "class", "direction", "threshold", "censored")
LIMITS = ("threshold", "low", "high")
HALF = "half_accuracy"


def mean_displacement(
    transform: Transform,
    magnitude: float,
    height: int,
    width: int,
    setting: Setting | None = None,
) -> float:
    """How far a pixel moves, on average over the picture, in pixels.

    The distance between where a pixel of the transformed picture stands and where its colour comes
    from, averaged over all pixels' centres, those included whose source lies outside the picture: of a
    circular translation the shift. Zero for transforms that move nothing.

    Parameters
    ----------
    setting : its ids are the pictures over which a map that is each picture's own is averaged.
    """
    if transform.source is not None:
        return _sampled_displacement(transform, magnitude, height, width, setting or Setting())
    if transform.theta is None:
        return 0.0
    magnitudes = torch.tensor([magnitude], dtype=torch.float64)
    theta = transform.theta(magnitudes, height, width)[0].numpy()
    x, y = (
        (2 * np.arange(size) + 1) / size - 1 for size in (width, height)
    )  # pixels' centres, the picture's edges at +-1
    across, down = (grid.ravel() for grid in np.meshgrid(x, y))
    shift = theta @ np.stack([across, down, np.ones_like(across)]) - np.stack([across, down])
    return float(np.hypot(shift[0] * width / 2, shift[1] * height / 2).mean())


def _sampled_displacement(
    transform: Transform, magnitude: float, height: int, width: int, setting: Setting
) -> float:
    """The same of a map that is not affine, a picture after the other."""
    at, half = torch.tensor([magnitude], dtype=torch.float64), torch.tensor([width, height]) / 2
    home = centres(torch.empty(1, 1, height, width, dtype=torch.float64))
    ids = [None] if setting.ids is None else list(setting.ids[:, None])
    lengths = [
        ((transform.places(home, at, replace(setting, ids=own)) - home) * half).norm(dim=-1).mean()
        for own in ids
    ]
    return float(torch.stack(lengths).mean())


def rms_grey_levels(
    transform: Transform,
    pictures: Pictures,
    magnitude: float,
    setting: Setting,
    *,
    batch_size: int = BATCH_SIZE,
    device: str = "cpu",
) -> float:
    """Root mean square change of pictures, over their pixels and channels, in grey levels [0, 255].

    Parameters
    ----------
    magnitude : one for all of them, as a threshold of their class is.
    """
    total, rows = 0.0, np.arange(len(pictures))
    changed = transformed(
        *(pictures, rows, np.full(len(rows), magnitude), transform, setting),
        batch_size=batch_size,
        device=device,
    )
    for part, batch in changed:
        change = batch - as_tensor(pictures.pixels[rows[part]], device)
        # Summed picture by picture in double precision, so that batches do not show.
        total += float(change.double().square().mean(dim=(1, 2, 3)).sum())
    return float(np.sqrt(total / len(pictures)))


def size_table(
    thresholds: pd.DataFrame,
    pictures: Mapping[str, Pictures],
    setting: Setting,
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Each class's threshold as the size of the change that it makes to the class's pictures.

    Parameters
    ----------
    thresholds : rows of thresholds.csv. pictures : the screened ones, as each model sees them.
    setting : padding and seed of the screening.

    Returns
    -------
    The table ``SIZES``, a row for each of `thresholds`, in their order; a censored one has the size
    of the range's end. ``rms_low`` and ``rms_high`` are the sizes at the threshold's limits, put in
    order around ``rms_grey_levels`` (a change need not grow with its magnitude: half a turn changes
    stripes less than a quarter). ``mean_displacement_px`` is zero for transforms that move nothing.

    Raises
    ------
    InputError : a transform that is not known, or a class of which there are no pictures.
    """
    rows: dict[object, dict[str, object]] = {}
    for (model, name), cell in thresholds.groupby(["model", "class"], sort=False):
        # A class at a time, so that its pictures are read once and memory does not grow with classes.
        own = _of_class(pictures, str(model), str(name))
        height, width = own.pixels.shape[1:3]
        for place, row in zip(cell.index, cell.to_dict("records"), strict=True):
            transform = find(str(row["transform"]))
            found = {
                magnitude: rms_grey_levels(transform, own, magnitude, setting, device=device)
                for magnitude in dict.fromkeys(float(row[key]) for key in (*LIMITS, HALF))
            }
            threshold = float(row["threshold"])
            interval = [found[float(row[key])] for key in LIMITS]
            sizes = {"rms_grey_levels": found[threshold]}
            sizes |= {"rms_low": min(interval), "rms_high": max(interval)}
            halved = not row[f"{HALF}_censored"]
            sizes["rms_half_accuracy"] = found[float(row[HALF])] if halved else np.nan
            each = replace(setting, ids=torch.from_numpy(own.ids))
            sizes["mean_displacement_px"] = mean_displacement(
                transform, threshold, height, width, each
            )
            rows[place] = {key: row[key] for key in KEPT} | sizes
    return frame(SIZES, [rows[place] for place in thresholds.index])


def joined(thresholds: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Chunks' rows of `size_table` in the order of `thresholds`, whatever the chunks.

    Raises
    ------
    InputError : a threshold has no size.
    """
    key = list(SIZES.key)
    table = thresholds[key].merge(sizes, how="left", on=key, validate="one_to_one")
    missing = table["rms_grey_levels"].isna().to_numpy()
    if missing.any():
        raise InputError(
            f"sizes: a cell is missing: {in_words(thresholds[missing].iloc[0], SIZES)}"
        )
    return checked(table[SIZES.names], SIZES, SIZES.name)


def _of_class(pictures: Mapping[str, Pictures], model: str, name: str) -> Pictures:
    own = pictures.get(model)
    if own is None or name not in own.classes:
        raise InputError(f"model {model}: there are no prepared pictures of class {name!r}")
    return own.take(np.flatnonzero(own.classes[own.class_index] == name))
