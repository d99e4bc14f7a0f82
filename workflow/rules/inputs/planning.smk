"""The planner, from this run's grids, pictures and networks: for rules/planning.smk."""

import shutil
from math import prod

PACE = configuration.seen_of(PLAN_FILE.stem).seconds
# Seconds that jobs last beside the networks' passes, on a core of this kind: their imports, where they are not forked.
IMPORTS = 0.0 if forks_jobs() and not GPU else 3.0
START, SHORT, DRAWN = (IMPORTS + own for own in (0.3, 0.4, 1.1))
COMPILED = 30.0
# A further page of a figure.
PAGE = 1.1
# An ITN's step goes forward and back through the network, and calls it for what is learned and what is kept.
LEARNING_PASSES = 4
KINDS_LEARNED = ("spatial", "colour", "convolution")
# Of an evaluation: powers of a path that are looked at, of eleven, and random k.
EDGE, BETWEEN = 7, 50
MEGABYTE = 1e6
# Of a sweep's arrays, while its classes are joined and written.
COPIES = 4
# Megabytes of results that are tried whatever the disk holds.
SMALL = 1000


def pace(model):
    """Seconds of a pass: measured where the plan was made, else by what is known of devices."""
    own = TRAINED_AGAIN[model].model if model in TRAINED_AGAIN else model
    return PACE.get(own) or NETWORKS[model].gflops / costs.RATES[PLAN.device]


def mean_pace(models):
    return sum(map(pace, models)) / len(models)


def of_sweeps():
    """Passes and seconds of an average sweep, by kind."""
    pictures, found = sum(PLAN.images.values()), {}
    named = {
        "sweep": TRANSFORMS,
        "sweep_pair": PAIRS,
        "sweep_tuple": TUPLES,
        "resampling_sweep": next(iter(PLAN.resamplings.values()), ()),
    }
    for kind, names in named.items():
        if names:
            counts = [passes_of(name, pictures) for name in names]
            lasting = sum(
                costs.sweep_seconds(count, pace(model))
                for model in CLASSIFIERS
                for count in counts
            )
            jobs = len(counts) * len(CLASSIFIERS) * len(CHUNKS)
            passes = len(CLASSIFIERS) * sum(counts) / jobs
            found[kind] = passes, START + lasting / jobs
    if PLAN.borders:
        found["border_sweep"] = found["sweep"]
    return found


def of_layers():
    """The same of the measurement inside networks."""
    if not CONFIG.layers:
        return {}
    passes = sum(map(layers_passes, TRANSFORMS)) / len(TRANSFORMS)
    return {"layers": (passes, START + (1 + COMPARING) * passes * mean_pace(MODELS))}


def of_itns():
    """The same of ITNs: their training, certificate and evaluation."""
    if not LEARNERS:
        return {}
    families = sum(getattr(ITN, kind) is not None for kind in KINDS_LEARNED) + 1
    # Over the grid of each k, at random ones, and along paths to the edge.
    ways = families * (ITN.points**ITN.dimensions + 2 * EDGE) + BETWEEN
    evaluated = sum(PLAN.images.values()) * ways
    corners = families * (ITN.certified_points**ITN.dimensions - 1)
    calibrating = len(CLASSES) * PLAN.calibration.images
    step = ITN.batch_size * LEARNING_PASSES
    passes = {
        "itn": itn_steps(ITN.objective) * step,
        "itn_certify": calibrating * corners * len(ITN.scales),
        "itn_evaluate": evaluated,
    }
    if GATED:
        passes |= {
            "itn_gated": itn_steps("gated") * step,
            "itn_gated_evaluate": evaluated,
        }
    each = mean_pace(LEARNERS)
    return {kind: (count, START + count * each) for kind, count in passes.items()}


def of_training():
    """The same of networks that are trained here, shared among all that are made."""
    learned = [model for model in CLASSIFIERS if trained(model)]
    if not learned:
        return {}
    shown = len(DATASET.present) * CONFIG.dataset.training_images
    # Forward, and back at twice the cost.
    passes = {m: 3 * shown * CLASSIFIERS[m].training.epochs for m in learned}
    lasting = sum(count * pace(model) for model, count in passes.items())
    number = len(CLASSIFIERS)
    return {"classifier": (sum(passes.values()) / number, START + lasting / number)}


def costs_of_jobs():
    """Seconds and passes of an average job of each kind, and megabytes of the run's results."""
    networks = of_sweeps() | of_layers() | of_itns() | of_training()
    seconds = {kind: lasting for kind, (_, lasting) in networks.items()}
    seconds |= {
        f"figure_{figure.name}": DRAWN + PAGE * (figure.pages(len(CLASSES)) - 1)
        for figure in REGISTERED.values()
    }
    magnitudes = sum(len(axis.magnitudes) for axis in TRANSFORMS.values())
    seconds |= {
        name: lasting + SHORT
        for name, lasting in costs.table_seconds(
            *(len(MODELS), len(NETWORK_PAIRS), len(CLASSES)),
            *(len(TRANSFORMS), magnitudes),
        ).items()
    }
    seconds |= {
        "sizes": SHORT + 60 * sizing(CLASSES) / len(CHUNKS),
        "images": START + 0.02 * sum(PLAN.images.values()) / len(CHUNKS),
        "explorer_pictures": SHORT + 2.5,
        "engine": COMPILED,
        "engine_halved": COMPILED,
    }
    return {
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "passes": {name: round(count) for name, (count, _) in networks.items()},
        "short": SHORT,
        "cores": CORES,
        "disk": round(disk()),
        "memory": round(memory_of_a_job()),
        "milliseconds": {model: round(1000 * pace(model), 2) for model in MODELS},
        "measured": bool(PACE),
    }


def disk():
    """Megabytes of pictures, sweeps, networks and figures, roughly."""
    pictures = sum(PLAN.images.values())
    sides = {
        network.preprocessing.prepared(): network.preprocessing.crop
        for network in PLAN.networks.values()
    }
    prepared = sum(3 * side**2 for side in sides.values()) * pictures
    number, categories = len(CLASSES), len(DATASET.categories)
    side = max(sides.values(), default=0)
    steps = [len(axis.magnitudes) for axis in TRANSFORMS.values()]
    several = [prod(len(axis.magnitudes) for axis in axes(name)) for name in PAIRS]
    answers = costs.sweep_bytes(pictures, sum(steps + several), number, categories)
    shown = sum(costs.shown_bytes(count, number, side, categories) for count in steps)
    page = costs.explorer_bytes(sum(steps), pictures, number, side, len(MODELS))
    weights = sum(20 * NETWORKS[model].gflops for model in CLASSIFIERS)
    # Of transforms combined the prediction and the margin alone.
    points = sum(prod(len(axis.magnitudes) for axis in axes(name)) for name in TUPLES)
    answers += points * pictures * 8
    arrays = prepared + len(CLASSIFIERS) * answers + len(MODELS) * shown + page
    return (arrays + sum(map(drawn_bytes, REGISTERED.values()))) / MEGABYTE + weights


def drawn_bytes(figure):
    """Of a figure's files that are part of the run."""
    with_pictures = bool(figure.per_page) and "thumbnails" in figure.reads
    each = costs.SHEET_BYTES if with_pictures else costs.FIGURE_BYTES
    pages = {
        "png": figure.pngs(len(CLASSES), FORMATS),
        "pdf": figure.pages(len(CLASSES)),
    }
    number = len(wanted(figure)) / len(drawn(figure))
    return number * sum(pages[kind] * each[kind] for kind in FORMATS)


def memory_of_a_job():
    """Megabytes of the largest job: of a sweep, or of what joins all of them."""
    joined = max(map(joining, costs.JOINING))
    return max(memory_of_a_sweep(), joined)


def memory_of_a_sweep():
    """Megabytes of Python and torch, a batch as it goes through the network, and what is kept of a chunk."""
    side = max(network.preprocessing.crop for network in PLAN.networks.values())
    # Measured at 224 pixels and batches of 64: ResNet-18 2.3, EfficientNet-Lite0 3.7 GB at their most.
    together = costs.BATCH_SIZE if CONFIG.batch_size == "auto" else CONFIG.batch_size
    batch = together * side**2 * 3 * 4 * 75
    return 700 + (batch + COPIES * max(map(kept_bytes, CHUNKS.values()))) / MEGABYTE


def kept_bytes(classes):
    """A chunk's arrays of the longest sweep, of one transform or of a pair."""
    longest = max(
        prod(len(axis.magnitudes) for axis in axes(name))
        for name in [*TRANSFORMS, *PAIRS]
    )
    pictures = sum(PLAN.images[name] for name in classes)
    return costs.sweep_bytes(pictures, longest, len(classes), len(DATASET.categories))


def check_disk(needed):
    """Refuse a run whose results the disk has no room for, beside what of them is there.

    The estimate is a rough one: what is small is tried, and says so where the disk is full.
    """
    place = next(
        folder for folder in [Path(RESULTS), *Path(RESULTS).parents] if folder.exists()
    )
    free = shutil.disk_usage(place).free / MEGABYTE
    if needed <= max(free, SMALL):
        return
    there = sum(path.lstat().st_size for path in Path(RESULTS).rglob("*")) / MEGABYTE
    if needed - there > free:
        raise WorkflowError(
            f"{RESULTS}: about {needed / 1000:.1f} GB of results would be written, and {free / 1000:.1f} GB are free in "
            f"{place.resolve()}: lower dataset.images, name fewer classes or transforms, or give another disk (--directory)"
        )
