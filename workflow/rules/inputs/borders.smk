"""What other borders are swept, and with which pictures: for rules/borders.smk."""

BORDERS = PLAN.borders
BORDER_SWEEP = f"{RESULTS}/borders/sweeps/{{padding}}/{{model}}/{{single}}/{{chunk}}"


def border_axes(w):
    """The transform's grid under this border."""
    return [BORDERS[w.padding][w.model].transforms[w.single].unlabelled]


def border_pictures(kind):
    """The pictures as the network sees them, or larger, where its crop is shifted in them."""

    def path(w):
        side = BORDERS[w.padding][w.model].side
        key = NETWORKS[w.model].preprocessing.prepared(side)
        return f"{RESULTS}/images/{key}/{w.chunk}.{kind}"

    return path


def border_sweeps(kind):
    """All chunks of a sweep under another border."""
    return lambda w: [
        f"{RESULTS}/borders/sweeps/{w.padding}/{w.model}/{w.single}/{chunk}.{kind}"
        for chunk in CHUNKS
    ]


def beside(tables):
    """Curves and pictures' own thresholds beside tables of thresholds."""
    suffixes = ".parquet", ".pictures.parquet"
    return [
        path.removesuffix(".csv") + suffix for path in tables for suffix in suffixes
    ]


# All cells swept under other borders.
BORDER_TABLES = [
    f"{RESULTS}/borders/{padding}/{model}/{name}.csv"
    for padding, models in BORDERS.items()
    for model, border in models.items()
    for name in border.transforms
]
# Those under other paddings: real crops reach too short a way to decide a statement.
PADDED_TABLES = [
    path for path in BORDER_TABLES if not path.startswith(f"{RESULTS}/borders/crop/")
]
# From where to where each was swept, the run's own padding included.
BORDER_RANGES = {
    padding: {
        model: {t.name: (t.magnitudes[0], t.magnitudes[-1]) for t in swept.values()}
        for model, swept in models.items()
    }
    for padding, models in [
        (CONFIG.padding, dict.fromkeys(MODELS, TRANSFORMS)),
        *[
            (padding, {model: border.transforms for model, border in models.items()})
            for padding, models in BORDERS.items()
        ],
    ]
}
