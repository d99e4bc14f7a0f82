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
    stored = np.load(arguments.pixels[0], mmap_mode="r")
    # Spread over the file, that is over its classes.
    shown = stored[np.unique(np.linspace(0, len(stored) - 1, PICTURES).astype(int))]
    pictures = torch.from_numpy(np.array(shown)).permute(0, 3, 1, 2).float()
    write_csv(sharpness_table(pictures), arguments.output)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--pixels", type=Path, nargs="+", required=True, help="prepared pictures, .npy"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
