"""The networks that a config names: each is built, given its weights and shown one picture."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from invariances import datasets
from invariances.configuration.schema import Config
from invariances.errors import InputError, unknown

STANDARD = {"resize": 256, "crop": 224, "interpolation": "bilinear"}


def model(
    name: str, section: Config, dataset: datasets.Dataset, classes: list[str]
) -> tuple[Config, float]:
    """The section with its preprocessing spelled out, and the billions of operations of a forward pass.

    Raises InputError if the network cannot be used.
    """
    from invariances.classifiers import build, options_of

    key = f"models.{name}"
    categories = model_categories(key, section, dataset)
    for category in classes:
        if category not in categories:
            raise unknown(f"{key}: the network does not know the class", category, categories)
    try:
        # The network first: what is asked of its library below takes its name to be right.
        options = options_of(section["network"], section["weights"], section["options"])
        network = build(section["network"], classes=len(categories), options=options)
        _check_weights(section)
        published = _library_preprocessing(section, len(categories))
        preprocessing = STANDARD | published | section["preprocessing"]
        if preprocessing["crop"] > preprocessing["resize"]:
            raise InputError(
                f"preprocessing.crop: {preprocessing['crop']} is larger than resize, "
                f"{preprocessing['resize']}"
            )
        gflops = _try_model(network.eval(), section, len(categories), preprocessing["crop"])
    except InputError as error:
        raise InputError(f"{key}: {error}") from error
    resolved = section | {"preprocessing": preprocessing}
    if is_file(section["weights"]):
        # Another file of the same name, whatever its age, is another model.
        resolved["sha256"] = sha256(Path(section["weights"]).read_bytes()).hexdigest()
    return resolved, gflops


def model_categories(key: str, section: Config, dataset: datasets.Dataset) -> tuple[str, ...]:
    """The names of a network's logits, from the dataset or a file with one a line."""
    if section["categories"] == "dataset":
        return dataset.categories
    path = Path(section["categories"])
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


def _check_weights(section: Config) -> None:
    """That these weights can be of this network, and are not left at random."""
    network, weights = section["network"], section["weights"]
    if weights == "train" or is_file(weights):
        return
    if ":" in network and weights != "own":
        raise InputError(
            f"weights: {weights!r}: a network of your own has `train`, `own` or a file of weights"
        )
    if ":" not in network and weights == "own":
        raise InputError(
            f"weights: 'own' is for callables that load them; {network} has `train`, the library's name "
            "for published weights or a file"
        )


def _library_preprocessing(section: Config, classes: int) -> Config:
    """What the library says of its pretrained weights; empty for others."""
    library, _, name = section["network"].partition("/")
    weights = section["weights"]
    if weights in ("train", "own") or is_file(weights) or ":" in section["network"]:
        return {}
    if library == "torchvision":
        from invariances.classifiers import torchvision_weights

        entry = torchvision_weights(name, weights)
        _check_classes(weights, len(entry.meta["categories"]), classes)
        preset = entry.transforms()
        return {
            "resize": preset.resize_size[0],
            "crop": preset.crop_size[0],
            "interpolation": preset.interpolation.value,
            "mean": list(preset.mean),
            "std": list(preset.std),
        }
    import timm

    tag = name if weights in ("DEFAULT", "pretrained") else f"{name.split('.')[0]}.{weights}"
    if not timm.is_model_pretrained(tag):
        raise unknown(f"weights of {section['network']}", weights, timm.list_pretrained(f"{name}*"))
    data = timm.get_pretrained_cfg(tag)
    if data is None:
        raise InputError(
            f"network {section['network']!r}: timm does not say how {tag!r} sees pictures"
        )
    _check_classes(weights, data.num_classes, classes)
    crop = data.input_size[1]
    return {
        "resize": int(crop / data.crop_pct),
        "crop": crop,
        "interpolation": data.interpolation,
        "mean": list(data.mean),
        "std": list(data.std),
    }


def _check_classes(weights: str, known: int, classes: int) -> None:
    if known != classes:
        raise InputError(
            f"weights: {weights!r} know {known} classes, but there are {classes} categories; set "
            "`categories` of the model or of the dataset"
        )


def _try_model(network: Any, section: Config, classes: int, side: int) -> float:
    """Load weights that are at hand, show the network one picture, and count what it does with it."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from invariances.classifiers import fit_state, read_state

    if is_file(section["weights"]):
        fit_state(network, read_state(Path(section["weights"])), f"weights {section['weights']!r}")
    try:
        with torch.inference_mode(), FlopCounterMode(display=False) as counter:
            logits = network(torch.zeros(1, 3, side, side))
    except Exception as error:  # a network's own code may raise anything
        raise InputError(
            f"network {section['network']!r} fails on a picture of {side}x{side}: {error}"
        ) from error
    if not isinstance(logits, torch.Tensor):
        raise InputError(
            f"network {section['network']!r} answers {type(logits).__name__}, not a tensor of logits"
        )
    if tuple(logits.shape) != (1, classes):
        raise InputError(
            f"network {section['network']!r} answers {list(logits.shape)} to one picture, but "
            f"there are {classes} categories; set `categories` of the model or of the dataset"
        )
    if not bool(torch.isfinite(logits).all()):
        raise InputError(f"network {section['network']!r} answers NaN or Inf")
    # Nobody counts the operations of a layer that does not multiply matrices.
    return max(1e-4, float(counter.get_total_flops() / 1e9))
