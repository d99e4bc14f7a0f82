"""Which classes share a job."""

from collections.abc import Mapping, Sequence

from invariances import costs, datasets
from invariances.configuration.declaration import Config
from invariances.magnitudes import TransformAxis
from invariances.plan import Combination, Network


def chunked(classes: Sequence[str], chunks: int) -> dict[str, tuple[str, ...]]:
    """Classes by chunk; a class's chunk depends on its own name alone, so that one more moves no other."""
    if chunks > 1 and chunks >= len(classes):
        return {_file_name(name): (name,) for name in classes}
    parts: dict[str, tuple[str, ...]] = {}
    for name in classes:
        place = f"{int(datasets.digest(name), 16) % chunks}-of-{chunks}"
        parts[place] = (*parts.get(place, ()), name)
    return dict(sorted(parts.items()))


def chunk_count(
    config: Config,
    images: Mapping[str, int],
    transforms: Sequence[TransformAxis],
    networks: Sequence[Network],
    tuples: Sequence[Combination] = (),
) -> int:
    """The number asked for, or as many as keep the longest sweep's jobs at some minutes.

    It counts pictures and operations, not what a device does of them in a second: the same run on a GPU
    has the same chunks.
    """
    if config.chunks != "auto":
        return config.chunks
    search = config.thresholds
    pictures = sum(images.values())
    passes = costs.passes(
        pictures,
        max(len(transform.magnitudes) for transform in transforms),
        search.tolerance,
        search.search,
    )
    for entry in tuples:
        own = costs.combined_passes(pictures, entry.axes, search.tolerance, refine=entry.refine)
        passes = max(passes, own)
    most = costs.seconds(passes, max(network.gflops for network in networks), "cpu")
    return costs.chunk_count(most, len(images))


def _file_name(name: str) -> str:
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
    return f"{safe[:40]}-{datasets.digest(name)[:6]}"
