"""Made-up tables from which a page is built without a run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from invariances.explorer.cells import run_data
from invariances.explorer.pictures import sheet
from invariances.figures.axes import TransformAxis

MAGNITUDES = (-1.0, 0.0, 1.0)
SIDES = (("up", 1.0), ("down", -1.0))


def tables(models: Sequence[str], transforms: Sequence[str], names: Sequence[str]):
    """Curves, thresholds, pictures and mixed: of later networks medians lie farther out."""
    curves, thresholds, pictures, mixed = [], [], [], []
    for place, model in enumerate(models):
        for transform in transforms:
            cell = {"model": model, "transform": transform}
            curves += [
                cell
                | {"class": name, "magnitude": magnitude, "images": 4, "accuracy": 0.5}
                | {"accuracy_low": 0.2, "accuracy_high": 0.8, "predicted_class": other}
                | {"mean_softmax": 0.7 if name == other else 0.1}
                | {"softmax_low": 0.05, "softmax_high": 0.9}
                for name in names
                for magnitude in MAGNITUDES
                for other in names
            ]
            thresholds += [
                cell
                | {"class": name, "direction": direction, "threshold": end / 2, "low": end / 4}
                | {"high": end, "censored": False, "flips_to": names[0], "images": 4}
                | {"baseline_accuracy": 1.0, "half_accuracy": end, "interval": "open"}
                | {"half_accuracy_censored": True}
                for name in names
                for direction, end in SIDES
            ]
            pictures += [
                cell
                | {"class": name, "picture": name, "intervals": "[-0.5,0.5]", "direction": "up"}
                | {"status": "measured", "threshold": 0.5, "censored": False, "flips_to": names[0]}
                for name in names
            ]
            accuracy = round(1 - 0.02 * place, 4)
            mixed += [
                cell
                | {"direction": direction, "images": 8, "recognised": 8}
                | {"median_threshold": end * (place + 1) / (len(models) + 1)}
                | {"median_low": end / 40, "median_high": end, "median_censored": False}
                | {"median_interval": "order statistics", "half_accuracy": end}
                | {"half_accuracy_censored": True, "baseline_accuracy": accuracy}
                | {"baseline_accuracy_low": accuracy - 0.1, "baseline_accuracy_high": accuracy}
                for direction, end in SIDES
            ]
    return tuple(map(pd.DataFrame, (curves, thresholds, pictures, mixed)))


def page_data(found, transforms: dict[str, TransformAxis], names, shown):
    """What the page reads of such tables: no ITN, nothing combined, no layers, one grey picture for all."""
    data = run_data(*found, transforms, names, shown)
    strip = sheet(np.zeros((len(MAGNITUDES), 40, 40, 3), dtype=np.uint8))
    sheets = [[[strip] * len(shown[name]) for name in names] for _ in transforms]
    data |= {"pictures": [{"side": 40, "columns": 24, "sheets": sheets}]}
    data |= {"preparations": [0] * len(data["models"])}
    return data | {"itn": {}, "combined": [], "worst": [], "layers": None}
