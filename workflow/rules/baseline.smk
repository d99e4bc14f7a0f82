"""Whether networks recognise the pictures at all, before they are transformed.

Needs: the first sweep of each network. Makes: baseline/{model}.csv, {model}.txt of a first trial, and a warning for each network that does
no better than guessing, as soon as it is known, in the last lines and in the report.
"""


include: "inputs/baseline.smk"


from csv import DictReader

from invariances.baseline import warnings


# Untransformed pictures, before anything that lasts: a network that is not what it is taken for is told
# of at once.
rule trial:
    input:
        pixels=lambda w: [pictures_of(w.model, chunk, "npy") for chunk in CHUNKS],
        manifests=lambda w: [pictures_of(w.model, chunk, "csv") for chunk in CHUNKS],
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        f"{RESULTS}/baseline/{{model}}.txt",
    log:
        f"{RESULTS}/logs/trial/{{model}}.log",
    priority: 20
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000),
        runtime=minutes(5),
    params:
        script=script("trial"),
        code=lambda w: code_of("trial", model=w.model),
        model=lambda w, input: str(Path(input.weights).parent),
        preprocessing=lambda w: to_json(NETWORKS[w.model].preprocessing),
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --preprocessing {params.preprocessing:q} --threads {threads} --output {output:q} 2> {log:q}"


rule baseline:
    input:
        sweeps=lambda w: sweeps(w.model, next(iter(TRANSFORMS))),
        description=rules.classifier.output.description,
    output:
        report(
            f"{RESULTS}/baseline/{{model}}.csv",
            caption="../report/baseline.rst",
            category="Thresholds",
            labels={"table": "baseline accuracy", "network": "{model}"},
        ),
    log:
        f"{RESULTS}/logs/baseline/{{model}}.log",
    priority: 10
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("baseline"),
        code=code_of("baseline"),
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --description {input.description:q}"
        " --model {wildcards.model:q} --output {output:q} 2> {log:q}"


BASELINE = expand(rules.baseline.output, model=MODELS)
TRIALS = expand(rules.trial.output, model=MODELS)
