"""What worst cases are told with: for rules/tuples.smk."""

from invariances.plan import RANDOM


def drawn_points(name):
    """Points of a combination's grid that are drawn for the worst of some, a pair's by the default."""
    return TUPLES[name].random if name in TUPLES else RANDOM
