"""Chunks of classes: their number, that each class is in one, and their names."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from invariances.configuration import check, chunked
from invariances.configuration.chunks import chunk_count

TEXT = st.text("abcdefghijklmnop é/_", min_size=1, max_size=8)


def test_chunks_are_reckoned_from_pictures_and_operations_alone(base, resolved, monkeypatch):
    config = check(base)
    axes, networks = (
        list(part.values()) for part in (resolved(base).transforms, resolved(base).networks)
    )
    images = {str(place): config.dataset.images for place in range(400)}
    few = chunk_count(config, images, axes, networks)
    heavy = [replace(entry, gflops=4.0) for entry in networks]
    assert few < chunk_count(config, images, axes, heavy)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert resolved(base).chunks == resolved(base | {"device": "cpu"}).chunks
    assert resolved(base).device == "cuda"


def test_chunks_are_reckoned_from_a_tuple_s_points_too(base, resolved):
    config = check(
        base | {"tuples": [{"transforms": {"rotate": None, "zoom": None, "blur": None}}]}
    )
    plan = resolved(config.model_dump(mode="json"))
    light = [replace(entry, gflops=0.1) for entry in plan.networks.values()]
    images = {str(place): 20 for place in range(400)}
    axes = list(plan.transforms.values())
    alone = chunk_count(config, images, axes, light)
    assert alone < chunk_count(config, images, axes, light, list(plan.tuples.values()))


@given(classes=st.lists(TEXT, min_size=1, max_size=40, unique=True), chunks=st.integers(1, 60))
def test_every_class_is_in_exactly_one_chunk(classes, chunks):
    parts = chunked(classes, chunks)
    assert sorted(name for part in parts.values() for name in part) == sorted(classes)
    assert len(parts) <= max(chunks, 1)
    assert all(part for part in parts.values())
    assert all("/" not in name and name not in (".", "..") and name.isprintable() for name in parts)
    if chunks >= len(classes):
        assert chunks == 1 or all(len(part) == 1 for part in parts.values())


@given(
    classes=st.lists(TEXT, min_size=2, max_size=30, unique=True),
    chunks=st.integers(1, 60),
    data=st.data(),
)
def test_one_more_class_moves_no_other(classes, chunks, data):
    fewer = list(classes)
    added = fewer.pop(data.draw(st.integers(0, len(classes) - 1)))
    if len(fewer) <= chunks < len(classes) and chunks > 1:
        return  # a chunk each is no longer asked for: the config's own words change
    before, after = chunked(fewer, chunks), chunked(classes, chunks)
    where = {name: chunk for chunk, part in after.items() for name in part}
    for chunk, part in before.items():
        assert {where[name] for name in part} == {chunk}
    assert [name for part in after.values() for name in part].count(added) == 1


@settings(max_examples=50)
@given(name=st.text(min_size=1, max_size=200))
def test_chunks_are_fit_to_be_file_names(name):
    name = name.encode("utf-8", "replace").decode()
    for chunk in chunked([name, "other"], 2):
        assert len(chunk.encode()) < 200
        assert not set(chunk) & set("/\\ .'\"$;&|<>*?\n\0")
