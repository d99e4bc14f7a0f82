"""Coarse answers checked, of real networks on photographs: all is as in float32."""

import numpy as np
import pytest
from coarse import both, own_thresholds, some
from photographs import LITE0, packaged, packaged_photographs, photographs, pretrained

from invariances.classifiers.preprocessing import library_preprocessing
from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.thresholds.axes import to_axis
from invariances.thresholds.cells import threshold_table
from invariances.transforms import TRANSFORMS, Setting

# ---- on real networks -------------------------------------------------------------------------------


def equal_on(network, pixels, labels, name, steps):
    """That sweeps and pictures' own thresholds are float32's; what docs/method.md has is printed."""
    pictures, transform = Pictures.numbered(pixels, labels), TRANSFORMS[name]
    grid = np.array(transform.magnitudes)[::steps]
    identity = int(np.flatnonzero(grid == transform.identity)[0])
    checked, exact, found, responder = both(network, pictures, transform, grid, identity)
    coarse = sweep(Responder(checked.coarse, transform, Setting()), pictures, grid, identity)
    tally, certain = checked.tally, np.abs(exact.margin) >= 1e-5
    own = [own_thresholds(responder, pictures, each, transform.axis) for each in (found, exact)]
    apart = [(each.prediction != exact.prediction).sum() for each in (found, coarse)]
    off = np.abs(found.mean_softmax - exact.mean_softmax).max()
    print(
        f"\n{name}: {tally.asked_again} of {tally.answers} asked again, bound {tally.bound:.2f} nats,",
        f"largest error {tally.error:.2f}; other predictions than float32's: {apart[0]}, in bfloat16 alone",
        f"{apart[1]}, of {tally.sampled} sampled {tally.differing}; other own thresholds:",
        f"{sum(one != two for one, two in zip(*own, strict=True))} of {len(pictures)} pictures'; means of",
        f"softmax off by at most {off:.3f}, switches moved by",
        "{:.2%} of the range on the average, {:.2%} at most".format(
            *moved(found, exact, transform.axis)
        ),
    )
    assert np.array_equal(found.prediction[certain], exact.prediction[certain])
    assert tally.differing == 0
    assert own[0] == own[1]
    return tally


def moved(found, exact, axis):
    """By how much switches differ, in the grid's range: the mean and the largest."""
    names = [str(place) for place in range(exact.mean_softmax.shape[2])]
    ends = to_axis(exact.magnitudes[[0, -1]], axis)
    places = [
        to_axis(
            threshold_table(each, names, "a", "b", axis=axis, resamples=100)[
                "threshold"
            ].to_numpy(),
            axis,
        )
        for each in (found, exact)
    ]
    off = np.abs(places[0] - places[1]) / (ends[1] - ends[0])
    return off.mean(), off.max()


@pytest.mark.parametrize(("name", "steps"), [("rotate", 9), ("brightness", 4)])
def test_on_the_packaged_photographs_all_is_float32_s(name, steps):
    settings, _ = library_preprocessing(LITE0, "package", 1000)
    pixels, labels, _ = packaged_photographs(settings.preparation())
    shown = slice(some("CHECKED_PICTURES", 10))
    tally = equal_on(packaged(), pixels[shown], labels[shown], name, some("CHECKED_STEPS", steps))
    assert tally.asked_again < tally.answers


@pytest.mark.slow
@pytest.mark.parametrize("network", ["resnet18", "squeezenet1_0"])
@pytest.mark.parametrize(("name", "steps"), [("rotate", 6), ("contrast", 2)])
def test_on_real_photographs_all_is_float32_s(real, network, name, steps):
    """CHECKED_PICTURES=24 CHECKED_STEPS=1 with -s prints what docs/method.md has."""
    shown = photographs(real, some("CHECKED_PICTURES", 12))
    tally = equal_on(pretrained(real, network), *shown, name, some("CHECKED_STEPS", steps))
    assert tally.asked_again < 0.6 * tally.answers
