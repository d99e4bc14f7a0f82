"""Screen pictures with a network: writes the config, runs the workflow, names the explorer.

    invariances run photos --network timm/resnet50                      one folder a class
    invariances run photos --network timm/resnet50 --weights w.safetensors --transforms rotate blur
    invariances run pictures.csv --network my_module:build              a table, columns path and label
    invariances run mine.yaml                                           a config of your own

The config is written beside you as {run}.yaml and is yours to change; with it the same run goes on, by this
command or by Snakemake. What was made already is not made again.
"""

import argparse
from pathlib import Path

import yaml

from invariances.commands.places import CONFIGS, read_config, read_yaml
from invariances.commands.starting import command, cores_option, start
from invariances.commands.written import Request, config_text, run_name
from invariances.errors import InputError

ONLY_PICTURES = (
    "network", "weights", "head", "classes", "categories", "transforms", "images", "itn", "run_name",
    "overwrite",
)  # fmt: skip
"""Options that say what a config says."""
HEADS = ("prototypes", "knn", "identity")
"""Those that need nothing beside pictures: a config has `text`, and every head's settings."""


def options(parser: argparse.ArgumentParser) -> None:
    """What to screen, and how it is run."""
    add = parser.add_argument
    add(
        "pictures",
        metavar="PICTURES",
        type=Path,
        help="a folder, a table (.csv), or a config (.yaml)",
    )
    add(
        "--network",
        nargs="+",
        help="torchvision/<model>, timm/<model> or my_module:build; or several",
    )
    add(
        "--weights",
        nargs="+",
        metavar="W",
        help="of each network: a file, the library's name, own or train",
    )
    add(
        "--head",
        choices=HEADS,
        help="for networks without classes: what makes classes of an embedding (docs/encoders.md)",
    )
    add("--classes", nargs="+", metavar="CLASS", help="those to screen (default: all)")
    add("--categories", metavar="C", help="what the classes' names mean: imagenet, own or numbered")
    add(
        "--transforms",
        nargs="+",
        metavar="T",
        help="as rotate blur, or a pair, first+second, or a preset (default: paper)",
    )
    add("--images", type=_images, metavar="N", help="pictures of each class, or all (default: 20)")
    add(
        "--itn",
        action=argparse.BooleanOptionalAction,
        help="train an Invariant Transformer Net too",
    )
    add(
        "--run",
        dest="run_name",
        metavar="NAME",
        help="name of the run (default: of pictures and network)",
    )
    add(
        "--overwrite",
        action="store_true",
        help="let another config take the place of the run's own",
    )
    add("--dry-run", action="store_true", help="write the config and say what would be run")
    cores_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the config, or take the one given, and run it."""
    if arguments.pictures.suffix.lower() in CONFIGS:
        given = [name for name in ONLY_PICTURES if getattr(arguments, name) not in (None, False)]
        if given:
            option = f"--{given[0].removesuffix('_name')}"
            raise InputError(
                f"{option}: {arguments.pictures} is a config, which says that itself; edit it"
            )
        config = arguments.pictures
        read_config(config)
        new = False
    else:
        config, new = _written(arguments)
    options = ["--dry-run", "--quiet"] if arguments.dry_run else []
    status = start(command(config, cores=arguments.cores, options=options))
    if status and new and not Path("results", config.stem).exists():
        # Of a start that was refused: it would stand in the corrected one's way.
        config.unlink(missing_ok=True)
        print(f"{config} is removed again, as nothing was made.")
    return status


def _written(arguments: argparse.Namespace) -> tuple[Path, bool]:
    """The file of the config that the options stand for, and whether it is new.

    Another of its name is not replaced unasked.
    """
    if not arguments.network:
        raise InputError(
            "--network: say which, as timm/resnet50, torchvision/alexnet or my_module:build"
        )
    request = Request(
        pictures=arguments.pictures,
        networks=tuple(arguments.network),
        weights=tuple(arguments.weights or ()),
        classes=tuple(arguments.classes or ()),
        categories=arguments.categories,
        transforms=tuple(arguments.transforms or ()),
        images=arguments.images,
        head=arguments.head,
        itn=bool(arguments.itn),
    )
    name = arguments.run_name or run_name(request)
    text, file = config_text(request, name), Path(f"{name}.yaml")
    if file.exists() and not arguments.overwrite:
        _check_same(file, text, name)
        print(f"The config is {file}, as it was.")
        return file, False
    new = not file.exists()
    file.write_text(text, encoding="utf-8")
    print(f"The config is {file}.", flush=True)
    return file, new


def _check_same(file: Path, text: str, name: str) -> None:
    """Raise InputError if the file says something else than the text, naming what and the remedies."""
    there, wanted = read_yaml(file), yaml.safe_load(text)
    if there == wanted:
        return
    keys = dict.fromkeys([*(there if isinstance(there, dict) else ()), *wanted])
    differ = [
        key for key in keys if not isinstance(there, dict) or there.get(key) != wanted.get(key)
    ]
    results = f", the config of results/{name}/," if Path("results", name).is_dir() else ":"
    raise InputError(
        f"{file}{results} says something else ({', '.join(differ)}); go on with it by "
        f"`invariances run {file}`, replace it by --overwrite (what is still right is kept), or give "
        "another name by --run NAME"
    )


def _images(text: str) -> int | str:
    if text == "all":
        return text
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number from 1, or `all`")
    return int(text)
