"""The screening without a workflow, for a notebook: a torch module, a folder of pictures, a transform.

    from invariances.notebook import screen

    screening = screen(network, "photos", "rotate", images=20)
    screening.thresholds                 # where each class is overtaken, by which, with intervals
    screening.pictures                   # each picture's own thresholds
    screening.plot("daisy")              # its curve

It calls what the workflow's jobs call, in memory and with nothing kept: for many networks, transforms
or pictures use the workflow.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import nn

from invariances import datasets
from invariances.classifiers import Classifier
from invariances.configuration import dataset_settings, default
from invariances.configuration.declaration import Dataset
from invariances.datasets.amounts import OnFew, amounts, told_of_few
from invariances.errors import InputError, unknown
from invariances.figures.axes import TransformAxis
from invariances.figures.curve import draw_curve
from invariances.figures.responses import curves_of, marks_of
from invariances.figures.style import Palette
from invariances.inference import BatchSize, Pictures
from invariances.inference.responder import Responder, device_of, restored
from invariances.pictures import Preparation, prepare
from invariances.plan import IMAGENET
from invariances.screening import Sweep, sweep
from invariances.thresholds import curve_table, threshold_table
from invariances.thresholds.search import searched_table
from invariances.transforms import Padding, Resampling, Setting, Transform, find

MODEL = "network"


@dataclass(frozen=True)
class Screening:
    """How a network answers to one transform of some pictures.

    Attributes
    ----------
    transform : the one applied.
    sweep : every picture's answers at every magnitude.
    curves, thresholds, pictures : the tables of ``curves.parquet``, ``thresholds.csv`` and
        ``pictures.parquet``, for this one network and transform.
    """

    transform: Transform
    sweep: Sweep
    curves: pd.DataFrame
    thresholds: pd.DataFrame
    pictures: pd.DataFrame

    def plot(self, name: str) -> Figure:
        """The response curve of a class; raises InputError for one that was not screened."""
        classes = [str(each) for each in self.sweep.classes]
        if name not in classes:
            raise unknown("the class", name, classes)
        cell = (MODEL, self.transform.name, [name])
        axis = TransformAxis.of(self.transform)
        curve, marks = curves_of(self.curves, *cell)[name], marks_of(self.thresholds, *cell)[name]
        return draw_curve(curve, axis, Palette(classes), marks=marks)


def screen(
    network: nn.Module,
    root: str | Path,
    transform: str,
    *,
    classes: Sequence[str] | str = "all",
    categories: Sequence[str] | None = None,
    images: int | Literal["all"] = default("dataset.images"),
    on_few_pictures: OnFew = default("dataset.on_few_pictures"),
    resize: int = IMAGENET.resize,
    crop: int = IMAGENET.crop,
    mean: Sequence[float] = IMAGENET.mean,
    std: Sequence[float] = IMAGENET.std,
    magnitudes: Sequence[float] | None = None,
    padding: Padding = default("padding"),
    resampling: Resampling = default("resampling"),
    seed: int = default("seed"),
    batch_size: BatchSize = default("batch_size"),
    tolerance: float = default("thresholds.tolerance"),
    missed: float = default("thresholds.missed"),
    resamples: int = default("thresholds.resamples"),
) -> Screening:
    """Screen a network, where its weights lie, with one transform.

    Parameters
    ----------
    network : normalised pictures [N, 3, crop, crop] -> logits [N, K]; it is left as it was.
    root : one folder of pictures a class, as ``dataset: {name: folder}`` of a config, or the CSV of a
        ``table``.
    transform : a name in ``invariances.transforms.TRANSFORMS``, or ``my_module:function`` of your own.
    classes : names, indices or WordNet ids of those screened, or ``all``.
    categories : the K names; None takes ImageNet's or the folders' own, as the dataset does.
    images : pictures a class, drawn by `seed`, or ``all``.
    on_few_pictures : of a class that has fewer ``take`` them and warn, or ``fail``.
    resize, crop : shorter side and centre crop in pixels; mean, std : the normalisation of [0, 1].
    magnitudes : ascending, the identity among them; None takes the transform's grid.
    tolerance : of pictures' own thresholds, as a share of the magnitudes' range.
    missed : how probable a flip may be in all gaps together that a picture's search leaves alone.
    resamples : of the bootstrap.

    Raises
    ------
    InputError for a folder, class, transform or magnitude that cannot be used, or another number of
    categories than the network has.
    """
    chosen = find(transform, "the transform")
    if chosen.of_object:
        raise InputError(f"{transform!r} needs masks of the pictures, which a config names")
    grid = np.asarray(chosen.magnitudes if magnitudes is None else magnitudes, dtype=np.float64)
    if chosen.identity not in grid:
        raise unknown("magnitudes lack the identity", str(chosen.identity), map(str, grid))
    table = Path(root).is_file()
    section = Dataset(
        name="table" if table else "folder",
        file=str(root) if table else None,
        root=None if table else str(root),
        images=images,
        on_few_pictures=on_few_pictures,
    )
    dataset = datasets.open_dataset(dataset_settings(section))
    names = list(datasets.named_alike(categories or dataset.categories, dataset))
    pictures = _pictures(dataset, names, classes, section, Preparation(resize, crop), seed)
    identity = int(np.flatnonzero(grid == chosen.identity)[0])
    with restored(network):
        classifier = Classifier(network, mean, std).to(device_of(network)).freeze()
        with torch.inference_mode():
            blank = torch.zeros(1, 3, crop, crop, device=device_of(network))
            width = classifier(blank).shape[-1]
        if width != len(names):
            raise InputError(
                f"the network puts out {width} numbers, but {len(names)} categories are known; "
                "give `categories=`, a name for each number"
            )
        setting = Setting(padding, seed, resampling=resampling)
        responder = Responder(classifier, chosen, setting, batch_size=batch_size)
        found = sweep(responder, pictures, grid, identity)
        cell = (names, MODEL, transform)
        own = searched_table(
            *(responder, pictures, found, *cell),
            tolerance=tolerance,
            missed=missed,
            seed=seed,
            axis=chosen.axis,
        )
    thresholds = threshold_table(found, *cell, axis=chosen.axis, resamples=resamples, seed=seed)
    curves = curve_table(found, *cell, resamples=resamples, seed=seed)
    return Screening(chosen, found, curves, thresholds, own)


def _pictures(
    dataset: datasets.Dataset,
    categories: list[str],
    classes: Sequence[str] | str,
    section: Dataset,
    preparation: Preparation,
    seed: int,
) -> Pictures:
    """The pictures of some classes, prepared; raises InputError where the network lacks a class."""
    wanted = datasets.select(dataset, classes)
    for name in wanted:
        if name not in categories:
            raise unknown("the network does not know the class", name, categories)
    found = amounts(dataset, wanted, section.images, section.on_few_pictures, seed)
    if few := told_of_few(found, section.images):
        warnings.warn(few, stacklevel=3)
    names: list[str] = []
    owners: list[int] = []
    pixels: list[NDArray[np.uint8]] = []
    for place, name in enumerate(wanted):
        for picture in dataset.pictures(name, "screening", found[name], seed):
            names.append(picture)
            owners.append(place)
            pixels.append(prepare(dataset.read(picture), preparation))
    return Pictures(
        pixels=np.stack(pixels),
        names=np.array(names),
        classes=np.array(wanted),
        labels=np.array([categories.index(name) for name in wanted]),
        class_index=np.array(owners),
    )
