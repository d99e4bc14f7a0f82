"""The paper's statements C1 to C8 and R1 of related work, each with the statistic that decides it and a verdict.

Needs: the run's tables, and those of the ITNs where they are trained. Makes: claims.csv and,
where other borders or resamplings are swept, border_claims.csv and resampling_claims.csv.
"""

CLAIMS = CONFIG.claims


rule claims:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        curves=rules.thresholds_all.output.curves,
        pictures=rules.thresholds_all.output.pictures,
        sizes=rules.sizes_all.output,
        correlations=[rules.comparison.output.correlations] if NETWORK_PAIRS else [],
        itn=[
            f"{folder}/{table}.csv"
            for folder in PAPERS_NETS.values()
            for table in ("history", "evaluation")
        ],
        trends=[rules.layers_all.output.trends] * bool(CONFIG.layers),
    output:
        report(
            f"{RESULTS}/claims.csv",
            caption="../report/claims.rst",
            category="Claims",
            labels={"table": "claims"},
        ),
    log:
        f"{RESULTS}/logs/claims.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(max(3000, joining("claims"))),
        runtime=minutes(10),
    params:
        script=script("claims"),
        code=code_of("claims"),
        correlations=lambda w, input: (
            ["--correlations", *input.correlations] if input.correlations else []
        ),
        itn=[f"{model}={folder}" for model, folder in PAPERS_NETS.items()],
        trends=lambda w, input: ["--trends", *input.trends] if input.trends else [],
        transforms=titles(*TRANSFORMS),
        point_symmetric=lambda w: [c for c in CLAIMS.point_symmetric if c in CLASSES],
        axisymmetric=lambda w: [c for c in CLAIMS.axisymmetric if c in CLASSES],
    shell:
        "python {params.script:q} --thresholds {input.thresholds:q} --curves {input.curves:q}"
        " --pictures {input.pictures:q} --sizes {input.sizes:q} {params.correlations:q}"
        " {params.trends:q} --itn {params.itn:q} --point-symmetric {params.point_symmetric:q}"
        " --axisymmetric {params.axisymmetric:q} --transforms {params.transforms:q}"
        " --output {output:q} 2> {log:q}"


rule border_claims:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        curves=rules.thresholds_all.output.curves,
        pictures=rules.thresholds_all.output.pictures,
        sizes=rules.sizes_all.output,
        correlations=[rules.comparison.output.correlations] if NETWORK_PAIRS else [],
        others=PADDED_TABLES,
        beside=beside(PADDED_TABLES),
    output:
        report(
            f"{RESULTS}/border_claims.csv",
            caption="../report/border_claims.rst",
            category="Claims",
            labels={"table": "claims under other borders"},
        ),
    log:
        f"{RESULTS}/logs/border_claims.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("claims"),
        code=code_of("claims"),
        correlations=rules.claims.params.correlations,
        transforms=titles(*TRANSFORMS),
        point_symmetric=rules.claims.params.point_symmetric,
        axisymmetric=rules.claims.params.axisymmetric,
        resamples=CONFIG.thresholds.resamples,
        seed=CONFIG.seed,
    shell:
        "python {params.script:q} --thresholds {input.thresholds:q} --curves {input.curves:q}"
        " --pictures {input.pictures:q} --sizes {input.sizes:q} {params.correlations:q}"
        " --others {input.others:q} --point-symmetric {params.point_symmetric:q}"
        " --axisymmetric {params.axisymmetric:q} --transforms {params.transforms:q}"
        " --resamples {params.resamples} --seed {params.seed} --output {output:q} 2> {log:q}"


use rule border_claims as resampling_claims with:
    input:
        thresholds=rules.thresholds_all.output.thresholds,
        curves=rules.thresholds_all.output.curves,
        pictures=rules.thresholds_all.output.pictures,
        sizes=rules.sizes_all.output,
        correlations=rules.border_claims.input.correlations,
        others=RESAMPLING_TABLES,
        beside=beside(RESAMPLING_TABLES),
    output:
        report(
            f"{RESULTS}/resampling_claims.csv",
            caption="../report/resampling_claims.rst",
            category="Claims",
            labels={"table": "claims under other resamplings"},
        ),
    log:
        f"{RESULTS}/logs/resampling_claims.log",


# They are about classes: where each picture is its own, nothing is claimed.
DECIDED = [
    rules.claims.output,
    rules.border_claims.output if PADDED_TABLES else [],
    rules.resampling_claims.output if RESAMPLED else [],
] * (not CONFIG.individual)
