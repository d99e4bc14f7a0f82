"""What a job asks of a cluster: megabytes and minutes, twice as much each time it is tried again.

Needs: `CONFIG` and `PLAN`. Makes: `memory`, `minutes` and `ON_DEVICE`, for the resources of rules that last or hold much; what
the others ask for stands in profiles/slurm. On a single machine nobody asks, and nothing reruns for them.
"""

from invariances import costs

# How a job computes, not what: batches and devices change no number but its last bits, and resources
# rerun nothing.
ON_DEVICE = {"gpu": GPU, "device": PLAN.device, "batch_size": CONFIG.batch_size}


# Rows of curves.parquet: each network's, of each class and magnitude each candidate.
CURVE_ROWS = (
    len(MODELS)
    * len(CLASSES)
    * sum(len(axis.magnitudes) for axis in TRANSFORMS.values())
    * min(costs.CANDIDATES, len(DATASET.categories))
)


def joining(job):
    """Megabytes of a job that holds the curves of the whole run."""
    return costs.joining_megabytes(job, CURVE_ROWS)


def sizing(classes):
    """Minutes in which thresholds are measured as sizes, on a core, or on a GPU that is ten times as fast."""
    sides = [network.preprocessing.crop for network in PLAN.networks.values()]
    pixels = sum(PLAN.images[each] for each in classes) * max(sides) ** 2
    seconds = costs.sizes_seconds(len(MODELS), 2 * len(TRANSFORMS), pixels)
    return seconds / 60 / (10 if GPU else 1)


def memory(megabytes):
    """`mem_mb` of a job that needs `megabytes`, or what `megabytes(wildcards)` says."""
    return doubling(megabytes)


def minutes(estimate):
    """`runtime` of a job of about `estimate` minutes, or `estimate(wildcards)`: three times that, and
    never less than a slow node needs to start."""
    return doubling(lambda w: max(15, 3 * amount(estimate, w)))


def sweep_minutes(w):
    """How long a sweep of this network and transform, or several, may last for this chunk's classes."""
    name = w.get("single") or w.get("pair") or w.tuple
    passes = passes_of(name, sum(PLAN.images[each] for each in CHUNKS[w.chunk]))
    return costs.seconds(passes, NETWORKS[w.model].gflops, PLAN.device) / 60


def doubling(wanted):
    return lambda wildcards, attempt: int(
        amount(wanted, wildcards) * 2 ** (attempt - 1)
    )


def amount(wanted, wildcards):
    return wanted(wildcards) if callable(wanted) else wanted
