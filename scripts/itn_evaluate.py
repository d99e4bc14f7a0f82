"""What a trained ITN does on pictures that it was not trained on, and how tight it is."""

import argparse
import json
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import EVALUATION, FLIPS, TIGHTNESS, write_arrays
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, itn

    classifier = classifiers.load(arguments.classifier).to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    part = read_pictures(arguments.prepared, categories).part(**json.loads(arguments.part))
    module = itn.load(arguments.net).to(next(classifier.buffers()).device)
    asked = (module, classifier, part.pixels, part.categories)
    options = {"accuracy_loss": arguments.accuracy_loss, "seed": arguments.seed}
    ways = itn.ways(module, arguments.points)
    with command.counted(classifier, ways * len(part), "evaluation"):
        table = itn.evaluate(*asked, points=arguments.points, seed=arguments.seed)
        write(table, arguments.evaluation, EVALUATION)
        write(itn.flips(*asked, seed=arguments.seed), arguments.flips, FLIPS)
        write(itn.tightness(*asked, **options), arguments.tightness, TIGHTNESS)
    write_arrays(itn.gallery(*asked, categories), arguments.gallery)


if __name__ == "__main__":
    shared = ("--prepared", "--classifier", "--seed", "--device", "--threads")
    parser = command.parser(__doc__, *shared)
    add = parser.add_argument
    add("--net", type=Path, required=True, help="the trained ITN, .safetensors")
    add("--part", required=True, help="which of them, as JSON: classes, count, start, stop")
    add("--points", type=int, default=5, help="values of each k component")
    add("--accuracy-loss", type=float, default=0.02, help="that the edge allows")
    add("--evaluation", type=Path, required=True, help="output, .csv")
    add("--tightness", type=Path, required=True, help="output, .csv")
    add("--flips", type=Path, required=True, help="output, .csv: at random k")
    add("--gallery", type=Path, required=True, help="output, .npz: thumbnails over k")
    command.run(main, parser.parse_args())
