"""Worst cases of two or three transforms combined: per network and combination, then all together.

Needs: sweeps of pairs and tuples. Makes: worst/{model}/{combined}.* and the run's tables worst.csv and
worst_pictures.parquet.
"""


include: "inputs/tuples.smk"


rule worst:
    input:
        sweeps=lambda w: sweeps(w.model, w.combined),
        description=rules.classifier.output.description,
    output:
        worst=f"{RESULTS}/worst/{{model}}/{{combined}}.csv",
        pictures=f"{RESULTS}/worst/{{model}}/{{combined}}.pictures.parquet",
    log:
        f"{RESULTS}/logs/worst/{{model}}/{{combined}}.log",
    priority: 6
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(10),
    params:
        script=script("worst"),
        code=code_of("worst"),
        classes=lambda w: to_json(CLASSES),
        axes=lambda w: [axis.axis for axis in COMBINED[w.combined].axes],
        random=lambda w: drawn_points(w.combined),
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --description {input.description:q}"
        " --model {wildcards.model:q} --transform {wildcards.combined:q} --classes {params.classes:q}"
        " --axes {params.axes} --random {params.random} --resamples {params.resamples}"
        " --seed {params.seed} --output {output:q} 2> {log:q}"


rule worst_all:
    input:
        worst=expand(rules.worst.output.worst, model=MODELS, combined=COMBINED),
        pictures=expand(rules.worst.output.pictures, model=MODELS, combined=COMBINED),
    output:
        worst=report(
            f"{RESULTS}/worst.csv",
            caption="../report/worst.rst",
            category="Thresholds",
            labels={"table": "worst cases of transforms combined"},
        ),
        pictures=f"{RESULTS}/worst_pictures.parquet",
    log:
        f"{RESULTS}/logs/worst_all.log",
    priority: 2
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("thresholds_all"),
        code=code_of("thresholds_all"),
        cells=lambda w: to_json(
            {
                "model": list(MODELS),
                "combined": dict.fromkeys(COMBINED),
                "class": CLASSES,
            }
        ),
    shell:
        "python {params.script:q} {output:q} --cells {params.cells:q} --worst {input.worst:q}"
        " --worst_pictures {input.pictures:q} 2> {log:q}"


WORST_CASES = [*rules.worst_all.output] * bool(COMBINED)
