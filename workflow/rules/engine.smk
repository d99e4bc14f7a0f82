"""Networks compiled for sweeps on a CPU, where the config has `engine: compiled`.

Needs: classifiers. Makes: models/{model}/engine.pt2 (empty for a network that stays eager) and engine.json, and
of networks in bfloat16, for `precision: checked`, engine.bfloat16.pt2 and .json.
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


use rule engine as engine_halved with:
    output:
        package=f"{RESULTS}/models/{{model}}/engine.bfloat16.pt2",
        description=f"{RESULTS}/models/{{model}}/engine.bfloat16.json",
    log:
        f"{RESULTS}/logs/engine_halved/{{model}}.log",
    params:
        script=script("engine_halved"),
        code=lambda w: code_of("engine_halved", model=w.model),
