"""How large each network is: its parameters, and the multiply-adds of a picture."""

import argparse
import json
from pathlib import Path

import command
from invariances.costs import multiply_adds
from invariances.tables import NETWORKS
from invariances.tables.frames import frame, write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers
    from invariances.classifiers.size import parameter_count

    operations = json.loads(arguments.operations)
    rows = [
        {
            "model": model,
            "parameters": parameter_count(classifiers.load(folder)),
            "multiply_adds": multiply_adds(operations[model]),
        }
        for model, folder in arguments.classifiers
    ]
    write(frame(NETWORKS, rows), arguments.output, NETWORKS)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--classifiers", nargs="+", required=True, type=command.assigned, metavar="MODEL=FOLDER",
        help="folders of weights.safetensors and model.json",
    )  # fmt: skip
    parser.add_argument(
        "--operations", required=True, help="billions of operations of each network's pass, as JSON"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
