"""What is swept under other resamplings: for rules/resamplings.smk."""

RESAMPLED = PLAN.resamplings
RESAMPLING_SWEEP = (
    f"{RESULTS}/resamplings/sweeps/{{resampling}}/{{model}}/{{single}}/{{chunk}}"
)
RESAMPLING_CELL = f"{RESULTS}/resamplings/{{resampling}}/{{model}}/{{single}}"


def resampling_sweeps(kind):
    """All chunks of a sweep under another resampling."""
    return lambda w: [
        f"{RESAMPLING_SWEEP}.{kind}".format(**w, chunk=chunk) for chunk in CHUNKS
    ]


# All cells swept under other resamplings, without suffix.
RESAMPLING_TABLES = [
    f"{RESAMPLING_CELL}.csv".format(resampling=resampling, model=model, single=name)
    for resampling, names in RESAMPLED.items()
    for model in MODELS
    for name in names
]
# From where to where each was swept, the run's own resampling included.
RESAMPLING_RANGES = {
    resampling: {
        model: {
            name: (axis.magnitudes[0], axis.magnitudes[-1])
            for name, axis in TRANSFORMS.items()
        }
        for model in MODELS
    }
    for resampling in (CONFIG.resampling, *RESAMPLED)
}
