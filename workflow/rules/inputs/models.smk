"""What classifiers are made from: for rules/models.smk."""


def lessons(wildcards):
    """The pictures that a trained model needs; nothing for the others."""
    if not trained(wildcards.model):
        return []
    stem = f"{RESULTS}/images/{preparation(wildcards.model)}"
    return [
        f"{stem}/{split}.{kind}"
        for split in ("training", "validation")
        for kind in ("npy", "csv")
    ]


def weights_file(wildcards):
    """The file of a model's weights, where they are one; its hash is in the model's section."""
    weights = MODELS[wildcards.model].weights
    return [weights] if is_file(weights) else []


def categories_file(wildcards):
    """The file that names a network's logits, where there is one."""
    categories = MODELS[wildcards.model].categories
    return [] if categories == "dataset" else [categories]


def names_of_dataset(wildcards):
    """A digest of the dataset's class names, where they name a network's logits."""
    if MODELS[wildcards.model].categories != "dataset":
        return ""
    return datasets.digest(to_json(list(DATASET.categories)))
