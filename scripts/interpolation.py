"""How much sharpness rotation's interpolation takes from pictures, by angle: interpolation.csv."""

import argparse
from pathlib import Path

import numpy as np

import command
from invariances.tables import write_csv

PICTURES = 50


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(1)
    import torch

    from invariances.interpolation import sharpness_table

    torch.set_num_threads(1)
    stored = [np.load(path, mmap_mode="r") for path in arguments.pixels]
    places = [(file, row) for file, pixels in enumerate(stored) for row in range(len(pixels))]
    # Spread over the files, that is over their classes.
    chosen = np.unique(np.linspace(0, len(places) - 1, PICTURES).astype(int))
    shown = np.stack([stored[file][row] for file, row in (places[place] for place in chosen)])
    pictures = torch.from_numpy(shown).permute(0, 3, 1, 2).float()
    write_csv(sharpness_table(pictures), arguments.output)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--pixels", type=Path, nargs="+", required=True, help="prepared pictures, .npy"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
