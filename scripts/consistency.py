"""How often one network predicts the same of two random crops of a picture: consistency/{model}.csv."""

import argparse
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import CONSISTENCY
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers
    from invariances.consistency import consistency_table, window
    from invariances.inference.responder import Responder

    classifier = classifiers.load(arguments.classifier).to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    options = {"batch_size": arguments.batch_size, "precision": arguments.precision}
    table = consistency_table(
        Responder(classifier, window(arguments.window), **options),
        read_pictures(arguments.prepared, categories),
        arguments.classifier.name,
        side=arguments.window,
        pairs=arguments.crop_pairs,
        seed=arguments.seed,
    )
    write(table, arguments.output, CONSISTENCY)


if __name__ == "__main__":
    shared = ("--seed", "--batch-size", "--precision", "--device", "--threads")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared)
    add = parser.add_argument
    add("--window", type=int, required=True, help="side of what the network sees of each crop")
    add("--crop-pairs", type=int, default=5, help="pairs of crops a picture")
    add("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
