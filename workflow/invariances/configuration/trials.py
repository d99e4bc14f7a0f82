"""Networks tried before the first job: with pictures as jobs prepare them, through the jobs' classifier."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from invariances import costs, datasets, phantoms
from invariances.configuration.declaration import Model
from invariances.configuration.heads import settings_of
from invariances.configuration.tried import Trial
from invariances.errors import InputError
from invariances.pictures import Pixels, Preparation, prepare
from invariances.plan import Device, Preprocessing

if TYPE_CHECKING:  # torch takes seconds to import, at each start
    from torch import Tensor, nn

    from invariances.classifiers.heads import Embedding

A_WHILE = 0.1
"""Seconds of a go that tells how fast a network is."""
TRIED, FEWEST = 8, 3
"""Pictures that a network is tried with, at most; fewer than the least are no trial."""


def trial_pictures(
    dataset: datasets.Dataset, classes: Sequence[str], preparation: Preparation, seed: int
) -> NDArray[np.uint8]:
    """Pictures of several classes as jobs prepare them, uint8 [N, side, side, 3].

    Those that cannot be read are passed over: the job that prepares them names them. Where too few can, as
    before a dataset is downloaded, phantoms stand in: rendered pictures with structure at all scales.
    """
    spread = Counter(classes[place * len(classes) // TRIED] for place in range(TRIED))
    found: list[Pixels] = []
    for name, number in spread.items():
        with suppress(InputError):  # not downloaded yet
            for picture in dataset.pictures(name, "screening", number, seed):
                with suppress(InputError):
                    found.append(prepare(dataset.read(picture), preparation))
    if len(found) < FEWEST:
        side = max(16, preparation.resize)
        rendered = [phantoms.render(name, 0, seed=0, size=side) for name in phantoms.CLASSES]
        found = [prepare(Image.fromarray(pixels), preparation) for pixels in rendered[:TRIED]]
    return np.stack(found)


def try_network(
    network: "nn.Module",
    section: Model,
    preprocessing: Preprocessing,
    categories: Sequence[str],
    pixels: NDArray[np.uint8],
    *,
    device: Device = "cpu",
    gradient: bool = False,
    layers: Sequence[str] = (),
) -> Trial:
    """What one picture's forward pass takes, if every job will run and mean something.

    Weights in a file are loaded; those that are published or trained later are stood for by random ones
    (a trained network is tried again when it is trained). So are a head's vectors that are made from
    pictures. `gradient` is asked for by ITNs, and `layers` are the modules that the config names.

    Raises InputError saying what is wrong and what is its usual cause.
    """
    import torch

    from invariances.classifiers import trial
    from invariances.classifiers.heads import cut
    from invariances.classifiers.local import fill
    from invariances.inference.tensors import as_tensor
    from invariances.layers.choice import chosen

    name, weights = section.network, section.weights
    here = fill(network, name, weights, section.weights_key)
    if (head := settings_of(section)) is not None:
        embedding = cut(network, head, name)
        known = here or weights == "own"
        network = _headed(embedding, section, preprocessing, categories, pixels, known)
    classifier = trial.suited(
        network, preprocessing.mean, preprocessing.std, preprocessing.crop, section.outputs
    )
    place = "cuda" if device == "cuda" and torch.cuda.device_count() else "cpu"
    pictures = as_tensor(pixels, place)
    classifier = classifier.to(place)
    if weights == "train":
        trial.check_training(classifier, pictures, name)
    gflops = trial.check(
        classifier.freeze(),
        pictures,
        len(categories),
        name=name,
        accept=section.accept,
        gradient=gradient,
    )
    if layers:
        chosen(classifier.network, (pictures[:2] - classifier.mean) * classifier.scale, layers)
    return Trial(gflops, _pace(classifier, pictures))


def _headed(
    embedding: "Embedding",
    section: Model,
    preprocessing: Preprocessing,
    categories: Sequence[str],
    pixels: NDArray[np.uint8],
    known: bool,
) -> "nn.Module":
    """An encoder with the head of its texts, or one that stands in for what pictures will make.

    Where its weights are `known` by now, an encoder that tells no two pictures apart is refused.
    """
    import torch

    from invariances.classifiers.heads import Headed, stand_in
    from invariances.classifiers.trial import suited
    from invariances.encoders import check_spread, from_texts, width_of
    from invariances.inference.tensors import as_tensor

    head = settings_of(section)
    assert head is not None
    name, pictures = section.network, as_tensor(pixels, "cpu")
    classifier = suited(embedding, preprocessing.mean, preprocessing.std, preprocessing.crop)
    width = width_of(classifier.freeze(), pictures[:2], name)
    if known:
        with torch.no_grad():
            check_spread(classifier(pictures), name)
    if section.head is not None and section.head.file is not None:
        made = from_texts(head, Path(section.head.file), categories)
        if made.prototypes.shape[1] != width:
            raise InputError(
                f"head.file {section.head.file!r}: embeddings of {made.prototypes.shape[1]} numbers, but "
                f"the network's have {width}"
            )
        return Headed(embedding, made)
    return Headed(embedding, stand_in(head, width, len(categories)))


def _pace(classifier: "nn.Module", pictures: "Tensor") -> float:
    """Seconds that a pass takes here; the fastest of goes of growing batches, as they are in a sweep.

    The last is the first that takes a while, or as large as batches are.
    """
    import torch

    def seconds() -> float:
        start = perf_counter()
        with torch.inference_mode():
            float(classifier(pictures).sum())  # a GPU is waited for
        return perf_counter() - start

    took = min(seconds(), seconds())
    fastest = took / len(pictures)
    while took < A_WHILE and len(pictures) < costs.BATCH_SIZE:
        pictures = torch.cat([pictures, pictures])
        took = min(seconds(), seconds())
        fastest = min(fastest, took / len(pictures))
    return max(fastest, 1e-6)
