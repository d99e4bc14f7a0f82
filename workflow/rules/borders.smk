"""What is the border's fault: geometric transforms under other paddings, translation of real crops.

Needs: classifiers, pictures (for real crops, larger ones), thresholds. Makes, where the config has
`borders`: borders/{padding}/{model}/{transform}.csv, borders.csv and interpolation.csv.
"""


include: "inputs/borders.smk"


wildcard_constraints:
    padding="black|edge|reflect|mean|crop",


rule border_sweep:
    input:
        pixels=border_pictures("npy"),
        manifest=border_pictures("csv"),
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
    output:
        sweep=f"{RESULTS}/borders/sweeps/{{padding}}/{{model}}/{{single}}/{{chunk}}.npz",
        precision=change_of(
            f"{RESULTS}/borders/sweeps/{{padding}}/{{model}}/{{single}}/{{chunk}}"
        ),
        pictures=f"{RESULTS}/borders/sweeps/{{padding}}/{{model}}/{{single}}/{{chunk}}.pictures.parquet",
    log:
        f"{RESULTS}/logs/border_sweep/{{padding}}/{{model}}/{{single}}/{{chunk}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/border_sweep/{{padding}}/{{model}}/{{single}}/{{chunk}}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=memory(4000),
        runtime=minutes(sweep_minutes),
    params:
        script=script("sweep"),
        code=lambda w: code_of(
            "sweep", [w.single], w.model, chosen="cropped" * (w.padding == "crop")
        ),
        transform=lambda w: as_json(border_axes(w)),
        model=lambda w, input: str(Path(input.weights).parent),
        window=lambda w: (
            f"--window {BORDERS['crop']['models'][w.model]['window']}"
            if w.padding == "crop"
            else f"--padding {w.padding}"
        ),
        seed=RUN["seed"],
        precision=RUN["precision"],
        search=RUN["thresholds"]["search"],
        tolerance=RUN["thresholds"]["tolerance"],
        options=f"--batch-size {RUN['batch_size']} --device {RUN['device']}",
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q}"
        " --transform {params.transform:q} {params.window}"
        " --seed {params.seed} --precision {params.precision} {params.options}"
        " --search {params.search} --tolerance {params.tolerance} --threads {threads}"
        " --output {output.sweep:q} --pictures {output.pictures:q} 2> {log:q}"


rule border_thresholds:
    input:
        sweeps=border_sweeps("npz"),
        pictures=border_sweeps("pictures.parquet"),
        description=rules.classifier.output.description,
    output:
        thresholds=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.csv",
        curves=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.parquet",
        pictures=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.pictures.parquet",
        medians=f"{RESULTS}/borders/{{padding}}/{{model}}/{{single}}.medians.csv",
    log:
        f"{RESULTS}/logs/border_thresholds/{{padding}}/{{model}}/{{single}}.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("thresholds"),
        code=code_of("thresholds"),
        classes=as_json(RUN["dataset"]["classes"]),
        axis=lambda w: TRANSFORMS[w.single]["axis"],
        resamples=RUN["thresholds"]["resamples"],
        seed=RUN["seed"],
    shell:
        "python {params.script:q} --sweeps {input.sweeps:q} --pictures {input.pictures:q}"
        " --description {input.description:q}"
        " --model {wildcards.model:q} --transform {wildcards.single:q} --classes {params.classes:q}"
        " --axis {params.axis} --resamples {params.resamples} --seed {params.seed}"
        " --output {output:q} 2> {log:q}"


rule borders:
    input:
        own=rules.thresholds_all.output.thresholds,
        others=BORDER_TABLES,
    output:
        report(
            f"{RESULTS}/borders.csv",
            caption="../report/borders.rst",
            category="Thresholds",
            labels={"table": "thresholds under other borders"},
        ),
    log:
        f"{RESULTS}/logs/borders.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("borders"),
        code=code_of("borders"),
        padding=RUN["padding"],
        ranges=as_json(BORDER_RANGES),
    shell:
        "python {params.script:q} --own {input.own:q} --others {input.others:q}"
        " --padding {params.padding} --ranges {params.ranges:q} --output {output:q} 2> {log:q}"


rule interpolation:
    input:
        pixels=lambda w: expand(
            rules.images.output.pixels,
            preparation=preparation(next(iter(MODELS))),
            part=list(RUN["chunks"]),
        ),
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
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --output {output:q} 2> {log:q}"


BORDER_RESULTS = [
    *rules.borders.output,
    *rules.interpolation.output,
] * bool(BORDERS)
