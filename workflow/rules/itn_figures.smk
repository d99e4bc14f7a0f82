"""Figures of the Invariant Transformer Net: 4a, 4b, 5, its family, tightness, and comparisons.

Needs: itn, figures. Makes: figures/itn/{model}/*.png and .pdf; on request figures/itn/objectives.png.
"""

ITN_FIGURE_PARTS = [*FIGURE_PARTS, "figures/itn_kinds"]
ITN_NAMES = ("training", "curves", "gallery", "family", "tightness", "comparison")


rule figure_itn_training:
    input:
        history=rules.itn.output.history,
        script=script("figure_itn_training"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_training"),
    output:
        itn_drawn("training", "4a: training"),
    log:
        f"{RESULTS}/logs/figure_itn_training/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --history {input.history:q} --model {wildcards.model:q}"
        " {params.written} 2> {log:q}"


rule figure_itn_curves:
    input:
        evaluation=rules.itn_evaluate.output.evaluation,
        script=script("figure_itn_curves"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_curves"),
    output:
        itn_drawn("curves", "4b: accuracy over k"),
    log:
        f"{RESULTS}/logs/figure_itn_curves/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --evaluation {input.evaluation:q} --model {wildcards.model:q}"
        " {params.written} 2> {log:q}"


rule figure_itn_gallery:
    input:
        gallery=rules.itn_evaluate.output.gallery,
        script=script("figure_itn_gallery"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_gallery"),
    output:
        itn_drawn("gallery", "5: gallery"),
    log:
        f"{RESULTS}/logs/figure_itn_gallery/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --gallery {input.gallery:q} --model {wildcards.model:q}"
        " {params.written} 2> {log:q}"


rule figure_itn_family:
    input:
        evaluation=rules.itn_evaluate.output.evaluation,
        script=script("figure_itn_family"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_family"),
    output:
        itn_drawn("family", "learned family"),
    log:
        f"{RESULTS}/logs/figure_itn_family/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --evaluation {input.evaluation:q} --model {wildcards.model:q}"
        " {params.written} 2> {log:q}"


rule figure_itn_tightness:
    input:
        tightness=rules.itn_evaluate.output.tightness,
        script=script("figure_itn_tightness"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_tightness"),
    output:
        itn_drawn("tightness", "tightness"),
    log:
        f"{RESULTS}/logs/figure_itn_tightness/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --tightness {input.tightness:q} --model {wildcards.model:q}"
        " {params.written} 2> {log:q}"


rule figure_itn_comparison:
    input:
        comparison=rules.itn_comparison.output[0],
        script=script("figure_itn_comparison"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_comparison"),
    output:
        itn_drawn("comparison", "beside the thresholds"),
    log:
        f"{RESULTS}/logs/figure_itn_comparison/{{model}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --comparison {input.comparison:q} --model {wildcards.model:q}"
        " --classes {params.classes:q} --transforms {params.transforms:q} {params.written}"
        " 2> {log:q}"


# On request, as its table: `snakemake results/{run}/figures/itn/objectives.png`.
rule figure_itn_objectives:
    input:
        objectives=rules.itn_objectives.output[0],
        script=script("figure_itn_objectives"),
        code=library(*ITN_FIGURE_PARTS, "figures/itn_curves", "figures/itn_objectives"),
    output:
        drawn(
            "itn/objectives",
            "itn_objectives",
            "Invariant Transformer Net",
            network="all",
            figure="objectives",
        ),
    log:
        f"{RESULTS}/logs/figure_itn_objectives.log",
    conda:
        "../../envs/environment.yaml"
    params:
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --objectives {input.objectives:q} {params.written} 2> {log:q}"


ITN_FIGURES = [
    path
    for model in LEARNERS
    for name in ITN_NAMES
    for path in shown("itn", f"itn/{model}/{name}")
]
