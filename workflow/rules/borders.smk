"""The effect of the border: geometric transforms under other paddings, translation of real crops.

Needs: classifiers, pictures (for real crops, larger ones), thresholds. Makes, where the config has
`borders`: borders/{padding}/{model}/{transform}.csv and borders.csv.
"""


include: "inputs/borders.smk"


wildcard_constraints:
    padding="black|edge|reflect|mean|crop",


# The border is one more part of a sweep's address.
use rule sweep as border_sweep with:
    input:
        pixels=border_pictures("npy"),
        manifest=border_pictures("csv"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
        engine=engine_of,
    output:
        sweep=f"{BORDER_SWEEP}.npz",
        precision=change_of(BORDER_SWEEP),
        pictures=f"{BORDER_SWEEP}.pictures.parquet",
    log:
        f"{RESULTS}/logs/border_sweep/{{padding}}/{{model}}/{{single}}/{{chunk}}.log",
    # After the explorer's page, which shows the run's own border alone.
    priority: -1
    params:
        code=lambda w: code_of(
            SWEEP, [w.single], w.model, chosen="cropped" * (w.padding == "crop")
        ),
        transform=lambda w: to_json(border_axes(w)),
        border=lambda w: (
            f"--window {BORDERS['crop'][w.model].window}"
            if w.padding == "crop"
            else f"--padding {w.padding}"
        )
        + resampling_of(w.single),


use rule thresholds as border_thresholds with:
    input:
        sweeps=border_sweeps("npz"),
        pictures=border_sweeps("pictures.parquet"),
        description=rules.classifier.output.description,
    output:
        thresholds=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.csv",
        curves=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.parquet",
        pictures=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.pictures.parquet",
        medians=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.medians.csv",
        mixed=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.mixed.csv",
    log:
        f"{RESULTS}/logs/border_thresholds/{{padding}}/{{model}}/{{single}}.log",


rule borders:
    input:
        own=rules.thresholds_all.output.thresholds,
        others=BORDER_TABLES,
    output:
        report(
            f"{RESULTS}/borders.csv",
            caption="../report/borders.rst",
            category="Thresholds",
            labels={"table": "thresholds under other borders"},
        ),
    log:
        f"{RESULTS}/logs/borders.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("borders"),
        code=code_of("borders"),
        setting=CONFIG.padding,
        ranges=to_json(BORDER_RANGES),
    shell:
        "python {params.script:q} --own {input.own:q} --others {input.others:q}"
        " --setting {params.setting} --ranges {params.ranges:q} --output {output:q} 2> {log:q}"


BORDER_RESULTS = list(rules.borders.output) * bool(BORDERS)
