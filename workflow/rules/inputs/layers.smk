"""Which layers are measured of a network, and how long that lasts: for rules/layers.smk."""

import json

# Of each picture, beside the grid: untransformed once more, and twice for the derivative at the identity.
BESIDE = 3
# The network, and the same of random weights.
KINDS_OF_WEIGHTS = 2
# Of a pass: what comparing the outputs takes beside it, of a small network.
COMPARING = 1.0


def layers_of(model):
    """`auto`, or the names of a network's layers; `auto` where only the results ask."""
    asked = CONFIG.layers
    if isinstance(asked, dict):
        asked = asked.get(model)
    return "auto" if asked in (None, "auto") else list(asked)


def layers_passes(name):
    """Forward passes of one network's layers under a transform."""
    pictures = sum(PLAN.images.values())
    shown = len(TRANSFORMS[name].magnitudes) + BESIDE
    return KINDS_OF_WEIGHTS * pictures * shown


def layers_minutes(w):
    """How long one network's layers may last under one transform."""
    gflops = (1 + COMPARING) * NETWORKS[w.model].gflops
    return costs.seconds(layers_passes(w.single), gflops, PLAN.device) / 60
