"""What a trained ITN does on pictures that it was not trained on, and how tight it is."""

import argparse
import json
from pathlib import Path

import command
from invariances.checks import check_numbers
from invariances.tables import write_arrays, write_csv
from itn import Part, pictures


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers, itn

    torch.set_num_threads(arguments.threads)
    arguments.device = command.device(arguments.device)
    classifier = classifiers.load(arguments.model).to(arguments.device)
    categories = classifiers.describe(arguments.model).categories
    pixels, labels = pictures(arguments.pictures, categories, Part(**json.loads(arguments.part)))
    module = itn.load(arguments.net).to(arguments.device)
    table = itn.evaluate(module, classifier, pixels, labels, points=arguments.points)
    # A transform to grey has no saturation.
    table = check_numbers(table, arguments.evaluation, empty=["saturation"])
    write_csv(table, arguments.evaluation)
    if arguments.tightness:
        table = itn.tightness(
            module,
            classifier,
            pixels,
            labels,
            accuracy_loss=arguments.accuracy_loss,
            seed=arguments.seed,
        )
        write_csv(table, arguments.tightness)
    if arguments.gallery:
        arrays = itn.gallery(module, classifier, pixels, labels, categories)
        write_arrays(arrays, arguments.gallery)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--net", type=Path, required=True, help="the trained ITN, .safetensors")
    parser.add_argument(
        "--model", type=Path, required=True, help="folder of weights and model.json"
    )
    parser.add_argument(
        "--pictures", type=Path, nargs="+", required=True, help="prepared pictures, without suffix"
    )
    parser.add_argument(
        "--part", required=True, help="which of them, as JSON: classes, count, start, stop"
    )
    parser.add_argument("--points", type=int, default=5, help="values of each k component")
    parser.add_argument("--accuracy-loss", type=float, default=0.02, help="that the edge allows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluation", type=Path, required=True, help="output, .csv")
    parser.add_argument("--tightness", type=Path, help="output, .csv")
    parser.add_argument("--gallery", type=Path, help="output, .npz: thumbnails over k")
    command.run(main, parser.parse_args())
