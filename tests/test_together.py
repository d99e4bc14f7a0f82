"""Pictures of a magnitude changed together, as on a GPU, are what they are one by one."""

import pytest
import torch
from sweeps import all_object
from torch.testing import assert_close

from invariances.transforms import TRANSFORMS, Setting, batches, gaussian


@pytest.mark.parametrize("name", [name for name in TRANSFORMS if not name.startswith("c_")])
def test_pictures_changed_together(name, random_pictures, monkeypatch):
    transform = TRANSFORMS[name]
    steps = len(transform.magnitudes)
    chosen = [transform.magnitudes[step] for step in (0, steps // 3, steps - 1)]
    magnitudes = torch.tensor([*chosen, transform.identity, *chosen], dtype=torch.float64)
    pictures = random_pictures(7, 20, 24)
    ids = torch.tensor([3, 3, 3, 3, 8, 9, 8])
    setting = Setting(seed=1, ids=ids, behind=all_object(pictures))
    alone = transform(pictures, magnitudes, setting)
    monkeypatch.setattr(batches, "together", lambda pictures: True)
    found = transform(pictures, magnitudes, setting)
    assert_close(found, alone, atol=2e-3, rtol=0)
    assert torch.equal(found[3], pictures[3])


def test_blur_from_both_sides_is_the_banded_one(random_pictures):
    pictures, sigmas = random_pictures(4, 20, 24), torch.tensor([0.0, 0.7, 9.0, 0.7])
    found = gaussian._from_both_sides(pictures, sigmas)
    assert_close(found, gaussian.blur(pictures, sigmas, Setting()), atol=1e-3, rtol=0)
