"""Shift consistency: are a network's predictions for two random crops of a picture equal? (Zhang 2019)

Needs: classifiers, pictures at the size of the resized side. Makes, where the config has `consistency`
pairs of crops: consistency/{model}.csv.
"""


include: "inputs/consistency.smk"


rule consistency:
    input:
        pixels=whole_pictures("npy"),
        manifests=whole_pictures("csv"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        f"{RESULTS}/consistency/{{model}}.csv",
    log:
        f"{RESULTS}/logs/consistency/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(4000),
        runtime=minutes(30),
    params:
        script=script("consistency"),
        code=lambda w: code_of("consistency", model=w.model),
        model=lambda w, input: str(Path(input.weights).parent),
        window=lambda w: NETWORKS[w.model].preprocessing.crop,
        pairs=CONFIG.consistency,
        seed=CONFIG.seed,
        precision=EXACT,
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --window {params.window} --crop-pairs {params.pairs} --seed {params.seed}"
        " --precision {params.precision} --batch-size {resources.batch_size} --device {resources.device} --threads {threads}"
        " --output {output:q} 2> {log:q}"


CONSISTENCY = expand(rules.consistency.output, model=MODELS) * bool(CONFIG.consistency)
