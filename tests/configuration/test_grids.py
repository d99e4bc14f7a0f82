"""Grids of magnitudes from a range, and thinned."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invariances.configuration import grid, thinned
from invariances.configuration.declaration import Grid
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.transforms import TRANSFORMS


@given(
    name=st.sampled_from(list(TRANSFORMS)),
    low=st.floats(-3, 3),
    span=st.floats(1e-3, 100),
    steps=st.integers(2, 60),
)
@example(name="translate_x", low=4.5e-11, span=46.0, steps=2)
def test_a_range_is_a_grid_or_refused(name, low, span, steps):
    transform = TRANSFORMS[name]
    try:
        values = grid(name, Grid(range=[low, low + span], steps=steps), transform)
    except InputError as error:
        assert f"transforms.{name}" in str(error)
        return
    if transform.ordinal:
        assert set(values) <= set(transform.declared)
    assert len(values) == steps
    assert (np.diff(values) > 0).all()
    assert transform.identity in values
    # An end that is the identity to rounding is the identity.
    rounding = 1e-12 * max(1.0, abs(low), abs(low + span))
    assert values[0] == pytest.approx(low, abs=rounding)
    assert values[-1] == pytest.approx(low + span, abs=rounding)


IN_THE_MIDDLE = [
    name
    for name, transform in TRANSFORMS.items()
    if (transform.axis, transform.identity) in (("linear", 0.0), ("log", 1.0))
]


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
def test_a_symmetric_range_holds_the_identity_exactly(name):
    transform = TRANSFORMS[name]
    for steps in (3, 7, 49, 99):
        reach = [1 / 7, 7] if transform.axis == "log" else [-0.7, 0.7]
        values = grid(name, Grid(range=reach, steps=steps), transform)
        assert values[steps // 2] == transform.identity


@given(
    count=st.integers(2, 200),
    home=st.floats(0, 1),
    steps=st.integers(3, 40),
)
def test_thinning_keeps_both_ends_and_the_identity(count, home, steps):
    values = [float(value) for value in range(count)]
    identity = values[round(home * (count - 1))]
    axis = TransformAxis("t", "", "", identity, "linear", tuple(values))
    thin = list(thinned(axis, steps).magnitudes)
    assert thin == sorted(set(thin))
    assert len(thin) == min(steps, count)
    assert {values[0], values[-1], identity} <= set(thin)
