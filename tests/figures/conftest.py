"""Tables that the tests of figures share."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from itn_made_up import (
    make_certificate,
    make_comparison,
    make_directions,
    make_evaluation,
    make_gallery,
    make_history,
    make_objectives,
    make_tightness,
)
from made_up import (
    NETWORKS,
    PHANTOMS,
    PHOTOS,
    RIVALS,
    SCREENED,
    TRANSFORMS,
    Tables,
    make_layers,
    make_networks,
    make_pairs,
    make_ranking,
    make_tables,
    make_thumbnails,
    make_together,
    make_worst,
)

from invariances.claims import STATEMENTS
from invariances.figures import registry
from invariances.figures.axes import TransformAxis, read_transforms
from invariances.figures.inputs import table_at
from invariances.figures.style import Palette
from invariances.itn.module import InvariantTransformer, save
from invariances.itn.steered import Architecture
from invariances.tables.frames import write


@pytest.fixture(scope="session")
def transforms_json() -> str:
    return json.dumps(TRANSFORMS)


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curves and thresholds of two classifiers, three transforms, the thirteen phantoms."""
    return make_tables(("alexnet", "resnet18"), ("rotate", "zoom", "noise"), PHANTOMS)


@pytest.fixture(scope="session")
def everything() -> Tables:
    """Of two classifiers, all transforms, the thirteen phantoms."""
    return make_tables(("alexnet", "resnet18"), list(TRANSFORMS), PHANTOMS)


@pytest.fixture(scope="session")
def photographs() -> Tables:
    """Of three classifiers and classes of long names, with rivals that are not screened."""
    models = ("alexnet", "resnet18", "resnet101")
    return make_tables(models, ("rotate", "contrast", "noise"), PHOTOS, PHOTOS + RIVALS)


@pytest.fixture(scope="session")
def transforms(transforms_json: str) -> dict[str, TransformAxis]:
    return read_transforms(transforms_json)


@pytest.fixture(scope="session")
def palette() -> Palette:
    return Palette(PHANTOMS)


@pytest.fixture(scope="session")
def correlations() -> pd.DataFrame:
    row = {"first": "alexnet", "second": "resnet18", "statistic": "within transforms"}
    return pd.DataFrame(
        [
            {**row, "transform": name, "correlation": rho, "low": rho - 0.2, "high": rho + 0.1}
            for name, rho in (("all", 0.6), ("rotate", 0.5), ("zoom", -0.3))
        ]
    )


@pytest.fixture(scope="session")
def sizes(tables: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Sizes as a run has them: the farther a threshold, the larger."""
    table = tables[1][["model", "transform", "class", "direction", "censored"]].copy()
    value = 20 + 10 * np.arange(len(table)) % 90
    half = np.where(table["censored"], np.nan, 0.9 * value)
    sizes = {"rms_low": 0.8 * value, "rms_high": 1.2 * value, "rms_half_accuracy": half}
    return table.assign(rms_grey_levels=value, **sizes)


@pytest.fixture(scope="session")
def claims() -> pd.DataFrame:
    rows = []
    for item in STATEMENTS.values():
        verdicts = ("supported", "not supported", "cannot be told from this run")
        models = ["alexnet+resnet18"] if item.claim == "C4" else NETWORKS
        for number, model in enumerate(models):
            value = 0.4 + 0.3 * number if item.claim < "C5" or number == 0 else np.nan
            rows.append(
                {"claim": item.claim, "part": item.part, "model": model, "statement": item.text,
                 "statistic": item.statistic, "value": value, "low": value - 0.1,
                 "high": value + 0.2, "claimed_low": item.claimed[0],
                 "claimed_high": item.claimed[1], "rule": item.rule,
                 "verdict": verdicts[2] if np.isnan(value) else verdicts[number]}
            )  # fmt: skip
    return pd.DataFrame(rows)


def patterns_of(path: Path) -> list[str]:
    """The patterns that registered figures read, as far as a path fits them."""
    return [
        pattern
        for figure in registry.registry().values()
        for pattern in figure.reads.values()
        if re.search(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(pattern)) + "$", str(path))
    ]


def store(frame: pd.DataFrame, path: Path) -> None:
    """Write a table through its declaration; columns that no figure shows hold what that allows."""
    (table,) = {t.name: t for t in map(table_at, patterns_of(path)) if t}.values()
    filling = {"text": "x", "bool": False, "intervals": ()}
    frame = frame[[name for name in frame if name in table.names]].copy()
    for column in table:
        if column.name not in frame and not column.where:
            number = max(column.low, min(column.high, 1))
            value = column.allowed[0] if column.allowed else filling.get(column.dtype, number)
            frame[column.name] = [value] * len(frame)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(frame, path, table)


@pytest.fixture(scope="session")
def run(tmp_path_factory, correlations, sizes, claims) -> Path:
    """Results as a run leaves them, of two networks and the transforms of the paper's figures."""
    folder = tmp_path_factory.mktemp("results")
    names = (*SCREENED, "blur", "grayscale", "brightness", "translate_y")
    curves, thresholds = make_tables(NETWORKS, names, PHANTOMS)
    turned = thresholds[thresholds["transform"] == "rotate"]
    mixed, pictures = make_together(NETWORKS, names, 20)
    for name, table in {
        "mixed.csv": mixed,
        "pictures.parquet": pictures,
        "thresholds.csv": thresholds,
        "curves.parquet": curves,
        "correlations.csv": correlations,
        "ranking.csv": make_ranking(NETWORKS, names, 20),
        "networks.csv": make_networks(NETWORKS),
        "sizes.csv": sizes,
        "claims.csv": claims,
        "borders.csv": pd.concat(turned.assign(padding=each) for each in ("black", "reflect")),
        "resamplings.csv": pd.concat(
            turned.assign(resampling=each) for each in ("bilinear", "antialiased")
        ),
        "itn_objectives.csv": make_objectives(),
    }.items():
        store(table, folder / name)
    layers, scores = make_layers(NETWORKS, names)
    store(scores, folder / "layer_scores.csv")
    for model in NETWORKS:
        for name in names:
            cell = (layers["model"] == model) & (layers["transform"] == name)
            store(layers[cell], folder / f"layers/{model}/{name}.parquet")
            for kind, table in (("parquet", curves), ("csv", thresholds)):
                cell = (table["model"] == model) & (table["transform"] == name)
                store(table[cell], folder / f"thresholds/{model}/{name}.{kind}")
            (folder / f"sweeps/{model}/{name}").mkdir(parents=True)
            for chunk, classes in (("0-of-2", PHANTOMS[:6]), ("1-of-2", PHANTOMS[6:])):
                path = folder / f"sweeps/{model}/{name}/{chunk}.thumbnails.npz"
                make_thumbnails(path, name, classes)
        pairs = make_pairs(model, PHANTOMS, steps=9)
        store(pairs, folder / f"pairs/{model}/translate_x+translate_y.parquet")
        for transform in ("translate_x+translate_y", "translate_x+translate_y+rotate"):
            worst = make_worst(model, transform, PHANTOMS)
            store(worst, folder / f"worst/{model}/{transform}.csv")
        itn = folder / "itn" / model
        itn.mkdir(parents=True)
        save(InvariantTransformer(Architecture(layers="none")), itn / "itn.safetensors")
        store(make_history(), itn / "history.csv")
        store(make_evaluation(), itn / "evaluation.csv")
        store(make_directions(), itn / "directions.csv")
        store(make_certificate(), itn / "certificate.csv")
        store(make_tightness(), itn / "tightness.csv")
        store(make_comparison(PHANTOMS), itn / "comparison.csv")
        make_gallery(itn / "gallery.npz", PHANTOMS[:4])
        gated = folder / "itn_gated" / model
        store(make_history(objective="gated"), gated / "history.csv")
        store(make_evaluation(), gated / "evaluation.csv")
        make_gallery(gated / "gallery.npz", PHANTOMS[:4])
    return folder
