"""What other borders are swept, and with which pictures: for rules/borders.smk."""

BORDERS = RUN["borders"]
BORDER_SWEEP = f"{RESULTS}/borders/sweeps/{{padding}}/{{model}}/{{single}}/{{chunk}}"


def border_axes(w):
    """The transform's grid under this border."""
    entry = axes(w.single)
    magnitudes = BORDERS[w.padding]["transforms"][w.model][w.single]
    return {**entry, "axes": [{**entry["axes"][0], "magnitudes": magnitudes}]}


def border_pictures(kind):
    """The pictures as the network sees them, or larger, where its crop is shifted in them."""

    def path(w):
        entry = MODELS[w.model]["preprocessing"]
        side = BORDERS[w.padding]["models"][w.model]["crop"]
        key = Preparation(entry["resize"], side, entry["interpolation"]).key
        return f"{RESULTS}/images/{key}/{w.chunk}.{kind}"

    return path


def border_sweeps(kind):
    """All chunks of a sweep under another border."""
    return lambda w: [
        f"{RESULTS}/borders/sweeps/{w.padding}/{w.model}/{w.single}/{chunk}.{kind}"
        for chunk in RUN["chunks"]
    ]


# All cells swept under other borders.
BORDER_TABLES = [
    f"{RESULTS}/borders/{padding}/{model}/{name}.csv"
    for padding, entry in BORDERS.items()
    for model, names in entry["transforms"].items()
    for name in names
]
# Those under other paddings: real crops reach too short a way to decide a statement.
PADDED_TABLES = [
    path for path in BORDER_TABLES if not path.startswith(f"{RESULTS}/borders/crop/")
]
# From where to where each was swept, the run's own padding included.
BORDER_RANGES = {
    padding: {
        model: {name: (min(grid), max(grid)) for name, grid in grids.items()}
        for model, grids in models.items()
    }
    for padding, models in [
        (
            RUN["padding"],
            {
                model: {name: t["magnitudes"] for name, t in TRANSFORMS.items()}
                for model in MODELS
            },
        ),
        *[(padding, entry["transforms"]) for padding, entry in BORDERS.items()],
    ]
}
