"""Try a network with the first pictures, untransformed, before anything that lasts: a line in a file."""

import argparse
import sys
from pathlib import Path

import numpy as np

import command
from invariances.baseline import first_line
from invariances.inference import read_pictures
from invariances.plan import Preprocessing
from invariances.records import from_json
from invariances.tables import atomically

SHOWN = 20
"""Pictures, at most."""


def main(arguments: argparse.Namespace) -> None:
    import torch

    from invariances import classifiers
    from invariances.inference.tensors import as_tensor

    preprocessing = from_json(Preprocessing, arguments.preprocessing, "--preprocessing")
    classifier = classifiers.load(arguments.classifier)
    categories = classifiers.describe(arguments.classifier).categories
    pictures = read_pictures(arguments.prepared, categories)
    rows = np.unique(
        np.linspace(0, len(pictures) - 1, min(SHOWN, len(pictures))).round().astype(int)
    )
    shown = pictures.take(rows)
    with torch.inference_mode():
        # One by one: memory is no matter then, whatever the network.
        found = [int(classifier(as_tensor(each[None], "cpu")).argmax()) for each in shown.pixels[:]]
    right = int((np.array(found) == shown.categories).sum())
    line = first_line(arguments.classifier.name, preprocessing, right, len(rows), len(categories))
    print(line, file=sys.stderr)
    atomically(arguments.output, lambda path: path.write_text(line + "\n", encoding="utf-8"))


if __name__ == "__main__":
    parser = command.parser(__doc__, "--prepared", "--classifier", "--threads")
    parser.add_argument("--preprocessing", required=True, help="the network's, complete, as JSON")
    parser.add_argument("--output", type=Path, required=True, help="the line, .txt")
    command.run(main, parser.parse_args())
