"""Figures, from tables and thumbnails alone: one rule for each in the registry.

Needs: thresholds, pairs, thumbnails, ITNs. Makes: figures/**.png and .pdf. Any of a figure's pictures can be
asked for by its path, whether or not it is part of the run.
"""


include: "inputs/figures.smk"


wildcard_constraints:
    slug="|".join(map(re.escape, SLUGS)),
    number="|".join(map(str, PAPER)),
    first="|".join(map(re.escape, MODELS)),
    second="|".join(map(re.escape, MODELS)),


for figure in REGISTERED.values():

    rule:
        name:
            f"figure_{figure.name}"
        input:
            unpack(read_by(figure)),
        output:
            reported(figure),
        log:
            "/".join(
                [
                    f"{RESULTS}/logs/figure_{figure.name}",
                    *(f"{{{name}}}" for name in figure.wildcards),
                ]
            )
            + ".log",
        conda:
            "../../envs/environment.yaml"
        resources:
            mem_mb=memory(
                max(3000, joining("figure") * reads_curves(figure)),
            ),
        params:
            script=script("figure"),
            code=code_of("figure", things=[f"{figure.module}:{figure.name}"]),
            figure=figure.entry,
            read=read_options(figure),
            options=options(figure),
            size=[
                f"--{key}={value}"
                for key, value in (
                    ("width", CONFIG.figures.width),
                    ("dpi", CONFIG.figures.dpi),
                )
                if value
            ],
            caption=caption(figure),
        shell:
            "python {params.script:q} {params.figure:q} --read {params.read:q} {params.options:q}"
            " {params.size:q} --output {output:q} 2> {log:q}"


FIGURES = [path for figure in REGISTERED.values() for path in wanted(figure)]
if workflow.is_main_process:
    for kind in drawing_nothing():
        print(
            f"figures.draw: {kind}: this run has nothing that it shows", file=sys.stderr
        )
