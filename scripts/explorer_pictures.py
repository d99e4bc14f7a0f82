"""Put pictures at every magnitude of every transform into strips for the page to explore (JSON)."""

import argparse
from pathlib import Path

import command
from invariances.explorer.marks import rounded
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables.files import write_json


def main(arguments: argparse.Namespace) -> None:
    from invariances.explorer.pictures import prepared_of, shared_sheets, shown_of
    from invariances.transforms import Setting, moves_object

    axes = from_json(tuple[TransformAxis, ...], arguments.transforms, "--transforms")
    grids = {axis.name: sorted(map(rounded, axis.magnitudes)) for axis in axes}
    files = command.grouped(arguments.prepared_of)
    pictures = prepared_of(files, objects=moves_object(grids))
    distinct = {id(own): own for own in pictures.values()}
    shown = shown_of(list(distinct.values()), grids, arguments.classes)
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
