"""What sweeps are reckoned to cost, and in how many jobs they are shared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invariances import costs
from invariances.inference import Pictures
from invariances.screening.thumbnails import thumbnails
from invariances.transforms import TRANSFORMS, Setting


def test_passes_are_the_grid_and_the_search():
    # Sixteen magnitudes leave a sixteenth of the range, four halvings from 1/256 of it, either way.
    assert costs.passes(10, 16, 1 / 256, "bisect") == 10 * (16 + 2 * 4 * costs.GAPS) + 16
    assert costs.passes(10, 16, 1 / 256, "exhaustive") == 10 * (16 + 256)
    assert costs.passes(10, 16, 1 / 256, "grid") == 160


@given(longest=st.floats(0, 1e7), classes=st.integers(1, 2000))
def test_chunks_are_a_power_of_two_with_classes_for_each(longest, classes):
    count = costs.chunk_count(longest, classes)
    assert count.bit_count() == 1 and count <= costs.MOST_CHUNKS
    assert count == 1 or count * costs.CLASSES_A_CHUNK <= classes


@given(longest=st.floats(0, 1e7), more=st.floats(1, 10))
def test_a_longer_sweep_has_no_fewer_chunks(longest, more):
    assert costs.chunk_count(longest, 1000) <= costs.chunk_count(longest * more, 1000)


def test_a_sweep_of_minutes_is_one_job():
    assert costs.chunk_count(costs.JOB_SECONDS, 1000) == 1
    assert costs.chunk_count(8 * costs.JOB_SECONDS, 1000) == 8


def test_what_is_kept_to_be_shown_is_as_large_as_reckoned():
    count, side, magnitudes = 3, 120, np.linspace(0, 0.3, 4)
    pictures = Pictures(
        pixels=np.zeros((count, side, side, 3), dtype=np.uint8),
        names=np.arange(count).astype(str),
        classes=np.array(["a", "b", "c"]),
        labels=np.arange(count),
        class_index=np.arange(count),
    )
    kept = thumbnails(pictures, magnitudes, "linear", TRANSFORMS["brightness"], Setting())
    assert kept["pictures"].nbytes == costs.shown_bytes(len(kept["magnitudes"]), count, side, 0)


def test_a_run_of_a_thousand_classes_is_reckoned_to_a_quarter():
    """As measured (docs/benchmarks.md, bench.thousand): 1,000 classes of ten pictures, two networks."""
    magnitudes, rows = 217, 2 * 1000 * 217 * 16
    page = costs.explorer_bytes(magnitudes, 10_000, 1000, 32, 2)
    assert page == pytest.approx(122.4e6, rel=0.25)
    for job, measured in (
        *(("thresholds_all", 4622), ("claims", 3354), ("explorer", 3314), ("figure", 2824)),
    ):
        assert costs.joining_megabytes(job, rows) == pytest.approx(measured, rel=0.25)
    lasting = costs.table_seconds(2, 1, 1000, 12, magnitudes)
    for job, measured in (("comparison", 117), ("claims", 96), ("explorer", 157)):
        assert lasting[job] == pytest.approx(measured, rel=0.25)
    assert costs.sizes_seconds(2, 23, 10_000 * 32**2) == pytest.approx(63, rel=0.25)
