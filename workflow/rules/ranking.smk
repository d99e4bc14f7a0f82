"""Three networks or more in an order: how far each goes, its rank, and how far the rank is known.

Needs: the run's thresholds of pictures, and sweeps. Makes: ranking.csv.
"""


rule ranking:
    input:
        pictures=rules.thresholds_all.output.pictures,
        sweeps=[
            path
            for model in MODELS
            for name in TRANSFORMS
            for path in sweeps(model, name)
        ],
    output:
        report(
            f"{RESULTS}/ranking.csv",
            caption="../report/ranking.rst",
            category="Comparison",
            labels={"table": "ranking"},
        ),
    log:
        f"{RESULTS}/logs/ranking.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(20),
    params:
        script=script("ranking"),
        code=code_of("ranking"),
        transforms=to_json({name: axis.unlabelled for name, axis in TRANSFORMS.items()}),
        series=to_json(
            {
                name: [model.series.name, model.series.at]
                for name, model in MODELS.items()
                if model.series
            }
        ),
        sweeps=lambda w, input: str(Path(input.sweeps[0]).parents[2]),
        chunks=list(CHUNKS),
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --pictures {input.pictures:q} --sweeps {params.sweeps:q}"
        " --chunks {params.chunks:q}"
        " --transforms {params.transforms:q} --series {params.series:q}"
        " --resamples {params.resamples} --seed {params.seed} --output {output:q} 2> {log:q}"


# Of two networks mixed_differences.csv says it all.
RANKED = list(rules.ranking.output) * (len(MODELS) > 2)
