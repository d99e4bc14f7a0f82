"""Figures, from tables and thumbnails alone. Any cell's curve can be asked for by its path.

Needs: thresholds, pairs, thumbnails. Makes: figures/*.png and .pdf.
"""


include: "inputs/figures.smk"


wildcard_constraints:
    slug="|".join(map(re.escape, SLUGS)),
    number="|".join(map(str, PAPER)),


rule figure_curve:
    input:
        curves=cell("parquet"),
        thresholds=cell("csv"),
        thumbnails=thumbnails,
        script=script("figure_curve"),
        code=library(*FIGURE_PARTS),
    output:
        drawn(
            "curves/{model}/{single}/{slug}",
            "curve",
            "Curves, one by one",
            network="{model}",
            transform="{single}",
            shown="{slug}",
        ),
    log:
        f"{RESULTS}/logs/figure_curve/{{model}}/{{single}}/{{slug}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=lambda w: titles(w.single),
        name=lambda w: SLUGS[w.slug],
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --curves {input.curves:q} --thresholds {input.thresholds:q}"
        " --thumbnails {input.thumbnails:q} --model {wildcards.model:q}"
        " --transform {wildcards.single:q} --class {params.name:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule figure_sheet:
    input:
        curves=cell("parquet"),
        thresholds=cell("csv"),
        thumbnails=thumbnails,
        script=script("figure_sheet"),
        code=library(*FIGURE_PARTS, "figures/sheet"),
    output:
        drawn(
            "sheets/{model}/{single}",
            "sheet",
            "Curves of every class",
            network="{model}",
            transform="{single}",
        ),
    log:
        f"{RESULTS}/logs/figure_sheet/{{model}}/{{single}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=lambda w: titles(w.single),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --curves {input.curves:q} --thresholds {input.thresholds:q}"
        " --thumbnails {input.thumbnails:q} --model {wildcards.model:q}"
        " --transform {wildcards.single:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule figure_paper:
    input:
        curves=paper_tables("parquet"),
        thresholds=paper_tables("csv"),
        pairs=paper_pair,
        thumbnails=paper_thumbnails,
        script=script("figure_paper"),
        code=library(*FIGURE_PARTS, "figures/paper", "figures/heatmap"),
    output:
        drawn("figure{number}", "paper", "The paper's figures", figure="{number}"),
    log:
        f"{RESULTS}/logs/figure_paper/{{number}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        model=lambda w: paper_models()[int(w.number)],
        # The second but last part of a sweep's path is its transform.
        thumbnails=lambda w, input: [
            f"{Path(p).parent.name}={p}" for p in input.thumbnails
        ],
        pairs=lambda w, input: ["--pairs", *input.pairs] if input.pairs else [],
        transforms=lambda w: titles(
            *dict.fromkeys(
                [*paper_transforms(int(w.number)), "translate_x", "translate_y"]
            )
        ),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --figure {wildcards.number} --model {params.model:q}"
        " --curves {input.curves:q} --thresholds {input.thresholds:q} {params.pairs:q}"
        " --thumbnails {params.thumbnails:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule figure_heatmap:
    input:
        pairs=rules.pairs.output.maps,
        script=script("figure_heatmap"),
        code=library(*FIGURE_PARTS, "figures/heatmap"),
    output:
        drawn(
            "pairs/{model}/{pair}",
            "pair",
            "Two transforms",
            network="{model}",
            transforms="{pair}",
        ),
    log:
        f"{RESULTS}/logs/figure_heatmap/{{model}}/{{pair}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=lambda w: titles(*PAIRS[w.pair]["transforms"]),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --pairs {input.pairs:q} --model {wildcards.model:q}"
        " --transform {wildcards.pair:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule figure_mixed:
    input:
        curves=rules.thresholds_all.output.curves,
        script=script("figure_mixed"),
        code=library(*FIGURE_PARTS, "figures/mixed"),
    output:
        drawn("mixed", "mixed", "Thresholds", figure="mean accuracy"),
    log:
        f"{RESULTS}/logs/figure_mixed.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --curves {input.curves:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule figure_overview:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        curves=rules.thresholds_all.output.curves,
        script=script("figure_overview"),
        code=library(*FIGURE_PARTS, "figures/overview"),
    output:
        drawn("overview", "overview", "Thresholds", figure="all thresholds"),
    log:
        f"{RESULTS}/logs/figure_overview.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --thresholds {input.thresholds:q} --curves {input.curves:q}"
        " --classes {params.classes:q} --transforms {params.transforms:q} {params.written}"
        " 2> {log:q}"


FIGURES = [
    *shown("overview", "overview"),
    *shown("mixed", "mixed"),
    *[
        path
        for number in paper_models()
        for path in shown("paper", f"figure{number}")
        if paper_transforms(number)
    ],
    *[shown("sheets", f"sheets/{m}/{t}") for m in MODELS for t in TRANSFORMS],
    *[shown("pairs", f"pairs/{m}/{pair}") for m in MODELS for pair in PAIRS],
    *[
        path
        for entry in RUN["figures"]["cells"]
        for m, t, name in [entry.split("/", 2)]
        for path in drawn(f"curves/{m}/{t}/{slug_of(name)}")
    ],
]
