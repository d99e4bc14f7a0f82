"""The config that a few options stand for, with comments, as somebody would write it by hand."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from invariances.commands.starting import snakefile
from invariances.configuration import check, default
from invariances.configuration.presets import PRESETS
from invariances.datasets.synsets import ImageNetTable
from invariances.datasets.table import read_rows
from invariances.errors import InputError
from invariances.names import composed
from invariances.pictures import EXTENSIONS

LIBRARIES = {"torchvision": "DEFAULT", "timm": "pretrained"}
"""Libraries of networks, and what their usual weights are called."""


@dataclass(frozen=True)
class Request:
    """What somebody asked for; empty or None stands for the default."""

    pictures: Path
    networks: tuple[str, ...]
    weights: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    categories: str | None = None
    transforms: tuple[str, ...] = ()
    images: int | str | None = None
    head: str | None = None
    itn: bool = False


def run_name(request: Request) -> str:
    """A name for the run, of its pictures and its first network."""
    pictures = request.pictures.resolve()
    stem = pictures.stem if pictures.is_file() else pictures.name
    return f"{_plain(stem)}-{_plain(_short(request.networks[0]))}"[:100]


def config_text(request: Request, run: str) -> str:
    """The config as YAML; raises InputError for what can be none, and for pictures that are not there."""
    text = "\n".join([*_head(run), *_dataset(request), *_models(request), *_rest(request), ""])
    check(yaml.safe_load(text))
    return text


def _head(run: str) -> Iterator[str]:
    yield "# Written by `invariances run`, and yours to change. Every key is explained in"
    yield f"# {_reference()}. It goes on, and runs only what is new, by"
    yield f"#     invariances run {run}.yaml"
    yield f"run: {_scalar(run)}"
    yield ""


def _reference() -> str:
    """Where the keys are explained: beside the workflow, wherever that lies."""
    file = snakefile().parent / "config/README.md"
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _dataset(request: Request) -> Iterator[str]:
    labels, table = labels_of(request.pictures)
    yield "dataset:"
    if table:
        yield "  # A table with the columns path (from the table's own folder) and label."
        yield "  name: table"
        yield f"  file: {_scalar(str(request.pictures))}"
    else:
        yield "  # One folder a class."
        yield "  name: folder"
        yield f"  root: {_scalar(str(request.pictures))}"
    categories, why = _categories(request, labels)
    yield f"  # {why}"
    yield f"  categories: {_scalar(categories)}"
    if request.classes:
        yield f"  classes: {_listed(request.classes)}"
    images = request.images or default("dataset.images")
    yield "  # Of each class, drawn by seed; of a class that has fewer, all."
    yield f"  images: {_scalar(images)}"
    yield ""


def labels_of(pictures: Path) -> tuple[list[str], bool]:
    """The names of classes as folders or a table have them, and whether it is a table."""
    if pictures.is_dir():
        folders = sorted(
            path.name for path in pictures.iterdir() if path.is_dir() and path.name[0] != "."
        )
        if not folders:
            loose = any(path.suffix.lower() in EXTENSIONS for path in pictures.iterdir())
            holds = "pictures, but no folders" if loose else "no folders"
            raise InputError(
                f"{pictures} holds {holds}: put the pictures of each class into a folder with its name "
                f"({pictures}/daisy/*.jpg), or give a table (.csv) with the columns path and label"
            )
        return [composed(name) for name in folders], False
    if pictures.is_file():
        if pictures.suffix.lower() != ".csv":
            raise InputError(f"{pictures}: is no folder, table (.csv) or config (.yaml)")
        return list(dict.fromkeys(read_rows(pictures).values())), True
    raise InputError(f"{pictures}: there is no such folder, table (.csv) or config (.yaml)")


def _categories(request: Request, labels: Sequence[str]) -> tuple[str, str]:
    """What the classes' names mean, and why."""
    if request.categories:
        return request.categories, "What the classes' names mean."
    published = all(
        name.partition("/")[0] in LIBRARIES and ":" not in name for name in request.networks
    )
    if published and "train" not in request.weights and request.head is None:
        table = ImageNetTable.load()
        if all(table.find(label) for label in labels):
            return "imagenet", "The classes are ImageNet's; `own` if the network has other ones."
    return "auto", (
        "The network's classes are these, sorted as text; ImageNet's thousand if all are WordNet ids."
    )


def _models(request: Request) -> Iterator[str]:
    weights = request.weights or ("",) * len(request.networks)
    if len(weights) != len(request.networks):
        raise InputError(
            f"--weights: {len(weights)} for {len(request.networks)} networks; give one for each"
        )
    yield "models:"
    for name, network, own in zip(_names(request.networks), request.networks, weights, strict=True):
        yield f"  {_scalar(name)}:"
        yield f"    network: {_scalar(network)}"
        yield f"    weights: {_scalar(own or LIBRARIES.get(network.partition('/')[0], 'own'))}"
        if request.head is not None:
            yield "    # Classes out of an embedding; `identity` wants no labels (docs/encoders.md)."
            yield f"    head: {_scalar(request.head)}"
    yield ""


def _names(networks: Iterable[str]) -> list[str]:
    """A name for each network in results."""
    names: list[str] = []
    for network in networks:
        name = _plain(_short(network))
        while name in names:
            name = f"{name}-again"
        names.append(name)
    return names


def _rest(request: Request) -> Iterator[str]:
    single = [name for name in request.transforms if "+" not in name]
    pairs = [name.split("+") for name in request.transforms if "+" in name]
    if len(single) == 1 and single[0] in PRESETS and not pairs:
        yield "# All of a preset (config/README.md); name those you want, as `{rotate: , blur: }`."
        yield f"transforms: {single[0]}"
    elif request.transforms:
        yield "# Each on its default grid; `rotate: {range: [-30, 30], steps: 31}` gives another."
        # A pair's transforms are screened alone as well.
        alone = [name for pair in pairs for name in pair]
        yield "transforms:"
        yield from (f"  {_scalar(name)}:" for name in dict.fromkeys([*single, *alone]))
    else:
        yield "# All of the paper's transforms; name those you want, as `transforms: {rotate: , blur: }`."
    yield ""
    yield "# Two transforms at once, as `[{transforms: [rotate, zoom]}]`."
    yield f"pairs: [{', '.join(f'{{transforms: {_listed(pair)}}}' for pair in pairs)}]"
    yield ""
    yield "# The Invariant Transformer Net, trained before each network."
    yield f"itn: {{enabled: {_scalar(request.itn)}}}"


def _short(network: str) -> str:
    """A network's last name; its module's where the callable is called `build`, as any may be."""
    return re.split(
        r"[/:.]" if network.endswith(":build") else r"[/:]", network.removesuffix(":build")
    )[-1]


def _plain(name: str) -> str:
    """A name that is fit for a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-") or "run"


def _scalar(value: object) -> str:
    """As YAML reads it back: quoted where a bare word would be something else."""
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z_./][\w./:-]*", value)
    if plain and yaml.safe_load(str(value)) == value:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, values))}]"
