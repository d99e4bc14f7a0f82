"""Get a classifier ready: train it, fetch the library's weights, or verify a file of weights.

Writes weights.safetensors, model.json and, for a trained one, its accuracy on held-out pictures.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

import command
from invariances import datasets
from invariances.configuration import is_file, model_categories
from invariances.tables import read_manifest, write_csv


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers

    torch.set_num_threads(arguments.threads)
    section = json.loads(arguments.model)
    dataset = datasets.open_dataset(json.loads(arguments.dataset))
    categories = model_categories("model", section, dataset)
    torch.manual_seed(arguments.seed)
    preprocessing = section["preprocessing"]
    options = classifiers.options_of(section["network"], section["weights"], section["options"])
    description = classifiers.Description(
        network=section["network"],
        categories=categories,
        options=options,
        mean=tuple(preprocessing.get("mean", classifiers.IMAGENET_MEAN)),
        std=tuple(preprocessing.get("std", classifiers.IMAGENET_STD)),
        weights=section["weights"],
    )
    weights = section["weights"]
    network = classifiers.build(section["network"], classes=len(categories), options=options)
    # Of a network that was trained under this name before.
    (arguments.output / "validation.csv").unlink(missing_ok=True)
    if weights == "train":
        train(network, description, section["training"], arguments)
    elif is_file(weights):
        classifiers.fit_state(
            network, classifiers.read_state(Path(weights)), f"weights {weights!r}"
        )
    elif weights != "own":
        state = classifiers.fetch_state(section["network"], weights, options)
        classifiers.fit_state(network, state, f"weights {weights!r} of {section['network']}")
    classifiers.save(network, description, arguments.output)
    if arguments.checkpoint:
        arguments.checkpoint.unlink(missing_ok=True)


def train(network, description, settings: dict[str, float], arguments: argparse.Namespace) -> None:
    """Train in place on the dataset's training split; state the accuracy on held-out pictures."""
    import pandas as pd

    from invariances import classifiers, training

    classifier = classifiers.Classifier(network, description.mean, description.std)
    pixels, labels = split(arguments.training, description.categories)
    epochs = settings["epochs"]
    with tqdm(total=epochs, unit="epoch", desc="training") as bar:

        def progress(done: int, total: int, loss: float) -> None:
            bar.update(done - bar.n)
            bar.set_postfix(loss=f"{loss:.3f}")

        training.train(
            classifier,
            pixels,
            labels,
            seed=arguments.seed,
            epochs=epochs,
            batch_size=settings["batch_size"],
            learning_rate=settings["learning_rate"],
            checkpoint=arguments.checkpoint,
            progress=progress,
        )
    classifier.freeze()
    held_out, truth = split(arguments.validation, description.categories)
    accuracy = training.accuracy(classifier, held_out, truth)
    row = {"images": len(truth), "accuracy": accuracy}
    write_csv(pd.DataFrame([row]), arguments.output / "validation.csv")


def split(stem: Path, categories: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Prepared pictures uint8 [N, H, W, 3] and their labels [N]."""
    table = read_manifest(stem.with_suffix(".csv"))
    labels = np.array([categories.index(name) for name in table["class"]])
    return np.load(stem.with_suffix(".npy")), labels


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--model", required=True, help="the config's section of the model, as JSON")
    parser.add_argument("--dataset", required=True, help="the config's dataset section, as JSON")
    parser.add_argument("--training", type=Path, help="pictures to train on, without suffix")
    parser.add_argument("--validation", type=Path, help="held-out pictures, without suffix")
    parser.add_argument("--checkpoint", type=Path, help="state of an unfinished training")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    command.run(main, parser.parse_args())
