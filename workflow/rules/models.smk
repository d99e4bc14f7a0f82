"""Classifiers: trained, fetched or verified, each as weights.safetensors and model.json.

Needs: for `weights: train`, the training and validation pictures; for heads, what they are made
of. Makes: models/{model}/.
"""


include: "inputs/models.smk"


rule classifier:
    input:
        learned_files,
        # Known by their hashes, in params: a copy may be older than what was made of its predecessor.
        weights=ancient(weights_file),
        categories=ancient(categories_file),
        texts=ancient(texts_file),
    output:
        weights=f"{RESULTS}/models/{{model}}/weights.safetensors",
        description=f"{RESULTS}/models/{{model}}/model.json",
    log:
        f"{RESULTS}/logs/classifier/{{model}}.log",
    priority: 10
    conda:
        "../../envs/environment.yaml"
    # One core each, whatever there is: another number of threads sums in another order and would train
    # another network. Two networks on two cores finish as soon as one after the other on both.
    threads: 1
    resources:
        mem_mb=memory(6000),
        runtime=minutes(120),
    params:
        script=script("classifier"),
        code=lambda w: code_of(
            "classifier",
            augmented(w.model),
            model=w.model,
            dataset=True,
            things=made_by(w.model),
        ),
        model=lambda w: section_of(w.model),
        preprocessing=lambda w: to_json(NETWORKS[w.model].preprocessing),
        # Another file of the same name, whatever its age, is another model.
        sha256=lambda w: NETWORKS[w.model].sha256,
        dataset=lambda w: to_json(DATASET_SETTINGS),
        names=names_of_logits,
        pictures=lambda w: pictures_options(w.model),
        # What lies outside a turned picture matters to those alone that are trained with some.
        border=lambda w: border_options(w.model),
        folder=f"{RESULTS}/models/{{model}}",
        seed=lambda w: seed_of(w.model),
    shell:
        "python {params.script:q} --model {params.model:q}"
        " --preprocessing {params.preprocessing:q} --dataset {params.dataset:q}"
        " {params.pictures:q} {params.border}"
        " --checkpoint {params.folder:q}/checkpoint.pt --seed {params.seed} --threads {threads}"
        " --output {params.folder:q} 2> {log:q}"
