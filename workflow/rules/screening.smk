"""Strategy 1: each network's answers to each transform, a chunk of classes a job.

Needs: pictures and classifiers. Makes: sweeps/{model}/{transform}/{chunk}.npz, of one transform or several
combined, and thumbnails.
"""


include: "inputs/screening.smk"


rule sweep:
    input:
        pixels=lambda w: pictures_of(w.model, w.chunk, "npy"),
        manifest=lambda w: pictures_of(w.model, w.chunk, "csv"),
        objects=objects_of,
        weights=rules.classifier.output.weights,
        description=rules.classifier.output.description,
        engine=engine_of,
    output:
        sweep=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.npz",
        precision=change_of(f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}"),
        thumbnails=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.thumbnails.npz",
        pictures=f"{RESULTS}/sweeps/{{model}}/{{single}}/{{chunk}}.pictures.parquet",
    log:
        f"{RESULTS}/logs/sweep/{{model}}/{{single}}/{{chunk}}.log",
    priority: 5
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        **ON_DEVICE,
        mem_mb=memory(4000),
        runtime=minutes(sweep_minutes),
    params:
        script=script(SWEEP),
        code=lambda w: code_of(SWEEP, [w.single], w.model),
        transform=lambda w: to_json(axes(w.single)),
        model=lambda w, input: str(Path(input.weights).parent),
        border=lambda w: f"--padding {padding_of(w.single)}{resampling_of(w.single)}",
        engine=engine_option,
        # What answers by chance or by the batch would answer equal pictures alike.
        each=lambda w: "--each" * bool(CLASSIFIERS[w.model].accept),
        seed=CONFIG.seed,
        precision=CONFIG.precision,
        search=SEARCH,
        beside=lambda w, output: named(output, "pictures", "thumbnails"),
    shell:
        "python {params.script:q} --prepared {input.pixels:q} --classifier {params.model:q} {params.engine}"
        " {params.each}"
        " --transform {params.transform:q} {params.border} --seed {params.seed}"
        " --precision {params.precision} {params.search}"
        " --batch-size {resources.batch_size} --device {resources.device} --threads {threads}"
        " --output {output.sweep:q} {params.beside} 2> {log:q}"


# Two transforms combined: response maps, no thresholds of single pictures.
use rule sweep as sweep_pair with:
    output:
        sweep=f"{RESULTS}/sweeps/{{model}}/{{pair}}/{{chunk}}.npz",
        precision=change_of(f"{RESULTS}/sweeps/{{model}}/{{pair}}/{{chunk}}", EXACT),
    log:
        f"{RESULTS}/logs/sweep/{{model}}/{{pair}}/{{chunk}}.log",
    params:
        script=script("sweep"),
        precision=EXACT,
        engine=exact_engine_option,
        code=lambda w: code_of("sweep", [w.pair], w.model, chosen="combined"),
        transform=lambda w: to_json(axes(w.pair)),
        border=lambda w: f"--padding {padding_of(w.pair)}{resampling_of(w.pair)}",
        search="",


# Two or three combined: the answers at every point, and each picture's worst point between them.
use rule sweep as sweep_tuple with:
    output:
        sweep=f"{RESULTS}/sweeps/{{model}}/{{tuple}}/{{chunk}}.npz",
        precision=change_of(f"{RESULTS}/sweeps/{{model}}/{{tuple}}/{{chunk}}", EXACT),
    log:
        f"{RESULTS}/logs/sweep/{{model}}/{{tuple}}/{{chunk}}.log",
    params:
        script=script("sweep_tuple"),
        precision=EXACT,
        engine=exact_engine_option,
        code=lambda w: code_of("sweep_tuple", [w.tuple], w.model, chosen="combined"),
        transform=lambda w: to_json(axes(w.tuple)),
        border=lambda w: f"--padding {padding_of(w.tuple)}{resampling_of(w.tuple)}",
        search=lambda w: refinement(w.tuple),
