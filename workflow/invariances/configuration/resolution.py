"""From config to plan: what is asked for, held against what is there; every part of it tried."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from invariances import datasets
from invariances.configuration.borders import borders, check_consistency
from invariances.configuration.calibration import calibration, check_shares
from invariances.configuration.chunks import chunk_count, chunked
from invariances.configuration.declaration import Config, Dataset
from invariances.configuration.grids import of_objects, pairs, transforms, tuples
from invariances.configuration.models import network
from invariances.configuration.resamplings import resamplings
from invariances.datasets.amounts import amounts, number_of
from invariances.datasets.objects import check_known
from invariances.errors import InputError, unknown
from invariances.magnitudes import TransformAxis
from invariances.plan import Device, LearningPictures, Plan

IMAGENETTE = 400
"""Pictures of each class of Imagenette that can be screened, about."""


def resolve(config: Config) -> Plan:
    """The plan of a config.

    Raises InputError naming the key, its value and what would be right.
    """
    dataset = datasets.open_dataset(run_settings(config))
    classes = datasets.select(dataset, "all" if config.individual else config.dataset.classes)
    images = _pictures(config, dataset, classes)
    screened = transforms(config.transforms)
    combined = pairs(config.pairs, screened)
    worst = tuples(config.tuples, combined)
    objects = of_objects(screened, combined, worst)
    _check_objects(config, dataset, classes, objects)
    device = _device(config.device)
    networks = {
        name: network(
            name,
            section,
            dataset,
            classes,
            seed=config.seed,
            device=device,
            gradient=config.itn.enabled,
            layers=config.named_layers(name),
        )
        for name, section in config.models.items()
    }
    _check_neighbours(config, dataset)
    chunks = chunk_count(
        config, images, list(screened.values()), list(networks.values()), list(worst.values())
    )
    found = borders(config, screened, networks)
    check_consistency(config, networks)
    learning = _learning_pictures(config, dataset, classes, min(images.values()))
    for cell in config.figures.cells:
        _check_cell(cell, config, screened, classes)
    return Plan(
        classes=tuple(classes),
        images=images,
        chunks=chunked(classes, chunks),
        transforms=screened,
        pairs=combined,
        tuples=worst,
        networks=networks,
        borders=found,
        resamplings=resamplings(config, screened),
        device=device,
        learning_pictures=learning,
        calibration=calibration(config, dataset, classes, learning),
        objects=objects,
    )


def dataset_settings(section: Dataset) -> datasets.Settings:
    """What of a config's section decides the pictures of a dataset."""
    return datasets.Settings(
        name=section.name,
        root=None if section.root is None else Path(section.root),
        training_root=None if section.training_root is None else Path(section.training_root),
        size=section.size,
        images=number_of(section.images),
        categories=section.categories,
        decode=section.decode,
        file=None if section.file is None else Path(section.file),
    )


def run_settings(config: Config) -> datasets.Settings:
    """The same of a whole config: where a model has `head: identity` each picture is its own class."""
    settings = dataset_settings(config.dataset)
    if not config.individual:
        return settings
    if config.dataset.name == "imagenette":
        raise InputError(
            "dataset.name: 'imagenette' is downloaded by the run, and `head: identity` must know its "
            "pictures before; give the folder as `name: folder`"
        )
    _check_end(config)
    wanted = config.dataset.classes
    alone = ("all",) if wanted == "all" else tuple(map(str, wanted))
    return replace(settings, alone=alone, seed=config.seed)


def _learning_pictures(
    config: Config, dataset: datasets.Dataset, classes: Sequence[str], fewest: int
) -> LearningPictures:
    """The split that the ITN is trained on, or ``screening`` for a share of the pictures screened.

    A network that was trained here is surer of its training pictures than of any others: what it
    keeps of those says little, so ``auto`` prefers pictures that it has not seen.
    """
    wanted = config.itn.pictures
    trained = any(model.learns for model in config.models.values())
    order: tuple[datasets.Split, ...] = ()
    # Of the split that certifies as well both take some.
    certifying = "validation" if trained else "training"
    if wanted == "auto":
        order = ("validation", "training") if trained else ("training",)
    elif wanted != "screening":
        order = (wanted,)
    for split in order:
        if config.dataset.name == "imagenette" or all(
            len(dataset.pictures(name, split, 2, config.seed))
            > (wanted == "auto" and split == certifying)
            for name in classes
        ):
            return split
    if wanted in ("training", "validation"):
        raise InputError(
            f"itn.pictures: {wanted!r}, but a class has no pictures beyond those screened; "
            "lower dataset.images, give dataset.training_root, or use screening"
        )
    if config.itn.enabled and config.individual:
        check_shares(len(classes), config.itn.held_out, "")
    elif config.itn.enabled:
        check_shares(fewest, config.itn.held_out)
    return "screening"


def _pictures(config: Config, dataset: datasets.Dataset, classes: Sequence[str]) -> dict[str, int]:
    """How many pictures of each class are screened; raises InputError where a job would lack some."""
    section, seed = config.dataset, config.seed
    _check_end(config)
    if config.individual:
        return dict.fromkeys(classes, 1)
    if section.name == "imagenette":
        # Its pictures may not be there yet.
        return dict.fromkeys(classes, min(number_of(section.images), IMAGENETTE))
    for key, splits in _needed(config):
        for name, split in product(dataset.present, splits):
            if not dataset.pictures(name, split, 1, seed):
                raise InputError(
                    f"{key} needs {split} pictures, but {name!r} has none beside those that are screened; "
                    "lower dataset.images or give dataset.training_root"
                )
    return amounts(dataset, classes, section.images, section.on_few_pictures, seed)


def _check_objects(
    config: Config, dataset: datasets.Dataset, classes: Sequence[str], objects: Sequence[str]
) -> None:
    section = config.dataset
    masks = None if section.masks is None else Path(section.masks)
    # Imagenette's pictures may not be there yet.
    shown = [
        picture
        for name in (classes if objects and section.name != "imagenette" else ())
        for picture in dataset.pictures(name, "screening", number_of(section.images), config.seed)
    ]
    check_known(dataset, masks, objects, shown)


def _check_neighbours(config: Config, dataset: datasets.Dataset) -> None:
    """That there are as many training pictures as neighbours vote, where they are here by now."""
    asked = {
        f"models.{name}.head.k": model.head.k
        for name, model in config.models.items()
        if model.head is not None and model.head.kind == "knn"
    }
    if not asked or config.dataset.name == "imagenette":
        return
    number = config.dataset.training_images
    there = sum(
        len(dataset.pictures(name, "training", number, config.seed)) for name in dataset.present
    )
    for key, neighbours in asked.items():
        if neighbours > there:
            raise InputError(
                f"{key}: {neighbours} neighbours, but there are {there} training pictures (20 is the "
                f"default): write `head: {{kind: knn, k: {max(1, min(5, there))}}}`"
            )


def _check_end(config: Config) -> None:
    if config.dataset.name == "phantoms" and config.dataset.images == "all":
        raise InputError(
            "dataset.images: 'all', but phantoms are rendered without end; give a number"
        )


def _needed(config: Config) -> Iterator[tuple[str, tuple[datasets.Split, ...]]]:
    """The first model that wants pictures beside those screened, of each kind, and which it wants."""
    for name, model in config.models.items():
        if model.weights == "train":
            yield f"models.{name}.weights: 'train'", ("training", "validation")
            break
    for name, model in config.models.items():
        if model.learns and model.head is not None:
            yield f"models.{name}.head: {model.head.kind!r}", ("training",)
            break


def _device(wanted: str) -> Device:
    import torch

    available = torch.cuda.is_available()
    # A cluster's nodes may have what the machine that plans the run has not.
    if wanted == "cuda" and not available and shutil.which("sbatch") is None:
        raise InputError("device: 'cuda' is asked for, but torch sees no GPU here; use auto or cpu")
    return "cuda" if wanted == "cuda" or (wanted == "auto" and available) else "cpu"


def _check_cell(
    cell: str, config: Config, screened: Mapping[str, TransformAxis], classes: Sequence[str]
) -> None:
    model, transform, name = cell.split("/")
    for what, value, allowed in (
        ("model", model, config.models),
        ("transform", transform, screened),
        ("class", name, classes),
    ):
        if value not in allowed:
            raise unknown(f"figures.cells {cell!r}: {what}", value, allowed)
