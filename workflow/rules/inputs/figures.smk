"""Which figures there are, what they are drawn from, and where they go: for rules/figures.smk."""

from itertools import product

from invariances.figures import registry

FORMATS = CONFIG.figures.formats
# A class's name may hold what a path should not; colours follow the config's order of classes.
SLUGS = {file_name(name): name for name in CLASSES}
NETWORK_PAIRS = configuration.compared(CONFIG)
GFLOPS = {name: NETWORKS[name].gflops for name in MODELS}
# The transforms of the paper's figures; what was not screened is left out.
PAPER = {
    2: ("noise", "rotate", "zoom", "translate_y"),
    3: ("noise", "rotate", "zoom", "translate_y"),
    6: ("blur", "rotate", "grayscale", "brightness"),
    7: ("blur", "rotate", "grayscale", "brightness"),
}

try:
    REGISTERED = registry.wanted(CONFIG.figures.draw)
except InputError as error:
    raise WorkflowError(str(error)) from None


def titles(*names):
    """The axes of transforms screened, as figures need them: their magnitudes stand in the tables."""
    known = {axis.name: axis for each in COMBINED.values() for axis in each.axes}
    known |= TRANSFORMS
    return to_json(
        {name: known[name].without_magnitudes for name in names if name in known}
    )


def paper_models():
    """Which networks stand for the paper's two: by their names, else the first two."""
    ranked = sorted(MODELS, key=lambda name: "alexnet" not in MODELS[name].network)
    return dict(zip((2, 3), ranked)) | dict(zip((6, 7), ranked))


def paper_cases():
    """The paper's figures of which anything was screened, each with all that it shows."""
    for number, model in paper_models().items():
        screened = [name for name in PAPER[number] if name in TRANSFORMS]
        pairs = {"translate_x+translate_y"} & set(PAIRS) if number in (2, 3) else ()
        if screened:
            yield {"number": str(number), "model": model} | {
                "single": screened,
                "pair": list(pairs),
            }


# The wildcards of the figures that are part of a run, by `cases` in a figure's head.
CASES = {
    "all": [{}],
    "cells": [
        {"model": model, "single": transform, "slug": file_name(name)}
        for entry in CONFIG.figures.cells
        for model, transform, name in [entry.split("/", 2)]
    ],
    "learners": [{"model": model} for model in LEARNERS],
    "gated": [{"model": model} for model in GATED],
    "networks": [{"first": first, "second": second} for first, second in NETWORK_PAIRS],
    "paper": list(paper_cases()),
    "borders": [{}] if PLAN.borders else [],
    "resamplings": [{}] if PLAN.resamplings else [],
    "layers": [{}] if CONFIG.layers else [],
    "layer_pairs": [
        {"first": first, "second": second}
        for first, second in NETWORK_PAIRS * bool(CONFIG.layers)
    ],
    "ranked": [{}] * MANY,
    "counted": [{}] * (MANY and any(map(costs.multiply_adds, GFLOPS.values()))),
    "series": [{}] * (MANY and any(m.series for m in MODELS.values())),
    "none": [],
}
VALUES = {
    "model": MODELS,
    "single": TRANSFORMS,
    "pair": PAIRS,
    "combined": COMBINED,
    "slug": SLUGS,
    "number": PAPER,
    "first": MODELS,
    "second": MODELS,
}


def stems(figure):
    """A figure's path without suffix; of one with several PNGs, that of each page."""
    stem = f"{RESULTS}/figures/{figure.address}"
    count = figure.pngs(len(CLASSES), FORMATS)
    return [stem, *(f"{stem}-{page}" for page in range(2, count + 1))]


def drawn(figure):
    """A figure's files in the config's formats; a PDF holds all pages."""
    pages = stems(figure)
    return [
        f"{stem}.{kind}"
        for kind in FORMATS
        for stem in (pages if kind == "png" else pages[:1])
    ]


def named_labels(labels):
    """A figure's labels with the wildcards filled in, a class by its own name."""

    def filled(w):
        values = {**w, "slug": SLUGS.get(w.get("slug"), "")}
        return {key: text.format(**values) for key, text in labels.items()}

    return filled


def reported(figure):
    """A figure's files, its PNGs part of the report."""
    pages, found = stems(figure), drawn(figure)
    for place, path in enumerate(found):
        if path.endswith(".png"):
            labels = dict(figure.labels)
            if (count := figure.pages(len(CLASSES))) > 1:
                labels["page"] = f"{pages.index(path[:-4]) + 1} of {count}"
            entry = {"category": figure.category, "labels": named_labels(labels)}
            found[place] = report(path, caption="../report/figure.rst", **entry)
    return found


# What shows classes: nothing where each picture is a class of its own (but on request).
OF_CLASSES = (
    *("overview", "sheets", "paper", "sizes", "comparison", "claims"),
    *("itn_comparison", "tradeoff_accuracy"),
)


def wanted(figure):
    """The files of a figure that are part of the run."""
    if CONFIG.individual and {figure.kind, figure.name} & {*OF_CLASSES}:
        return []
    if figure.kind not in CONFIG.figures.draw and figure.cases != "cells":
        return []
    found = []
    for case in CASES[figure.cases]:
        rest = [name for name in figure.wildcards if name not in case]
        for values in product(*(VALUES[name] for name in rest)):
            known = {name: case[name] for name in figure.wildcards if name in case}
            known |= zip(rest, values)
            found += [path.format(**known) for path in drawn(figure)]
    return found


def drawing_nothing():
    """The kinds that the config asks for by name, and of which nothing is part of the run."""
    asked = CONFIG.figures.draw
    if asked == configuration.default("figures.draw"):
        return []
    made = {figure.kind for figure in REGISTERED.values() if wanted(figure)}
    return [kind for kind in asked if kind not in made]


def case_of(figure, w):
    """The wildcards, and what the figure's case knows besides."""
    given = dict(w.items())
    fitting = [
        case
        for case in CASES[figure.cases]
        if all(case.get(name, value) == value for name, value in given.items())
    ]
    return {"chunk": list(CHUNKS)} | (fitting[0] if fitting else {}) | given


def read_by(figure):
    """The files that a figure is drawn from, by the names in its head."""

    def files(w):
        case = case_of(figure, w)
        missing = {
            name
            for pattern in figure.reads.values()
            for name in registry.fields(pattern)
            if name not in case
        }
        if missing:
            raise WorkflowError(
                f"figure {figure.name} {dict(w.items())}: this run has nothing of what it shows"
            )
        return {
            name: expand(f"{RESULTS}/{pattern}", **case)
            for name, pattern in figure.reads.items()
        }

    return files


def reads_curves(figure):
    """Whether it reads the curves of the whole run, which hold much of many classes."""
    return "curves.parquet" in figure.reads.values()


def read_options(figure):
    """The files again, as the command's options."""
    return lambda w, input: [
        f"{name}={path}"
        for name in figure.reads
        for path in ([input[name]] if isinstance(input[name], str) else input[name])
    ]


def options(figure):
    """What else of the run a figure asks for, as the command's options."""

    def given(w):
        case = case_of(figure, w)
        if "slug" in case:
            case["name"] = SLUGS[case["slug"]]
        values = [
            f"{name}={case[name]}"
            for name in figure.parameters
            if isinstance(case.get(name), str)
        ]
        of = {
            "transforms": [titles(*shown_transforms(case))],
            "palette": CLASSES,
            "models": list(MODELS),
        }
        flags = {
            "transforms": "--transforms",
            "palette": "--classes",
            "models": "--models",
        }
        asked = [name for name in flags if name in figure.parameters]
        return [
            *(["--value", *values] if values else []),
            *[word for name in asked for word in (flags[name], *of[name])],
        ]

    return given


def shown_transforms(case):
    """The transforms that a figure shows: its own, those that it has combined, else all."""
    single, pair, combined = (
        [case[key]] if isinstance(case.get(key), str) else case.get(key, [])
        for key in ("single", "pair", "combined")
    )
    several = [name for each in [*pair, *combined] for name in each.split("+")]
    shown = [*single, *several]
    return list(dict.fromkeys(shown)) or list(TRANSFORMS)


def caption(figure):
    """A figure's caption; that it depends on the outputs keeps it from redrawing the figure."""

    def filled(w, output):
        case = {**w, "name": SLUGS[w.slug]} if "slug" in figure.wildcards else dict(w)
        return figure.caption.format(**case)

    return filled
