"""What a run is: a config checked against its schema, completed, and held against what is there.

``check`` is light and runs whenever the workflow is read. ``resolve`` imports torch and opens the
networks: it runs once for each change of config, library or data, before the first job.
"""

import json
import os
import shutil
from pathlib import Path

from invariances import costs, datasets
from invariances.configuration.borders import borders, check_consistency
from invariances.configuration.grids import grid, pairs, thinned, transforms
from invariances.configuration.models import is_file, model, model_categories
from invariances.configuration.schema import Config, check, with_defaults
from invariances.errors import InputError, unknown

__all__ = [
    "Config",
    "check",
    "chunked",
    "gpus",
    "grid",
    "is_file",
    "model_categories",
    "resolve",
    "thinned",
    "with_defaults",
]


def resolve(config: Config) -> Config:
    """The config with classes, chunks, grids and preparations spelled out, every part of it tried.

    Raises InputError naming the key, its value and what would be right.
    """
    dataset = datasets.open_dataset(config["dataset"])
    resolved = json.loads(json.dumps(config))
    classes = datasets.select(dataset, config["dataset"]["classes"])
    resolved["dataset"]["classes"] = classes
    _check_pictures(config, dataset, classes)
    resolved["transforms"] = transforms(config["transforms"])
    resolved["pairs"] = pairs(config["pairs"], resolved["transforms"])
    resolved["device"] = _device(config["device"])
    resolved["costs"] = {}
    for name, section in config["models"].items():
        resolved["models"][name], gflops = model(name, section, dataset, classes)
        resolved["costs"][name] = round(gflops, 4)
    resolved["chunks"] = chunked(classes, _chunks(config["chunks"], resolved))
    resolved["borders"] = borders(resolved)
    check_consistency(resolved)
    resolved["itn"]["pictures"] = _itn_pictures(config, dataset, classes)
    for cell in config["figures"]["cells"]:
        _check_cell(cell, resolved)
    return dict(resolved)


def chunked(classes: list[str], chunks: int) -> dict[str, list[str]]:
    """Classes by chunk; a class's chunk depends on its own name alone, so that one more moves no other."""
    if chunks > 1 and chunks >= len(classes):
        return {_file_name(name): [name] for name in classes}
    parts: dict[str, list[str]] = {}
    for name in classes:
        place = int(datasets.digest(name), 16) % chunks
        parts.setdefault(f"{place}-of-{chunks}", []).append(name)
    return dict(sorted(parts.items()))


def _chunks(wanted: int | str, resolved: Config) -> int:
    """The number asked for, or as many as keep the longest sweep's jobs at some minutes."""
    if wanted != "auto":
        return int(wanted)
    classes = len(resolved["dataset"]["classes"])
    pictures = classes * resolved["dataset"]["images"]
    search = resolved["thresholds"]
    longest = max(len(entry["magnitudes"]) for entry in resolved["transforms"].values())
    count = costs.passes(
        pictures, longest, search["tolerance"], exhaustive=search["search"] == "exhaustive"
    )
    most = costs.seconds(count, max(resolved["costs"].values()), resolved["device"])
    return costs.chunk_count(most, classes)


def _file_name(name: str) -> str:
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
    return f"{safe[:40]}-{datasets.digest(name)[:6]}"


def _itn_pictures(config: Config, dataset: datasets.Dataset, classes: list[str]) -> str:
    """The split that the ITN is trained on, or ``screening`` for a share of the pictures screened.

    A network that was trained here is surer of its training pictures than of any others: what it
    keeps of those says little, so ``auto`` prefers pictures that it has not seen.
    """
    wanted: str = config["itn"]["pictures"]
    name, seed = config["dataset"]["name"], config["seed"]
    trained = any(model["weights"] == "train" for model in config["models"].values())
    splits: dict[str, datasets.Split] = {"training": "training", "validation": "validation"}
    order = {"auto": [*["validation"] * trained, "training"]}.get(wanted, [wanted])
    for split in order:
        if split in splits and (
            name == "imagenette"
            or all(dataset.pictures(c, splits[split], 1, seed) for c in classes)
        ):
            return split
    if wanted in splits:
        raise InputError(
            f"itn.pictures: {wanted!r}, but a class has no pictures beyond those screened; "
            "lower dataset.images, give dataset.training_root, or use screening"
        )
    if config["itn"]["enabled"]:
        _check_shares(config["dataset"]["images"], config["itn"]["held_out"])
    return "screening"


def _check_shares(images: int, held_out: float) -> None:
    """That both shares of a class's screened pictures hold one, as scripts/itn.py divides them."""
    if not 0 < round((1 - held_out) * images) < images:
        raise InputError(
            f"itn.held_out: {held_out:g} of {images} screened pictures a class leaves none to train "
            "or none to evaluate; raise dataset.images, change held_out, or set itn.enabled: false"
        )


def _check_pictures(config: Config, dataset: datasets.Dataset, classes: list[str]) -> None:
    section, seed = config["dataset"], config["seed"]
    if section["name"] == "imagenette":
        return  # its pictures may not be there yet, and there are enough
    trained = [name for name, model in config["models"].items() if model["weights"] == "train"]
    for name in dataset.present if trained else ():
        for split in ("training", "validation"):
            if not dataset.pictures(name, split, 1, seed):
                raise InputError(
                    f"models.{trained[0]}.weights: 'train' needs {split} pictures, but {name!r} has none "
                    "beside those that are screened; lower dataset.images or give dataset.training_root"
                )
    for name in classes:
        found = len(dataset.pictures(name, "screening", section["images"], seed))
        if found < section["images"]:
            raise InputError(
                f"dataset.images: {section['images']} pictures a class are wanted, but {name!r} has "
                f"{found}; lower dataset.images or leave the class out"
            )


def gpus() -> list[str]:
    """What tells whether torch will see a GPU, without the seconds that importing it takes."""
    return [
        *map(str, sorted(Path("/dev").glob("nvidia*"))),
        os.environ.get("CUDA_VISIBLE_DEVICES", ""),
    ]


def _device(wanted: str) -> str:
    import torch

    available = torch.cuda.is_available()
    # A cluster's nodes may have what the machine that plans the run has not.
    if wanted == "cuda" and not available and shutil.which("sbatch") is None:
        raise InputError("device: 'cuda' is asked for, but torch sees no GPU here; use auto or cpu")
    return "cuda" if wanted == "cuda" or (wanted == "auto" and available) else "cpu"


def _check_cell(cell: str, resolved: Config) -> None:
    model, transform, name = cell.split("/")
    for what, value, allowed in (
        ("model", model, resolved["models"]),
        ("transform", transform, resolved["transforms"]),
        ("class", name, resolved["dataset"]["classes"]),
    ):
        if value not in allowed:
            raise unknown(f"figures.cells {cell!r}: {what}", value, allowed)
