"""Hand-made tables for which every claim's verdict is known."""

import numpy as np
import pandas as pd

from invariances.claims import Learned, Tables, claim_table
from invariances.itn.decomposition import columns

ROUND, AXIAL = ["orange", "lime"], ["barbell"]
CLASSES = [*ROUND, *AXIAL, "broom", "obelisk", "volcano"]
AXES = {"rotate": ("linear", 0.0), "noise": ("linear", 0.0)}
ENDS = {"rotate": 180.0, "noise": 1.0}
ANGLES = np.linspace(-180, 180, 9)
SPANS = {"inside": (0.5, 0.4, 0.6), "beyond": (1.0, 1.0, 1.0), "near the end": (0.9, 0.8, 1.0)}
# P-values of "no switch within the range" and "a switch", of twelve pictures that agree or do not.
TESTS = {"inside": (2.0**-12, 1.0), "beyond": (1.0, 2.0**-12), "near the end": (0.2, 0.8)}
IMAGES = 20


def thresholds(rotate="inside", noise="inside"):
    rows = []
    for transform, kind in (("rotate", rotate), ("noise", noise)):
        for name in CLASSES:
            value, low, high = (ENDS[transform] * part for part in SPANS[kind])
            cell = {"model": "net", "transform": transform, "class": name}
            up = {"direction": "up", "threshold": value, "low": low, "high": high}
            down = {"direction": "down", "threshold": -value, "low": -high, "high": -low}
            sides = [up, down] if transform == "rotate" else [up]
            tests = dict(zip(("p_no_switch", "p_switch"), TESTS[kind], strict=True))
            tests |= {"censored": kind == "beyond", "images": IMAGES}
            rows += [{**cell, **side, **tests} for side in sides]
    return pd.DataFrame(rows)


def pictures(apart=1.0, count=40, transforms=("rotate", "noise")):
    """Thresholds of `count` pictures a class, the classes' means `apart` of their own spread."""
    offsets = np.linspace(-0.1, 0.1, count)
    rows = []
    for transform in transforms:
        for place, name in enumerate(CLASSES):
            values = 0.5 + offsets + 0.06 * apart * (place - 2.5)
            rows += [
                {"model": "net", "transform": transform, "class": name, "picture": f"{name}/{i}",
                 "direction": "up", "status": "measured", "threshold": ENDS[transform] * value,
                 "censored": False}
                for i, value in enumerate(values.clip(0, 1))
            ]  # fmt: skip
    return pd.DataFrame(rows)


def sizes(ratio=4.0, spread=1.05, censored=False):
    """Two transforms whose sizes are `ratio` apart, known to a factor of `spread`."""
    rows = []
    for name in CLASSES:
        for transform, size in (("rotate", 20.0 * ratio), ("noise", 20.0)):
            rows.append(
                {"model": "net", "transform": transform, "class": name, "direction": "up",
                 "censored": censored, "rms_grey_levels": size, "rms_low": size / spread,
                 "rms_high": size * spread}
            )  # fmt: skip
    return pd.DataFrame(rows)


def softmax(kind):
    """Mean softmax by angle, relative to 1 untransformed, and half its interval's width."""
    away = np.abs(ANGLES)
    shape = {
        "constant": np.ones(9),
        "falls": np.where(away > 50, 0.2, 1.0),
        "comes back": np.where((away > 50) & (away < 170), 0.2, 1.0),
        "unclear": np.where(away > 50, 0.6, 1.0),
        "perhaps back": np.where(away > 170, 0.75, np.where(away > 50, 0.2, 1.0)),
    }[kind]
    return shape, 0.25 if kind in ("unclear", "perhaps back") else 0.03


def curves(others="falls", round_="constant", axial="comes back", angles=slice(None)):
    rows = []
    for name in CLASSES:
        kind = round_ if name in ROUND else axial if name in AXIAL else others
        values, width = softmax(kind)
        for angle, value in zip(ANGLES[angles], 0.9 * values[angles], strict=True):
            cell = {"model": "net", "transform": "rotate", "class": name, "magnitude": angle}
            # The deviation of twenty pictures whose t interval is as wide; none hangs with another.
            cell |= {"softmax_deviation": width * np.sqrt(IMAGES) / 2.09, "images": IMAGES}
            cell |= {"identity_covariance": 0.0}
            rows.append({**cell, "predicted_class": name, "mean_softmax": value})
            rows.append({**cell, "predicted_class": "other", "mean_softmax": 0.05})
        rows += [
            {"model": "net", "transform": "noise", "class": name, "magnitude": level,
             "predicted_class": name, "mean_softmax": 0.9, "softmax_deviation": 0.2,
             "identity_covariance": 0.0, "images": IMAGES}
            for level in (0.0, 0.5, 1.0)
        ]  # fmt: skip
    return pd.DataFrame(rows)


def correlations(value, low, high):
    row = {"first": "net", "second": "other", "transform": "all", "correlation": value}
    pooled = {"correlation": 0.9, "low": 0.8, "high": 1.0, "statistic": "over all cells"}
    within = {"statistic": "within transforms", "low": low, "high": high}
    return pd.DataFrame([row | within, row | pooled])


def trends(value, low, high):
    """Two transforms' correlations of depth and invariance; of random weights the contrary."""
    return pd.DataFrame(
        {"model": "net", "weights": weights, "transform": transform, "images": IMAGES, "layers": 6,
         "correlation": sign * value, "low": min(sign * low, sign * high),
         "high": max(sign * low, sign * high), "verdict": "supported"}
        for weights, sign in (("trained", 1), ("random", -1))
        for transform in ("rotate", "noise")
    )  # fmt: skip


def history(classifier=0.0, transform=-1.0, noise=0.02, steps=240):
    """Losses that move by so much over a training, and its last row, without any."""
    generator = np.random.default_rng(0)
    done = np.arange(steps) / steps
    table = pd.DataFrame(
        {
            "step": np.arange(1, steps + 1),
            "branch": "both",
            "classifier_loss": 0.3 + classifier * done + generator.normal(0, noise, steps),
            "spatial_loss": 0.5 * transform * done + generator.normal(0, noise, steps),
            "colour_loss": 0.5 * transform * done + generator.normal(0, noise, steps),
        }
    )
    last = pd.DataFrame([{"step": steps, "branch": "retraction"}])
    return pd.concat([table, last], ignore_index=True)


def evaluation(accuracy=0.97, images=2000, zoom=1.5, degrees=5.0, gain=0.95, shift=0.0):
    """A net that goes from the identity to these at k = 1; accuracy is lost on the way."""
    rows = []
    for k in (0.0, 0.25, 0.5, 0.75, 1.0):
        angle, scale = np.deg2rad(degrees * k), zoom**k
        spatial, colour = np.eye(3), np.eye(4)
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        spatial[:2, :2] = scale * np.array(turn)
        colour[:3, :3] *= gain**k
        colour[:3, 3] = shift * k
        now = 0.97 + (accuracy - 0.97) * k
        lost = round(images * (0.97 - now))
        shown = {"varied": "all", "k1_0": k, "accuracy": now, "pictures": images, "lost": lost,
                 "gained": 0, "baseline_accuracy": 0.97}  # fmt: skip
        rows.append(shown | columns({"spatial": spatial, "colour": colour}))
    return pd.DataFrame(rows)


def tables(**changed):
    """A run in which every statement is supported, but for what is changed."""
    parts = {
        "thresholds": thresholds(),
        "curves": curves(),
        "pictures": pictures(),
        "sizes": sizes(),
        "correlations": correlations(0.7, 0.5, 0.8),
        "history": history(),
        "evaluation": evaluation(),
        "trends": trends(0.9, 0.7, 1.0),
    } | changed
    learned = {"net": Learned(parts.pop("history"), parts.pop("evaluation"), "itn_gated/net")}
    return Tables(**parts, learned=learned)


def decided(tables):
    """The verdicts on tables of a run."""
    return claim_table(tables, AXES, [*ROUND, "not here"], AXIAL)
