"""Which layers are measured of a network, and how long that lasts: for rules/layers.smk."""

import json

# Of each picture, beside the grid: untransformed once more, and twice for the derivative at the identity.
BESIDE = 3
# Comparing outputs takes about as long as a pass of a small network; of random weights all is done again.
COMPARED_LAYERS = 2 * 2


def layers_of(model):
    """`auto`, or the names of a network's layers; `auto` where only the results ask."""
    asked = CONFIG.layers
    if isinstance(asked, dict):
        asked = asked.get(model)
    return "auto" if asked in (None, "auto") else list(asked)


def layers_minutes(w):
    """How long one network's layers may last under one transform."""
    passes = sum(PLAN.images.values()) * (len(TRANSFORMS[w.single].magnitudes) + BESIDE)
    gflops = COMPARED_LAYERS * NETWORKS[w.model].gflops
    return costs.seconds(passes, gflops, PLAN.device) / 60
