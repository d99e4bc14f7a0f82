"""Where in a network an invariance arises: its layers under each transform, on request.

Needs: classifiers, pictures. Makes, where the config has `layers` or where it is asked for: layers/{model}/{transform}.*,
and of all networks and transforms layers.parquet, layer_scores.csv and layer_trends.csv.
"""


include: "inputs/layers.smk"


rule layers:
    input:
        pixels=lambda w: [pictures_of(w.model, chunk, "npy") for chunk in CHUNKS],
        manifests=lambda w: [pictures_of(w.model, chunk, "csv") for chunk in CHUNKS],
        objects=objects_of_layers,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        layers=f"{RESULTS}/layers/{{model}}/{{single}}.parquet",
        scores=f"{RESULTS}/layers/{{model}}/{{single}}.scores.csv",
        trends=f"{RESULTS}/layers/{{model}}/{{single}}.trends.csv",
    log:
        f"{RESULTS}/logs/layers/{{model}}/{{single}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(5000),
        runtime=minutes(layers_minutes),
    params:
        script=script("layers"),
        code=lambda w: code_of("layers", [w.single], w.model),
        transform=lambda w: to_json(TRANSFORMS[w.single].unlabelled),
        model=lambda w, input: str(Path(input.weights).parent),
        layers=lambda w: json.dumps(layers_of(w.model)),
        border=lambda w: f"--padding {padding_of(w.single)}{resampling_of(w.single)}",
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
        precision=EXACT,
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --transform {params.transform:q} --layers {params.layers:q} {params.border} --seed {params.seed}"
        " --resamples {params.resamples} --precision {params.precision}"
        " --batch-size {resources.batch_size} --device {resources.device} --threads {threads}"
        " --output {output:q} 2> {log:q}"


rule layers_all:
    input:
        layers=expand(rules.layers.output.layers, model=MODELS, single=TRANSFORMS),
        scores=expand(rules.layers.output.scores, model=MODELS, single=TRANSFORMS),
        trends=expand(rules.layers.output.trends, model=MODELS, single=TRANSFORMS),
    output:
        layers=f"{RESULTS}/layers.parquet",
        scores=report(
            f"{RESULTS}/layer_scores.csv",
            caption="../report/layers.rst",
            category="Layers",
            labels={"table": "layers"},
        ),
        trends=report(
            f"{RESULTS}/layer_trends.csv",
            caption="../report/layer_trends.rst",
            category="Layers",
            labels={"table": "does invariance increase with depth?"},
        ),
    log:
        f"{RESULTS}/logs/layers_all.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("layers_all"),
        code=code_of("layers_all"),
    shell:
        "python {params.script:q} --layers {input.layers:q} --scores {input.scores:q}"
        " --trends {input.trends:q} --output {output:q} 2> {log:q}"


LAYERED = [*rules.layers_all.output] * bool(CONFIG.layers)
