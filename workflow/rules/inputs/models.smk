"""What classifiers are made from: for rules/models.smk."""


def trained(model):
    """Whether the workflow trains this model itself."""
    return MODELS[model]["weights"] == "train"


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
    """The file of a model's weights, where they are one."""
    weights = MODELS[wildcards.model]["weights"]
    return [weights] if is_file(weights) else []
