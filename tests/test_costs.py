"""What sweeps are reckoned to cost, and in how many jobs they are shared."""

from hypothesis import given
from hypothesis import strategies as st

from invariances import costs


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
