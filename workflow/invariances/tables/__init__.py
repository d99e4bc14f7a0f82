"""Tables of results: each declared once, and read and written through its declaration.

``declaration`` says what a table is; ``prepared``, ``screened``, ``combined``, ``corrupted``, ``layered``,
``measurement``, ``compared``, ``ranked``, ``trained`` and ``certified`` declare all of them; ``frames``
reads and writes, ``checking`` tells what cannot be, ``arrays`` holds archives of arrays and prepared
pictures, ``files`` writes atomically.
"""

from invariances.tables.arrays import read_arrays, write_arrays
from invariances.tables.certified import CERTIFICATE, DIRECTIONS, FLIPS
from invariances.tables.combined import WORST, WORST_PICTURES
from invariances.tables.compared import (
    BORDER_CLAIMS,
    BORDERS,
    CLAIMS,
    CORRELATIONS,
    DIFFERENCES,
    MIXED_DIFFERENCES,
    RESAMPLING_CLAIMS,
    RESAMPLINGS,
    TRAINING_DIFFERENCES,
    TRAININGS,
)
from invariances.tables.corrupted import CORRUPTION_ERRORS
from invariances.tables.declaration import Column, Table
from invariances.tables.files import HERE, atomically, damaged
from invariances.tables.layered import LAYER_SCORES, LAYER_TRENDS, LAYERS
from invariances.tables.measurement import (
    BASELINE,
    CALIBRATION,
    CONSISTENCY,
    INTERPOLATION,
    PRECISION,
    TRUTH,
)
from invariances.tables.prepared import MANIFEST, SKIPPED, VALIDATION
from invariances.tables.ranked import NETWORKS, RANKING
from invariances.tables.screened import (
    CURVES,
    MEDIANS,
    MIXED,
    PAIRS,
    PICTURES,
    REGIONS,
    SIZES,
    THRESHOLDS,
)
from invariances.tables.trained import COMPARISON, EVALUATION, HISTORY, OBJECTIVES, TIGHTNESS

TABLES = {
    table.name: table
    for table in (
        *(MANIFEST, SKIPPED, VALIDATION),
        *(BASELINE, THRESHOLDS, CURVES, PICTURES, MEDIANS, MIXED, PAIRS, REGIONS, SIZES),
        *(WORST, WORST_PICTURES, CORRUPTION_ERRORS),
        *(LAYERS, LAYER_SCORES, LAYER_TRENDS),
        *(TRUTH, CALIBRATION, PRECISION),
        *(DIFFERENCES, MIXED_DIFFERENCES, CORRELATIONS, RANKING, NETWORKS, TRAININGS),
        *(TRAINING_DIFFERENCES, CLAIMS),
        *(BORDERS, BORDER_CLAIMS, RESAMPLINGS, RESAMPLING_CLAIMS, INTERPOLATION, CONSISTENCY),
        *(HISTORY, CERTIFICATE, DIRECTIONS, EVALUATION, FLIPS, TIGHTNESS, COMPARISON, OBJECTIVES),
    )
}
"""Every table by its name, in the order of the documentation."""

__all__ = [
    "BASELINE", "BORDERS", "BORDER_CLAIMS", "CALIBRATION", "CERTIFICATE", "CLAIMS", "COMPARISON",
    "CONSISTENCY", "CORRELATIONS", "CORRUPTION_ERRORS", "CURVES", "DIFFERENCES", "DIRECTIONS",
    "EVALUATION", "FLIPS", "HERE", "HISTORY", "INTERPOLATION", "LAYERS", "LAYER_SCORES",
    "LAYER_TRENDS", "MANIFEST", "MEDIANS", "MIXED", "MIXED_DIFFERENCES", "NETWORKS", "OBJECTIVES",
    "PAIRS", "PICTURES", "PRECISION", "RANKING", "REGIONS", "RESAMPLINGS", "RESAMPLING_CLAIMS", "SIZES",
    "SKIPPED", "TABLES", "THRESHOLDS", "TIGHTNESS", "TRAININGS", "TRAINING_DIFFERENCES", "TRUTH",
    "VALIDATION", "WORST", "WORST_PICTURES", "Column", "Table", "atomically", "damaged", "read_arrays",
    "write_arrays",
]  # fmt: skip
