"""Where the results come from, as a page of the report: the only result that tells of time and machine.

Needs: every table, network and manifest, so that it is made after them and again whenever one is.
Makes: provenance.html.
"""


rule provenance:
    input:
        rules.thresholds_all.output.thresholds,
        rules.claims.output,
        expand(rules.itn_evaluate.output.evaluation, model=LEARNERS),
        descriptions=expand(rules.classifier.output.description, model=MODELS),
        manifests=rules.skipped.input.manifests,
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
        run=RUN["run"],
        # The file is no input: its first line changes when nothing of the run does.
        config=f"{RESULTS}/config.yaml",
        digest=datasets.digest(as_json(RUN)),
    shell:
        "python {params.script:q} --run {params.run:q} --descriptions {input.descriptions:q}"
        " --manifests {input.manifests:q} --config {params.config:q} --output {output:q}"
        " 2> {log:q}"


PROVENANCE = rules.provenance.output
