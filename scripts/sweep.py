"""Screen one network with one transform (or a pair): every picture of a chunk at every magnitude."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

import command
from invariances.checks import check_sweep
from invariances.errors import unknown
from invariances.screening import Answers, Pictures, picture_ids
from invariances.tables import atomically, read_manifest, write_arrays, write_parquet

THUMBNAILS, THUMBNAIL_SIDE = 7, 96


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers, precision, screening
    from invariances.transforms import TRANSFORMS, Setting, cropped, pair

    torch.set_num_threads(arguments.threads)
    arguments.device = command.device(arguments.device)
    entry = json.loads(arguments.transform)
    names = entry["transforms"]
    apply = TRANSFORMS[names[0]] if len(names) == 1 else pair(*(TRANSFORMS[name] for name in names))
    if arguments.window:
        apply = cropped(TRANSFORMS[names[0]], arguments.window)
    categories = classifiers.describe(arguments.model).categories
    pictures = read_pictures(arguments.pixels, arguments.manifest, categories)
    magnitudes, identity = expanded(entry["axes"])
    setting = Setting(padding=arguments.padding, seed=arguments.seed)
    responder = screening.Responder(
        classifiers.load(arguments.model).to(arguments.device),
        apply,
        setting,
        batch_size=arguments.batch_size,
        device=arguments.device,
        precision=arguments.precision,
    )
    total = len(pictures.names) * len(magnitudes)
    with tqdm(total=total, unit="forward", mininterval=5, desc="+".join(names)) as bar:
        result = screening.sweep(responder, pictures, magnitudes, identity, bar.update)
    write_arrays(check_sweep(result, arguments.output).arrays(), arguments.output)
    if arguments.precision != "float32":
        write_change(precision.change(responder, pictures, magnitudes), arguments.output)
    if arguments.pictures:
        table = exact(responder, pictures, result, categories, entry, arguments)
        write_parquet(table, arguments.pictures)
    if arguments.thumbnails:
        shown = spread(magnitudes, entry["axes"][0]["axis"])
        write_arrays(thumbnails(apply, pictures, shown, setting), arguments.thumbnails)


def write_change(found: dict[str, object], sweep: Path) -> None:
    """What the precision changes, as JSON beside the sweep."""
    text = json.dumps(found, indent=1) + "\n"
    atomically(sweep.with_suffix(".precision.json"), lambda path: path.write_text(text))


def exact(responder, pictures, result, categories, entry, arguments) -> pd.DataFrame:
    """Each picture's own thresholds, to the tolerance: all pictures of the chunk together."""
    from invariances.thresholds.bisection import Bisection, exhaustive_grid
    from invariances.thresholds.pictures import picture_table

    axis, tolerance = entry["axes"][0]["axis"], arguments.tolerance
    ids, labels = picture_ids(pictures.names), pictures.labels[pictures.class_index]

    def answers(rows: np.ndarray, magnitudes: np.ndarray) -> Answers:
        return responder.answers(pictures.pixels, ids, labels, rows, magnitudes)

    grid, home = result.magnitudes, result.identity
    known = Answers(result.prediction, result.margin)
    if arguments.search == "exhaustive":
        grid, home = exhaustive_grid(grid, home, tolerance=tolerance, axis=axis)
        count = len(pictures.names)
        dense = answers(np.repeat(np.arange(count), len(grid)), np.tile(grid, count))
        known = Answers(*(part.reshape(count, len(grid)) for part in dense))
    search = Bisection.start(known, labels, grid, home, tolerance=tolerance, axis=axis)
    while not search.done:
        search.accept(answers(*search.propose()))
    names = pictures.classes[pictures.class_index]
    cell = (categories, arguments.model.name, entry["transforms"][0])
    return picture_table(search.responses(), pictures.names, names, grid, home, *cell, axis=axis)


def expanded(axes: list[dict[str, object]]) -> tuple[np.ndarray, int]:
    """Magnitudes [M] of one transform or [M, 2] of a pair (second running fastest), and the identity."""
    grids = [np.asarray(axis["magnitudes"], dtype=np.float64) for axis in axes]
    homes = [list(grid).index(axis["identity"]) for grid, axis in zip(grids, axes, strict=True)]
    if len(grids) == 1:
        return grids[0], homes[0]
    first, second = np.meshgrid(*grids, indexing="ij")
    return np.stack([first.ravel(), second.ravel()], axis=1), homes[0] * len(grids[1]) + homes[1]


def read_pictures(pixels: Path, manifest: Path, categories: tuple[str, ...]) -> Pictures:
    """Prepared pictures with their classes' places among the network's categories."""
    table = read_manifest(manifest)
    classes = list(dict.fromkeys(table["class"]))
    for name in classes:
        if name not in categories:
            raise unknown(f"{manifest}: the network does not know the class", name, categories)
    return Pictures(
        pixels=np.load(pixels, mmap_mode="r"),
        names=table["picture"].to_numpy(dtype=str),
        classes=np.array(classes),
        labels=np.array([categories.index(name) for name in classes]),
        class_index=np.array([classes.index(name) for name in table["class"]]),
    )


def spread(magnitudes: np.ndarray, axis: str) -> np.ndarray:
    """Magnitudes [T] evenly spaced, as the figure's axis has them, over the grid's range."""
    low, high = magnitudes[0], magnitudes[-1]
    if axis == "log":
        return np.exp2(np.linspace(np.log2(low), np.log2(high), THUMBNAILS))
    return np.linspace(low, high, THUMBNAILS)


def thumbnails(apply, pictures: Pictures, shown: np.ndarray, setting) -> dict[str, np.ndarray]:
    """The first picture of each class at some magnitudes [T]: uint8 [C, T, h, w, 3]."""
    import dataclasses

    import torch

    strips = []
    for index in range(len(pictures.classes)):
        row = int(np.flatnonzero(pictures.class_index == index)[0])
        number = torch.from_numpy(picture_ids(pictures.names[[row]])).expand(len(shown))
        picture = torch.from_numpy(np.array(pictures.pixels[[row]])).permute(0, 3, 1, 2).float()
        with torch.inference_mode():
            changed = apply(
                picture.expand(len(shown), -1, -1, -1),
                torch.from_numpy(shown),
                dataclasses.replace(setting, ids=number),
            )
            side = min(THUMBNAIL_SIDE, changed.shape[-1])
            small = torch.nn.functional.interpolate(
                changed, size=(side, side), mode="bilinear", antialias=True
            )
        strips.append(small.round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy())
    return {"classes": pictures.classes, "magnitudes": shown, "pictures": np.stack(strips)}


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--pixels", type=Path, required=True, help="prepared pictures, .npy")
    parser.add_argument("--manifest", type=Path, required=True, help="their manifest, .csv")
    parser.add_argument(
        "--model", type=Path, required=True, help="folder of weights and model.json"
    )
    parser.add_argument(
        "--transform", required=True, help="names, magnitudes and identities, as JSON"
    )
    parser.add_argument("--padding", default="black")
    parser.add_argument(
        "--window", type=int, help="side of what the network sees of larger pictures"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--search", choices=["bisect", "exhaustive"], default="bisect")
    parser.add_argument(
        "--tolerance", type=float, default=1 / 256, help="of pictures' thresholds, of the range"
    )
    parser.add_argument("--output", type=Path, required=True, help="the sweep, .npz")
    parser.add_argument("--pictures", type=Path, help="each picture's own thresholds, .parquet")
    parser.add_argument("--thumbnails", type=Path, help="transformed example pictures, .npz")
    command.run(main, parser.parse_args())
