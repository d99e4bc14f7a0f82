"""What `precision: checked` asked again in float32, and what a sample of the rest differs in.

Needs: {chunk}.precision.json of each sweep. Makes, where the config has it: precision.csv.
"""


rule precision:
    input:
        [
            path
            for model in MODELS
            for name in TRANSFORMS
            for path in sweeps(model, name, "precision.json")
        ],
    output:
        report(
            f"{RESULTS}/precision.csv",
            caption="../report/precision.rst",
            category="Configuration and provenance",
            labels={"table": "precision"},
        ),
    log:
        f"{RESULTS}/logs/precision.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("precision"),
        code=code_of("precision"),
    shell:
        "python {params.script:q} --told {input:q} --output {output:q} 2> {log:q}"


PRECISION = list(rules.precision.output) * CHECKED
