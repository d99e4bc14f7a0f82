"""Strategy 2: the Invariant Transformer Net, one before each classifier.

Needs: classifiers, pictures, and for the comparison thresholds. Makes: itn/{model}/itn.safetensors,
history.csv, evaluation.csv, tightness.csv, comparison.csv, gallery.npz; on request itn_objectives.csv.
"""


include: "inputs/itn.smk"


wildcard_constraints:
    objective="gated|constrained",
    seed=r"\d+",


rule itn:
    input:
        itn_files(True),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        net=f"{RESULTS}/itn/{{model}}/itn.safetensors",
        history=f"{RESULTS}/itn/{{model}}/history.csv",
    log:
        f"{RESULTS}/logs/itn/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/itn/{{model}}.tsv"
    priority: 8
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(6000),
        runtime=minutes(60),
    params:
        script=script("itn"),
        code=lambda w: code_of("itn", model=w.model),
        stems=itn_stems(True),
        part=itn_part(True),
        settings=itn_settings(),
        model=lambda w, input: str(Path(input.weights).parent),
        checkpoint=f"{RESULTS}/itn/{{model}}/checkpoint.pt",
    shell:
        "python {params.script:q} --classifier {params.model:q} --prepared {params.stems:q}"
        " --part {params.part:q} --settings {params.settings:q} --checkpoint {params.checkpoint:q}"
        " --device {resources.device} --threads {threads}"
        " --history {output.history:q} --output {output.net:q} 2> {log:q}"


rule itn_evaluate:
    input:
        itn_files(False),
        net=rules.itn.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        evaluation=f"{RESULTS}/itn/{{model}}/evaluation.csv",
        tightness=f"{RESULTS}/itn/{{model}}/tightness.csv",
        gallery=f"{RESULTS}/itn/{{model}}/gallery.npz",
    log:
        f"{RESULTS}/logs/itn_evaluate/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/itn_evaluate/{{model}}.tsv"
    priority: 8
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(6000),
        runtime=minutes(60),
    params:
        script=script("itn_evaluate"),
        code=lambda w: code_of("itn_evaluate", model=w.model),
        stems=itn_stems(False),
        part=itn_part(False),
        model=lambda w, input: str(Path(input.weights).parent),
        seed=CONFIG.seed,
        points=ITN.points,
    shell:
        "python {params.script:q} --net {input.net:q} --classifier {params.model:q}"
        " --prepared {params.stems:q} --part {params.part:q} --points {params.points}"
        " --seed {params.seed} --device {resources.device} --threads {threads}"
        " --evaluation {output.evaluation:q} --tightness {output.tightness:q}"
        " --gallery {output.gallery:q} 2> {log:q}"


rule itn_comparison:
    input:
        evaluation=rules.itn_evaluate.output.evaluation,
        thresholds=lambda w: [
            f"{RESULTS}/thresholds/{w.model}/{name}.csv" for name in TRANSFORMS
        ],
    output:
        f"{RESULTS}/itn/{{model}}/comparison.csv",
    log:
        f"{RESULTS}/logs/itn_comparison/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("itn_comparison"),
        code=code_of("itn_comparison"),
    shell:
        "python {params.script:q} --evaluation {input.evaluation:q}"
        " --thresholds {input.thresholds:q} --output {output:q} 2> {log:q}"


# On request, `snakemake results/{run}/itn_objectives.csv`: both objectives over three seeds.
use rule itn as itn_variant with:
    output:
        net=temp(
            f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/itn.safetensors"
        ),
        history=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/history.csv",
    log:
        f"{RESULTS}/logs/itn_variant/{{model}}/{{objective}}-{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/itn_variant/{{model}}/{{objective}}-{{seed}}.tsv"
    params:
        script=script("itn"),
        code=lambda w: code_of("itn", model=w.model),
        stems=itn_stems(True),
        part=itn_part(True),
        settings=lambda w: itn_settings(objective=w.objective, seed=int(w.seed)),
        model=lambda w, input: str(Path(input.weights).parent),
        checkpoint=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/checkpoint.pt",


use rule itn_evaluate as itn_variant_evaluate with:
    input:
        itn_files(False),
        net=rules.itn_variant.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        evaluation=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/evaluation.csv",
        tightness=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/tightness.csv",
        gallery=temp(
            f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/gallery.npz"
        ),
    log:
        f"{RESULTS}/logs/itn_variant_evaluate/{{model}}/{{objective}}-{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/itn_variant_evaluate/{{model}}/{{objective}}-{{seed}}.tsv"


rule itn_objectives:
    input:
        evaluations=expand(
            rules.itn_variant_evaluate.output.evaluation,
            model=MODELS,
            objective=["gated", "constrained"],
            seed=[0, 1, 2],
        ),
    output:
        f"{RESULTS}/itn_objectives.csv",
    log:
        f"{RESULTS}/logs/itn_objectives.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("itn_objectives"),
        code=code_of("itn_objectives"),
    shell:
        "python {params.script:q} {input.evaluations:q} --output {output:q} 2> {log:q}"


ITN_TABLES = expand(
    [
        f"{RESULTS}/itn/{{model}}/{table}.csv"
        for table in ("history", "evaluation", "tightness", "comparison")
    ],
    model=LEARNERS,
)
