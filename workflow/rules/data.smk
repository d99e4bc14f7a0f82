"""Pictures: chosen by seed, decoded, resized and cropped once for all models that see them alike.

Needs: the dataset. Makes: images/{preparation}/{chunk}.npy with its manifest, for the screening, and
{split}.npy for training, validation and the ITNs' calibration.
"""


include: "inputs/data.smk"


# The pictures beside those screened: classifiers are trained on them, and ITNs.
SPLITS = sorted(
    {"training", "validation"} & {PLAN.learning_pictures * CONFIG.itn.enabled}
    | ({"training", "validation"} if any(map(trained, MODELS)) else set())
    | ({"training"} if any(model.learns for model in MODELS.values()) else set())
    | (
        {"calibration"}
        if CONFIG.itn.enabled and PLAN.learning_pictures != "screening"
        else set()
    )
)
FETCHED = (
    f"{CONFIG.dataset.root}/.imagenette" if CONFIG.dataset.name == "imagenette" else []
)


rule download:
    output:
        touch(FETCHED or "results/.nothing-to-download"),
    log:
        "logs/download.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("download"),
        code=code_of("download"),
        root=CONFIG.dataset.root,
    shell:
        "python {params.script:q} --root {params.root:q} --marker {output:q} 2> {log:q}"


# First of all: every network is tried with them before anything that lasts.
rule images:
    input:
        FETCHED,
    output:
        pixels=f"{RESULTS}/images/{{preparation}}/{{part}}.npy",
        manifest=f"{RESULTS}/images/{{preparation}}/{{part}}.csv",
    log:
        f"{RESULTS}/logs/images/{{preparation}}/{{part}}.log",
    priority: 20
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(20),
    params:
        script=script("images"),
        code=code_of("images", dataset=True),
        dataset=lambda w: to_json(DATASET_SETTINGS),
        classes=lambda w: to_json(classes_of(w.part)),
        state=lambda w: state_of_pictures(w.part),
        split=lambda w: split_of(w.part),
        skip=lambda w: skipped_of(w.part),
        number=lambda w: number_of(w.part),
        seed=CONFIG.seed,
        bad=CONFIG.dataset.on_bad_picture,
    shell:
        "python {params.script:q} --dataset {params.dataset:q} --classes {params.classes:q}"
        " --split {params.split} --skip {params.skip} --count {params.number} --seed {params.seed}"
        " --on-bad-picture {params.bad}"
        " --preparation {wildcards.preparation} --pixels {output.pixels:q}"
        " --manifest {output.manifest:q} 2> {log:q}"


# For transforms that move the object alone.
rule objects:
    input:
        pixels=rules.images.output.pixels,
        manifest=rules.images.output.manifest,
    output:
        f"{RESULTS}/images/{{preparation}}/{{part}}.objects.npy",
    log:
        f"{RESULTS}/logs/objects/{{preparation}}/{{part}}.log",
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(20),
    params:
        script=script("objects"),
        code=code_of("objects", dataset=True),
        dataset=lambda w: to_json(DATASET_SETTINGS),
        masks=lambda w: masks_option(),
        state=lambda w: state_of_masks(w.part),
    shell:
        "python {params.script:q} --dataset {params.dataset:q} --preparation {wildcards.preparation}"
        " --pixels {input.pixels:q} {params.masks} --output {output:q} 2> {log:q}"


rule skipped:
    input:
        manifests=expand(
            rules.images.output.manifest,
            preparation=sorted({preparation(model) for model in MODELS}),
            part=[*CHUNKS, *SPLITS],
        ),
    output:
        report(
            f"{RESULTS}/skipped.csv",
            caption="../report/skipped.rst",
            category="Pictures",
            labels={"table": "skipped pictures"},
        ),
    log:
        f"{RESULTS}/logs/skipped.log",
    conda:
        "../../envs/environment.yaml"
    params:
        script=script("skipped"),
        code=code_of("skipped"),
    shell:
        "python {params.script:q} --manifests {input.manifests:q} --output {output:q} 2> {log:q}"


SKIPPED = list(rules.skipped.output) * (CONFIG.dataset.on_bad_picture == "skip")
