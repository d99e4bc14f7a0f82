"""What was run, and where the results come from.

The page of provenance is the only result that tells of time and machine.

Needs: every table, network and manifest, so that it is made after them and again whenever one is.
Makes: config.yaml (it runs again as it is), plan.yaml, provenance.html.
"""


rule configuration:
    output:
        config=f"{RESULTS}/config.yaml",
        plan=f"{RESULTS}/plan.yaml",
    log:
        f"{RESULTS}/logs/configuration.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        # Plans are kept by what they were made of; the same one made of something else reruns nothing.
        plan_file=str(PLAN_FILE),
    params:
        script=script("configuration"),
        code=code_of("configuration"),
        config=lambda w: CONFIG.model_dump_json(),
        digest=datasets.digest(to_json(PLAN)),
    shell:
        "python {params.script:q} --config {params.config:q} --plan {resources.plan_file:q}"
        " --output-config {output.config:q} --output-plan {output.plan:q} 2> {log:q}"


rule provenance:
    input:
        rules.thresholds_all.output.thresholds,
        list(rules.claims.output) * (not CONFIG.individual),
        expand(rules.itn_evaluate.output.evaluation, model=LEARNERS),
        descriptions=expand(rules.classifier.output.description, model=CLASSIFIERS),
        manifests=rules.skipped.input.manifests,
        config=rules.configuration.output.config,
        precision=PRECISION,
        engines=[
            engine.output.description.format(model=model)
            for engine in engines()
            for model in CLASSIFIERS
        ],
    output:
        report(
            f"{RESULTS}/provenance.html",
            caption="../report/provenance.rst",
            category="Configuration and provenance",
            labels={"page": "where it comes from"},
        ),
    log:
        f"{RESULTS}/logs/provenance.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("provenance"),
        code=code_of("provenance"),
        run=CONFIG.run,
    shell:
        "python {params.script:q} --run {params.run:q} --descriptions {input.descriptions:q}"
        " --manifests {input.manifests:q} --config {input.config:q}"
        " --precision {input.precision:q} --engines {input.engines:q} --output {output:q} 2> {log:q}"


PROVENANCE = [rules.provenance.output, rules.configuration.output]
