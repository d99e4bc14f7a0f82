"""Networks and transforms side by side: paired differences, correlations, and the common axis.

Needs: the run's thresholds and pictures. Makes: differences.csv and correlations.csv (of two networks
or more), sizes.csv, and their figures.
"""

from itertools import combinations

NETWORK_PAIRS = list(combinations(MODELS, 2))


wildcard_constraints:
    first="|".join(map(re.escape, MODELS)),
    second="|".join(map(re.escape, MODELS)),


rule comparison:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        pictures=rules.thresholds_all.output.pictures,
        script=script("comparison"),
        code=library("thresholds", "statistics"),
    output:
        differences=f"{RESULTS}/differences.csv",
        correlations=report(
            f"{RESULTS}/correlations.csv",
            caption="../report/correlations.rst",
            category="Comparison",
            labels={"table": "correlations"},
        ),
    log:
        f"{RESULTS}/logs/comparison.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        resamples=RUN["thresholds"]["resamples"],
        seed=RUN["seed"],
    shell:
        "python {input.script:q} --thresholds {input.thresholds:q} --pictures {input.pictures:q}"
        " --transforms {params.transforms:q} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


rule figure_comparison:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        curves=rules.thresholds_all.output.curves,
        correlations=rules.comparison.output.correlations,
        script=script("figure_comparison"),
        code=library(*FIGURE_PARTS, "figures/comparison"),
    output:
        drawn(
            "comparison/{first}+{second}",
            "comparison",
            "Comparison",
            network="{first}",
            other="{second}",
        ),
    log:
        f"{RESULTS}/logs/figure_comparison/{{first}}+{{second}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --thresholds {input.thresholds:q} --curves {input.curves:q}"
        " --correlations {input.correlations:q}"
        " --models {wildcards.first:q} {wildcards.second:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


rule sizes:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        pixels=[pictures_of(m, chunk, "npy") for m in MODELS for chunk in RUN["chunks"]],
        manifests=[
            pictures_of(m, chunk, "csv") for m in MODELS for chunk in RUN["chunks"]
        ],
        script=script("sizes"),
        code=library("sizes", "screening") + transform_code(*TRANSFORMS),
    output:
        f"{RESULTS}/sizes.csv",
    log:
        f"{RESULTS}/logs/sizes.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        gpu=GPU,
    params:
        pictures=[
            f"{m}={pictures_of(m, chunk, 'npy')}"
            for m in MODELS
            for chunk in RUN["chunks"]
        ],
        padding=RUN["padding"],
        seed=RUN["seed"],
        device=RUN["device"],
    shell:
        "python {input.script:q} --thresholds {input.thresholds:q} --pictures {params.pictures:q}"
        " --padding {params.padding} --seed {params.seed} --device {params.device}"
        " --threads {threads} --output {output:q} 2> {log:q}"


rule figure_sizes:
    input:
        sizes=rules.sizes.output,
        script=script("figure_sizes"),
        code=library(*FIGURE_PARTS, "figures/sizes"),
    output:
        drawn("sizes", "sizes", "Comparison", figure="transforms ranked"),
    log:
        f"{RESULTS}/logs/figure_sizes.log",
    conda:
        "../../envs/environment.yaml"
    params:
        transforms=titles(*TRANSFORMS),
        classes=CLASSES,
        written=lambda w, output: written(output),
    shell:
        "python {input.script:q} --sizes {input.sizes:q} --classes {params.classes:q}"
        " --transforms {params.transforms:q} {params.written} 2> {log:q}"


COMPARED = [
    rules.sizes.output,
    shown("sizes", "sizes"),
    *([rules.comparison.output] * bool(NETWORK_PAIRS)),
    *[
        shown("comparison", f"comparison/{first}+{second}")
        for first, second in NETWORK_PAIRS
    ],
]
