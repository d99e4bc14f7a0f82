"""Put pictures at every magnitude of every transform into strips for the page to explore (JSON)."""

import argparse
from pathlib import Path

import command
from invariances.explorer.marks import rounded
from invariances.inference import read_pictures
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables.files import write_json


def main(arguments: argparse.Namespace) -> None:
    from invariances.explorer.pictures import shared_sheets, shown_of
    from invariances.transforms import Setting, moves_object

    axes = from_json(tuple[TransformAxis, ...], arguments.transforms, "--transforms")
    grids = {axis.name: sorted(map(rounded, axis.magnitudes)) for axis in axes}
    files, objects = command.grouped(arguments.prepared_of), moves_object(grids)
    # Networks that see their pictures alike share the files.
    shared = {tuple(paths): read_pictures(paths, objects=objects) for paths in files.values()}
    pictures = {model: shared[tuple(paths)] for model, paths in files.items()}
    shown = shown_of(list(shared.values()), grids, arguments.classes)
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    sheets = shared_sheets(pictures, grids, arguments.classes, shown, setting)
    write_json({"shown": shown, **sheets}, arguments.output)


if __name__ == "__main__":
    shared = ("--prepared-of", "--padding", "--resampling", "--seed", "--threads")
    parser = command.parser(__doc__, *shared)
    parser.add_argument("--classes", nargs="+", required=True, help="in the run's order")
    parser.add_argument("--transforms", required=True, help="each on its grid, as JSON")
    parser.add_argument("--output", type=Path, required=True, help="the strips, .json")
    command.run(main, parser.parse_args())
