"""Each threshold as the size of the change that it makes: grey levels, and pixels of displacement."""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import command
from invariances.checks import check_numbers
from invariances.errors import InputError
from invariances.screening import Pictures
from invariances.tables import check_columns, read_manifest, read_table, write_csv

KEY = ("model", "transform", "class", "direction")
NEEDED = (*KEY, "threshold", "low", "high", "censored")


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances.sizes import size_table
    from invariances.transforms import Setting

    torch.set_num_threads(arguments.threads)
    thresholds = check_columns(read_table(arguments.thresholds), NEEDED, arguments.thresholds)
    setting = Setting(padding=arguments.padding, seed=arguments.seed)
    parts = []
    for model, path in (assigned(text) for text in arguments.pictures):
        pictures = read_pictures(path)
        own = (thresholds["model"] == model) & thresholds["class"].isin(pictures.classes.tolist())
        parts.append(size_table(thresholds[own], pictures, setting, device=arguments.device))
    table = thresholds[list(KEY)].merge(pd.concat(parts), on=KEY, how="left", validate="1:1")
    lacking = table[table["rms_grey_levels"].isna()]
    if len(lacking):
        cell = "/".join(lacking.iloc[0][["model", "class"]])
        raise InputError(f"--pictures: there are none for {cell} of {arguments.thresholds}")
    write_csv(check_numbers(table, arguments.output), arguments.output)


def assigned(text: str) -> tuple[str, Path]:
    """Model and file of MODEL=FILE."""
    model, separator, path = text.partition("=")
    if not separator:
        raise InputError(f"--pictures {text!r}: not of the form MODEL=FILE")
    return model, Path(path)


def read_pictures(path: Path) -> Pictures:
    """Prepared pictures of a chunk, its manifest beside it."""
    table = read_manifest(path.with_suffix(".csv"))
    classes = list(dict.fromkeys(table["class"]))
    return Pictures(
        pixels=np.load(path, mmap_mode="r"),
        names=table["picture"].to_numpy(dtype=str),
        classes=np.array(classes),
        labels=np.arange(len(classes)),
        class_index=np.array([classes.index(name) for name in table["class"]]),
    )


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument(
        "--pictures",
        nargs="+",
        required=True,
        metavar="MODEL=FILE",
        help="prepared pictures (.npy) of a model's chunks, each with its manifest (.csv) beside it",
    )
    parser.add_argument("--padding", default="black", help="what lies outside the picture")
    parser.add_argument("--seed", type=int, default=0, help="of the noise")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="sizes (.csv)")
    command.run(main, parser.parse_args())
