"""The table of what `precision: checked` asked again: a row a network and transform, of all chunks."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from invariances.tables import PRECISION
from invariances.tables.frames import frame

KEY = ("model", "transform", "arithmetic")


def precision_table(told: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Sums, and the largest of what is largest, over chunks.

    Parameters
    ----------
    told : of each chunk its ``model`` and ``transform``, and what ``{chunk}.precision.json`` holds: an
        ``inference.checked.Tally`` with its ``arithmetic``; of one in float32 ``answers`` and ``because``.

    Returns
    -------
    The table ``PRECISION``.

    Raises
    ------
    KeyError : one of them is not there.
    """
    cells: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for each in told:
        cells.setdefault(tuple(each[name] for name in KEY), []).append(each)
    rows = [
        {
            **dict(zip(KEY, key, strict=True)),
            "answers": sum(each["answers"] for each in chunks),
            **(_checked(chunks) if key[-1] != "float32" else {"because": _because(chunks)}),
        }
        for key, chunks in cells.items()
    ]
    return frame(PRECISION, rows)


def _because(chunks: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(each["because"] for each in chunks))


def _checked(chunks: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    total = {name: sum(each[name] for each in chunks) for name in ("asked_again", "sampled")}
    most = {name: max(each[name] for each in chunks) for name in ("bound", "error")}
    found: dict[str, object] = total | most
    found["differing"] = sum(each["differing"] for each in chunks)
    if total["sampled"]:
        found["softmax_error"] = max(each["softmax_error"] for each in chunks)
        found["softmax_error_mean"] = (
            sum(each["softmax_errors"] for each in chunks) / total["sampled"]
        )
    return found
