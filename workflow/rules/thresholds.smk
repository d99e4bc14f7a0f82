"""From response curves to thresholds with intervals: per network and transform, then all together.

Needs: sweeps. Makes: thresholds/{model}/{transform}.*, pairs/{model}/{pair}.*, and the run's tables:
thresholds.csv, medians.csv, mixed.csv, curves.parquet, pictures.parquet, and of pairs pairs.parquet, regions.csv.
"""


rule thresholds:
    input:
        sweeps=lambda w: sweeps(w.model, w.single),
        pictures=lambda w: sweeps(w.model, w.single, "pictures.parquet"),
        description=rules.classifier.output.description,
    output:
        thresholds=f"{RESULTS}/thresholds/{{model}}/{{single}}.csv",
        curves=f"{RESULTS}/thresholds/{{model}}/{{single}}.parquet",
        pictures=f"{RESULTS}/thresholds/{{model}}/{{single}}.pictures.parquet",
        medians=f"{RESULTS}/thresholds/{{model}}/{{single}}.medians.csv",
        mixed=f"{RESULTS}/thresholds/{{model}}/{{single}}.mixed.csv",
    log:
        f"{RESULTS}/logs/thresholds/{{model}}/{{single}}.log",
    # As soon as its sweep is done, beside the next one: what the page waits for is then soon there.
    priority: 6
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("thresholds"),
        code=code_of("thresholds"),
        classes=lambda w: to_json(CLASSES),
        axis=lambda w: TRANSFORMS[w.single].axis,
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --pictures {input.pictures:q}"
        " --description {input.description:q}"
        " --model {wildcards.model:q} --transform {wildcards.single:q} --classes {params.classes:q}"
        " --axis {params.axis} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


rule pairs:
    input:
        sweeps=lambda w: sweeps(w.model, w.pair),
        description=rules.classifier.output.description,
    output:
        maps=f"{RESULTS}/pairs/{{model}}/{{pair}}.parquet",
        regions=f"{RESULTS}/pairs/{{model}}/{{pair}}.regions.csv",
    log:
        f"{RESULTS}/logs/pairs/{{model}}/{{pair}}.log",
    priority: 6
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("pairs"),
        code=code_of("pairs"),
        classes=lambda w: to_json(CLASSES),
        axes=lambda w: [axis.axis for axis in PAIRS[w.pair].axes],
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --description {input.description:q}"
        " --model {wildcards.model:q} --transform {wildcards.pair:q} --classes {params.classes:q}"
        " --axes {params.axes} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


rule thresholds_all:
    input:
        thresholds=expand(
            rules.thresholds.output.thresholds, model=MODELS, single=TRANSFORMS
        ),
        curves=expand(rules.thresholds.output.curves, model=MODELS, single=TRANSFORMS),
        pictures=expand(
            rules.thresholds.output.pictures, model=MODELS, single=TRANSFORMS
        ),
        medians=expand(rules.thresholds.output.medians, model=MODELS, single=TRANSFORMS),
        mixed=expand(rules.thresholds.output.mixed, model=MODELS, single=TRANSFORMS),
        pairs=expand(rules.pairs.output.maps, model=MODELS, pair=PAIRS),
        regions=expand(rules.pairs.output.regions, model=MODELS, pair=PAIRS),
    output:
        thresholds=report(
            f"{RESULTS}/thresholds.csv",
            caption="../report/thresholds.rst",
            category="Thresholds",
            labels={"table": "thresholds"},
        ),
        curves=f"{RESULTS}/curves.parquet",
        pictures=f"{RESULTS}/pictures.parquet",
        medians=f"{RESULTS}/medians.csv",
        mixed=report(
            f"{RESULTS}/mixed.csv",
            caption="../report/mixed.rst",
            category="Thresholds",
            labels={"table": "all classes together"},
        ),
        pairs=[f"{RESULTS}/pairs.parquet"] * bool(PAIRS),
        regions=[f"{RESULTS}/regions.csv"] * bool(PAIRS),
    log:
        f"{RESULTS}/logs/thresholds_all.log",
    priority: 2
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(max(3000, joining("thresholds_all"))),
        runtime=minutes(10),
    params:
        script=script("thresholds_all"),
        code=code_of("thresholds_all"),
        cells=lambda w: to_json(
            {
                "model": list(MODELS),
                "transform": {name: directions(name) for name in TRANSFORMS},
                "pair": dict.fromkeys(PAIRS),
                "class": CLASSES,
            }
        ),
    shell:
        "python {params.script:q} {output:q} --cells {params.cells:q} --thresholds {input.thresholds:q}"
        " --curves {input.curves:q} --pictures {input.pictures:q} --medians {input.medians:q}"
        " --mixed {input.mixed:q}"
        " --pairs {input.pairs:q} --regions {input.regions:q} 2> {log:q}"


# The transforms whose truth the phantoms declare: the paper's and some beyond; your own have none, and
# what is declared is of classes, not of single pictures.
DECLARED = [
    name
    for name in TRANSFORMS
    if CONFIG.dataset.name == "phantoms"
    and name in phantoms.DECLARED
    and not CONFIG.individual
]


rule truth:
    input:
        sweeps=[
            path
            for model in MODELS
            for name in DECLARED
            for path in sweeps(model, name)
        ],
        descriptions=expand(rules.classifier.output.description, model=MODELS),
    output:
        report(
            f"{RESULTS}/truth.csv",
            caption="../report/truth.rst",
            category="Known truth",
            labels={"table": "phantoms"},
        ),
    log:
        f"{RESULTS}/logs/truth.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("truth"),
        code=code_of("truth"),
        models=lambda w, input: str(Path(input.descriptions[0]).parents[1]),
        size=CONFIG.dataset.size,
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --models {params.models:q}"
        " --size {params.size} --output {output:q} 2> {log:q}"
