"""Intervals, survival and comparisons: what is known of a number measured on a few pictures.

Everything is NumPy and SciPy on arrays; the unit that is resampled is always the picture (or, for
correlations over cells, the class), never the magnitude. Which method serves which statistic:

=================================  ==============================================================
accuracy at a magnitude            mid-P Clopper-Pearson (``proportion_interval``)
mean softmax at a magnitude        Bayesian bootstrap with plausible extremes (``mean_interval``)
mean softmax of few pictures,      Gaffke's bound for values in [0, 1] (``mean_interval``)
or near 0 or 1
magnitude where the mean switches  Bonferroni's t limits over the rivals (in thresholds/switches)
magnitude of half accuracy         Bayesian bootstrap with an unseen picture
                                   (``dirichlet_weights``, in thresholds/crossings)
median of censored thresholds      exact limits by order statistics (``censored_median``)
difference of two networks         Bayesian bootstrap with an unseen picture, sign-flip test
                                   (``paired_difference``), corrected by Westfall and Young's
                                   maximum (``westfall_young``)
rank of a mean among many          signs of all pairwise differences at once, by sign flips with a
                                   step-down maximum (``ranks``; Mogstad et al. 2024)
difference over several trainings  the limits of pictures and of trainings joined (MOVER), t test
                                   (``trained_difference``)
likeness of a layer's outputs      bootstrap, percentiles as wide as Student's t, from eight
                                   pictures on (``bootstrap``, in layers/table)
rank correlation over cells        bootstrap over clusters (``spearman``)
share of cells                     closed testing (``share_interval``)
=================================  ==============================================================

Their coverage is measured by ``tests/coverage``.
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
from invariances.statistics.crossed import TrainedDifference, trained_difference
from invariances.statistics.medians import Median, censored_median
from invariances.statistics.multiplicity import (
    holm,
    share_interval,
    surely_false,
    westfall_young,
)
from invariances.statistics.paired import (
    Correlation,
    Difference,
    paired_difference,
    spearman,
)

__all__ = [
    "Correlation",
    "Difference",
    "Median",
    "TrainedDifference",
    "bootstrap",
    "censored_median",
    "dirichlet_weights",
    "expanded_tail",
    "holm",
    "mean_interval",
    "multinomial_weights",
    "paired_difference",
    "percentile_interval",
    "proportion_interval",
    "share_interval",
    "spearman",
    "surely_false",
    "trained_difference",
    "westfall_young",
]
