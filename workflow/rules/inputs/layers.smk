"""Which layers are measured of a network, and how long that lasts: for rules/layers.smk."""

import json

# Of each picture, beside the grid: untransformed once more, and twice for the derivative at the identity.
BESIDE = 3
# Pictures that the network of random weights is shown, at least: half of all, as in scripts/layers.py.
FEWEST_OF_RANDOM = 16
# Of a pass: what comparing the outputs takes beside it, of a small network.
COMPARING = 0.6


def layers_of(model):
    """`auto`, or the names of a network's layers; `auto` where only the results ask."""
    return list(CONFIG.named_layers(model)) or "auto"


def objects_of_layers(w):
    """What is behind the objects of all pictures, where the transform moves these alone."""
    moved = w.single in PLAN.objects
    return [pictures_of(w.model, chunk, "objects.npy") for chunk in CHUNKS if moved]


def layers_passes(name):
    """Forward passes of one network's layers under a transform."""
    pictures = sum(PLAN.images.values())
    random = max(pictures // 2, min(pictures, FEWEST_OF_RANDOM))
    return (pictures + random) * (len(TRANSFORMS[name].magnitudes) + BESIDE)


def layers_minutes(w):
    """How long one network's layers may last under one transform."""
    gflops = (1 + COMPARING) * NETWORKS[w.model].gflops
    return costs.seconds(layers_passes(w.single), gflops, PLAN.device) / 60
