"""Made-up tables and pictures of an Invariant Transformer Net, as training and evaluation leave them."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from invariances.figures.itn_directions import PARTS
from invariances.itn.gallery import PLACES

KINDS = ("spatial", "colour", "convolution")
IDENTITY = {
    "rotation_degrees": 0.0, "scale_x": 1.0, "scale_y": 1.0, "shear": 0.0,
    "translation_x_fraction": 0.0, "translation_y_fraction": 0.0, "zoom": 1.0,
    "brightness_fraction": 0.0, "gain": 1.0, "saturation": 1.0, "hue_degrees": 0.0,
    "colour_residual_fraction": 0.0,
}  # fmt: skip


def make_history(
    steps: int = 60, kinds: Sequence[str] = KINDS[:2], objective: str = "constrained"
) -> pd.DataFrame:
    """The transforms grow by a factor a step; a constrained training ends with its retraction."""
    step = np.arange(1, steps + 1)
    generator = np.random.default_rng(0)
    other = "both" if objective == "constrained" else "classifier"
    rows = pd.DataFrame(
        {
            "step": step,
            "classifier_loss": 1 + 0.2 * generator.normal(size=steps),
            "accuracy": np.round(40 * generator.uniform(0.7, 1, steps)) / 40,
            "branch": np.where(step % 5 < 2, other, "transform"),
        }
    )
    for number, kind in enumerate(kinds):
        moved = 1e-4 * np.exp(0.1 * (1 + number) * step)
        rows[f"{kind}_loss"] = -moved * generator.uniform(0.5, 1.5, steps)
        rows[f"{kind}_displacement"] = moved
    if objective == "constrained":
        last = rows.iloc[[-1]].copy()
        last["branch"] = "retraction"
        last[["classifier_loss", "accuracy", *(f"{k}_loss" for k in kinds)]] = np.nan
        last[[f"{k}_displacement" for k in kinds]] *= 0.5
        rows = pd.concat([rows, last], ignore_index=True)
    return rows


def make_evaluation(
    points: int = 5, kinds: Sequence[str] = KINDS[:2], pictures: int = 60, dimensions: int = 2
) -> pd.DataFrame:
    """Turns to 20 degrees at k1 = (1, 1) and brightens to 0.2 at k2 = (1, 1), as k's mean."""
    values = np.linspace(0, 1, points)
    places = [(kind, k) for kind in kinds for k in product(values, repeat=dimensions)]
    places += [("all", (a,) * dimensions) for a in values] if len(kinds) > 1 else []
    rows = []
    for varied, k in places:
        row: dict[str, object] = {"varied": varied, "pictures": pictures}
        for kind in kinds:
            own = k if varied in (kind, "all") else (0.0,) * dimensions
            number = KINDS.index(kind) + 1
            row |= {f"k{number}_{j}": value for j, value in enumerate(own)}
            row[f"{kind}_displacement"] = 0.3 * sum(own) ** 2
        size = sum(k) / dimensions
        row |= {"accuracy": 0.9 - 0.02 * size, "accuracy_low": 0.8, "accuracy_high": 0.95}
        row |= {"baseline_accuracy": 0.9, "baseline_softmax": 0.7, "lost": 1, "gained": 0}
        row |= {"softmax": 0.7 - 0.05 * size, "softmax_low": 0.6, "softmax_high": 0.78}
        row |= IDENTITY
        if varied in ("spatial", "all"):
            row |= {
                "rotation_degrees": 20 * size,
                "zoom": 1 + 0.5 * size,
                "scale_x": 1 - 0.2 * size,
            }
        if varied in ("colour", "all"):
            row |= {"brightness_fraction": 0.2 * size, "hue_degrees": -7 * size}
        rows.append(row)
    return pd.DataFrame(rows)


def make_directions(kinds: Sequence[str] = KINDS[:2], dimensions: int = 2) -> pd.DataFrame:
    """Direction 1 is half a turn of 14 degrees and half a shift, the others zooms; colours are all gain."""
    rows = []
    for kind in kinds:
        for number in range(1, dimensions + 1):
            shares, name = {"zoom": 1.0}, "zoom +0.100"
            if number == 1:
                shares, name = {"rotation": 0.5, "shift_x": 0.5}, "rotation +14.0 degrees"
            if kind == "colour":
                shares, name = {"gain": 1.0}, "gain -0.120"
            row: dict[str, object] = {
                "kind": kind, "direction": number, "size": 0.3 / number,
                "name": "kernel" if kind == "convolution" else name,
                "pixels": 9.6 / number if kind == "spatial" else np.nan,
                "angle_degrees": 60.0 if dimensions > 1 else np.nan,
                "principal_size": 0.32 / number, "log_volume": -2.5,
            }  # fmt: skip
            for part in PARTS.get(kind, {}):
                row[f"{part}_fraction"] = shares.get(part, 0.0)
                if part != "other":
                    row[part] = 0.1
            rows.append(row)
    return pd.DataFrame(rows)


def make_certificate(kept: float = 0.7) -> pd.DataFrame:
    """Scales pass up to `kept`, with 4 flips for each tenth; the next fails; none passes at 0."""
    rows: list[dict[str, object]] = []
    for scale in (0.25, 0.4, 0.55, 0.7, 0.85, 1.0):
        passed = scale <= kept
        flips = round(20 * scale) if passed else 19
        rows.append(
            {
                "scale": scale, "alpha": 0.05, "alpha_asked": 0.05, "delta": 0.05, "pictures": 511,
                "allowed": 17, "ks": 9, "flips": flips, "worst_k": "k1 = (1, 0)",
                "flipped_at_some_k": 2 * flips, "passed": passed, "kept": scale == kept,
            }
        )  # fmt: skip
        if not passed:
            break
    return pd.DataFrame(rows)


def make_tightness(kinds: Sequence[str] = KINDS[:2]) -> pd.DataFrame:
    rows = []
    for varied in [*kinds, "all"]:
        for number, k in enumerate([(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5)]):
            tight = (0.5, 1.0, 4.0, np.nan)[number]
            rows.append(
                {
                    "varied": varied, "k_0": k[0], "k_1": k[1], "tightness": tight,
                    "low": tight / 2, "high": min(2 * tight, 4.0), "censored": tight == 4.0,
                    "pictures": 60,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def make_comparison(classes: Sequence[str], close: bool = True) -> pd.DataFrame:
    """Close to a rotation at two k1; the colour transform is close to nothing."""
    rows: list[dict[str, object]] = []
    for k, magnitude in (((0.5, 0.5), 6.0), ((1.0, 1.0), 12.0)):
        learned: dict[str, object] = {
            "varied": "spatial", "k_0": k[0], "k_1": k[1], "transform": "rotate",
            "magnitude": magnitude, "explained_fraction": 0.9 if close else 0.3, "close": close,
        }  # fmt: skip
        if not close:
            rows.append(learned)
            continue
        for number, name in enumerate(classes):
            threshold = min(20.0 + 15 * number, 180.0)
            rows.append(
                learned
                | {
                    "class": name, "direction": "up", "threshold": threshold,
                    "low": threshold - 8, "high": min(threshold + 8, 180.0),
                    "censored": threshold == 180, "reached_fraction": magnitude / threshold,
                }
            )  # fmt: skip
    rows.append(
        {
            "varied": "colour", "k_0": 1.0, "k_1": 1.0, "transform": "brightness",
            "magnitude": 0.11, "explained_fraction": 0.42, "close": False,
        }
    )  # fmt: skip
    columns = ["class", "direction", "threshold", "low", "high", "censored", "reached_fraction"]
    table = pd.DataFrame(rows)
    return table.reindex(columns=[*list(table.columns.difference(columns, sort=False)), *columns])


def make_objectives(models: Sequence[str] = ("alexnet", "resnet18")) -> pd.DataFrame:
    rows = [
        {
            "model": model, "objective": objective, "seed": seed, "pictures": 60,
            "baseline_accuracy": 0.9, "worst_accuracy": 0.88 - 0.1 * (objective == "gated") * seed,
            "spatial_displacement": (0.01 + 0.002 * (objective == "gated")) * 3**seed,
            "colour_displacement": (0.5 + (objective == "gated")) * 10**seed,
        }
        for model in models
        for objective in ("gated", "constrained")
        for seed in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def make_gallery(
    path: Path,
    classes: Sequence[str],
    kinds: Sequence[str] = KINDS[:2],
    size: int = 24,
    dimensions: int = 2,
) -> Path:
    """The pictures differ by instance; the last class is taken for the first at k1 = (1, 1)."""
    places = list(PLACES[dimensions])
    still = [(0.0,) * dimensions] * len(kinds)
    k = [[(np.nan,) * dimensions] * len(kinds)]
    if len(kinds) == 1:
        k += [[place] for place in places]
    else:
        k += [[first, second, *still[2:]] for second in places for first in places]
    for index in range(2, len(kinds)):
        k += [[*still[:index], place] for place in places]
    rows = np.array(k)
    right = np.ones((len(rows), len(classes)), dtype=bool)
    right[(rows[:, 0] == 1).all(axis=1), -1] = False
    shades = np.arange(len(rows) * len(classes)).reshape(len(rows), len(classes)) * 5 % 200
    pictures = np.broadcast_to(
        shades[:, :, None, None, None], (len(rows), len(classes), size, size, 3)
    )
    values = np.full((len(rows), len(IDENTITY)), np.nan)
    values[1:] = list(IDENTITY.values())
    values[1:, list(IDENTITY).index("rotation_degrees")] = 20 * rows[1:, 0].mean(axis=1)
    np.savez(
        path,
        classes=np.array(classes), kinds=np.array(kinds), k=rows,
        pictures=pictures.astype(np.uint8), right=right,
        prediction=np.where(right, np.array(classes), classes[0]),
        measures=np.array(list(IDENTITY)), values=values,
    )  # fmt: skip
    return path
