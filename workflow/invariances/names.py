"""What names in a config and on a disk mean."""

from pathlib import Path
from unicodedata import normalize

FILE_SUFFIXES = (
    ".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar", ".pkl", ".pickle", ".th",
)  # fmt: skip
"""Endings by which ``weights`` without a slash means a file."""


def is_file(weights: str) -> bool:
    """Whether a config's ``weights`` means a file rather than a library's name."""
    return "/" in weights or Path(weights).suffix.lower() in FILE_SUFFIXES


def composed(name: str) -> str:
    """A name as most editors write it: macOS's older file systems take an accent off its letter (NFD)."""
    return normalize("NFC", name)
