"""ImageNet-C's benchmark: errors under its corruptions, by AlexNet's.

Needs: the run's pictures.parquet. Makes: corruption_errors.csv, where a corruption was screened at all severities.
"""

from invariances.configuration.presets import IMAGENET_C

# Of fewer severities an error is another number.
WHOLE_CORRUPTIONS = [
    name
    for name in IMAGENET_C
    if name in TRANSFORMS and TRANSFORMS[name].magnitudes == (0, 1, 2, 3, 4, 5)
]


rule corruption_errors:
    input:
        pictures=rules.thresholds_all.output.pictures,
    output:
        report(
            f"{RESULTS}/corruption_errors.csv",
            caption="../report/corruption_errors.rst",
            category="Thresholds",
            labels={"table": "corruption errors"},
        ),
    log:
        f"{RESULTS}/logs/corruption_errors.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("corruption_errors"),
        code=code_of("corruption_errors"),
        corruptions=WHOLE_CORRUPTIONS,
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --pictures {input.pictures:q} --corruptions {params.corruptions:q}"
        " --resamples {params.resamples} --seed {params.seed} --output {output:q} 2> {log:q}"


CORRUPTION_ERRORS = list(rules.corruption_errors.output) * bool(WHOLE_CORRUPTIONS)
