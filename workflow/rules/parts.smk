"""What a run's results are made of, asked for with them.

A job that fails loses its output. Snakemake takes what was made of an earlier output for up to date as long
as nobody asks for the lost one: a table would stay as it was before an edit. So everything is asked for.

Needs: all stages. Makes: nothing.
"""

PARTS = [
    *rules.skipped.input.manifests,
    *expand(rules.classifier.output.weights, model=MODELS),
    *[
        path
        for model in MODELS
        for name in [*TRANSFORMS, *COMBINED]
        for path in sweeps(model, name)
    ],
    *rules.thresholds_all.input.thresholds,
    *rules.thresholds_all.input.pairs,
    *rules.worst_all.input.worst,
    *expand(rules.itn_certify.output.net, model=LEARNERS),
    *BORDER_TABLES,
    *RESAMPLING_TABLES,
    *[
        f"{RESULTS}/borders/sweeps/{padding}/{model}/{name}/{chunk}.npz"
        for padding, models in BORDERS.items()
        for model, border in models.items()
        for name in border.transforms
        for chunk in CHUNKS
    ],
    *[
        f"{RESAMPLING_SWEEP}.npz".format(
            resampling=resampling, model=model, single=name, chunk=chunk
        )
        for resampling, names in RESAMPLED.items()
        for model in MODELS
        for name in names
        for chunk in CHUNKS
    ],
]
