"""The common axis: each threshold as the size of the change that it makes to a picture.

12 degrees and 0.2 of contrast cannot be compared, but what they do to a picture can: by how many grey
levels a pixel changes (root mean square) and, for geometric transforms, by how many pixels it moves.
"""

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from invariances.screening import Pictures, picture_ids
from invariances.tables import SIZES
from invariances.tables.frames import frame
from invariances.transforms import TRANSFORMS, Setting, Transform

KEPT = ("model", "transform", "class", "direction", "threshold", "censored")
LIMITS = ("threshold", "low", "high")
BATCH = 64


def mean_displacement(transform: Transform, magnitude: float, height: int, width: int) -> float:
    """How far a pixel moves, on average over the picture, in pixels.

    The distance between where a pixel of the transformed picture stands and where its colour comes
    from, averaged over all pixels' centres, those included whose source lies outside the picture.
    Zero for transforms that move nothing.
    """
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


def rms_grey_levels(
    transform: Transform,
    pixels: NDArray[np.uint8],
    ids: NDArray[np.int64],
    magnitude: float,
    setting: Setting,
    *,
    device: str = "cpu",
) -> float:
    """Root mean square change of pictures, over their pixels and channels, in grey levels [0, 255].

    Parameters
    ----------
    pixels, ids : uint8 [N, H, W, 3] and int64 [N], the pictures' stable numbers (for the noise).
    magnitude : one for all of them, as a threshold of their class is.
    """
    total = 0.0
    for start in range(0, len(pixels), BATCH):
        part = slice(start, start + BATCH)
        stored = torch.from_numpy(np.asarray(pixels[part])).to(device)
        pictures = stored.permute(0, 3, 1, 2).float().contiguous()
        magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
        own = Setting(setting.padding, setting.seed, torch.from_numpy(ids[part]))
        with torch.inference_mode():
            change = transform(pictures, magnitudes, own) - pictures
        # Summed picture by picture in double precision, so that batches do not show.
        total += float(change.double().square().mean(dim=(1, 2, 3)).sum())
    return float(np.sqrt(total / len(pixels)))


def size_table(
    thresholds: pd.DataFrame, pictures: Pictures, setting: Setting, *, device: str = "cpu"
) -> pd.DataFrame:
    """Each class's threshold as the size of the change that it makes to the class's pictures.

    Parameters
    ----------
    thresholds : rows of thresholds.csv. pictures : the screened ones of their classes, as the model
        of these rows sees them.
    setting : padding and seed of the screening.

    Returns
    -------
    The table ``SIZES``, a row for each of `thresholds`, in their order; a censored one has the size
    of the range's end. ``rms_low`` and ``rms_high`` are the sizes at the threshold's limits, put in
    order around ``rms_grey_levels`` (a change need not grow with its magnitude: half a turn changes
    stripes less than a quarter). ``mean_displacement_px`` is zero for transforms that move nothing.

    Raises
    ------
    KeyError : a transform that is not registered. ValueError : a class of which there are no pictures.
    """
    rows: dict[object, dict[str, object]] = {}
    for name, cell in thresholds.groupby("class", sort=False):
        places = np.flatnonzero(pictures.classes[pictures.class_index] == name)
        if len(places) == 0:
            raise ValueError(f"class {name}: there are no pictures of it")
        # A class at a time, so that its pictures are read once and memory does not grow with classes.
        pixels, ids = np.asarray(pictures.pixels[places]), picture_ids(pictures.names[places])
        for place, row in zip(cell.index, cell.to_dict("records"), strict=True):
            transform = TRANSFORMS[str(row["transform"])]
            found = {
                magnitude: rms_grey_levels(
                    transform, pixels, ids, magnitude, setting, device=device
                )
                for magnitude in dict.fromkeys(float(row[key]) for key in LIMITS)
            }
            threshold = float(row["threshold"])
            sizes = {"rms_grey_levels": found[threshold]}
            sizes |= {"rms_low": min(found.values()), "rms_high": max(found.values())}
            height, width = pixels.shape[1:3]
            sizes["mean_displacement_px"] = mean_displacement(transform, threshold, height, width)
            rows[place] = {key: row[key] for key in KEPT} | sizes
    return frame(SIZES, [rows[place] for place in thresholds.index])
