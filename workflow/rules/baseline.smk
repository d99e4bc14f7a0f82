"""Whether networks recognise the pictures at all, before they are transformed.

Needs: the first sweep of each network. Makes: baseline/{model}.csv, and a warning for each network that does
no better than guessing, as soon as it is known, in the last lines and in the report.
"""


include: "inputs/baseline.smk"


from csv import DictReader

from invariances.baseline import warnings


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
