"""The run's config, typed; its plan; where things are; what a job's numbers depend on.

Needs: `config`, `ROOT`. Makes: `CONFIG` and `PLAN` (invariances/configuration/declaration.py and
invariances/plan.py say what they hold), `RESULTS`, and a few functions for rules.
"""

import gc
import os
import re
import subprocess
import sys

# What is imported and the DAG live to the end of a start; looking through them again and again for
# what could be freed takes a sixth of it.
gc.freeze()
gc.set_threshold(100_000)

if sys.getfilesystemencoding() != "utf-8":
    raise WorkflowError(
        f"this Python takes file names for {sys.getfilesystemencoding()}, and would not find those with other "
        "letters: set PYTHONUTF8=1, or LC_ALL=C.UTF-8"
    )
if (cores := workflow.resource_settings.cores) is not None and cores < 1:
    raise WorkflowError(f"--cores {cores}: no job could run; give 1 or more, or `all`")

# In a wheel the workflow lies within the library, which lies among other packages.
INSTALLED = (ROOT.name, ROOT.parent.name) == ("shipped", "invariances")
LIBRARY = ROOT.parent if INSTALLED else ROOT / "workflow/invariances"
SCRIPTS = ROOT / "scripts"
# None are given where nothing is run, as for a report, nor where a cluster has them.
CORES = workflow.resource_settings.cores or 1

# Jobs find the library and this very Python, also in a conda environment, on another node, or where
# the virtual environment is not activated. An installed library is this Python's own.
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
)
if not INSTALLED:
    os.environ.update(
        PYTHONPATH=os.pathsep.join(
            filter(None, [str(LIBRARY.parent), os.environ.get("PYTHONPATH")])
        )
    )
# glibc gives every large tensor back to the system and fetches it again, page by page: a tenth of a
# job's time on the CPU, most of it the kernel's.
os.environ.setdefault("MALLOC_MMAP_MAX_", "0")
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**32))
if not INSTALLED:
    sys.path.insert(0, str(LIBRARY.parent))

from invariances import calibration, configuration, datasets, phantoms
from invariances.datasets.amounts import told_of_few
from invariances.errors import InputError
from invariances.names import file_name, is_file
from invariances.records import to_json


def planned(config):
    """The plan of a config, its file, and whether it is new: then it is made by a process of its own, since
    torch takes seconds to import.

    Jobs that read the workflow again, as on a cluster's nodes, are told by the environment which plan the
    run's main process has found: theirs, whatever has changed since.
    """
    key = f"INVARIANCES_PLAN_{datasets.digest(config.model_dump_json())}"
    handed = None if workflow.is_main_process else os.environ.get(key)
    state = handed or configuration.state_of(config)
    new = configuration.find_plan(state, fresh=not handed) is None
    if new:
        command = [sys.executable, SCRIPTS / "resolve.py", "--state", state]
        done = subprocess.run(
            command, input=config.model_dump_json(), text=True, stderr=subprocess.PIPE
        )
        if done.returncode:
            raise InputError(done.stderr.strip().removeprefix("error: "))
    os.environ[key] = state
    plan = configuration.find_plan(state, fresh=False)
    return plan, configuration.plan_file(state), new


try:
    CONFIG = configuration.check(config)
    PLAN, PLAN_FILE, PLAN_IS_NEW = planned(CONFIG)
except InputError as error:
    raise WorkflowError(str(error)) from None

if workflow.is_main_process:
    # Once: who has asked for so many knows it from then on.
    wanted = 1 if CONFIG.individual else CONFIG.dataset.images
    if PLAN_IS_NEW and (few := told_of_few(PLAN.images, wanted)):
        print(few, file=sys.stderr)
    # What networks are shown decides their answers, and is easily wrong: it is said at each start.
    for name, network in PLAN.networks.items():
        print(
            f"models.{name}: {network.preprocessing} ({network.source})",
            file=sys.stderr,
        )
        if (seeds := CONFIG.models[name].training.seeds) > 1:
            print(
                f"models.{name}: training.seeds: {seeds} times its training and its sweeps",
                file=sys.stderr,
            )

RESULTS = f"results/{CONFIG.run}"
for place in (Path(RESULTS).parent, Path(RESULTS)):
    if os.path.lexists(place) and not place.is_dir():
        what = "no folder"
        if place.is_symlink() and not place.exists():
            what = f"a link to {os.readlink(place)}, which is not there"
        raise WorkflowError(f"{RESULTS}: cannot hold results, since {place} is {what}")
MODELS, CLASSES, CHUNKS = CONFIG.models, list(PLAN.classes), PLAN.chunks
# Three networks or more are ranked.
MANY = len(MODELS) > 2
# Beside the models themselves, what is trained of them by further seeds.
TRAINED_AGAIN = configuration.further_trainings(CONFIG)
CLASSIFIERS = MODELS | {name: MODELS[own.model] for name, own in TRAINED_AGAIN.items()}
NETWORKS = PLAN.networks | {
    name: PLAN.networks[own.model] for name, own in TRAINED_AGAIN.items()
}
TRANSFORMS, PAIRS, TUPLES = PLAN.transforms, PLAN.pairs, PLAN.tuples
DATASET_SETTINGS = configuration.run_settings(CONFIG)
DATASET = datasets.open_dataset(DATASET_SETTINGS)
GPU = int(PLAN.device == "cuda")


wildcard_constraints:
    model="|".join(map(re.escape, CLASSIFIERS)),
    single="|".join(map(re.escape, TRANSFORMS)),
    pair="|".join(map(re.escape, PAIRS)) or "none",
    tuple="|".join(map(re.escape, TUPLES)) or "none",
    combined="|".join(map(re.escape, [*PAIRS, *TUPLES])) or "none",
    chunk="|".join(map(re.escape, CHUNKS)),
    preparation=r"\d+-\d+-[a-z]+(-squash|-border\.\d+\.\d+\.\d+)?",
    part="|".join(map(re.escape, ["training", "validation", "calibration", *CHUNKS])),


def preparation(model):
    """The name of what is done to pictures for a model: models that share it share the pictures."""
    return NETWORKS[model].preprocessing.prepared()
