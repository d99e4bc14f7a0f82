"""Three networks or more in an order: how far each goes, its rank, and how far the rank is known; how large each is.

Needs: the run's thresholds of pictures, and sweeps; classifiers. Makes: ranking.csv, networks.csv.
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
    priority: 2
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


rule networks:
    input:
        weights=expand(rules.classifier.output.weights, model=MODELS),
        descriptions=expand(rules.classifier.output.description, model=MODELS),
    output:
        report(
            f"{RESULTS}/networks.csv",
            caption="../report/networks.rst",
            category="Comparison",
            labels={"table": "sizes of networks"},
        ),
    log:
        f"{RESULTS}/logs/networks.log",
    priority: 2
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(6000),
        runtime=minutes(20),
    params:
        script=script("networks"),
        code=code_of("networks", things=[model.network for model in MODELS.values()]),
        classifiers=[f"{name}={RESULTS}/models/{name}" for name in MODELS],
        operations=to_json(GFLOPS),
    shell:
        "python {params.script:q} --classifiers {params.classifiers:q}"
        " --operations {params.operations:q} --output {output:q} 2> {log:q}"


# Of two networks mixed_differences.csv says it all.
RANKED = [*rules.ranking.output, *rules.networks.output] * MANY
