"""What a run is: a config checked against its declaration, and the plan that follows from it.

``check`` is light and runs whenever the workflow is read. ``resolve`` imports torch and opens the
networks: it runs once for each change of config, library or data, before the first job.
"""

from invariances.configuration.calibration import divided
from invariances.configuration.checking import check
from invariances.configuration.chunks import chunked
from invariances.configuration.declaration import Config, default
from invariances.configuration.grids import grid, thinned
from invariances.configuration.heads import settings_of
from invariances.configuration.models import categories_of, model_categories
from invariances.configuration.patterns import compared
from invariances.configuration.plans import (
    find_plan,
    plan_file,
    seen_of,
    state_of,
    store_plan,
)
from invariances.configuration.resolution import dataset_settings, resolve, run_settings
from invariances.configuration.retrained import further_trainings

__all__ = [
    "Config",
    "categories_of",
    "check",
    "chunked",
    "compared",
    "dataset_settings",
    "default",
    "divided",
    "find_plan",
    "further_trainings",
    "grid",
    "model_categories",
    "plan_file",
    "resolve",
    "run_settings",
    "seen_of",
    "settings_of",
    "state_of",
    "store_plan",
    "thinned",
]
