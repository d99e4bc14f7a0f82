"""The explorer: curves, thresholds, pictures and ITNs as one page that needs no network.

Needs: thresholds, pictures, and where there are any ITNs, layers, and what many networks have. Makes: explorer.html, and for it
explorer/pictures.json and itn/{model}/square.npz.
"""

EXPLORER_PAGE = LIBRARY / "explorer/page"
EXPLORED_PICTURES = [
    f"{m}={pictures_of(m, chunk, 'npy')}" for m in MODELS for chunk in CHUNKS
]


# The ITN's pictures over a fine grid of k, beside the few of its gallery.
rule explorer_itn:
    input:
        itn_files("evaluation"),
        net=rules.itn_certify.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        f"{RESULTS}/itn/{{model}}/square.npz",
    log:
        f"{RESULTS}/logs/explorer_itn/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(4000),
        runtime=minutes(20),
    params:
        script=script("explorer_itn"),
        code=lambda w: code_of("explorer_itn", model=w.model),
        stems=itn_stems("evaluation"),
        part=itn_part("evaluation"),
        model=lambda w, input: str(Path(input.weights).parent),
    shell:
        "python {params.script:q} --net {input.net:q} --classifier {params.model:q}"
        " --prepared {params.stems:q} --part {params.part:q} --device {resources.device}"
        " --threads {threads} --output {output:q} 2> {log:q}"


# Pictures need no sweep: their strips are made while the last sweeps run.
rule explorer_pictures:
    input:
        pixels=[pictures_of(m, chunk, "npy") for m in MODELS for chunk in CHUNKS],
        manifests=[pictures_of(m, chunk, "csv") for m in MODELS for chunk in CHUNKS],
        objects=objects_of_all(),
    output:
        f"{RESULTS}/explorer/pictures.json",
    log:
        f"{RESULTS}/logs/explorer_pictures.log",
    priority: 4
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(10),
    params:
        script=script("explorer_pictures"),
        code=code_of("explorer_pictures", list(TRANSFORMS)),
        images=EXPLORED_PICTURES,
        transforms=to_json(tuple(TRANSFORMS.values())),
        classes=lambda w: CLASSES,
        padding=CONFIG.padding,
        resampling=CONFIG.resampling,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --prepared-of {params.images:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} --padding {params.padding}"
        " --resampling {params.resampling} --seed {params.seed} --output {output:q} 2> {log:q}"


# The page and what it shows come before figures, which are drawn while one looks at it.
rule explorer:
    input:
        curves=rules.thresholds_all.output.curves,
        thresholds=rules.thresholds_all.output.thresholds,
        pictures=rules.thresholds_all.output.pictures,
        mixed=rules.thresholds_all.output.mixed,
        strips=rules.explorer_pictures.output,
        pixels=[pictures_of(m, chunk, "npy") for m in MODELS for chunk in CHUNKS],
        manifests=[pictures_of(m, chunk, "csv") for m in MODELS for chunk in CHUNKS],
        objects=objects_of_all(),
        worst=[rules.worst_all.output.pictures] * bool(COMBINED),
        networks=[*rules.networks.output] * MANY,
        ranking=[*rules.ranking.output] * MANY,
        layers=[rules.layers_all.output.layers] * bool(CONFIG.layers),
        itn=[
            f"{RESULTS}/itn/{model}/{name}"
            for model in LEARNERS
            for name in (
                "evaluation.csv",
                "certificate.csv",
                "directions.csv",
                "square.npz",
            )
        ],
        page=[os.path.relpath(file) for file in sorted(EXPLORER_PAGE.iterdir())],
    output:
        report(
            f"{RESULTS}/explorer.html",
            caption="../report/explorer.rst",
            category="Explorer",
            labels={"page": "explorer"},
        ),
    log:
        f"{RESULTS}/logs/explorer.log",
    priority: 2
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(max(4000, joining("explorer"))),
        runtime=minutes(10),
    params:
        script=script("explorer"),
        code=code_of(
            "explorer",
            list(COMBINED),
            chosen="combined" if COMBINED else None,
        ),
        run=CONFIG.run,
        images=EXPLORED_PICTURES,
        itn=[f"{model}={RESULTS}/itn/{model}" for model in LEARNERS],
        transforms=titles(
            *TRANSFORMS,
            *(axis.name for each in COMBINED.values() for axis in each.axes),
        ),
        optional=lambda w, input: [
            word
            for name in ("worst", "networks", "ranking", "layers")
            for path in input[name]
            for word in (f"--{name}", path)
        ],
        classes=lambda w: CLASSES,
        padding=CONFIG.padding,
        resampling=CONFIG.resampling,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --run {params.run:q} --curves {input.curves:q}"
        " --thresholds {input.thresholds:q} --pictures {input.pictures:q}"
        " --mixed {input.mixed:q} --strips {input.strips:q} {params.optional:q}"
        " --prepared-of {params.images:q} --itn {params.itn:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} --padding {params.padding}"
        " --resampling {params.resampling} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


EXPLORED = rules.explorer.output
