"""Random numbers of pictures: the published stream, its distributions, and nothing but (seed, picture)."""

import numpy as np
import pytest
import torch
from scipy import stats

from invariances.transforms import Setting, draws
from invariances.transforms.draws import Drawn, normal, uniform, words

# The first numbers of SplitMix64 from a seed, as its author's C code prints them (Vigna,
# prng.di.unimi.it/splitmix64.c; the same list stands in Rosetta Code, "Pseudo-random numbers/Splitmix64").
PUBLISHED = {
    1234567: (
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ),
}


def keys(count):
    return torch.from_numpy(np.random.default_rng(0).integers(-(2**63), 2**63 - 1, count))


def splitmix(seed, count):
    """The same by Python's whole numbers, one after the other."""
    state, found, whole = seed % 2**64, [], 2**64
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) % whole
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % whole
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % whole
        found.append(mixed ^ mixed >> 31)
    return found


@pytest.mark.parametrize("seed", PUBLISHED)
def test_words_are_the_published_ones(seed):
    found = words(torch.tensor([seed]), 5)[0].tolist()
    assert [number % 2**64 for number in found] == list(PUBLISHED[seed])


def test_each_key_has_its_own_stream_whatever_the_others():
    some = keys(4)
    found = words(some, 50)
    for key, row in zip(some.tolist(), found.tolist(), strict=True):
        assert [number % 2**64 for number in row] == splitmix(key, 50)
    assert torch.equal(words(some[2:3], 50)[0], found[2])


def test_uniform_numbers_are_the_words_upper_bits():
    drawn = uniform(keys(1), (2, 3)).flatten()
    expected = [(number >> 11) / 2**53 for number in splitmix(int(keys(1)), 6)]
    assert drawn.tolist() == expected


def test_distributions():
    even, bell = uniform(keys(3), (101, 33)).numpy(), normal(keys(3), (101, 33)).numpy()
    assert even.min() >= 0 and even.max() < 1
    for stream in even:
        assert stats.kstest(stream.ravel(), "uniform").pvalue > 1e-3
        # Neighbours, as Box and Muller pair them, and those a row apart.
        for lag in (1, 33, 101 * 33 // 2):
            flat = stream.ravel()
            assert abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) < 5 / np.sqrt(len(flat) - lag)
    for stream in bell:
        assert stats.kstest(stream.ravel(), "norm").pvalue > 1e-3
    assert abs(np.corrcoef(bell.reshape(3, -1))[np.triu_indices(3, 1)]).max() < 0.1
    assert bell.dtype == np.float32 and np.isfinite(bell).all()


def test_a_normal_pair_is_box_and_muller_s_of_one_word():
    words_of = np.array(splitmix(int(keys(1)), 3), dtype=np.uint64)
    first, second = words_of >> np.uint64(32), words_of & np.uint64(2**32 - 1)
    radius = np.sqrt(-2 * np.log((first + 1.0) / 2**32))
    angle = 2 * np.pi * second.astype(float) / 2**32
    expected = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:5]
    np.testing.assert_allclose(normal(keys(1), (5,))[0], expected, rtol=1e-6)


def test_what_is_kept_changes_nothing(monkeypatch):
    kind, shape = Drawn("any", uniform), (3, 4, 5)
    pictures = torch.zeros(3, 3, 4, 5)
    setting = Setting(seed=2, ids=torch.tensor([9, 7, 9]))
    first = kind(pictures, setting, shape)
    assert torch.equal(first[0], first[2]) and not torch.equal(first[0], first[1])
    monkeypatch.setattr(draws, "KEPT", 5 * 3 * 4 * 5 * 8)
    kind(torch.zeros(20, 3, 4, 5), Setting(seed=2, ids=torch.arange(100, 120)), shape)
    assert len(kind.kept) == 5
    assert torch.equal(kind(pictures, setting, shape), first)
    assert torch.equal(
        kind(pictures[:1], Setting(seed=2, ids=torch.tensor([7])), shape), first[1:2]
    )
