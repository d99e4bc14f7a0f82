"""What the pictures are made from: for rules/data.smk."""


def trained(model):
    """Whether the workflow trains this model itself."""
    return MODELS[model].weights == "train"


# A network is trained on every class of the dataset, whichever are screened: choosing other classes
# to screen leaves it as it is.
def classes_of(part):
    """The classes of a chunk, or all of those that a split of the training pictures has."""
    return CHUNKS.get(part, list(DATASET.present))


def split_of(part):
    """The dataset's split of which a chunk, or a split itself, is."""
    return "screening" if part in CHUNKS else part
