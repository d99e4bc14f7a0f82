"""Get a classifier ready: train it, fetch the library's weights, or verify a file of weights; of a network
without classes, make its head.

Writes weights.safetensors, model.json and, for a trained one, its accuracy on held-out pictures.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

import command
from invariances import datasets
from invariances.configuration import categories_of, settings_of
from invariances.configuration.declaration import Model
from invariances.inference import read_pictures
from invariances.plan import Preprocessing
from invariances.records import from_json
from invariances.tables import VALIDATION
from invariances.tables.frames import frame, write

TRIED = 8
"""Held-out pictures with which a trained network is tried."""


def main(arguments: argparse.Namespace) -> None:
    import torch

    from invariances import classifiers
    from invariances.classifiers.local import fill
    from invariances.classifiers.trial import suited

    section = Model.model_validate_json(arguments.model)
    preprocessing = from_json(Preprocessing, arguments.preprocessing, "--preprocessing")
    dataset = datasets.open_dataset(from_json(datasets.Settings, arguments.dataset, "--dataset"))
    categories = categories_of("model", section, dataset)
    torch.manual_seed(arguments.seed)
    weights = section.weights
    options = classifiers.options_of(section.network, weights, section.options)
    description = classifiers.Description(
        network=section.network,
        categories=categories,
        options=options,
        mean=preprocessing.mean,
        std=preprocessing.std,
        weights=weights,
        outputs=section.outputs,
        head=settings_of(section),
    )
    side = preprocessing.crop
    classes = None if description.head else len(categories)
    network = classifiers.build(section.network, classes=classes, options=options, side=side)
    # Of a network that was trained under this name before.
    (arguments.output / "validation.csv").unlink(missing_ok=True)
    here = fill(network, section.network, weights, section.weights_key)
    if not here and weights not in ("train", "own"):
        state = classifiers.fetch_state(section.network, weights, options)
        classifiers.fit_state(network, state, f"weights {weights!r} of {section.network}")
    if description.head is not None:
        network = headed(network, description, section, side, arguments)
    classifier = suited(network, description.mean, description.std, side, description.outputs)
    description = replace(description, channels_last=classifier.channels_last)
    if weights == "train":
        train(classifier, description, section, arguments)
    classifiers.save(network, description, arguments.output)
    if arguments.checkpoint:
        arguments.checkpoint.unlink(missing_ok=True)


def headed(network, description, section: Model, side: int, arguments: argparse.Namespace):
    """The network with its head, made of a file of texts or of pictures, and tried with them."""
    from invariances import encoders
    from invariances.classifiers import trial
    from invariances.classifiers.heads import Headed, cut
    from invariances.inference.tensors import as_tensor

    head, name, categories = description.head, description.network, description.categories
    embedding = cut(network, head, name)
    normalised = description.mean, description.std, side
    if section.head.file is not None:
        return Headed(embedding, encoders.from_texts(head, Path(section.head.file), categories))
    pictures = read_pictures(arguments.training, categories)
    encoder = trial.suited(embedding, *normalised).freeze()
    made = Headed(embedding, encoders.fitted(head, encoder, pictures, len(categories), name))
    tried = np.linspace(0, len(pictures) - 1, min(TRIED, len(pictures))).astype(int)
    trial.check(
        trial.suited(made, *normalised).freeze(),
        as_tensor(pictures.take(tried).pixels, "cpu"),
        len(categories),
        name=name,
        accept=section.accept,
    )
    return made


def train(classifier, description, section: Model, arguments: argparse.Namespace) -> None:
    """Train in place on the dataset's training split; state the accuracy on held-out pictures.

    The plan has tried the network with random weights: trained, it is held to the same.
    """
    from invariances import training
    from invariances.augmentation import augmentation
    from invariances.classifiers import trial
    from invariances.inference.tensors import as_tensor
    from invariances.transforms import Setting

    settings = section.training
    outside = Setting(arguments.padding, resampling=arguments.resampling)
    shown = read_pictures(arguments.training, description.categories)
    pixels, labels = shown.take(np.arange(len(shown))).pixels, shown.categories
    epochs = settings.epochs
    count = epochs * len(labels)
    with tqdm(total=count, unit="picture", mininterval=5, desc="training") as bar:

        def progress(done: int, total: int, loss: float) -> None:
            # A training that goes on has shown pictures before.
            bar.update(done * len(labels) - bar.n)
            bar.set_postfix(loss=f"{loss:.3f}")

        training.train(
            classifier,
            pixels,
            labels,
            seed=arguments.seed,
            epochs=epochs,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            augment=augmentation(settings.augment, outside, arguments.seed),
            checkpoint=arguments.checkpoint,
            progress=progress,
            shown=bar.update,
        )
    classifier.freeze()
    held_out = read_pictures([arguments.validation], description.categories)
    tried = np.arange(0, len(held_out), max(1, len(held_out) // TRIED))[:TRIED]
    trial.check(
        classifier,
        as_tensor(held_out.take(tried).pixels, "cpu"),
        len(description.categories),
        name=description.network,
        accept=section.accept,
    )
    accuracy = training.accuracy(classifier, held_out)
    row = {"images": len(held_out), "accuracy": accuracy}
    write(frame(VALIDATION, [row]), arguments.output / "validation.csv", VALIDATION)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--padding", "--resampling", "--seed", "--threads")
    parser.add_argument("--model", required=True, help="the config's section of the model, as JSON")
    parser.add_argument("--preprocessing", required=True, help="the network's, complete, as JSON")
    parser.add_argument("--dataset", required=True, help="the dataset's settings, as JSON")
    parser.add_argument(
        "--training",
        type=Path,
        nargs="+",
        help="prepared pictures to train on, or to make a head from, .npy",
    )
    parser.add_argument("--validation", type=Path, help="held-out ones, .npy")
    parser.add_argument("--checkpoint", type=Path, help="state of an unfinished training")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    command.run(main, parser.parse_args())
