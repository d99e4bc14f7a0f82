"""Pictures told by their content: one of the same name, size and time is another, a touched one is not."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b, file_digest
from pathlib import Path

from invariances.datasets import digest
from invariances.tables import atomically

KEPT = Path(".snakemake/invariances/contents.json")
FRESH = 2.0
"""Seconds in which a file may change again without a change of its times."""

Known = dict[str, tuple[list[int], str]]


def contents(paths: Sequence[Path]) -> str:
    """A digest of these files' names and contents; what is missing or unreadable counts as that.

    What was read once is known by size, times and inode from then on.
    """
    known = _known()
    # Before anything is read: what changes meanwhile is read again.
    settled = (time.time() - FRESH) * 1e9
    stats = {str(path): _stat(path) for path in paths}
    unread = [name for name, stat in stats.items() if stat and known.get(name, ([],))[0] != stat]
    with ThreadPoolExecutor() as pool:
        found = dict(zip(unread, pool.map(_hash, unread), strict=True))
    lines = [
        f"{name}\0{(found.get(name) or known[name][1]) if stat else 'missing'}"
        for name, stat in sorted(stats.items())
    ]
    new = {
        name: (stat, found[name])
        for name in unread
        if (stat := stats[name]) and max(stat[1:3]) < settled and found[name][:1] != "!"
    }
    if new:
        text = json.dumps(known | new)
        atomically(KEPT, lambda path: path.write_text(text, encoding="utf-8"))
    return digest("\n".join(lines))


def _known() -> Known:
    try:
        kept = dict(json.loads(KEPT.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
    return {name: entry for name, entry in kept.items() if _is_entry(entry)}


def _is_entry(entry: object) -> bool:
    """Whether it is what was kept of a file, in a cache that may be damaged."""
    if not isinstance(entry, list) or len(entry) != 2:
        return False
    stat, content = entry
    return isinstance(content, str) and isinstance(stat, list) and len(stat) == 4


def _stat(path: Path) -> list[int]:
    """Size, time of writing, time of change and inode; nothing of a file that is not there."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _hash(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            return file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()
    except OSError as error:
        return f"! unreadable: {error.strerror}"
