"""Plans are kept, one file each, named by a digest of all that the plan depends on.

Nobody changes such a file: a process that needs another plan writes another file.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from invariances import datasets
from invariances.configuration import opened
from invariances.configuration.code import code_that_decides, gpus, versions
from invariances.configuration.declaration import Config
from invariances.configuration.resolution import run_settings
from invariances.errors import InputError
from invariances.extension import is_own
from invariances.names import is_file
from invariances.plan import Plan
from invariances.records import from_json, to_json

FOLDER = Path(".snakemake/invariances/plans")


def plan_file(state: str) -> Path:
    """Where the plan of this state is, or would be."""
    return FOLDER / f"{state}.json"


def _read_before(state: str) -> Path:
    return plan_file(state).with_suffix(".files.json")


def find_plan(state: str, *, fresh: bool = True) -> Plan | None:
    """The plan that was made for this state; None where there is none, or none that can be read.

    A `fresh` one is none either once a file has changed that one's own network was made of.
    """
    try:
        if fresh and _read_before(state).is_file():
            before = json.loads(_read_before(state).read_text(encoding="utf-8"))
            if before["stamp"] != opened.stamp(before["files"]):
                return None
        return from_json(Plan, plan_file(state).read_text(encoding="utf-8"), str(plan_file(state)))
    except (FileNotFoundError, ValueError, KeyError, InputError):
        return None


@dataclass(frozen=True)
class Seen:
    """What was seen of networks on this machine when their plan was made.

    Attributes
    ----------
    seconds : of a picture's pass through each network, by its name in the config.
    libraries : of networks, that were imported for them, also by a module of one's own.
    """

    seconds: dict[str, float]
    libraries: tuple[str, ...]


LIBRARIES = ("timm", "torchvision")
"""Those of which a job waits longer than for what it does with them."""


def seen_of(state: str) -> Seen:
    """What was seen when this plan was made; nothing where that cannot be read."""
    try:
        return from_json(Seen, _seen_file(state).read_text(encoding="utf-8"), "seen")
    except (OSError, ValueError, InputError):
        return Seen({}, ())


def _seen_file(state: str) -> Path:
    return plan_file(state).with_suffix(".seen.json")


def store_plan(
    state: str, plan: Plan, files: Iterable[str] = (), seconds: Mapping[str, float] | None = None
) -> None:
    """Keep a plan for this state, what files own networks were made of are like, and what was `Seen`."""
    from invariances.tables import atomically

    names = sorted(files)
    before = json.dumps({"files": names, "stamp": opened.stamp(names)})
    seen = Seen(dict(seconds or {}), tuple(name for name in LIBRARIES if name in sys.modules))
    kept = ((_read_before(state), before), (_seen_file(state), to_json(seen)))
    for file, text in (*kept, (plan_file(state), to_json(plan))):
        atomically(file, partial(Path.write_text, data=text, encoding="utf-8"))


def state_of(config: Config) -> str:
    """A digest of all that a plan depends on: config, library, files of weights, pictures, GPUs."""
    weights = [
        Path(model.weights)
        for model in config.models.values()
        if is_file(model.weights) and Path(model.weights).is_file()
    ]
    heads = [model.head.file for model in config.models.values() if model.head is not None]
    weights += [Path(file) for file in heads if file is not None and Path(file).is_file()]
    weights += [file for model in config.models.values() for file in opened.among(model.options)]
    named = [Path(model.categories) for model in config.models.values()]
    # Modules of one's own, where they lie in the working directory.
    things = [config.dataset.name, *config.transforms]
    things += [name for pair in config.pairs for name in pair.transforms]
    things += [name for combination in config.tuples for name in combination.transforms]
    things += [model.network for model in config.models.values()]
    named += [
        Path(thing.partition(":")[0].replace(".", "/") + ".py") for thing in things if is_own(thing)
    ]
    dataset = datasets.open_dataset(run_settings(config))
    parts = [config.model_dump_json(), code_that_decides(), *versions()]
    parts.append(dataset.state(dataset.present))
    parts.append(datasets.files_state(weights + [path for path in named if path.is_file()]))
    # Files of one network are of one size, and a copy may keep its times; this one it cannot keep.
    parts += [str(path.stat().st_ctime_ns) for path in weights]
    if config.device != "cpu":
        parts += gpus()
    return datasets.digest("\n".join(parts))
