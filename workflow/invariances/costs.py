"""How long sweeps last, roughly: how many jobs share one, and how long a cluster is asked for.

A network's cost is its number of operations, counted once when the config is resolved, and hence the same
wherever and however often that happens; not a time, which would be another each time. What a device does
of them in a second is known roughly (docs/benchmarks.md). Nothing that is computed depends on either.
"""

import math
from collections.abc import Sequence

from invariances.magnitudes import TransformAxis

BATCH_SIZE = 64
"""Pictures that go through a network together, where nothing else is said."""
RATES = {"cpu": 45.0, "cuda": 8000.0}
"""Billions of operations that a job gets through in a second, on one core or one GPU, in float32.

The core's was measured, on a busy machine; the GPU's is a guess at an old one: a newer one's jobs end
sooner."""
UNCOUNTED = 1e-4
"""Billions of operations that a pass is taken to have where its operations cannot be counted."""
START_SECONDS = 8.0
"""Torch imported, weights and pictures read."""
JOB_SECONDS = 600.0
"""What a job should last: so long that starting does not count, so short that losing it does not hurt."""
MOST_CHUNKS = 32
"""With the paper's transforms and two networks, fewer than a thousand jobs."""
CLASSES_A_CHUNK = 8
"""At least, on average: classes fall into chunks by their names, not evenly."""
GAPS = 3
"""How many gaps of the grid are halved to the tolerance in each direction: flips on the grid, and gaps that
may hide one (2 to 8 on photographs)."""
TRANSFORMING = 0.15
"""Of a pass: what transforming its picture takes."""
CHECKED = 0.1
"""Of the passes over a grid: as many more may be spent on finding out what a search has missed."""
CANDIDATES = 16
"""Categories whose softmax a sweep keeps for each picture: the strongest of its class's mean."""
CURVE_BYTES = 80
"""Of each class, magnitude and candidate in the curves of one sweep and in those of the run (Parquet)."""
THUMBNAILS, THUMBNAIL_SIDE = 7, 96
"""Thumbnails of a class under an axis, and their longer side at most, in pixels."""
EXPLORER_PIXELS, EXPLORER_SIDE = 16_000_000, 32
"""Pixels of the page's pictures together, above which they are fewer, then smaller: to this side."""
CELL_BYTES, PIXEL_BYTES, LIBRARY_BYTES = 110, 0.34, 1_000_000
"""Of the page: a cell's at each magnitude, of a pixel of its pictures, and its charts' library."""
JOINING = {
    "thresholds_all": (200, 650),
    "claims": (300, 450),
    "explorer": (800, 370),
    "figure": (250, 370),
}
"""Megabytes of jobs that read the curves of the whole run, and more of them for each million rows."""
PIXEL_SECONDS = 4e-8
"""To change a picture on a core, by its pixels."""
LIMITS = 4
"""Magnitudes of a threshold whose sizes are measured: it, its limits, and half accuracy."""
SHEET_BYTES = {"png": 2_200_000, "pdf": 1_000_000}
"""Of a page of fourteen curves with thumbnails under them."""
FIGURE_BYTES = {"png": 700_000, "pdf": 200_000}
"""Of a page of another figure."""


def passes(pictures: int, magnitudes: int, tolerance: float, search: str) -> int:
    """Forward passes of a sweep: the grid, then each picture's own thresholds, one in each direction.

    `search` is one of ``thresholds.search``.
    """
    halvings = math.log2(max(2, 1 / (tolerance * magnitudes)))
    further = {
        "bisect": 2 * GAPS * halvings + CHECKED * magnitudes,
        "exhaustive": 1 / tolerance,
        "grid": 0,
    }
    return math.ceil(pictures * (magnitudes + further[search]))


def combined_passes(
    pictures: int, axes: Sequence[TransformAxis], tolerance: float, *, refine: bool
) -> int:
    """Forward passes of transforms combined: every point of their grids, and the refinement's.

    Those are two for each picture at each halving of each axis's step (`screening.refining`).
    """
    points = math.prod(len(axis.magnitudes) for axis in axes)
    refining = 2 * sum(axis.halvings(tolerance) for axis in axes) if refine else 0
    return pictures * (points + refining)


def sweep_seconds(forward_passes: int, pace: float) -> float:
    """What a sweep works whose network takes `pace` seconds a pass, as measured, and its transform."""
    return forward_passes * pace * (1 + TRANSFORMING)


def seconds(forward_passes: int, gflops: float, device: str) -> float:
    """What a sweep of so many passes lasts; `gflops` is a pass's billions of operations."""
    return START_SECONDS + forward_passes * gflops / RATES[device]


def multiply_adds(gflops: float) -> float | None:
    """Billions of multiply-adds of a pass, of its billions of operations: two each.

    None of a network in which nothing could be counted, or as good as nothing.
    """
    return gflops / 2 if gflops > UNCOUNTED else None


def chunk_count(longest: float, classes: int) -> int:
    """How many jobs share the longest sweep, of so many seconds: a power of two.

    So that another class or picture, which reruns its own chunk, seldom means other chunks.
    """
    wanted = max(1.0, (longest - START_SECONDS) / JOB_SECONDS)
    most = max(1, min(MOST_CHUNKS, classes // CLASSES_A_CHUNK))
    return int(2 ** min(round(math.log2(wanted)), math.floor(math.log2(most))))


def sweep_bytes(pictures: int, magnitudes: int, classes: int, categories: int) -> int:
    """A sweep's arrays: of each picture and magnitude the prediction, two numbers of the own class and the
    softmax of the candidates; of each class the mean softmax of every category.
    """
    each = 3 * 4 + 4 * min(CANDIDATES, categories)
    return magnitudes * (pictures * each + classes * categories * 4)


def shown_bytes(magnitudes: int, classes: int, side: int, categories: int) -> int:
    """What is kept of a sweep to be shown: thumbnails of pictures of a side, and the class's curves."""
    strip = 3 * min(THUMBNAILS, magnitudes) * min(side, THUMBNAIL_SIDE) ** 2
    return classes * (strip + magnitudes * min(CANDIDATES, categories) * CURVE_BYTES)


def explorer_bytes(magnitudes: int, pictures: int, classes: int, side: int, models: int) -> float:
    """The explorer of so many networks: its cells, and pictures of a side at all transforms' magnitudes."""
    every = pictures * min(side, THUMBNAIL_SIDE) ** 2
    fewest = classes * min(side, EXPLORER_SIDE) ** 2
    pixels = magnitudes * min(every, max(fewest, EXPLORER_PIXELS // magnitudes))
    cells = models * classes * magnitudes * CELL_BYTES
    return LIBRARY_BYTES + cells + PIXEL_BYTES * pixels


def joining_megabytes(job: str, rows: int) -> float:
    """What a job of `JOINING` takes at its most that reads so many rows of curves.parquet."""
    least, each = JOINING[job]
    return least + each * rows / 1e6


def sizes_seconds(models: int, directions: int, pixels: int) -> float:
    """What it lasts on a core to change all pictures, of so many pixels, at all thresholds and limits."""
    return PIXEL_SECONDS * LIMITS * models * directions * pixels


def table_seconds(
    models: int, pairs: int, classes: int, transforms: int, magnitudes: int
) -> dict[str, float]:
    """What jobs last, by rule, whose work grows with the classes, beside their start.

    Parameters
    ----------
    models, pairs : networks, and how many pairs of them are compared.
    transforms, magnitudes : transforms, and the magnitudes of all of them.
    """
    cells = models * classes
    return {
        "thresholds": 0.0004 * classes * magnitudes / max(1, transforms),
        "thresholds_all": 5e-5 * cells * magnitudes,
        "comparison": 0.01 * pairs * classes * transforms,
        "claims": 0.05 * cells,
        "explorer": 0.00035 * cells * magnitudes,
    }
