"""Train the Invariant Transformer Net before one frozen classifier (section III.D)."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

import command
from invariances.errors import InputError
from invariances.tables import read_manifest, write_csv


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers, itn

    torch.set_num_threads(arguments.threads)
    arguments.device = command.device(arguments.device)
    classifier = classifiers.load(arguments.model).to(arguments.device)
    categories = classifiers.describe(arguments.model).categories
    part = Part(**json.loads(arguments.part))
    pixels, labels = pictures(arguments.pictures, categories, part)
    settings = itn.Settings(**json.loads(arguments.settings))
    with tqdm(total=settings.steps, unit="step", mininterval=5, desc="itn") as bar:
        module, history = itn.train(
            classifier,
            pixels,
            labels,
            settings,
            checkpoint=arguments.checkpoint,
            progress=lambda done, steps: bar.update(done - bar.n),
        )
    write_csv(history, arguments.history)
    itn.save(module, arguments.output)
    arguments.checkpoint.unlink(missing_ok=True)


class Part:
    """Which of the prepared pictures: some classes, the first `count` of each, or a share of them.

    Parameters
    ----------
    classes : class names; count : pictures of each at most.
    start, stop : the share of each class's pictures, in [0, 1]; [0, 1] takes all.
    """

    def __init__(
        self, classes: list[str], count: int, start: float = 0.0, stop: float = 1.0
    ) -> None:
        self.classes, self.count, self.start, self.stop = classes, count, start, stop

    def rows(self, table: pd.DataFrame) -> np.ndarray:
        """Rows of a manifest that belong to the part: class after class, each in the manifest's order."""
        chosen = []
        for name in self.classes:
            own = np.flatnonzero(table["class"] == name)
            first, last = (round(share * len(own)) for share in (self.start, self.stop))
            chosen.append(own[first:last][: self.count])
        return np.concatenate(chosen)


def pictures(
    stems: list[Path], categories: tuple[str, ...], part: Part
) -> tuple[np.ndarray, np.ndarray]:
    """Prepared pictures uint8 [N, H, W, 3] and labels [N] of a part, from files named without suffix."""
    # Not with_suffix: a stem may hold dots.
    tables = [read_manifest(Path(f"{stem}.csv")) for stem in stems]
    table = pd.concat(tables, ignore_index=True)
    rows = part.rows(table)
    if not len(rows):
        raise InputError(f"{stems[0]}.csv: no pictures of {', '.join(part.classes[:5])}")
    stored = [np.load(f"{stem}.npy", mmap_mode="r") for stem in stems]
    starts = np.cumsum([0, *map(len, tables)])
    places = np.searchsorted(starts, rows, side="right") - 1
    pixels = [stored[place][row - starts[place]] for place, row in zip(places, rows, strict=True)]
    labels = np.array([categories.index(name) for name in table["class"].iloc[rows]])
    return np.stack(pixels), labels


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--model", type=Path, required=True, help="folder of weights and model.json"
    )
    parser.add_argument(
        "--pictures", type=Path, nargs="+", required=True, help="prepared pictures, without suffix"
    )
    parser.add_argument(
        "--part", required=True, help="which of them, as JSON: classes, count, start, stop"
    )
    parser.add_argument(
        "--settings", required=True, help="fields of invariances.itn.Settings, as JSON"
    )
    parser.add_argument(
        "--checkpoint", type=Path, required=True, help="state of an unfinished training"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--history", type=Path, required=True, help="output, .csv")
    parser.add_argument("--output", type=Path, required=True, help="output, .safetensors")
    command.run(main, parser.parse_args())
