"""Tables that the tests of figures share."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from itn_made_up import (
    make_comparison,
    make_evaluation,
    make_gallery,
    make_history,
    make_objectives,
    make_tightness,
)
from made_up import (
    NETWORKS,
    PHANTOMS,
    SCREENED,
    TRANSFORMS,
    make_pairs,
    make_tables,
    make_thumbnails,
)

from invariances.claims import STATEMENTS
from invariances.figures.axes import TransformAxis, read_transforms
from invariances.figures.style import Palette


@pytest.fixture(scope="session")
def transforms_json() -> str:
    return json.dumps(TRANSFORMS)


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curves and thresholds of two classifiers, three transforms, the thirteen phantoms."""
    return make_tables(("alexnet", "resnet18"), ("rotate", "zoom", "noise"), PHANTOMS)


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
    return table.assign(rms_grey_levels=value, rms_low=0.8 * value, rms_high=1.2 * value)


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


@pytest.fixture(scope="session")
def run(tmp_path_factory, correlations, sizes, claims) -> Path:
    """Results as a run leaves them, of two networks and the transforms of the paper's figures."""
    folder = tmp_path_factory.mktemp("results")
    names = (*SCREENED, "blur", "grayscale", "brightness", "translate_y")
    curves, thresholds = make_tables(NETWORKS, names, PHANTOMS)
    curves.to_parquet(folder / "curves.parquet", index=False)
    thresholds.to_csv(folder / "thresholds.csv", index=False)
    borders = [
        thresholds[thresholds["transform"] == "rotate"].assign(padding=padding)
        for padding in ("black", "reflect")
    ]
    for name, table in {
        "correlations": correlations,
        "sizes": sizes,
        "claims": claims,
        "borders": pd.concat(borders),
        "itn_objectives": make_objectives(),
    }.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    for model in NETWORKS:
        for part in ("thresholds", "pairs", "itn"):
            (folder / part / model).mkdir(parents=True)
        for name in names:
            cell = (curves["model"] == model) & (curves["transform"] == name)
            curves[cell].to_parquet(folder / f"thresholds/{model}/{name}.parquet", index=False)
            cell = (thresholds["model"] == model) & (thresholds["transform"] == name)
            thresholds[cell].to_csv(folder / f"thresholds/{model}/{name}.csv", index=False)
            (folder / f"sweeps/{model}/{name}").mkdir(parents=True)
            for chunk, classes in (("0-of-2", PHANTOMS[:6]), ("1-of-2", PHANTOMS[6:])):
                path = folder / f"sweeps/{model}/{name}/{chunk}.thumbnails.npz"
                make_thumbnails(path, name, classes)
        pairs = make_pairs(model, PHANTOMS, steps=9)
        pairs.to_parquet(folder / f"pairs/{model}/translate_x+translate_y.parquet", index=False)
        itn = folder / "itn" / model
        make_history().to_csv(itn / "history.csv", index=False)
        make_evaluation().to_csv(itn / "evaluation.csv", index=False)
        make_tightness().to_csv(itn / "tightness.csv", index=False)
        make_comparison(PHANTOMS).to_csv(itn / "comparison.csv", index=False)
        make_gallery(itn / "gallery.npz", PHANTOMS[:4])
    return folder
