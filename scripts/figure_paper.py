"""Draw figure 2, 3, 6 or 7 of the paper: four responses of one classifier (2 and 6 are the paper's
of AlexNet, 3 and 7 of ResNet), with the paper's classes where the data set has them.
"""

import argparse
from pathlib import Path

import pandas as pd

from invariances.errors import InputError
from invariances.figures import axes, heatmap, inputs, paper, responses, style
from invariances.figures.thumbnails import Thumbnails


def parse() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = inputs.options(__doc__)
    parser.add_argument("--figure", type=int, choices=sorted(paper.PANELS), default=2)
    parser.add_argument("--model", required=True)
    parser.add_argument("--curves", type=Path, nargs="+", required=True, help="curves.parquet")
    parser.add_argument("--thresholds", type=Path, nargs="+", help="thresholds.csv, to mark them")
    parser.add_argument("--pairs", type=Path, nargs="+", help="pairs.parquet, for the translations")
    parser.add_argument(
        "--thumbnails",
        nargs="+",
        default=[],
        metavar="TRANSFORM=FILE",
        help="*.thumbnails.npz of each transform",
    )
    parser.add_argument(
        "--panel",
        nargs="+",
        metavar="TRANSFORM=CLASS",
        help="other panels than the paper's, up to four",
    )
    return parser.parse_args()


def assigned(texts: list[str], option: str) -> list[tuple[str, str]]:
    """Return name and value of each NAME=VALUE."""
    pairs = [tuple(text.split("=", 1)) for text in texts]
    for text, pair in zip(texts, pairs, strict=True):
        if len(pair) != 2:
            raise InputError(f"{option} {text!r}: not of the form TRANSFORM=…")
    return [(pair[0], pair[1]) for pair in pairs]


def thumbnails_by_transform(texts: list[str]) -> dict[str, dict[str, Thumbnails]]:
    """Read the thumbnails of each transform's chunks."""
    paths: dict[str, list[Path]] = {}
    for transform, path in assigned(texts, "--thumbnails"):
        paths.setdefault(transform, []).append(Path(path))
    return {transform: inputs.read_thumbnails(files) for transform, files in paths.items()}


def main() -> None:
    """Read the tables, draw, write."""
    arguments = parse()
    png, pdf = inputs.outputs(arguments)
    model: str = arguments.model
    curves = inputs.read_tables(arguments.curves, inputs.CURVES)
    thresholds = pairs = pd.DataFrame({"model": [], "transform": []})
    if arguments.thresholds:
        thresholds = inputs.read_tables(arguments.thresholds, inputs.THRESHOLDS)
    if arguments.pairs:
        pairs = inputs.read_tables(arguments.pairs, inputs.PAIRS)
    responses.known("model in the curves", model, responses.present(curves, "model"))
    own = curves[curves["model"] == model]
    screened = responses.present(own, "transform")
    screened += responses.present(pairs[pairs["model"] == model], "transform")
    classes = arguments.classes or responses.present(curves, "class")
    wanted = (
        assigned(arguments.panel, "--panel")
        if arguments.panel
        else paper.panels_for(arguments.figure, classes, screened)
    )
    pictures = thumbnails_by_transform(arguments.thumbnails)
    panels = []
    for transform, name in wanted:
        shown = pictures.get(transform, {}).get(name)
        if "+" in transform:
            response = heatmap.maps_of(pairs, model, transform, [name])[name]
            panels.append(paper.Panel(transform, response, thumbnails=shown))
            continue
        curve = responses.curves_of(curves, model, transform, [name])[name]
        marks = (
            responses.marks_of(thresholds, model, transform, [name])[name]
            if len(thresholds)
            else []
        )
        panels.append(paper.Panel(transform, curve, marks, shown))
    figure = paper.draw_paper(
        panels,
        model,
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, classes),
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
