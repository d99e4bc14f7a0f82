"""What names in a config and on a disk mean."""

from hashlib import blake2b
from pathlib import Path
from unicodedata import normalize

FILE_SUFFIXES = (
    ".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar", ".pkl", ".pickle", ".th", ".npy",
)  # fmt: skip
"""Endings by which ``weights`` without a slash means a file."""


def is_file(weights: str) -> bool:
    """Whether a config's ``weights`` means a file rather than a library's name."""
    return "/" in weights or Path(weights).suffix.lower() in FILE_SUFFIXES


def composed(name: str) -> str:
    """A name as most editors write it: macOS's older file systems take an accent off its letter (NFD)."""
    return normalize("NFC", name)


LONGEST = 120
"""Bytes of a class's name in a path: file systems have room for 255 with all that is added."""


def file_name(name: str) -> str:
    """A class's name as part of a path; no two names share one.

    Letters, digits, ``_``, ``-`` and ``.`` stand for themselves, ``+`` for a space, and any other character
    is its number in Unicode, in hexadecimal between two ``~``: ``school bus`` is ``school+bus``,
    ``jack-o'-lantern`` is ``jack-o~27~-lantern``. So is a ``.`` that begins a name. What is longer than
    120 bytes ends in ``~~`` and 16 digits of its digest. Names are compared composed (NFC).
    """
    name = composed(name)
    text = "".join(map(_in_path, name))
    if text.startswith("."):
        text = f"~2e~{text[1:]}"
    if len(text.encode()) <= LONGEST:
        return text
    digest = blake2b(name.encode(), digest_size=8).hexdigest()
    return f"{text.encode()[: LONGEST - 18].decode(errors='ignore')}~~{digest}"


def _in_path(letter: str) -> str:
    if letter == " ":
        return "+"
    return letter if letter.isalnum() or letter in "_-." else f"~{ord(letter):x}~"
