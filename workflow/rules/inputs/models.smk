"""What classifiers are made from: for rules/models.smk."""

from invariances.datasets.contents import contents


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
    weights = CLASSIFIERS[wildcards.model].weights
    return [weights] if is_file(weights) else []


def categories_file(wildcards):
    """The file that names a network's logits, where there is one."""
    categories = CLASSIFIERS[wildcards.model].categories
    return [] if categories == "dataset" else [categories]


def names_of_logits(wildcards):
    """A digest of the names of a network's logits, the dataset's or a file's, whatever its age."""
    categories = CLASSIFIERS[wildcards.model].categories
    if categories == "dataset":
        return datasets.digest(to_json(list(DATASET.categories)))
    return contents([Path(categories)])


def section_of(model):
    """What a model's job is told of it: how many others are trained beside it is not its matter."""
    return CLASSIFIERS[model].model_dump_json(exclude={"training": {"seeds"}})


def seed_of(model):
    """The seed by which a network is trained: the run's, or one after it."""
    return TRAINED_AGAIN[model].seed if model in TRAINED_AGAIN else CONFIG.seed
