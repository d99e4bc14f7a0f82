"""Strategy 2: the Invariant Transformer Net, one before each classifier.

Trained on one part of the pictures, certified on another, evaluated on those screened. Needs: classifiers,
pictures, and for the comparison thresholds. Makes: itn/{model}/itn.safetensors, history.csv, certificate.csv,
directions.csv, evaluation.csv, flips.csv, tightness.csv, comparison.csv, gallery.npz; of the paper's own nets
itn_gated/{model}/ with some of the same; on request itn_objectives.csv.
"""


include: "inputs/itn.smk"


wildcard_constraints:
    objective="volume|gated|constrained",
    seed=r"\d+",


rule itn:
    input:
        itn_files("training"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        net=f"{RESULTS}/itn/{{model}}/trained.safetensors",
        history=f"{RESULTS}/itn/{{model}}/history.csv",
    log:
        f"{RESULTS}/logs/itn/{{model}}.log",
    priority: ITN_PRIORITY
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
        stems=itn_stems("training"),
        part=itn_part("training"),
        settings=itn_settings(),
        model=lambda w, input: str(Path(input.weights).parent),
        checkpoint=f"{RESULTS}/itn/{{model}}/checkpoint.pt",
    shell:
        "python {params.script:q} --classifier {params.model:q} --prepared {params.stems:q}"
        " --part {params.part:q} --settings {params.settings:q} --checkpoint {params.checkpoint:q}"
        " --device {resources.device} --threads {threads}"
        " --history {output.history:q} --output {output.net:q} 2> {log:q}"


rule itn_certify:
    input:
        itn_files("calibration"),
        net=rules.itn.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        net=f"{RESULTS}/itn/{{model}}/itn.safetensors",
        certificate=f"{RESULTS}/itn/{{model}}/certificate.csv",
        directions=f"{RESULTS}/itn/{{model}}/directions.csv",
    log:
        f"{RESULTS}/logs/itn_certify/{{model}}.log",
    priority: 8
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(6000),
        runtime=minutes(60),
    params:
        script=script("itn_certify"),
        code=lambda w: code_of("itn_certify", model=w.model),
        stems=itn_stems("calibration"),
        part=itn_part("calibration"),
        asked=itn_asked(),
        keep="--keep" if ITN.objective == "volume" else "",
        model=lambda w, input: str(Path(input.weights).parent),
    shell:
        "python {params.script:q} --net {input.net:q} --classifier {params.model:q}"
        " --prepared {params.stems:q} --part {params.part:q} --asked {params.asked:q} {params.keep}"
        " --device {resources.device} --threads {threads} --certificate {output.certificate:q}"
        " --directions {output.directions:q} --output {output.net:q} 2> {log:q}"


rule itn_evaluate:
    input:
        itn_files("evaluation"),
        net=rules.itn_certify.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        evaluation=f"{RESULTS}/itn/{{model}}/evaluation.csv",
        tightness=f"{RESULTS}/itn/{{model}}/tightness.csv",
        flips=f"{RESULTS}/itn/{{model}}/flips.csv",
        gallery=f"{RESULTS}/itn/{{model}}/gallery.npz",
    log:
        f"{RESULTS}/logs/itn_evaluate/{{model}}.log",
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
        stems=itn_stems("evaluation"),
        part=itn_part("evaluation"),
        model=lambda w, input: str(Path(input.weights).parent),
        seed=CONFIG.seed,
        points=ITN.points,
    shell:
        "python {params.script:q} --net {input.net:q} --classifier {params.model:q}"
        " --prepared {params.stems:q} --part {params.part:q} --points {params.points}"
        " --seed {params.seed} --device {resources.device} --threads {threads}"
        " --evaluation {output.evaluation:q} --tightness {output.tightness:q}"
        " --flips {output.flips:q} --gallery {output.gallery:q} 2> {log:q}"


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


# The paper's own net beside the run's, which its claims C5 to C8 are about: no scale is chosen for it.
use rule itn as itn_gated with:
    output:
        net=f"{RESULTS}/itn_gated/{{model}}/itn.safetensors",
        history=f"{RESULTS}/itn_gated/{{model}}/history.csv",
    log:
        f"{RESULTS}/logs/itn_gated/{{model}}.log",
    params:
        settings=itn_settings(objective="gated"),
        checkpoint=f"{RESULTS}/itn_gated/{{model}}/checkpoint.pt",


use rule itn_evaluate as itn_gated_evaluate with:
    input:
        itn_files("evaluation"),
        net=rules.itn_gated.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        evaluation=f"{RESULTS}/itn_gated/{{model}}/evaluation.csv",
        tightness=f"{RESULTS}/itn_gated/{{model}}/tightness.csv",
        flips=f"{RESULTS}/itn_gated/{{model}}/flips.csv",
        gallery=f"{RESULTS}/itn_gated/{{model}}/gallery.npz",
    log:
        f"{RESULTS}/logs/itn_gated_evaluate/{{model}}.log",


# On request, `snakemake results/{run}/itn_objectives.csv`: all objectives over three seeds.
use rule itn as itn_variant with:
    output:
        net=temp(
            f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/trained.safetensors"
        ),
        history=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/history.csv",
    log:
        f"{RESULTS}/logs/itn_variant/{{model}}/{{objective}}-{{seed}}.log",
    params:
        settings=lambda w: itn_settings(objective=w.objective, seed=int(w.seed)),
        checkpoint=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/checkpoint.pt",


use rule itn_certify as itn_variant_certify with:
    input:
        itn_files("calibration"),
        net=rules.itn_variant.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        net=temp(
            f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/itn.safetensors"
        ),
        certificate=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/certificate.csv",
        directions=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/directions.csv",
    log:
        f"{RESULTS}/logs/itn_variant_certify/{{model}}/{{objective}}-{{seed}}.log",
    params:
        keep=lambda w: "--keep" if w.objective == "volume" else "",


use rule itn_evaluate as itn_variant_evaluate with:
    input:
        itn_files("evaluation"),
        net=rules.itn_variant_certify.output.net,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        evaluation=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/evaluation.csv",
        tightness=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/tightness.csv",
        flips=f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/flips.csv",
        gallery=temp(
            f"{RESULTS}/itn_objectives/{{model}}/{{objective}}-{{seed}}/gallery.npz"
        ),
    log:
        f"{RESULTS}/logs/itn_variant_evaluate/{{model}}/{{objective}}-{{seed}}.log",


VARIANTS = {
    "model": list(MODELS),
    "objective": ["gated", "constrained", "volume"],
    "seed": [0, 1, 2],
}


rule itn_objectives:
    input:
        evaluations=expand(
            rules.itn_variant_evaluate.output.evaluation,
            **VARIANTS,
        ),
        directions=expand(
            rules.itn_variant_certify.output.directions,
            **VARIANTS,
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
        for table in (
            "history",
            "certificate",
            "directions",
            "evaluation",
            "flips",
            "tightness",
            "comparison",
        )
    ],
    model=LEARNERS,
) + expand(
    [
        f"{RESULTS}/itn_gated/{{model}}/{table}.csv"
        for table in ("history", "evaluation", "flips", "tightness")
    ],
    model=GATED,
)
