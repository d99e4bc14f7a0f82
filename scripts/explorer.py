"""Put curves, thresholds, strips of pictures and ITNs into one page to explore, without a network."""

import argparse
from pathlib import Path

import command
from invariances.explorer import cells
from invariances.explorer.page import page
from invariances.figures.axes import read_transforms
from invariances.tables import (
    CERTIFICATE,
    CURVES,
    DIRECTIONS,
    EVALUATION,
    LAYERS,
    MIXED,
    NETWORKS,
    PICTURES,
    RANKING,
    THRESHOLDS,
    WORST_PICTURES,
    atomically,
)
from invariances.tables.files import read_json
from invariances.tables.frames import frame, read


def main(arguments: argparse.Namespace) -> None:
    from invariances.explorer.layers import layer_data
    from invariances.explorer.networks import network_data
    from invariances.explorer.pictures import prepared_of
    from invariances.explorer.squares import square_data
    from invariances.explorer.worst import worst_data
    from invariances.figures.itn_gallery import read_gallery
    from invariances.transforms import Setting, moves_object

    curves, transforms = read(arguments.curves, CURVES), read_transforms(arguments.transforms)
    strips = read_json(arguments.strips)
    shown, mixed = strips.pop("shown"), read(arguments.mixed, MIXED)
    data = cells.run_data(
        curves,
        read(arguments.thresholds, THRESHOLDS),
        read(arguments.pictures, PICTURES),
        mixed,
        transforms,
        arguments.classes,
        shown,
    )
    many = [
        read(path, table) if path else None
        for path, table in ((arguments.networks, NETWORKS), (arguments.ranking, RANKING))
    ]
    data |= network_data(data["models"], mixed, *many)
    layers = read(arguments.layers, LAYERS) if arguments.layers else None
    grids = list(cells.grids_of(curves, transforms))
    data["layers"] = None if layers is None else layer_data(layers, data["models"], grids)
    data |= strips
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    worst = read(arguments.worst, WORST_PICTURES) if arguments.worst else frame(WORST_PICTURES, [])
    objects = moves_object(
        [name for each in worst["transform"].unique() for name in each.split("+")]
    )
    pictures = prepared_of(command.grouped(arguments.prepared_of), objects=objects)
    data |= worst_data(worst, pictures, transforms, arguments.classes, shown, setting)
    data["itn"] = {
        model: square_data(
            read_gallery(folder / "square.npz"),
            read(folder / "evaluation.csv", EVALUATION),
            read(folder / "certificate.csv", CERTIFICATE),
            read(folder / "directions.csv", DIRECTIONS),
        )
        for model, folder in arguments.itn
    }
    text = page(arguments.run, data)
    atomically(arguments.output, lambda file: file.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    shared = ("--prepared-of", "--padding", "--resampling", "--seed", "--threads")
    parser = command.parser(__doc__, *shared)
    add = parser.add_argument
    add("--run", required=True, help="the run's name")
    add("--curves", type=Path, required=True, help="curves.parquet")
    add("--thresholds", type=Path, required=True, help="thresholds.csv")
    add("--pictures", type=Path, required=True, help="pictures.parquet")
    add("--mixed", type=Path, required=True, help="mixed.csv")
    add("--strips", type=Path, required=True, help="pictures by explorer_pictures, .json")
    add("--worst", type=Path, help="worst_pictures.parquet, of transforms combined")
    add("--networks", type=Path, help="networks.csv, of a run that has it")
    add("--ranking", type=Path, help="ranking.csv, likewise")
    add("--layers", type=Path, help="layers.parquet, likewise")
    itn = {"metavar": "MODEL=FOLDER", "help": "an ITN's tables and square.npz"}
    add("--itn", nargs="*", default=[], type=command.assigned, **itn)
    add("--classes", nargs="+", required=True, help="in the run's order")
    add("--transforms", required=True, help="label, unit, identity, axis, as JSON")
    add("--output", type=Path, required=True, help="the page, .html")
    command.run(main, parser.parse_args())
