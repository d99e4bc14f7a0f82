"""What a coarser arithmetic changes is counted on the pictures themselves."""

import json

import numpy as np
import pytest
import torch
from test_screening import BRIGHT, network, textured  # noqa: F401 - a fixture of that module

from invariances.inference.responder import Responder
from invariances.precision import SAMPLE, change
from invariances.transforms import Setting

MAGNITUDES = np.array([-0.2, 0.0, 0.2])


def test_float32_changes_nothing(network):  # noqa: F811
    found = change(Responder(network, BRIGHT, Setting()), textured(40), MAGNITUDES)
    assert found["answers"] == SAMPLE * 3
    assert found["prediction_changed"] == found["softmax_change_max"] == 0


def test_bfloat16_s_change_is_that_of_the_answers(network):  # noqa: F811
    pictures, rows = textured(5), np.repeat(np.arange(5), 3)
    responders = {
        precision: Responder(network, BRIGHT, Setting(), batch_size=4, precision=precision)
        for precision in ("float32", "bfloat16")
    }
    found = change(responders["bfloat16"], pictures, MAGNITUDES)
    values = np.tile(MAGNITUDES, 5)
    fine, coarse = (
        torch.cat([softmax for _, softmax in each(pictures, rows, values)])
        for each in responders.values()
    )
    assert responders["bfloat16"].precision == found["precision"] == "bfloat16"
    assert found["answers"] == 15
    off = (fine - coarse).abs()
    assert found["softmax_change_max"] == pytest.approx(float(off.max()), rel=1e-5)
    assert found["softmax_change_mean"] == pytest.approx(float(off.mean(dim=1).mean()), rel=1e-5)
    changed = (fine.argmax(dim=1) != coarse.argmax(dim=1)).float().mean()
    assert found["prediction_changed"] == pytest.approx(float(changed))
    assert 0 < found["softmax_change_max"] < 0.1
    json.dumps(found)
