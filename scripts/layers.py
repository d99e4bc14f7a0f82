"""Where in a network an invariance to one transform arises: layers/{model}/{transform}.*."""

import argparse
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

import command
from invariances.inference import read_pictures
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import LAYER_SCORES, LAYER_TRENDS, LAYERS
from invariances.tables.frames import write

SETTLED = 64
"""Pictures whose statistics batch normalisation has in the network of random weights, at most."""

FEWEST = 16
"""Pictures that the network of random weights is shown, at least."""


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers
    from invariances.inference.responder import Responder
    from invariances.inference.tensors import as_tensor
    from invariances.layers.chance import of_random_weights
    from invariances.layers.choice import chosen
    from invariances.layers.fields import rasters
    from invariances.layers.measuring import Found, measure
    from invariances.layers.moving import moves
    from invariances.layers.table import layer_tables
    from invariances.transforms import Setting, find, moves_object

    axis = from_json(TransformAxis, arguments.transform, "--transform")
    transform = find(axis.name)
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    device = command.device(arguments.device)
    description = classifiers.describe(arguments.classifier)
    objects = moves_object([axis.name])
    pictures = read_pictures(arguments.prepared, description.categories, objects=objects)
    side = pictures.pixels.shape[1]
    # Of all classes, which come one after the other.
    some = np.linspace(0, len(pictures) - 1, min(SETTLED, len(pictures))).round().astype(int)
    shown = as_tensor(pictures.take(some).pixels[:], "cpu")
    trained = classifiers.load(arguments.classifier).to(device)
    normalised = (shown[:2].to(device) - trained.mean) * trained.scale
    wanted = json.loads(arguments.layers)
    layers = chosen(trained.network, normalised, None if wanted == "auto" else wanted)
    places = rasters(trained, layers, side) if moves(transform) else {}
    options = {"batch_size": arguments.batch_size, "precision": arguments.precision}
    found: dict[str, Found] = {}
    # Of a baseline half of the pictures say enough.
    counts = {
        "trained": len(pictures),
        "random": max(len(pictures) // 2, min(len(pictures), FEWEST)),
    }
    total = sum(counts.values()) * (len(axis.magnitudes) + 3)
    with tqdm(total=total, unit="pass", mininterval=5, desc=f"{axis.name}, layers") as bar:
        for name, number in counts.items():
            classifier = trained
            if name == "random":
                head = getattr(trained.network, "head", None) if description.head else None
                classifier = of_random_weights(description, shown, arguments.seed, head)
                classifier = classifier.to(device)
            classifier.register_forward_hook(lambda network, given, logits: count(bar, len(logits)))
            responder = Responder(classifier, transform, setting, **options)
            found[name] = measure(responder, pictures, axis, layers, places, transform, number)
    tables = layer_tables(
        found,
        arguments.classifier.name,
        axis,
        resamples=arguments.resamples,
        seed=arguments.seed,
    )
    declarations = (LAYERS, LAYER_SCORES, LAYER_TRENDS)
    for table, path, declared in zip(tables, arguments.output, declarations, strict=True):
        write(table, path, declared)


def count(bar: tqdm, passes: int) -> None:
    """Move the bar; a hook that returned something would replace the answer."""
    bar.update(passes)


if __name__ == "__main__":
    shared = ("--padding", "--resampling", "--resamples", "--seed", "--batch-size", "--precision")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared, "--device", "--threads")
    add = parser.add_argument
    add("--transform", required=True, help="one transform on its grid, as JSON")
    add("--layers", default='"auto"', help='"auto" or a list of names of modules, as JSON')
    add(
        "--output",
        type=Path,
        nargs=3,
        required=True,
        metavar=("LAYERS", "SCORES", "TRENDS"),
        help="by magnitude (.parquet), each layer's scores and their trend with depth (.csv)",
    )
    command.run(main, parser.parse_args())
