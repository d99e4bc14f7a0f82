"""Networks and transforms side by side: paired differences, correlations, and the common axis.

Needs: the run's thresholds and pictures. Makes: differences.csv, mixed_differences.csv and correlations.csv (of two networks
or more) and sizes.csv.
"""


rule comparison:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        pictures=rules.thresholds_all.output.pictures,
    output:
        differences=f"{RESULTS}/differences.csv",
        mixed=f"{RESULTS}/mixed_differences.csv",
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
    resources:
        mem_mb=memory(4000),
        runtime=minutes(20),
    params:
        script=script("comparison"),
        code=code_of("comparison"),
        transforms=to_json({name: axis.unlabelled for name, axis in TRANSFORMS.items()}),
        pairs=to_json(NETWORK_PAIRS),
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --thresholds {input.thresholds:q} --pictures {input.pictures:q}"
        " --pairs {params.pairs:q}"
        " --transforms {params.transforms:q} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


rule sizes:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        pixels=lambda w: [pictures_of(m, w.chunk, "npy") for m in MODELS],
        manifests=lambda w: [pictures_of(m, w.chunk, "csv") for m in MODELS],
        objects=objects_of_all(),
    output:
        f"{RESULTS}/sizes/{{chunk}}.csv",
    log:
        f"{RESULTS}/logs/sizes/{{chunk}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(3000),
        runtime=minutes(lambda w: sizing(CHUNKS[w.chunk])),
    params:
        script=script("sizes"),
        code=code_of("sizes", transforms=TRANSFORMS),
        pictures=lambda w: [f"{m}={pictures_of(m, w.chunk, 'npy')}" for m in MODELS],
        classes=lambda w: to_json(CHUNKS[w.chunk]),
        padding=CONFIG.padding,
        resampling=CONFIG.resampling,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --thresholds {input.thresholds:q} --prepared-of {params.pictures:q}"
        " --classes {params.classes:q}"
        " --padding {params.padding} --resampling {params.resampling} --seed {params.seed} --device {resources.device}"
        " --threads {threads} --output {output:q} 2> {log:q}"


rule sizes_all:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        sizes=expand(rules.sizes.output, chunk=CHUNKS),
    output:
        f"{RESULTS}/sizes.csv",
    log:
        f"{RESULTS}/logs/sizes_all.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("sizes_all"),
        code=code_of("sizes_all"),
    shell:
        "python {params.script:q} --thresholds {input.thresholds:q} --sizes {input.sizes:q}"
        " --output {output:q} 2> {log:q}"


COMPARED = [
    rules.sizes_all.output,
    *([rules.comparison.output] * bool(NETWORK_PAIRS)),
]
