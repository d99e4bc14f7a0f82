"""Networks trained several times: what of a difference is the network's, and what the training's.

Needs: thresholds of pictures, of each network's trainings. Makes: trainings.csv, and of two such networks or
more training_differences.csv.
"""

TRAININGS = {
    name: [name, *(other for other, own in TRAINED_AGAIN.items() if own.model == name)]
    for name, model in MODELS.items()
    if model.training.seeds > 1
}
TRAINED = [name for names in TRAININGS.values() for name in names]


rule trainings:
    input:
        pictures=expand(
            rules.thresholds.output.pictures, model=TRAINED, single=TRANSFORMS
        ),
    output:
        f"{RESULTS}/trainings.csv",
        [f"{RESULTS}/training_differences.csv"] * (len(TRAININGS) > 1),
    log:
        f"{RESULTS}/logs/trainings.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("trainings"),
        code=code_of("trainings"),
        trainings=to_json(TRAININGS),
        transforms=to_json({name: axis.unlabelled for name, axis in TRANSFORMS.items()}),
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --pictures {input.pictures:q} --trainings {params.trainings:q}"
        " --transforms {params.transforms:q} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


# With what they are made of, as rules/parts.smk says.
TRAINED_SEVERAL_TIMES = [
    *rules.trainings.output,
    *rules.trainings.input,
    *expand(rules.classifier.output.weights, model=TRAINED),
    *[path for model in TRAINED for name in TRANSFORMS for path in sweeps(model, name)],
    *expand(rules.baseline.output, model=TRAINED),
] * bool(TRAININGS)
