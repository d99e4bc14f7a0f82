"""A sweep's rate over that of the bare forward pass; the thresholds and curves of the usual ways."""

import numpy as np
import torch

from bench import usual
from bench.cases import Size, classifier, pictures, ready, with_objects
from bench.rows import Row, Rows, devices, seconds
from invariances.configuration import default
from invariances.inference import Pictures
from invariances.inference.responder import Responder, fitting
from invariances.screening import sweep
from invariances.thresholds.search import search
from invariances.transforms import TRANSFORMS, Resampling, Setting

PAPER = (
    *("translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom"),
    *("brightness", "contrast", "grayscale", "blur", "noise"),
)
ANTIALIASED = (
    *("translate_x", "rotate", "scale_x", "scale_y", "zoom"),
    *("shear_x", "tilt", "elastic"),
)
"""Of each way in which a picture is filtered, or is not: along the axes, aslant, by several samples."""
BARS = {"alexnet": ">= 0.8"}
GPU_ROWS = 2048
"""Rows timed together on a GPU, whatever the network."""
GPU_PICTURES = 12
"""Pictures whose thresholds are searched on a GPU: a class's."""
ON_GPU = ("alexnet", "resnet50", "resnet101")
SELDOM = {
    *("shot_noise", "jpeg", "zoom_blur"),
    *(name for name in TRANSFORMS if name.startswith("c_")),
}
"""What a GPU sweeps no faster than the CPU does it, or in many samples: no bar."""


def sweep_rows(size: Size, wanted) -> Rows:
    """Pictures x magnitudes a second inside a sweep's job over the bare pass on ready tensors."""
    for network, rows in size.networks.items():
        for name in PAPER:
            title, bar = f"sweep: {network}, {name}", BARS.get(network, ">= 0.9")
            if wanted(title):
                figure = sweep_ratio(size, network, name, rows, "cpu")
                yield Row(title, figure, "of the bare pass", bar)
    here = devices()["cuda"]
    for network in ON_GPU:
        # Each of them with one network: what a transform costs is the same with all.
        for name in TRANSFORMS if network == "resnet50" else PAPER:
            title, bar = f"sweep: {network}, {name}", "" if name in SELDOM else ">= 0.9"
            if wanted(title, "cuda"):
                figure = sweep_ratio(size, network, name, GPU_ROWS, "cuda") if here else None
                yield Row(title, figure, "of the bare pass", bar, "cuda")


def further_rows(size: Size, wanted) -> Rows:
    """The same of ResNet-18 under what is beyond the paper: at most a quarter more than the pass."""
    for name in TRANSFORMS:
        title, bar = f"further: resnet18, {name}", "" if name in SELDOM else ">= 0.8"
        if name not in PAPER and wanted(title):
            figure = sweep_ratio(size, "resnet18", name, size.networks["resnet18"], "cpu")
            yield Row(title, figure, "of the bare pass", bar)


def antialiased_rows(size: Size, wanted) -> Rows:
    """The same of ResNet-18 under ``resampling: antialiased``: at most a quarter more than the pass."""
    for device, here in devices().items():
        for name in ANTIALIASED:
            title = f"antialiased: resnet18, {name}"
            if wanted(title, device):
                count = GPU_ROWS if device == "cuda" else size.networks["resnet18"]
                case = (size, "resnet18", name, count, device, "antialiased")
                figure = sweep_ratio(*case) if here else None
                yield Row(title, figure, "of the bare pass", ">= 0.8", device)


def sweep_ratio(
    size: Size,
    network: str,
    name: str,
    rows: int,
    device: str,
    resampling: Resampling = "bilinear",
) -> float:
    judge, grid = classifier(network, size.classes, device), np.array(TRANSFORMS[name].magnitudes)
    shown = pictures(max(1, round(rows / len(grid))), size.side)
    if TRANSFORMS[name].of_object:
        shown = with_objects(shown)
    total = len(shown.names) * len(grid)
    batch_size = min(fitting(torch.device(device), size.side, size.side), rows)
    setting = Setting(resampling=resampling)
    responder = Responder(judge, TRANSFORMS[name], setting, batch_size=batch_size, once=True)
    home = int(np.flatnonzero(grid == TRANSFORMS[name].identity)[0])
    batch = ready(batch_size, size.side, device)

    def bare() -> None:
        with torch.inference_mode():
            for start in range(0, total, batch_size):
                judge.network(batch[: total - start])

    ours, theirs = seconds(
        lambda: sweep(responder, shown, grid, home), bare, device=device, rounds=size.rounds
    )
    return theirs / ours


# ---- against the usual loops ---------------------------------------------------------------------


def loop_rows(size: Size, wanted) -> Rows:
    """The same curve by torchvision's functions, picture by picture and magnitude by magnitude."""
    for network in size.small:
        for name in PAPER:
            title = f"curve: {network}, {name}"
            if wanted(title):
                single, batched = loop_ratios(size, network, name)
                yield Row(f"{title}, against batches of one", single, "times faster", ">= 1")
                yield Row(
                    f"{title}, against batches of a magnitude", batched, "times faster", ">= 1"
                )


def loop_ratios(size: Size, network: str, name: str) -> tuple[float, float]:
    judge, grid = classifier(network, size.classes), np.array(TRANSFORMS[name].magnitudes)
    shown = pictures(size.pictures, size.side)
    home = int(np.flatnonzero(grid == TRANSFORMS[name].identity)[0])
    responder = Responder(judge, TRANSFORMS[name], Setting(), once=True)
    ours, single, batched = seconds(
        lambda: sweep(responder, shown, grid, home),
        lambda: usual.one_by_one(judge, shown.pixels, name, grid),
        lambda: usual.by_magnitude(judge, shown.pixels, name, grid),
        rounds=size.rounds,
    )
    return single / ours, batched / ours


# ---- against Captum ------------------------------------------------------------------------------


def captum_rows(size: Size, wanted) -> Rows:
    """Each picture's own threshold, by Captum's linear search and by a sweep with bisection."""
    for device, here in devices().items():
        bar = ">= 10" if device == "cpu" else ">= 50"
        for network in size.small:
            for name in ("rotate", "brightness"):
                for batch, how in ((1, "as it comes"), (64, "in batches of 64")):
                    title = f"thresholds: {network}, {name}, against Captum {how}"
                    if wanted(title, device):
                        figure = captum_ratio(size, network, name, batch, device) if here else None
                        yield Row(title, figure, "times faster", bar, device)


def captum_ratio(size: Size, network: str, name: str, batch: int, device: str) -> float:
    count = size.pictures if device == "cpu" else GPU_PICTURES
    judge, shown = classifier(network, size.classes, device), pictures(count, size.side)
    responder = Responder(judge, TRANSFORMS[name], Setting(), batch_size="auto", once=True)
    # Pictures of their own predictions: none is wrong before any transform.
    labels = Responder(judge).answers(shown).prediction
    shown = Pictures.numbered(shown.pixels, labels)
    ours, theirs = seconds(
        lambda: searched(responder, shown, name, size.tolerance),
        lambda: usual.captum(judge, shown.pixels, labels, name, size.tolerance, batch, device),
        device=device,
        rounds=1,
    )
    return theirs / ours


def searched(responder: Responder, shown: Pictures, name: str, tolerance: float) -> list:
    """The grid, then each picture's own thresholds."""
    transform = TRANSFORMS[name]
    grid = np.array(transform.magnitudes)
    home = int(np.flatnonzero(grid == transform.identity)[0])
    found = sweep(responder, shown, grid, home)
    how = {"tolerance": tolerance, "missed": default("thresholds.missed"), "axis": transform.axis}
    return search(responder, shown, found, **how).responses()
