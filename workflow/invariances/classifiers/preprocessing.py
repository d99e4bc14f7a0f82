"""What torchvision and timm say of how their networks see pictures."""

from invariances.classifiers.weights import torchvision_weights
from invariances.errors import InputError, unknown
from invariances.names import is_file
from invariances.plan import IMAGENET, Preprocessing


def library_preprocessing(
    network: str, weights: str, classes: int | None = None
) -> tuple[Preprocessing, str]:
    """The library's settings for these weights, and whose they are, in words for the user.

    Named weights have their own; weights in a file are taken to be of the architecture as the library
    publishes it. Networks of one's own, and those that are trained here, get ImageNet's usual ones.

    Parameters
    ----------
    classes : that named weights must have, if given.

    Raises
    ------
    InputError : the library has no such weights, they have other classes, or pictures that are not square.
    """
    library, _, name = network.partition("/")
    file = is_file(weights)
    if ":" in network or (weights in ("train", "own") and not file):
        return IMAGENET, "ImageNet's usual preprocessing"
    if library == "torchvision":
        entry = torchvision_weights(name, "DEFAULT" if file else weights)
        _check_classes(weights, len(entry.meta["categories"]), None if file else classes)
        preset = entry.transforms()
        settings = Preprocessing(
            resize=preset.resize_size[0],
            crop=preset.crop_size[0],
            interpolation=preset.interpolation.value,
            mean=tuple(preset.mean),
            std=tuple(preset.std),
        )
        return settings, f"torchvision's for {name} with {entry.name}"
    return _timm(network, weights, file, classes)


def _timm(network: str, weights: str, file: bool, classes: int | None) -> tuple[Preprocessing, str]:
    import timm
    from timm.data.config import resolve_data_config

    name = network.partition("/")[2]
    default = file or weights in ("DEFAULT", "pretrained", "package")
    tag = name if default else f"{name.split('.')[0]}.{weights}"
    if not (file or weights == "package") and not timm.is_model_pretrained(tag):
        raise unknown(f"weights of {network}", weights, timm.list_pretrained(f"{name}*"))
    entry = timm.get_pretrained_cfg(tag)
    if entry is None:
        raise InputError(f"network {network!r}: timm does not say how {tag!r} sees pictures")
    _check_classes(weights, entry.num_classes, None if file else classes)
    data = resolve_data_config(pretrained_cfg=entry.to_dict())  # type: ignore[no-untyped-call]
    _, height, width = data["input_size"]
    if height != width:
        raise InputError(
            f"network {network!r} sees pictures of {width}x{height}; networks that are screened see squares"
        )
    settings = Preprocessing(
        resize=int(width / data["crop_pct"]),
        crop=width,
        # timm draws `random` anew for each picture while training, and cannot evaluate with it.
        interpolation="bilinear" if data["interpolation"] == "random" else data["interpolation"],
        mean=tuple(data["mean"]),
        std=tuple(data["std"]),
        crop_mode=data["crop_mode"],
    )
    of = f"{entry.architecture}.{entry.tag}" if entry.tag else entry.architecture
    return settings, f"timm's for {of}"


def _check_classes(weights: str, known: int, classes: int | None) -> None:
    if classes is not None and known != classes:
        raise InputError(
            f"weights: {weights!r} know {known} classes, but there are {classes} categories; set "
            "`categories` of the model or of the dataset"
        )
