"""Put curves, thresholds, transformed pictures and ITNs into one page to explore, without a network."""

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import command
from invariances.errors import InputError
from invariances.explorer import cells
from invariances.explorer.page import page
from invariances.figures.axes import read_transforms
from invariances.tables import CURVES, EVALUATION, THRESHOLDS, atomically, check_columns, read_table
from invariances.tables.frames import read
from sizes import read_pictures

PICTURES = ("model", "transform", "class", "picture", "intervals")


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(1)
    data = screening(arguments)
    grids = {entry["name"]: entry["magnitudes"] for entry in data["transforms"]}
    data |= shown(arguments, grids)
    data["itn"] = learned(arguments.itn)
    text = page(arguments.run, data)
    atomically(arguments.output, lambda file: file.write_text(text, encoding="utf-8"))


def screening(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the tables say of every cell."""
    table: pd.DataFrame = check_columns(
        read_table(arguments.pictures), PICTURES, arguments.pictures
    )
    return cells.run_data(
        read(arguments.curves, CURVES),
        read(arguments.thresholds, THRESHOLDS),
        table,
        read_transforms(arguments.transforms),
        arguments.classes,
    )


def shown(arguments: argparse.Namespace, grids: dict[str, list[float]]) -> dict[str, Any]:
    """Strips of pictures, once for networks that see them alike; for each network, which are its own."""
    import torch

    from invariances.explorer.pictures import sheets
    from invariances.transforms import Setting

    torch.set_num_threads(1)
    files: dict[str, list[Path]] = {}
    for text in arguments.images:
        model, path = assigned("--images", text)
        files.setdefault(model, []).append(path)
    folders = list(dict.fromkeys(str(paths[0].parent) for paths in files.values()))
    setting = Setting(padding=arguments.padding, seed=arguments.seed)
    strips = []
    for folder in folders:
        paths = next(own for own in files.values() if str(own[0].parent) == folder)
        chunks = [read_pictures(path) for path in paths]
        strips.append(sheets(chunks, grids, arguments.classes, setting, share=len(folders)))
    places = [folders.index(str(paths[0].parent)) for paths in files.values()]
    return {"pictures": strips, "preparations": places}


def learned(folders: list[str]) -> dict[str, Any]:
    """The squares of each network's ITN, where it has one."""
    from invariances.explorer.squares import square_data
    from invariances.figures.itn_gallery import read_gallery

    found = {}
    for text in folders:
        model, folder = assigned("--itn", text)
        evaluation = read(folder / "evaluation.csv", EVALUATION)
        found[model] = square_data(read_gallery(folder / "square.npz"), evaluation)
    return found


def assigned(option: str, text: str) -> tuple[str, Path]:
    """Model and path of MODEL=PATH."""
    model, separator, path = text.partition("=")
    if not separator:
        raise InputError(f"{option} {text!r}: not of the form MODEL=PATH")
    return model, Path(path)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--run", required=True, help="the run's name")
    parser.add_argument("--curves", type=Path, required=True, help="curves.parquet")
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument("--pictures", type=Path, required=True, help="pictures.parquet")
    parser.add_argument(
        "--images", nargs="+", required=True, metavar="MODEL=FILE", help="prepared pictures (.npy)"
    )
    parser.add_argument(
        "--itn", nargs="*", default=[], metavar="MODEL=FOLDER", help="evaluation.csv, square.npz"
    )
    parser.add_argument("--classes", nargs="+", required=True, help="in the run's order")
    parser.add_argument("--transforms", required=True, help="label, unit, identity, axis, as JSON")
    parser.add_argument("--padding", default="black", help="what lies outside the picture")
    parser.add_argument("--seed", type=int, default=0, help="of the noise")
    parser.add_argument("--output", type=Path, required=True, help="the page, .html")
    command.run(main, parser.parse_args())
