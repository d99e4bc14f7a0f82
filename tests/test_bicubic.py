"""Bicubic resampling is Keys' kernel."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from resampled import SHRINKS, few, padded, transformed
from torch.testing import assert_close

from invariances.transforms import PADDINGS

# ---- bicubic --------------------------------------------------------------------------------------


def keys(distance):
    """Keys' kernel (1981, equation 4 with a free), a = -0.75."""
    a, s = -0.75, np.abs(distance)
    near = (a + 2) * s**3 - (a + 3) * s**2 + 1
    far = a * s**3 - 5 * a * s**2 + 8 * a * s - 4 * a
    return np.where(s <= 1, near, np.where(s < 2, far, 0))


@pytest.mark.parametrize("padding", PADDINGS)
@few
@given(
    exponent=st.floats(-1.5, 1.5), name=st.sampled_from([*SHRINKS, "translate_x", "translate_y"])
)
def test_bicubic_is_keys_kernel_clamped(padding, exponent, name, random_pictures):
    picture = (random_pictures(1, 12, 15) / 1.2)[0].double().numpy()
    by, (height, width) = 40, (12, 15)
    factor = 2.0**exponent
    scales = [factor if axis else 1 for axis in SHRINKS.get(name, (0, 0))]
    shift = exponent / 3
    shifts = [-shift * width * (name == "translate_x"), -shift * height * (name == "translate_y")]
    matrices = []
    for size, scale, moved in ((width, scales[0], shifts[0]), (height, scales[1], shifts[1])):
        middle = (size - 1) / 2
        places = scale * (np.arange(size) - middle) + moved + middle
        matrices.append(keys(places[:, None] - np.arange(-by, size + by)))
    across, down = matrices
    expected = np.stack([down @ channel @ across.T for channel in padded(picture, by, padding)])
    magnitude = factor if name in SHRINKS else shift
    ours = transformed(
        name, torch.from_numpy(picture).float()[None], magnitude, padding, "bicubic"
    )[0]
    assert_close(ours.double(), torch.from_numpy(expected).clamp(0, 255), atol=0.05, rtol=0)
