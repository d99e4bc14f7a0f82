"""The networks that a config names: each is built, given its weights and shown some pictures."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from invariances import datasets
from invariances.configuration import opened
from invariances.configuration.declaration import Model
from invariances.configuration.declaration import Preprocessing as Wanted
from invariances.configuration.heads import FITTED
from invariances.configuration.trials import trial_pictures, try_network
from invariances.configuration.tried import once
from invariances.datasets.contents import contents
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError, unknown
from invariances.extension import is_own
from invariances.names import composed, is_file
from invariances.plan import Device, Network, Preprocessing

PACE: dict[str, float] = {}
"""Seconds of a picture's pass through each model on this machine, as tried by this process or before."""


def network(
    name: str,
    section: Model,
    dataset: datasets.Dataset,
    classes: Sequence[str],
    *,
    seed: int = 0,
    device: Device = "cpu",
    gradient: bool = False,
    layers: Sequence[str] = (),
) -> Network:
    """What is known of a network once it was built, given its weights and tried with some pictures.

    `seed` draws the pictures; `gradient` says whether an ITN will be trained before it, `layers` which
    modules are asked for by name. Raises InputError if it cannot be used.
    """
    from invariances.augmentation import augmentation
    from invariances.classifiers import build, options_of
    from invariances.classifiers.networks import give_sizes, own_digest
    from invariances.classifiers.packaged import packaged
    from invariances.classifiers.preprocessing import library_preprocessing
    from invariances.transforms import Setting

    key = f"models.{name}"
    categories = categories_of(key, section, dataset)
    for category in classes:
        if category not in categories:
            raise unknown(f"{key}: the network does not know the class", category, categories)
    count = len(categories)
    # An encoder has the outputs that its library gives it.
    classes_built = count if section.head is None else None
    try:
        # The network first: what is asked of its library below takes its name to be right.
        options = options_of(section.network, section.weights, section.options)
        with opened.noted(is_own(section.network)) as read:
            built = build(section.network, classes=classes_built, options=options)
            # Another file of the same name, whatever its age, is another model.
            sha256 = ""
            if section.weights == "own":
                sha256 = own_digest(section.network, classes=classes_built, options=options)
        _check_weights(section)
        augmentation(section.training.augment, Setting(), seed)
        published, source = library_preprocessing(section.network, section.weights, classes_built)
        preprocessing = _completed(section.preprocessing, published)
        give_sizes(built, preprocessing.crop, section.network)
        pictures = trial_pictures(dataset, classes, preprocessing.preparation(), seed)
        tried = once(
            *(partial(try_network, built), section, preprocessing, categories, pictures),
            device=device,
            gradient=gradient,
            layers=layers,
        )
        PACE[name] = tried.seconds
    except InputError as error:
        hint = _of_imagenet(section, dataset) if "cannot be built so" in str(error) else ""
        raise InputError(f"{key}: {error}{hint}") from error
    if section.weights == "package":
        sha256 = packaged(section.network).sha256
    if is_file(section.weights):
        sha256 = hashlib.sha256(Path(section.weights).read_bytes()).hexdigest()
    # Not all that a network is made of is among its weights: settings, tables, buffers that are not kept.
    files = opened.data_files(read) + opened.among(section.options) * (":" not in section.network)
    if section.head is not None and section.head.file is not None:
        files.append(Path(section.head.file))
    if files:
        sha256 = datasets.digest(f"{sha256} {contents(files)}")
    return Network(
        preprocessing=preprocessing,
        source=_with_own(source, section.preprocessing),
        gflops=float(f"{tried.gflops:.6g}"),
        sha256=sha256,
    )


def _of_imagenet(section: Model, dataset: datasets.Dataset) -> str:
    """What helps where a network of ImageNet's thousand classes was asked for those of the folders."""
    table, names = ImageNetTable.load(), dataset.categories
    if (
        section.categories != "dataset"
        or len(names) == len(table.ids)
        or not all(map(table.find, names))
    ):
        return ""
    return (
        f"; it was asked for the {len(names)} classes that there are, all of them ImageNet's: a network of "
        "ImageNet's thousand wants `categories: imagenet` in the dataset (--categories imagenet)"
    )


def _with_own(source: str, wanted: Wanted) -> str:
    given = ", ".join(wanted.model_dump(exclude_none=True))
    return f"{source}; {given} from the config" if given else source


def _completed(wanted: Wanted, published: Preprocessing) -> Preprocessing:
    """`published`, with what the config says in its place."""
    given = wanted.model_dump(exclude_none=True)
    found = replace(published, **given)
    # Some of the library's own crops are larger, and are filled with black.
    if found.crop > found.resize and {"crop", "resize"} & set(given):
        raise InputError(f"preprocessing.crop: {found.crop} is larger than resize, {found.resize}")
    return found


def categories_of(key: str, section: Model, dataset: datasets.Dataset) -> tuple[str, ...]:
    """The names of a model's logits: of a head made from pictures the classes that have some."""
    if section.head is not None and section.head.kind in (*FITTED, "identity"):
        return dataset.present
    return model_categories(key, section.categories, dataset)


def model_categories(key: str, wanted: str, dataset: datasets.Dataset) -> tuple[str, ...]:
    """The names of a network's logits, from the dataset or a file with one a line."""
    if wanted == "dataset":
        return dataset.categories
    path = Path(wanted)
    if not path.is_file():
        raise InputError(f"{key}.categories: no file {str(path)!r}; write `dataset` or a text file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{key}.categories: {path} is not a text file in UTF-8") from error
    names = tuple(composed(line.strip()) for line in text.splitlines() if line.strip())
    if len(set(names)) < len(names):
        raise InputError(f"{key}.categories: {path} names a class twice")
    return datasets.named_alike(names, dataset)


def _check_weights(section: Model) -> None:
    """That these weights can be of this network, and are not left at random."""
    from invariances.classifiers.packaged import packaged

    name, weights = section.network, section.weights
    if weights == "train" or is_file(weights):
        return
    if weights == "package":
        packaged(name)
    if ":" in name and weights != "own":
        raise InputError(
            f"weights: {weights!r}: a network of your own has `train`, `own` or a file of weights"
        )
    if ":" not in name and weights == "own":
        raise InputError(
            f"weights: 'own' is for callables that load them; {name} has `train`, the library's name "
            "for published weights or a file"
        )
