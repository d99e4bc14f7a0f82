"""Pictures as a trained ITN transforms them, over a fine grid of each k: for the explorer's squares."""

import argparse
import json
from pathlib import Path

import command
from invariances.tables import write_arrays
from itn import Part, pictures


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers, itn
    from invariances.itn.evaluation import grid

    torch.set_num_threads(arguments.threads)
    arguments.device = command.device(arguments.device)
    classifier = classifiers.load(arguments.model).to(arguments.device)
    categories = classifiers.describe(arguments.model).categories
    pixels, labels = pictures(arguments.pictures, categories, Part(**json.loads(arguments.part)))
    module = itn.load(arguments.net).to(arguments.device)
    points = [point for varied, point in grid(module, arguments.points) if varied != "all"]
    arrays = itn.gallery(
        module,
        classifier,
        pixels,
        labels,
        categories,
        count=arguments.classes,
        points=[None, *points],
    )
    write_arrays(arrays, arguments.output)


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
    parser.add_argument("--points", type=int, default=9, help="values of each k component")
    parser.add_argument("--classes", type=int, default=6, help="shown, one picture of each")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="output, .npz")
    command.run(main, parser.parse_args())
