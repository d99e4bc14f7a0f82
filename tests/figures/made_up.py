"""Made-up tables of the agreed form, large enough to be drawn as a real run's would be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from invariances.figures.axes import TransformAxis

TransformAxes = dict[str, TransformAxis]
Tables = tuple[pd.DataFrame, pd.DataFrame]
"""Curves and thresholds."""
PAIR = "translate_x+translate_y"
NETWORKS = ("alexnet", "resnet18")
SCREENED = ("rotate", "zoom", "noise")
PHANTOMS = (
    "orange", "lime", "golf_ball", "smooth_ball", "bowling_ball", "barbell", "pinwheel",
    "vertical_stripes", "horizontal_stripes", "broom", "obelisk", "volcano", "sweatshirt",
)  # fmt: skip
PHOTOS = (
    "crash helmet", "ballplayer, baseball player", "tench, Tinca tinca", "English springer",
    "cassette player", "chain saw", "church", "French horn", "garbage truck", "gas pump",
    "golf ball", "parachute",
)  # fmt: skip
RIVALS = (
    "black and gold garden spider, Argiope aurantia", "football helmet", "web site, website",
    "window screen", "jigsaw puzzle", "mask", "Petri dish",
)  # fmt: skip


def spec(name: str, label: str, unit: str, identity: float, axis: str) -> dict[str, Any]:
    return {"name": name, "label": label, "unit": unit, "identity": identity, "axis": axis}


TRANSFORMS: dict[str, dict[str, Any]] = {
    "translate_x": spec(
        "translate_x", "horizontal translation", "fraction of the width", 0.0, "linear"
    ),
    "translate_y": spec(
        "translate_y", "vertical translation", "fraction of the height", 0.0, "linear"
    ),
    "rotate": spec("rotate", "rotation", "degrees", 0.0, "linear"),
    "scale_x": spec("scale_x", "horizontal scale", "", 1.0, "log"),
    "scale_y": spec("scale_y", "vertical scale", "", 1.0, "log"),
    "zoom": spec("zoom", "zoom out", "", 1.0, "log"),
    "brightness": spec("brightness", "brightness", "fraction of full scale", 0.0, "linear"),
    "contrast": spec("contrast", "contrast", "", 1.0, "log"),
    "grayscale": spec("grayscale", "grayscale", "fraction of grey", 0.0, "linear"),
    "blur": spec("blur", "Gaussian blur", "pixels", 0.0, "linear"),
    "noise": spec(
        "noise", "Gaussian noise", "standard deviation, fraction of full scale", 0.0, "linear"
    ),
}
GRIDS: dict[str, np.ndarray] = {
    "translate_x": np.linspace(-0.8, 0.8, 33),
    "translate_y": np.linspace(-0.8, 0.8, 33),
    "rotate": np.linspace(-180, 180, 37),
    "scale_x": np.exp2(np.linspace(-2, 2, 25)),
    "scale_y": np.exp2(np.linspace(-2, 2, 25)),
    "zoom": np.exp2(np.linspace(-2, 2, 25)),
    "brightness": np.linspace(-1, 1, 21),
    "contrast": np.exp2(np.linspace(-4, 4, 33)),
    "grayscale": np.linspace(0, 1, 17),
    "blur": np.linspace(0, 16, 33),
    "noise": np.linspace(0, 1, 21),
}


def position(transform: str, magnitudes: np.ndarray) -> np.ndarray:
    """Distance from the identity in [-1, 1] of the range."""
    log = TRANSFORMS[transform]["axis"] == "log"
    places = np.log2(magnitudes) if log else magnitudes - TRANSFORMS[transform]["identity"]
    return places / np.abs(places).max()


def make_cell(
    model: str, transform: str, name: str, categories: Sequence[str], images: int = 20
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Curves and thresholds of one class: it gives way to one rival on each side."""
    generator = np.random.default_rng(abs(hash_of(model, transform, name)))
    grid = GRIDS[transform]
    place = position(transform, grid)
    reach = generator.uniform(0.25, 1.3, size=2)
    steep = generator.uniform(6, 16)
    logits = np.full((len(categories), len(grid)), -6.0) + generator.normal(
        0, 0.7, (len(categories), 1)
    )
    own = list(categories).index(name)
    rivals = generator.choice([i for i in range(len(categories)) if i != own], 3, replace=False)
    logits[own] = 0.0
    logits[rivals[0]] = steep * (place - reach[0])
    logits[rivals[1]] = steep * (-place - reach[1])
    logits[rivals[2]] = -3 + 1.5 * np.cos(6 * place)
    if transform == "rotate" and generator.random() < 0.4:
        logits[own] += 9 * np.exp(-(((np.abs(place) - 1) / 0.15) ** 2))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=0)
    accuracy = np.round(np.clip(softmax[own] * 1.08, 0, 1) * images) / images
    error = 1.96 * np.sqrt((accuracy * (1 - accuracy) + 0.03) / images)
    width = 0.25 * np.sqrt(softmax * (1 - softmax) + 1e-4)
    rows = pd.DataFrame(
        {
            "model": model,
            "transform": transform,
            "class": name,
            "magnitude": np.repeat(grid, len(categories)),
            "images": images,
            "accuracy": np.repeat(accuracy, len(categories)),
            "accuracy_low": np.repeat(np.clip(accuracy - error, 0, 1), len(categories)),
            "accuracy_high": np.repeat(np.clip(accuracy + error, 0, 1), len(categories)),
            "predicted_class": np.tile(np.array(categories, dtype=object), len(grid)),
            "mean_softmax": softmax.T.ravel(),
            "softmax_low": np.clip(softmax - width, 0, 1).T.ravel(),
            "softmax_high": np.clip(softmax + width, 0, 1).T.ravel(),
            "softmax_deviation": width.T.ravel(),
            "identity_covariance": 0.0,
            "interval": "Bayesian bootstrap",
        }
    )
    identity = int(np.abs(place).argmin())
    thresholds = []
    for direction in ("up", "down"):
        steps = range(identity, len(grid)) if direction == "up" else range(identity, -1, -1)
        lost = next((i for i in steps if softmax[:, i].argmax() != own), None)
        end = len(grid) - 1 if direction == "up" else 0
        index = end if lost is None else lost
        spread = 0.06 * (grid.max() - grid.min())
        low, high = grid[index] - spread, grid[index] + spread
        if TRANSFORMS[transform]["axis"] == "log":
            low, high = grid[index] / 1.3, grid[index] * 1.3
        half = next((i for i in steps if accuracy[i] < accuracy[identity] / 2), None)
        thresholds.append(
            {
                "model": model,
                "transform": transform,
                "class": name,
                "direction": direction,
                "threshold": grid[index],
                "low": np.clip(low, grid[0], grid[-1]),
                "high": np.clip(high, grid[0], grid[-1]),
                "censored": lost is None,
                "flips_to": "" if lost is None else categories[int(softmax[:, lost].argmax())],
                "images": images,
                "baseline_accuracy": accuracy[identity],
                "half_accuracy": grid[end if half is None else half],
                "half_accuracy_low": grid[end if half is None else half],
                "half_accuracy_high": grid[end if half is None else half],
                "half_accuracy_censored": half is None,
                "half_accuracy_interval": "Bayesian bootstrap",
                "recognised": "",
                "interval": "Bonferroni's t" + ", far limit open" * (lost is None),
                "grid_error": 0.0,
                "p_no_switch": 1.0 if lost is None else 0.0,
                "p_switch": 0.0 if lost is None else 1.0,
            }
        )
    if grid[0] == TRANSFORMS[transform]["identity"]:
        thresholds = [row for row in thresholds if row["direction"] == "up"]
    return rows, thresholds


def hash_of(*parts: str) -> int:
    return sum((i + 1) * ord(c) for i, c in enumerate("/".join(parts)))


def make_tables(
    models: Sequence[str],
    transforms: Sequence[str],
    classes: Sequence[str],
    categories: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    curves, thresholds = [], []
    for model in models:
        for transform in transforms:
            for name in classes:
                rows, marks = make_cell(model, transform, name, categories or classes)
                curves.append(rows)
                thresholds.extend(marks)
    return pd.concat(curves, ignore_index=True), pd.DataFrame(thresholds)


def make_ranking(models: Sequence[str], transforms: Sequence[str], count: int) -> pd.DataFrame:
    """A ranking of a series: each network goes farther than the one before, the last one to the end."""
    mixed, _ = make_together(models, transforms, count)
    rows = []
    for (name, direction), cell in mixed.groupby(["transform", "direction"], sort=False):
        identity, up = TRANSFORMS[name]["identity"], direction == "up"
        end = GRIDS[name][-1] if up else GRIDS[name][0]
        for place, model in enumerate(models):
            far = (place + 1) / len(models)
            at = identity + far * (end - identity)
            near, beyond = (
                identity + min(1.0, part * far) * (end - identity) for part in (0.8, 1.1)
            )
            rows.append(
                cell[cell["model"] == model].iloc[0].to_dict()
                | {
                    "series": "epochs", "at": 2.0**place, "distance": far, "median_threshold": at,
                    "rank": len(models) - place, "rank_low": max(1, len(models) - place - 1),
                    "rank_high": len(models) - place, "median_censored": place + 1 == len(models),
                    "median_low": min(near, beyond), "median_high": max(near, beyond),
                }
            )  # fmt: skip
    whole = pd.DataFrame(rows[: len(models)]).assign(transform="(all)", direction="both")
    for column in [name for name in whole if name.startswith(("median", "half"))]:
        whole[column] = None
    return pd.concat([pd.DataFrame(rows), whole.sort_values("rank")], ignore_index=True)


def make_networks(models: Sequence[str]) -> pd.DataFrame:
    """Sizes of networks, each half as large again as the one before; of the first nothing was counted."""
    parameters = [round(1e6 * 1.5**place) for place in range(len(models))]
    operations = [np.nan, *(0.1 * 2.0**place for place in range(1, len(models)))]
    return pd.DataFrame({"model": models, "parameters": parameters, "multiply_adds": operations})


def make_together(
    models: Sequence[str], transforms: Sequence[str], count: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of all pictures together, and of each: thresholds spread over the range, some beyond it."""
    generator = np.random.default_rng(3)
    mixed, each = [], []
    for model in models:
        for name in transforms:
            identity = TRANSFORMS[name]["identity"]
            for direction, end, sign in (("up", GRIDS[name][-1], 1), ("down", GRIDS[name][0], -1)):
                if end == identity:
                    continue
                place = np.sort(generator.uniform(0, 1.3, size=count))
                at = identity + sign * np.minimum(place, 1) * abs(end - identity)
                low, middle, high = np.quantile(at, [0.35, 0.5, 0.65])
                cell = {"model": model, "transform": name, "direction": direction}
                mixed.append(
                    cell
                    | {
                        "images": count, "baseline_accuracy": 1.0, "baseline_accuracy_low": 0.9,
                        "baseline_accuracy_high": 1.0, "half_accuracy": middle, "half_accuracy_low": low,
                        "half_accuracy_high": high, "half_accuracy_censored": bool(middle == end),
                        "half_accuracy_interval": "Bayesian bootstrap", "median_threshold": middle,
                        "median_low": low, "median_high": high, "median_censored": bool(middle == end),
                        "recognised": count, "flipped": int((at != end).sum()),
                        "median_interval": "order statistics",
                    }
                )  # fmt: skip
                each += [
                    cell
                    | {
                        "class": PHANTOMS[number % len(PHANTOMS)], "picture": str(number),
                        "status": "measured", "threshold": value, "censored": bool(value == end),
                        "flips_to": "" if value == end else PHANTOMS[0], "crossings": int(value != end),
                        "nonmonotonicity": 0.0, "intervals": [(min(identity, value), max(identity, value))],
                        "unasked": 0, "checked": 0, "missed": False,
                    }
                    for number, value in enumerate(at)
                ]  # fmt: skip
    return pd.DataFrame(mixed), pd.DataFrame(each)


def make_worst(model: str, transform: str, classes: Sequence[str]) -> pd.DataFrame:
    """Accuracies that fall with the hardness of the choice; of pairs none is refined."""
    rows = []
    for number, name in enumerate([*classes, None]):
        base = 0.95 - 0.6 * number / len(classes)
        shares = {"baseline": 1.0, "random": 0.8, "drawn": 0.45, "worst": 0.25, "refined": 0.2}
        row = {"model": model, "transform": transform, "class": name, "images": 20, "points": 27}
        for measure, part in shares.items():
            if measure == "refined" and transform.count("+") < 2:
                continue
            value = base * part
            row |= {
                f"{measure}_accuracy": value,
                f"{measure}_accuracy_low": max(0.0, value - 0.1),
                f"{measure}_accuracy_high": min(1.0, value + 0.15),
            }
        rows.append(row | {"drawn": 10})
    return pd.DataFrame(rows)


MOVING = ("translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom")
LAYERS = ("features.2", "features.5", "features.12", "avgpool", "classifier")


def make_layers(
    models: Sequence[str], transforms: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layers whose invariance falls with the magnitude, less so the deeper they are, and their scores.

    Of those without a map, the last two, and of what moves nothing there is no equivariance.
    """
    rows, scores = [], []
    for model in models:
        for weights, reach in (("trained", 1.0), ("random", 0.4)):
            for transform in transforms:
                for depth, layer in enumerate(LAYERS, start=1):
                    head = {
                        "model": model, "weights": weights, "transform": transform, "layer": layer,
                        "depth": depth, "shape": "8x4x4", "images": 20,
                    }  # fmt: skip
                    moves = depth < 4 and transform in MOVING
                    grid = GRIDS[transform]
                    for magnitude, place in zip(grid, position(transform, grid), strict=True):
                        value = 1 - min(1.2, 3 * abs(place) / (reach * depth))
                        rows.append(
                            {**head, "magnitude": magnitude, "accuracy": max(0, value), "invariance": value,
                             "equivariance": 1 - 0.7 * abs(place) if moves else np.nan}
                        )  # fmt: skip
                    for name, score in (
                        ("invariance", 0.15 * depth * reach),
                        ("equivariance", 0.6),
                    ):
                        known = score if moves or name == "invariance" else np.nan
                        head |= {
                            f"mean_{name}": known, f"mean_{name}_low": known - 0.1,
                            f"mean_{name}_high": known + 0.1,
                        }  # fmt: skip
                    scores.append(head)
    return pd.DataFrame(rows), pd.DataFrame(scores)


def make_pairs(
    model: str, classes: Sequence[str], transform: str = "translate_x+translate_y", steps: int = 17
) -> pd.DataFrame:
    grid = np.linspace(-0.8, 0.8, steps)
    first, second = (a.ravel() for a in np.meshgrid(grid, grid, indexing="ij"))
    frames = []
    for number, name in enumerate(classes):
        rivals = [other for other in classes if other != name]
        distance = np.hypot(first / 0.45, second / (0.3 + 0.03 * number))
        rival = np.where(
            second > 0.1 * first, rivals[0], np.where(first > 0.3, rivals[1], rivals[2])
        )
        frames.append(
            pd.DataFrame(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "magnitude_first": first,
                    "magnitude_second": second,
                    "images": 20,
                    "accuracy": np.round(20 / (1 + np.exp(5 * (distance - 1)))) / 20,
                    "mean_softmax": 1 / (1 + np.exp(5 * (distance - 1))),
                    "predicted_class": np.where(distance < 1.02, name, rival),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def make_thumbnails(
    path: Path, transform: str, classes: Sequence[str], size: int = 64, count: int = 7
) -> Path:
    """A thumbnails file as a sweep leaves it: a disc with a notch, turned by the magnitude."""
    grid = GRIDS[transform]
    magnitudes = grid[np.linspace(0, len(grid) - 1, count).round().astype(int)]
    pictures = np.zeros((len(classes), count, size, size, 3), dtype=np.uint8)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    for c in range(len(classes)):
        hue = np.array([120 + 9 * c, 60 + 13 * c % 160, 200 - 11 * c]).clip(0, 255)
        body = np.hypot(x, y) < 0.8
        notch = (np.abs(x) < 0.15) & (y < 0)
        picture = np.full((size, size, 3), 215.0)
        picture[body] = hue
        picture[body & notch] = 20
        image = Image.fromarray(picture.astype(np.uint8))
        for t, magnitude in enumerate(magnitudes):
            turned = image.rotate(magnitude) if transform == "rotate" else image.rotate(20 * t)
            pictures[c, t] = np.asarray(turned)
    np.savez(path, classes=np.array(classes), magnitudes=magnitudes, pictures=pictures)
    return path
