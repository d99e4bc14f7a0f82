"""What resampling does: geometric transforms again under others, and how much sharpness a rotation keeps.

Needs: classifiers, pictures, thresholds. Makes, where the config has `resamplings`:
resamplings/{resampling}/{model}/{transform}.csv, resamplings.csv; with `borders` too interpolation.csv.
"""


include: "inputs/resamplings.smk"


wildcard_constraints:
    resampling="bilinear|antialiased|bicubic",


# Resampling is one more part of a sweep's address, as the border is.
use rule sweep as resampling_sweep with:
    output:
        sweep=f"{RESAMPLING_SWEEP}.npz",
        precision=change_of(RESAMPLING_SWEEP),
        pictures=f"{RESAMPLING_SWEEP}.pictures.parquet",
    log:
        f"{RESULTS}/logs/resampling_sweep/{{resampling}}/{{model}}/{{single}}/{{chunk}}.log",
    priority: -1
    params:
        border=lambda w: f"--padding {CONFIG.padding} --resampling {w.resampling}",


use rule thresholds as resampling_thresholds with:
    input:
        sweeps=resampling_sweeps("npz"),
        pictures=resampling_sweeps("pictures.parquet"),
        description=rules.classifier.output.description,
    output:
        thresholds=f"{RESAMPLING_CELL}.csv",
        curves=f"{RESAMPLING_CELL}.parquet",
        pictures=f"{RESAMPLING_CELL}.pictures.parquet",
        medians=f"{RESAMPLING_CELL}.medians.csv",
        mixed=f"{RESAMPLING_CELL}.mixed.csv",
    log:
        f"{RESULTS}/logs/resampling_thresholds/{{resampling}}/{{model}}/{{single}}.log",


use rule borders as resamplings with:
    input:
        own=rules.thresholds_all.output.thresholds,
        others=RESAMPLING_TABLES,
    output:
        report(
            f"{RESULTS}/resamplings.csv",
            caption="../report/resamplings.rst",
            category="Thresholds",
            labels={"table": "thresholds under other resamplings"},
        ),
    log:
        f"{RESULTS}/logs/resamplings.log",
    params:
        setting=CONFIG.resampling,
        ranges=to_json(RESAMPLING_RANGES),


rule interpolation:
    input:
        pixels=lambda w: [
            pictures_of(next(iter(MODELS)), chunk, "npy") for chunk in CHUNKS
        ],
    output:
        report(
            f"{RESULTS}/interpolation.csv",
            caption="../report/interpolation.rst",
            category="Thresholds",
            labels={"table": "sharpness by angle"},
        ),
    log:
        f"{RESULTS}/logs/interpolation.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("interpolation"),
        code=code_of("interpolation", transforms=["rotate"]),
        resamplings=[CONFIG.resampling, *RESAMPLED],
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --resamplings {params.resamplings:q}"
        " --output {output:q} 2> {log:q}"


RESAMPLING_RESULTS = [
    *(list(rules.resamplings.output) * bool(RESAMPLED)),
    *(list(rules.interpolation.output) * bool(BORDERS or RESAMPLED)),
]
