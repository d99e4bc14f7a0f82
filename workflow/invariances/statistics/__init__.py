"""Intervals, survival and comparisons: what is known of a number measured on a few pictures.

Everything is NumPy and SciPy on arrays; the unit that is resampled is always the picture (or, for
correlations over cells, the class), never the magnitude. Which method serves which statistic:

=================================  ==============================================================
accuracy at a magnitude            mid-P Clopper-Pearson (``proportion_interval``)
mean softmax at a magnitude        Bayesian bootstrap with plausible extremes (``mean_interval``)
magnitude where the mean switches  bootstrap percentiles widened to Student's t, rival by rival
                                   (``percentile_interval``, in thresholds/crossings)
magnitude of half accuracy         Bayesian bootstrap with an unseen picture
                                   (``dirichlet_weights``, in thresholds/crossings)
median of censored thresholds      Kaplan-Meier, limits by Brookmeyer and Crowley
                                   (``survival_median``)
difference of two networks         paired bootstrap and sign-flip test (``paired_difference``)
rank correlation over cells        bootstrap over clusters (``spearman``)
=================================  ==============================================================

Their coverage at 10 and 25 pictures is measured by ``tests/test_coverage.py``.
"""

from invariances.statistics.bootstrap import (
    bootstrap,
    dirichlet_weights,
    expanded_tail,
    mean_interval,
    multinomial_weights,
    percentile_interval,
    proportion_interval,
)
from invariances.statistics.comparison import (
    Correlation,
    Difference,
    holm,
    paired_difference,
    spearman,
)
from invariances.statistics.survival import Median, survival_median

__all__ = [
    "Correlation",
    "Difference",
    "Median",
    "bootstrap",
    "dirichlet_weights",
    "expanded_tail",
    "holm",
    "mean_interval",
    "multinomial_weights",
    "paired_difference",
    "percentile_interval",
    "proportion_interval",
    "spearman",
    "survival_median",
]
