"""Compile a classifier in bfloat16 (engine.bfloat16.pt2 and .json), or say why it stays eager."""

import argparse
import sys
from pathlib import Path

import command
from invariances.tables.files import write_json


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers
    from invariances.classifiers import compiled, halved

    classifier = classifiers.load(arguments.classifier)
    description = classifiers.describe(arguments.classifier)
    engine = halved.build(classifier, arguments.side, description.sha256, arguments.output)
    why = f", since {engine.because}" if engine.because else ""
    print(f"{arguments.classifier.name} in bfloat16: {engine.name}{why}", file=sys.stderr)
    write_json(compiled.entry(engine), arguments.output.with_suffix(".json"))


if __name__ == "__main__":
    parser = command.parser(__doc__, "--classifier", "--threads")
    parser.add_argument("--side", type=int, required=True, help="of the network's pictures")
    parser.add_argument("--output", type=Path, required=True, help="the package, .pt2")
    command.run(main, parser.parse_args())
