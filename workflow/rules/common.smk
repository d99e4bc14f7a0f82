"""The run's config, checked and resolved; where things are; what a job's numbers depend on.

Needs: `config`, `ROOT`. Makes: `RUN` (the resolved config), `RESULTS`, and a few functions for rules.
"""

import json
import os
import re
import subprocess
import sys

import yaml

LIBRARY = ROOT / "workflow/invariances"
SCRIPTS = ROOT / "scripts"
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"

# Jobs find the library and this very Python, also in a conda environment, on another node, or where
# the virtual environment is not activated.
os.environ.update(
    PYTHONPATH=os.pathsep.join(
        filter(None, [str(LIBRARY.parent), os.environ.get("PYTHONPATH")])
    ),
    PATH=os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    ),
)
# glibc gives every large tensor back to the system and fetches it again, page by page: a tenth of a
# job's time on the CPU, most of it the kernel's.
os.environ.setdefault("MALLOC_MMAP_MAX_", "0")
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**32))
sys.path.insert(0, str(LIBRARY.parent))

from invariances import datasets, phantoms
from invariances.configuration import check, gpus, is_file
from invariances.errors import InputError
from invariances.pictures import Preparation


def resolved(config):
    """The config with classes, grids and chunks spelled out, from `results/{run}/config.yaml`.

    That file is made, by a process of its own (torch takes seconds to import), where it is absent or
    config, library, weights or pictures have changed since. Jobs that read the workflow again, on a
    cluster's nodes, take it as the run's main process has left it.
    """
    try:
        complete = check(config, yaml.safe_load(SCHEMA.read_text()))
        path = Path("results") / complete["run"] / "config.yaml"
        if path.exists() and not workflow.is_main_process:
            return yaml.safe_load(path.read_text(encoding="utf-8"))
        state = state_of(complete)
    except InputError as error:
        raise WorkflowError(str(error)) from None
    if (
        not path.exists()
        or state not in path.read_text(encoding="utf-8").split("\n", 1)[0]
    ):
        command = [sys.executable, SCRIPTS / "resolve.py", "--schema", SCHEMA]
        command += ["--state", state, "--output", path]
        done = subprocess.run(
            command, input=json.dumps(complete), text=True, stderr=subprocess.PIPE
        )
        if done.returncode:
            raise WorkflowError(done.stderr.strip().removeprefix("error: "))
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def state_of(complete):
    """A digest of all that resolving a config depends on."""
    weights = [
        Path(model["weights"])
        for model in complete["models"].values()
        if is_file(model["weights"]) and Path(model["weights"]).is_file()
    ]
    names = [Path(model["categories"]) for model in complete["models"].values()]
    files = sorted(LIBRARY.rglob("*.py")) + weights + [p for p in names if p.is_file()]
    dataset = datasets.open_dataset(complete["dataset"])
    parts = [json.dumps(complete, sort_keys=True), datasets.files_state(files)]
    # Files of one network are of one size, and a copy may keep its times; this one it cannot keep.
    parts += [str(path.stat().st_ctime_ns) for path in weights]
    if complete["device"] != "cpu":
        parts += gpus()
    return datasets.digest("\n".join([*parts, dataset.state(dataset.present)]))


RUN = resolved(config)
RESULTS = f"results/{RUN['run']}"
MODELS, TRANSFORMS, PAIRS = RUN["models"], RUN["transforms"], RUN["pairs"]
DATASET = datasets.open_dataset(RUN["dataset"])
GPU = int(RUN["device"] == "cuda")


wildcard_constraints:
    model="|".join(map(re.escape, MODELS)),
    single="|".join(map(re.escape, TRANSFORMS)),
    pair="|".join(map(re.escape, PAIRS)) or "none",
    chunk="|".join(map(re.escape, RUN["chunks"])),
    preparation=r"\d+-\d+-[a-z]+",
    part="|".join(map(re.escape, ["training", "validation", *RUN["chunks"]])),


def preparation(model):
    """The name of what is done to pictures for a model: models that share it share the pictures."""
    entry = MODELS[model]["preprocessing"]
    return Preparation(entry["resize"], entry["crop"], entry["interpolation"]).key


def as_json(value):
    """A part of the config as one argument, the same text whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
