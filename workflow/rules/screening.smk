"""Strategy 1: each network's answers to each transform, a chunk of classes a job.

Needs: pictures and classifiers. Makes: sweeps/{model}/{transform}/{chunk}.npz and thumbnails.
"""


include: "inputs/screening.smk"


rule sweep:
    input:
        pixels=lambda w: pictures_of(w.model, w.chunk, "npy"),
        manifest=lambda w: pictures_of(w.model, w.chunk, "csv"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        sweep=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.npz",
        precision=change_of(f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}"),
        thumbnails=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.thumbnails.npz",
        pictures=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.pictures.parquet",
    log:
        f"{RESULTS}/logs/sweep/{{model}}/{{single}}/{{chunk}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sweep/{{model}}/{{single}}/{{chunk}}.tsv"
    priority: 5
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=memory(4000),
        runtime=minutes(sweep_minutes),
    params:
        script=script("sweep"),
        code=lambda w: code_of("sweep", [w.single], w.model),
        transform=lambda w: as_json(axes(w.single)),
        model=lambda w, input: str(Path(input.weights).parent),
        padding=lambda w: padding_of(w.single),
        seed=RUN["seed"],
        precision=RUN["precision"],
        search=RUN["thresholds"]["search"],
        tolerance=RUN["thresholds"]["tolerance"],
        options=f"--batch-size {RUN['batch_size']} --device {RUN['device']}",
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --transform {params.transform:q} --padding {params.padding}"
        " --seed {params.seed} --precision {params.precision} {params.options}"
        " --search {params.search} --tolerance {params.tolerance} --threads {threads}"
        " --output {output.sweep:q} --thumbnails {output.thumbnails:q}"
        " --pictures {output.pictures:q} 2> {log:q}"


rule sweep_pair:
    input:
        pixels=lambda w: pictures_of(w.model, w.chunk, "npy"),
        manifest=lambda w: pictures_of(w.model, w.chunk, "csv"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        sweep=f"{RESULTS}/sweeps/{{model}}/{{pair}}/{{chunk}}.npz",
        precision=change_of(f"{RESULTS}/sweeps/{{model}}/{{pair}}/{{chunk}}"),
    log:
        f"{RESULTS}/logs/sweep/{{model}}/{{pair}}/{{chunk}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sweep/{{model}}/{{pair}}/{{chunk}}.tsv"
    priority: 5
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=memory(4000),
        runtime=minutes(sweep_minutes),
    params:
        script=script("sweep"),
        code=lambda w: code_of("sweep", [w.pair], w.model, chosen="pair"),
        transform=lambda w: as_json(axes(w.pair)),
        model=lambda w, input: str(Path(input.weights).parent),
        padding=lambda w: padding_of(w.pair),
        seed=RUN["seed"],
        precision=RUN["precision"],
        options=f"--batch-size {RUN['batch_size']} --device {RUN['device']}",
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --transform {params.transform:q} --padding {params.padding}"
        " --seed {params.seed} --precision {params.precision} {params.options}"
        " --threads {threads} --output {output.sweep:q} 2> {log:q}"
