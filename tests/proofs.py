"""How much the longest tests prove: all of it with LONG_PROOFS=1, else a smaller version of the same.

A variable of a test's own, such as SEARCH_PICTURES, asks for that one alone; CONTRIBUTING.md has all.
"""

import os

LONG = os.environ.get("LONG_PROOFS", "") not in ("", "0")


def asked(name: str, usual: str, long: str) -> str:
    """What the environment says under a test's own name, or what is usual, or what LONG_PROOFS asks for."""
    return os.environ.get(name) or (long if LONG else usual)
