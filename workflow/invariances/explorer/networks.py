"""A run's networks as the page lists them: a row each, with what is known of all of it."""

from collections.abc import Hashable, Sequence
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
    accuracies = _by_model(mixed.drop_duplicates("model"))
    sizes = None if networks is None else _by_model(networks)
    ranks = None if ranking is None else _by_model(ranking[ranking["transform"] == ALL])
    return {
        "networks": [
            {
                key: decimal(accuracies[model][f"baseline_accuracy{end}"])
                for key, end in (("accuracy", ""), ("low", "_low"), ("high", "_high"))
            }
            | {
                "parameters": sizes and int(sizes[model]["parameters"]),
                "multiply_adds": sizes and decimal(sizes[model]["multiply_adds"]),
                "rank": ranks
                and [int(ranks[model][f"rank{end}"]) for end in ("", "_low", "_high")],
            }
            for model in models
        ],
        "listed": len(models) > MORE,
    }


def _by_model(rows: pd.DataFrame) -> dict[str, dict[Hashable, Any]]:
    return {str(row["model"]): row for row in rows.to_dict("records")}
