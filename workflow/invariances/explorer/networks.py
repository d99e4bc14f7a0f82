"""A run's networks as the page lists them: a row each, with what is known of all of it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from invariances.explorer.marks import decimal

ALL = "(all)"
MORE = 3
"""Networks up to which the page opens with one network's thresholds, beyond which with all networks."""


def network_data(
    models: Sequence[str],
    mixed: pd.DataFrame,
    networks: pd.DataFrame | None = None,
    ranking: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """The rows of the list of networks.

    Parameters
    ----------
    models : their names, in the page's order.
    mixed : the run's mixed.csv; its medians stand in the page's ``together``.
    networks, ranking : networks.csv and ranking.csv, of a run that has them.

    Returns
    -------
    dict
        ``networks``, a row a model: ``accuracy`` untransformed with ``low`` and ``high``; ``parameters``
        and ``multiply_adds`` (billions a picture), None where they are not known; ``rank`` over all
        transforms with the best and the worst that it may be, None without a ranking. ``listed``: whether
        the page opens with them.
    """
    accuracies = mixed.drop_duplicates("model").set_index("model")
    sizes = None if networks is None else networks.set_index("model")
    ranks = None
    if ranking is not None:
        ranks = ranking[ranking["transform"] == ALL].set_index("model")
    rows = []
    for model in models:
        row: dict[str, Any] = {
            key: decimal(float(accuracies.at[model, f"baseline_accuracy{end}"]))
            for key, end in (("accuracy", ""), ("low", "_low"), ("high", "_high"))
        }
        row["parameters"] = None if sizes is None else int(sizes.at[model, "parameters"])
        row["multiply_adds"] = (
            None if sizes is None else decimal(float(sizes.at[model, "multiply_adds"]))
        )
        row["rank"] = (
            None
            if ranks is None
            else [int(ranks.at[model, name]) for name in ("rank", "rank_low", "rank_high")]
        )
        rows.append(row)
    return {"networks": rows, "listed": len(models) > MORE}
