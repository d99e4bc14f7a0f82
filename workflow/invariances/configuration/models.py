"""The networks that a config names: each is built, given its weights and shown one picture."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from invariances import datasets
from invariances.configuration.declaration import Model
from invariances.configuration.declaration import Preprocessing as Wanted
from invariances.errors import InputError, unknown
from invariances.plan import IMAGENET, Network, Preprocessing


def network(
    name: str, section: Model, dataset: datasets.Dataset, classes: Sequence[str]
) -> Network:
    """What is known of a network once it was built, given its weights and shown a picture.

    Raises InputError if it cannot be used.
    """
    from invariances.classifiers import build, options_of

    key = f"models.{name}"
    categories = model_categories(key, section.categories, dataset)
    for category in classes:
        if category not in categories:
            raise unknown(f"{key}: the network does not know the class", category, categories)
    try:
        # The network first: what is asked of its library below takes its name to be right.
        options = options_of(section.network, section.weights, section.options)
        built = build(section.network, classes=len(categories), options=options)
        _check_weights(section)
        published = _library_preprocessing(section, len(categories))
        preprocessing = _completed(section.preprocessing, published)
        gflops = _try_model(built.eval(), section, len(categories), preprocessing.crop)
    except InputError as error:
        raise InputError(f"{key}: {error}") from error
    # Another file of the same name, whatever its age, is another model.
    file = Path(section.weights).read_bytes() if is_file(section.weights) else None
    return Network(
        preprocessing=preprocessing,
        gflops=round(gflops, 4),
        sha256="" if file is None else sha256(file).hexdigest(),
    )


def _completed(wanted: Wanted, published: Preprocessing) -> Preprocessing:
    """`published`, with what the config says in its place."""
    found = replace(published, **wanted.model_dump(exclude_none=True))
    if found.crop > found.resize:
        raise InputError(f"preprocessing.crop: {found.crop} is larger than resize, {found.resize}")
    return found


def model_categories(key: str, wanted: str, dataset: datasets.Dataset) -> tuple[str, ...]:
    """The names of a network's logits, from the dataset or a file with one a line."""
    if wanted == "dataset":
        return dataset.categories
    path = Path(wanted)
    if not path.is_file():
        raise InputError(f"{key}.categories: no file {str(path)!r}; write `dataset` or a text file")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{key}.categories: {path} is not a text file in UTF-8") from error
    names = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(set(names)) < len(names):
        raise InputError(f"{key}.categories: {path} names a class twice")
    return names


def is_file(weights: str) -> bool:
    """Whether a config's ``weights`` means a file rather than a library's name."""
    return "/" in weights or Path(weights).suffix in (".safetensors", ".pth", ".pt", ".bin")


def _check_weights(section: Model) -> None:
    """That these weights can be of this network, and are not left at random."""
    name, weights = section.network, section.weights
    if weights == "train" or is_file(weights):
        return
    if ":" in name and weights != "own":
        raise InputError(
            f"weights: {weights!r}: a network of your own has `train`, `own` or a file of weights"
        )
    if ":" not in name and weights == "own":
        raise InputError(
            f"weights: 'own' is for callables that load them; {name} has `train`, the library's name "
            "for published weights or a file"
        )


def _library_preprocessing(section: Model, classes: int) -> Preprocessing:
    """What the library says of its pretrained weights; ImageNet's usual for others."""
    library, _, name = section.network.partition("/")
    weights = section.weights
    if weights in ("train", "own") or is_file(weights) or ":" in section.network:
        return IMAGENET
    if library == "torchvision":
        from invariances.classifiers import torchvision_weights

        entry = torchvision_weights(name, weights)
        _check_classes(weights, len(entry.meta["categories"]), classes)
        preset = entry.transforms()
        return Preprocessing(
            resize=preset.resize_size[0],
            crop=preset.crop_size[0],
            interpolation=preset.interpolation.value,
            mean=tuple(preset.mean),
            std=tuple(preset.std),
        )
    import timm

    tag = name if weights in ("DEFAULT", "pretrained") else f"{name.split('.')[0]}.{weights}"
    if not timm.is_model_pretrained(tag):
        raise unknown(f"weights of {section.network}", weights, timm.list_pretrained(f"{name}*"))
    data = timm.get_pretrained_cfg(tag)
    if data is None:
        raise InputError(
            f"network {section.network!r}: timm does not say how {tag!r} sees pictures"
        )
    _check_classes(weights, data.num_classes, classes)
    crop = data.input_size[1]
    return Preprocessing(
        resize=int(crop / data.crop_pct),
        crop=crop,
        interpolation=data.interpolation,
        mean=tuple(data.mean),
        std=tuple(data.std),
    )


def _check_classes(weights: str, known: int, classes: int) -> None:
    if known != classes:
        raise InputError(
            f"weights: {weights!r} know {known} classes, but there are {classes} categories; set "
            "`categories` of the model or of the dataset"
        )


def _try_model(network: Any, section: Model, classes: int, side: int) -> float:
    """Load weights that are at hand, show the network one picture, and count what it does with it."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from invariances.classifiers import fit_state, read_state

    if is_file(section.weights):
        fit_state(network, read_state(Path(section.weights)), f"weights {section.weights!r}")
    try:
        with torch.inference_mode(), FlopCounterMode(display=False) as counter:
            logits = network(torch.zeros(1, 3, side, side))
    except Exception as error:  # a network's own code may raise anything
        raise InputError(
            f"network {section.network!r} fails on a picture of {side}x{side}: {error}"
        ) from error
    if not isinstance(logits, torch.Tensor):
        raise InputError(
            f"network {section.network!r} answers {type(logits).__name__}, not a tensor of logits"
        )
    if tuple(logits.shape) != (1, classes):
        raise InputError(
            f"network {section.network!r} answers {list(logits.shape)} to one picture, but "
            f"there are {classes} categories; set `categories` of the model or of the dataset"
        )
    if not bool(torch.isfinite(logits).all()):
        raise InputError(f"network {section.network!r} answers NaN or Inf")
    # Nobody counts the operations of a layer that does not multiply matrices.
    return max(1e-4, float(counter.get_total_flops() / 1e9))
