"""Pictures as a trained ITN transforms them, over a fine grid of each k: for the explorer's squares."""

import argparse
import json
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import write_arrays


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, itn
    from invariances.itn.evaluation import grid

    classifier = classifiers.load(arguments.classifier).to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    part = read_pictures(arguments.prepared, categories).part(**json.loads(arguments.part))
    module = itn.load(arguments.net).to(next(classifier.buffers()).device)
    points = [point for varied, point in grid(module, arguments.points) if varied != "all"]
    arrays = itn.gallery(
        *(module, classifier, part.pixels, part.categories, categories),
        count=arguments.count,
        points=[None, *points],
    )
    write_arrays(arrays, arguments.output)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--prepared", "--classifier", "--device", "--threads")
    add = parser.add_argument
    add("--net", type=Path, required=True, help="the trained ITN, .safetensors")
    add("--part", required=True, help="which of them, as JSON: classes, count, start, stop")
    add("--points", type=int, default=9, help="values of each k component")
    add("--count", type=int, default=6, help="classes that are shown, one picture of each")
    add("--output", type=Path, required=True, help="output, .npz")
    command.run(main, parser.parse_args())
