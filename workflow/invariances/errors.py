"""What a user can mend: every message names the file or key, the value and what would be right."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """A configuration, a picture, a dataset or weights that cannot be used as they are."""


def unknown(what: str, value: str, allowed: Iterable[str]) -> InputError:
    """The error for a name that is not among the allowed ones, with the nearest as a suggestion."""
    names = [str(name) for name in allowed]
    near = get_close_matches(str(value), names, n=1, cutoff=0.5)
    listed = ", ".join(names[:20]) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
    hint = f"did you mean {near[0]!r}? " if near else ""
    return InputError(f"{what}: unknown {value!r}; {hint}allowed: {listed}")
