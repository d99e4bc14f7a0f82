"""What the instrument finds of observers whose thresholds are known: its own error, in every run of phantoms.

Needs: the first network's pictures. Makes: calibration.csv, and a warning in the last lines where a threshold
is further off than the tolerance.
"""


include: "inputs/calibration.smk"


# Those that have a formula each, of geometric ones that of bilinear interpolation.
CALIBRATED = [
    name
    for name in DECLARED
    if name in calibration.CALIBRATED
    and (CONFIG.resampling == "bilinear" or not TRANSFORMS[name].geometric)
]


rule calibration:
    input:
        pixels=[pictures_of(next(iter(MODELS)), chunk, "npy") for chunk in CHUNKS],
        manifests=[pictures_of(next(iter(MODELS)), chunk, "csv") for chunk in CHUNKS],
    output:
        report(
            f"{RESULTS}/calibration.csv",
            caption="../report/calibration.rst",
            category="Known truth",
            labels={"table": "calibration"},
        ),
    log:
        f"{RESULTS}/logs/calibration.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("calibration"),
        code=code_of("calibration", CALIBRATED),
        transforms=to_json([TRANSFORMS[name].unlabelled for name in CALIBRATED]),
        padding=CONFIG.padding,
        seed=CONFIG.seed,
        tolerance=CONFIG.thresholds.tolerance,
        missed=CONFIG.thresholds.missed,
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --transforms {params.transforms:q}"
        " --padding {params.padding} --seed {params.seed} --tolerance {params.tolerance}"
        " --missed {params.missed} --device {resources.device} --threads {threads} --output {output:q} 2> {log:q}"


CALIBRATION = list(rules.calibration.output) * bool(CALIBRATED)
