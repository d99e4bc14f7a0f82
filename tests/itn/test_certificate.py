"""The certificate: what passes, what is kept, and how often it errs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import Stripes, gratings
from scipy import stats
from torch import Tensor, nn

from invariances.errors import InputError
from invariances.itn import (
    Architecture,
    Asked,
    InvariantTransformer,
    TrainingSettings,
    certify,
    flips,
    load,
    save,
    told,
    train,
)
from invariances.itn.certificate import certified_grid, least_alpha, most_flips, passed
from invariances.itn.evaluation import matrices_at, respond
from invariances.itn.steered import Straight

DRAWS = 2000


class Level(nn.Module):
    """Class 0 up to a mean grey level of 128, class 1 above."""

    def forward(self, pictures: Tensor) -> Tensor:
        lead = 128 - pictures.mean(dim=(1, 2, 3))
        return torch.stack([lead, -lead], dim=1)


def brightening(at_one: float) -> InvariantTransformer:
    """A straight net of one component that brightens by `at_one` of full scale at k2 = 1."""
    module = InvariantTransformer(Architecture(None, "brightness", layers="none", dimensions=1))
    part = module.parts()["colour"]
    assert isinstance(part, Straight)
    with torch.no_grad():
        part.weight.fill_(at_one)
    return module


def greys(*levels: float) -> tuple[np.ndarray, np.ndarray]:
    values = np.array(levels, dtype=np.uint8)
    shape = (len(values), 4, 4, 3)
    return np.broadcast_to(values[:, None, None, None], shape).copy(), np.zeros(len(values), int)


@pytest.mark.parametrize(
    ("pictures", "alpha", "c"),
    [(520, 0.02, 4), (1040, 0.02, 13), (260, 0.05, 7), (520, 0.05, 17), (36, 0.05, -1),
     (36, 0.08, 0), (0, 0.5, -1)],
)  # fmt: skip
def test_most_flips(pictures: int, alpha: float, c: int) -> None:
    assert most_flips(pictures, alpha, 0.05) == c
    if c >= 0:
        assert stats.binom.cdf(c, pictures, alpha) <= 0.05 < stats.binom.cdf(c + 1, pictures, alpha)


def test_least_alpha_is_that_of_no_flip() -> None:
    assert least_alpha(36, 0.05) == pytest.approx(0.0799, abs=1e-4)
    for pictures in (1, 36, 520):
        alpha = least_alpha(pictures, 0.05)
        assert most_flips(pictures, alpha + 1e-9, 0.05) == 0
        assert most_flips(pictures, alpha - 1e-6, 0.05) == -1


def test_the_first_scale_that_fails_ends_the_sequence() -> None:
    counts = np.array([[[0, 1], [2, 3], [4, 0], [0, 0]], [[5, 0], [0, 0], [0, 0], [0, 0]]])
    assert passed(counts, 3).tolist() == [2, 0]
    assert passed(counts, np.array([4, 5])).tolist() == [4, 4]


def test_kept_is_the_last_scale_before_the_first_flip_too_many() -> None:
    """200 greys up to 100 under a shift of 104.55, 0.25 of which flip none."""
    pictures, labels = greys(*np.linspace(0, 100, 200))
    module = brightening(0.41)
    asked = Asked(alpha=0.05, scales=(0.1, 0.2, 0.25, 0.5, 1.0))
    table = certify(module, Level(), pictures, labels, asked)
    allowed = most_flips(200, 0.05, 0.05)
    assert table["scale"].tolist() == [0.1, 0.2, 0.25, 0.5]
    for row in table.to_dict("records"):
        wrong = (pictures[:, 0, 0, 0] + row["scale"] * 104.55 > 128).sum()
        assert (row["flips"], row["passed"]) == (wrong, wrong <= allowed)
    assert table["kept"].tolist() == [False, False, True, False]
    assert (table["flips"] == table["flipped_at_some_k"]).all()
    part = module.parts()["colour"]
    assert part.coordinates(torch.ones(1, 1)).item() == pytest.approx(0.1025)
    assert module.certificate is not None
    assert (module.certificate["scale"], module.certificate["pictures"]) == (0.25, 200)
    assert "scale 0.25" in told(table, asked)


def test_where_nothing_passes_the_net_is_the_identity() -> None:
    pictures, labels = greys(*[120] * 200)
    module = brightening(0.4)
    table = certify(module, Level(), pictures, labels)
    assert (len(table), table["kept"].any()) == (1, False)
    assert module.parts()["colour"].coordinates(torch.ones(1, 1)).item() == 0
    assert "no scale passes" in told(table, Asked())


def test_pictures_that_are_wrong_untransformed_do_not_count() -> None:
    pictures, labels = greys(*[20] * 100, *[200] * 50)
    table = certify(brightening(0.1), Level(), pictures, labels)
    assert table["pictures"].unique().tolist() == [100]
    assert (table["flips"] == 0).all()
    assert table["kept"].tolist() == [False] * 5 + [True]


@pytest.mark.parametrize("when_few", ["least_alpha", "identity"])
def test_few_pictures_certify_their_least_alpha_or_nothing(when_few: str) -> None:
    pictures, labels = greys(*[20] * 36)
    asked = Asked(when_few=when_few)  # type: ignore[arg-type]
    module = brightening(0.1)
    table = certify(module, Level(), pictures, labels, asked)
    moved = module.parts()["colour"].coordinates(torch.ones(1, 1)).item()
    assert "at least alpha 0.080" in told(table, asked)
    if when_few == "identity":
        assert (moved, table["allowed"].tolist(), table["flips"].isna().all()) == (0, [-1], True)
    else:
        assert moved == pytest.approx(0.1)
        assert table["alpha"].unique() == pytest.approx([0.0799], abs=1e-4)
        assert (table["alpha_asked"] == 0.05).all()


def test_nets_of_other_objectives_are_tested_as_they_are() -> None:
    pictures, labels = greys(*[120] * 200)
    module = brightening(0.4)
    table = certify(module, Level(), pictures, labels, keep=False)
    assert (table["scale"].tolist(), table["passed"].tolist()) == ([1.0], [False])
    assert module.parts()["colour"].coordinates(torch.ones(1, 1)).item() == pytest.approx(0.4)


def test_grid_holds_every_corner_once_and_no_identity() -> None:
    both = certified_grid(InvariantTransformer(Architecture(layers="none")))
    assert len(both) == 3 + 3 + 3
    assert all(any(any(k) for k in point.values()) for _, point in both)
    finer = certified_grid(InvariantTransformer(Architecture(layers="none")), 3)
    assert len(finer) == 8 + 8 + 8
    signed = certified_grid(
        InvariantTransformer(Architecture(layers="none", colour=None, signed=True))
    )
    assert {point["spatial"] for _, point in signed} == {
        (a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b
    }  # fmt: skip
    turning = Architecture("rotation", "hue", layers="none", dimensions=3)
    assert len(certified_grid(InvariantTransformer(turning))) == 3


def test_asked_refuses_what_cannot_be() -> None:
    for wrong in (
        {"alpha": 0.0},
        {"delta": 1.0},
        {"scales": (0.5, 0.5)},
        {"scales": ()},
        {"points": 1},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Asked(**wrong)  # type: ignore[arg-type]


def test_certificate_is_part_of_the_file(tmp_path: Path) -> None:
    pictures, labels = greys(*np.linspace(0, 100, 200))
    module = brightening(0.4)
    certify(module, Level(), pictures, labels)
    save(module, tmp_path / "itn.safetensors")
    again = load(tmp_path / "itn.safetensors")
    assert again.certificate == module.certificate
    assert again.architecture == module.architecture
    k = torch.rand(3, 1)
    with torch.no_grad():
        assert torch.equal(again.parts()["colour"](k), module.parts()["colour"](k))


def test_files_of_other_versions(tmp_path: Path) -> None:
    """A file without the later fields is read as what it was; one with unknown ones is refused."""
    import json

    from safetensors import safe_open
    from safetensors.torch import save_file

    path, newer = tmp_path / "old.safetensors", tmp_path / "newer.safetensors"
    module = InvariantTransformer(Architecture(), seed=2)
    save(module, path)
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["itn"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    # As version 0.1 wrote it.
    assert set(about["architecture"]) == {
        "spatial", "colour", "convolution", "hidden", "padding", "chart", "bounded", "anchored",
    }  # fmt: skip
    assert load(path).architecture == module.architecture
    about["architecture"]["curvature"] = 1
    save_file(tensors, newer, {"itn": json.dumps(about)})
    with pytest.raises(InputError, match=r"newer\.safetensors: .*curvature"):
        load(newer)


def test_flips_between_are_counted_at_random_k() -> None:
    """Greys right below the limit: at k each picture above 128 - 102 k is flipped."""
    pictures, labels = greys(*np.linspace(0, 127, 64), 200)
    table = flips(brightening(0.4), Level(), pictures, labels, count=20, seed=3)
    for row in table.to_dict("records"):
        levels = pictures[:64, 0, 0, 0].astype(float)
        assert row["flips"] == (levels + 102 * row["k2_0"] >= 128).sum()
        assert row["pictures"] == 64
        assert row["flipped_low"] <= row["flipped"] <= row["flipped_high"]
    assert table["k2_0"].is_unique


# ---- how often it errs -------------------------------------------------------------------------------


def kept_of(cube: np.ndarray, drawn: np.ndarray, alpha: float, delta: float) -> np.ndarray:
    """Scales kept by calibration sets [B, n] drawn from flips bool [S, K, N]: int [B]."""
    n = drawn.shape[1]
    weights = np.stack([np.bincount(own, minlength=cube.shape[2]) for own in drawn])
    counts = np.einsum("skn,bn->bsk", cube.astype(np.float32), weights.astype(np.float32))
    return passed(counts.round().astype(int), most_flips(n, alpha, delta))


def test_a_risk_just_above_alpha_passes_as_often_as_the_binomial_says() -> None:
    rng = np.random.default_rng(0)
    n, alpha, delta = 500, 0.05, 0.05
    flipped = rng.random((DRAWS * 5, 1, 1, n)) < alpha + 1e-6
    found = passed(flipped.sum(axis=3), most_flips(n, alpha, delta)).mean()
    expected = stats.binom.cdf(most_flips(n, alpha, delta), n, alpha)
    error = np.sqrt(expected * (1 - expected) / (DRAWS * 5))
    assert expected <= delta
    assert abs(found - expected) <= 3 * error


def test_many_scales_and_k_need_no_further_correction() -> None:
    """Risks that grow with scale and pass alpha at the third of six, at 20 k, each on its own."""
    rng = np.random.default_rng(1)
    n, alpha, delta = 500, 0.05, 0.05
    risks = np.array([0.01, 0.03, 0.052, 0.06, 0.07, 0.08])[:, None] * np.ones((6, 20))
    kept = passed(rng.binomial(n, risks, (DRAWS, 6, 20)), most_flips(n, alpha, delta))
    assert (kept >= 3).mean() <= delta
    # A sequence that did not stop at the first failure would err more often: the scales are tries.
    alone = rng.binomial(n, np.array([0.052] * 6)[:, None], (DRAWS, 6, 1)).max(axis=2)
    assert (alone <= most_flips(n, alpha, delta)).any(axis=1).mean() > delta


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    """Flips bool [scale, k, picture] of a family learned before `Stripes`, of 1,500 fresh gratings."""
    settings = TrainingSettings(
        "volume", spatial="affine", colour=None, steps=120, batch_size=20, accuracy_loss=0.1
    )
    module, _ = train(Stripes(), *gratings(120, 1), settings)
    pictures, labels = gratings(1500, 2)
    baseline = respond(module, Stripes(), pictures, labels, [{}]).correct[0]
    pictures, labels = pictures[baseline], labels[baseline]
    part = module.parts()["spatial"]
    found = []
    for scale in Asked().scales:
        with torch.no_grad():
            part.reach.fill_(scale)
        ways = [matrices_at(module, point) for _, point in certified_grid(module, 3)]
        found.append(~respond(module, Stripes(), pictures, labels, ways).correct)
    return np.stack(found)


@pytest.mark.parametrize(("n", "alpha"), [(150, 0.05), (400, 0.05), (400, 0.1)])
def test_over_many_splits_the_promise_is_kept(cube: np.ndarray, n: int, alpha: float) -> None:
    """Calibration sets drawn with replacement from pictures whose risk is then known exactly."""
    delta = 0.05
    rng = np.random.default_rng(4)
    drawn = rng.integers(cube.shape[2], size=(DRAWS, n))
    kept = kept_of(cube, drawn, alpha, delta)
    worst = np.concatenate([[0.0], cube.mean(axis=2).max(axis=1)])
    # The cube is fit for it: some scales are good and some are not, and both kinds are tested.
    assert (worst[1:] <= alpha).any()
    assert (worst[1:] > alpha).any()
    assert len(np.unique(kept)) > 1
    error = np.sqrt(delta * (1 - delta) / DRAWS)
    assert (worst[kept] > alpha).mean() <= delta + 3 * error
