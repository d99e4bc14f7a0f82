"""Draw a figure of the registry: one of invariances.figures, or `module:function` of one's own.

figure.py overview --read thresholds=thresholds.csv --read curves=curves.parquet
    --classes orange lime --transforms axes.json --output overview.png overview.pdf
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import command
from invariances.errors import InputError, unknown
from invariances.figures import registry


def main(arguments: argparse.Namespace) -> None:
    """Find the figure, read its files, draw, write."""
    sys.path.insert(0, str(Path.cwd()))
    declared = declaration(arguments.name)
    files = by_name(arguments.read, "--read", declared.reads)
    for name in declared.reads:
        files.setdefault(name, [])
    from invariances.figures import inputs, style

    pages = inputs.draw(
        declared,
        {name: [Path(path) for path in paths] for name, paths in files.items()},
        values(arguments, declared),
    )
    style.save(pages, arguments.output, dpi=arguments.dpi)
    if declared.per_page:
        style.remove_further_pages([path for path in arguments.output if path.suffix == ".png"])


def declaration(name: str) -> registry.Declared:
    """The figure of that name, or at `module:function`."""
    if ":" in name:
        return registry.find(name)
    figures = registry.registry()
    if name not in figures:
        raise unknown("figure", name, figures)
    return figures[name]


def by_name(texts: Sequence[str], option: str, names: Any) -> dict[str, list[str]]:
    """What is given for each name, in NAME=VALUE."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{option} {text!r}: not of the form NAME=VALUE")
        if name not in names:
            raise unknown(option, name, names)
        found.setdefault(name, []).append(value)
    return found


def values(arguments: argparse.Namespace, declared: registry.Declared) -> dict[str, Any]:
    """The wildcards of the address and what the figure asks of the run."""
    from invariances.figures import axes, style

    given = by_name(arguments.value, "--value", (*registry.WILDCARDS, "name"))
    found: dict[str, Any] = {name: texts[-1] for name, texts in given.items()}
    if "transforms" in declared.parameters:
        found["transforms"] = axes.read_transforms(arguments.transforms)
    found["palette"] = style.Palette(arguments.classes)
    found["models"] = arguments.models
    return found | ({"width": arguments.width} if arguments.width else {})


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("name", help="the figure, or module:function")
    parser.add_argument(
        "--read", action="extend", nargs="+", default=[], metavar="NAME=FILE",
        help="a file that it is drawn from, by the name in its head; of several, each",
    )  # fmt: skip
    parser.add_argument(
        "--value", action="extend", nargs="+", default=[], metavar="NAME=VALUE",
        help="a wildcard of its address, as in model=alexnet",
    )  # fmt: skip
    parser.add_argument(
        "--transforms", default="{}", metavar="JSON",
        help="label, unit, identity, axis (linear | log | ordinal) of each transform, or a file of it",
    )  # fmt: skip
    parser.add_argument(
        "--classes", nargs="+", default=[], help="in the run's order, for the colours"
    )
    parser.add_argument("--models", nargs="+", default=[], help="networks in the run's order")
    parser.add_argument("--width", type=float, metavar="MM", help="instead of the figure's own")
    parser.add_argument("--dpi", type=float, default=300.0, help="resolution (default: 300)")
    parser.add_argument(
        "--output", type=Path, nargs="+", required=True, help="PNG of each page, PDF"
    )
    command.run(main, parser.parse_args())
