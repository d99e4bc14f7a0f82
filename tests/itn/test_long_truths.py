"""What the family of the ITN promises of a run's own networks: minutes each, on request.

ITN_TRUTH=full looks at results/phantoms of this checkout, as `make run` leaves it; ITN_TRUTH=FOLDER at the
results of another run of the default config. `pytest -s` prints what docs/method.md quotes.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from numpy.typing import NDArray
from proofs import asked
from scipy import stats
from test_certificate import DRAWS, kept_of

from invariances import classifiers, phantoms
from invariances.configuration.checking import check
from invariances.inference import read_pictures
from invariances.itn import (
    Asked,
    InvariantTransformer,
    TrainingSettings,
    certify,
    directions,
    train,
)
from invariances.itn.certificate import certified_grid
from invariances.itn.evaluation import matrices_at, respond
from invariances.itn.volume import metric
from invariances.statistics import proportion_interval

ASKED = asked("ITN_TRUTH", "", "full")
ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results/phantoms" if ASKED == "full" else Path(ASKED)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED, reason="ITN_TRUTH=full, or a finished run's folder, asks for it"),
    pytest.mark.skipif(not (RESULTS / "models").is_dir(), reason=f"no finished run in {RESULTS}"),
]
Set = tuple[NDArray[np.uint8], NDArray[np.int64]]
CONFIG = check(yaml.safe_load((ROOT / "config/config.yaml").read_text())).itn
ASKING = Asked(CONFIG.alpha, CONFIG.delta, CONFIG.scales)
ROUND = ("orange", "lime", "golf_ball", "smooth_ball")


@cache
def rendered(model: str, first: int, count: int, only: tuple[str, ...] = ()) -> Set:
    """`count` phantoms a class from index `first` on, which no split of a run has, and labels."""
    categories = classifiers.describe(RESULTS / "models" / model).categories
    names = [name for name in categories if not only or name in only]
    pictures = [
        phantoms.render(name, first + index, seed=0, size=64)
        for name in names
        for index in range(count)
    ]
    return np.stack(pictures), np.repeat([categories.index(name) for name in names], count)


@cache
def learned(
    model: str,
    objective: str,
    seed: int,
    only: tuple[str, ...] = (),
    spatial_only: bool = False,
    steps: int | None = None,
) -> tuple[InvariantTransformer, torch.nn.Module, pd.DataFrame, pd.DataFrame]:
    """A net as `make run` trains and certifies it: net, network, certificate, directions."""
    torch.set_num_threads(1)
    classifier = classifiers.load(RESULTS / "models" / model)
    categories = list(classifiers.describe(RESULTS / "models" / model).categories)
    stem = RESULTS / "images/64-64-bilinear/validation.npy"
    part = read_pictures([stem], categories).part(classes=list(only) or categories, count=40)
    changes: dict[str, Any] = {"batch_size": CONFIG.batch_size}
    if spatial_only:
        changes["colour"] = None
    steps = steps or (160 if objective == "volume" else 240)
    if only:
        # What is nearly free goes far, and takes longer to get there.
        steps, changes = 300, changes | {"learning_rate": 0.02}
    loss = None if objective == "volume" else ASKING.alpha
    settings = TrainingSettings(
        objective, steps=steps, seed=seed, accuracy_loss=loss, **changes  # type: ignore[arg-type]
    )  # fmt: skip
    module, _ = train(classifier, part.pixels, part.categories, settings)
    count = 520 // (len(only) or len(categories))
    fresh = rendered(model, 5_000_000, count, only)
    table = certify(module, classifier, *fresh, ASKING, keep=objective == "volume")
    found = directions(module, fresh[0])
    shown = ["kind", "name", "size", "pixels", "angle_degrees", "log_volume"]
    print(f"\n{model}, {objective}, seed {seed}: kept {table[table['kept']]['scale'].tolist()}")
    print(found[[name for name in shown if name in found]].to_string())
    return module, classifier, table, found


def flipped(module: InvariantTransformer, classifier: torch.nn.Module, shown: Set) -> NDArray:
    """Flips bool [K, N] over the certificate's grid, of the pictures that are right untransformed."""
    right = respond(module, classifier, *shown, [{}]).correct[0]
    ways = [matrices_at(module, point) for _, point in certified_grid(module)]
    found: NDArray = ~respond(module, classifier, shown[0][right], shown[1][right], ways).correct
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("model", ["resnet18", "alexnet"])
def test_the_family_grows_in_two_directions(model: str, seed: int) -> None:
    module, _, table, found = learned(model, "volume", seed)
    assert table["kept"].any()
    for kind, part in module.parts().items():
        for component in range(2):
            k = torch.zeros(5, 2)
            k[:, component] = torch.linspace(0, 1, 5)
            moved = part.coordinates(k).detach().double().numpy()
            size = np.sqrt(np.einsum("ng,gh,nh->n", moved, metric(part.family), moved))
            assert stats.spearmanr(k[:, component], size).statistic >= 0.9
            assert size[2] <= 0.6 * size[4]
        assert (found[found["kind"] == kind]["angle_degrees"] >= 45).all()
    assert (found["pixels"].dropna() >= 1).all()


@pytest.mark.parametrize("model", ["alexnet", "resnet18"])
def test_objectives_side_by_side(model: str) -> None:
    """Same pictures, steps and seed, `constrained` with alpha as its loss; flips on fresh phantoms."""
    fresh = rendered(model, 6_000_000, 78)
    volumes, low = {}, {}
    for objective in ("gated", "constrained", "volume"):
        module, classifier, _, found = learned(model, objective, 0, steps=240)
        volumes[objective] = found.groupby("kind")["log_volume"].first()
        counts = flipped(module, classifier, fresh)
        worst = counts.sum(axis=1).max()
        limits = proportion_interval(np.array([worst]), counts.shape[1])
        low[objective] = limits[0][0]
        print(f"flips at the worst k: {worst} of {counts.shape[1]}, {limits[0]} to {limits[1]}")
    assert (volumes["volume"] >= volumes["constrained"]).all()
    assert low["volume"] <= ASKING.alpha


def test_at_most_one_of_six_flips_more_than_it_promised() -> None:
    """A lower 95 % limit of flips at the worst k, on 1,014 fresh phantoms, above alpha."""
    beyond = []
    for model in ("alexnet", "resnet18"):
        fresh = rendered(model, 6_000_000, 78)
        for seed in (0, 1, 2):
            module, classifier, _, _ = learned(model, "volume", seed)
            counts = flipped(module, classifier, fresh)
            worst = counts.sum(axis=1).max()
            low, high = proportion_interval(np.array([worst]), counts.shape[1])
            print(
                f"{model}, seed {seed}: {worst} of {counts.shape[1]}, {low[0]:.3f} to {high[0]:.3f}"
            )
            beyond.append(low[0] > ASKING.alpha)
    assert sum(beyond) <= 1


@pytest.mark.parametrize("model", ["alexnet", "resnet18"])
def test_over_many_splits_of_phantoms_the_promise_is_kept(model: str) -> None:
    module, classifier, _, _ = learned(model, "volume", 0)
    fresh = rendered(model, 7_000_000, 120)
    whole = {kind: part.reach.item() for kind, part in module.parts().items()}
    kept_scale = next(iter(whole.values())) or 1.0
    cube = []
    for scale in ASKING.scales:
        for part in module.parts().values():
            part.reach.data.fill_(scale)
        cube.append(flipped(module, classifier, fresh))
    for kind, part in module.parts().items():
        part.reach.data.fill_(whole[kind])
    flips = np.stack(cube)
    rng = np.random.default_rng(0)
    drawn = rng.integers(flips.shape[2], size=(DRAWS, 500))
    worst = np.concatenate([[0.0], flips.mean(axis=2).max(axis=1)])
    print(f"{model}: worst k by scale {worst[1:].round(3)}, kept {kept_scale}")
    for alpha in (0.02, 0.05):
        kept = kept_of(flips, drawn, alpha, 0.05)
        err = (worst[kept] > alpha).mean()
        print(f"{model}, alpha {alpha}: risk above alpha in {err:.4f} of {DRAWS} splits")
        assert err <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)


def test_round_bodies_leave_the_turn() -> None:
    _, _, table, found = learned("alexnet", "volume", 0, ROUND, spatial_only=True)
    assert table["kept"].any()
    angle = np.degrees(np.arccos(np.sqrt(found["rotation_fraction"])))
    assert angle.min() <= 15
    assert abs(found["rotation"][int(angle.argmin())]) >= 10


@pytest.mark.parametrize(("name", "sign"), [("vertical_stripes", -1), ("horizontal_stripes", 1)])
def test_stripes_bound_what_crosses_them(name: str, sign: int) -> None:
    """Vertical: x moved by y, shear less turn; horizontal: y by x, shear and turn."""
    _, _, table, found = learned("alexnet", "volume", 0, (name,), spatial_only=True)
    assert table["kept"].any()
    entry = sign * np.deg2rad(found["rotation"]) + found["shear"]
    share = entry**2 / 3 / found["size"] ** 2
    print(f"{name}: share {share.round(4).tolist()}")
    assert (share <= 0.05).all()
