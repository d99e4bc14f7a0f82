"""Networks compiled for sweeps on a CPU, where the config has `engine: compiled`.

Needs: classifiers. Makes: models/{model}/engine.pt2 (empty for a network that stays eager) and engine.json.
"""


rule engine:
    input:
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        package=f"{RESULTS}/models/{{model}}/engine.pt2",
        description=f"{RESULTS}/models/{{model}}/engine.json",
    log:
        f"{RESULTS}/logs/engine/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/engine/{{model}}.tsv"
    priority: 10
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000),
        runtime=minutes(5),
    params:
        script=script("engine"),
        code=lambda w: code_of("engine", model=w.model),
        model=lambda w, input: str(Path(input.weights).parent),
        side=lambda w: NETWORKS[w.model].preprocessing.crop,
    shell:
        "python {params.script:q} --classifier {params.model:q} --side {params.side}"
        " --threads {threads} --output {output.package:q} 2> {log:q}"
