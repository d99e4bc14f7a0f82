"""What classifiers are made from: for rules/models.smk."""

from invariances.datasets.contents import contents


def learned_from(model):
    """The pictures that train a model or make its head, without suffix; none for the others."""
    section, stem = CLASSIFIERS[model], f"{RESULTS}/images/{preparation(model)}"
    if section.head is not None and section.head.kind == "identity":
        return [f"{stem}/{chunk}" for chunk in CHUNKS]
    return [f"{stem}/training"] * section.learns


def learned_files(wildcards):
    """The files of those pictures, and of those that a trained model's accuracy is stated on."""
    stems = learned_from(wildcards.model)
    if trained(wildcards.model):
        stems += [f"{RESULTS}/images/{preparation(wildcards.model)}/validation"]
    return [f"{stem}.{kind}" for stem in stems for kind in ("npy", "csv")]


def pictures_options(model):
    """The same as the command's options."""
    shown = [f"{stem}.npy" for stem in learned_from(model)]
    held_out = [f"{RESULTS}/images/{preparation(model)}/validation.npy"] * trained(
        model
    )
    return [
        *(["--training", *shown] if shown else []),
        *(["--validation", *held_out] if held_out else []),
    ]


def augmented(model):
    """The transforms that a model's training pictures go through."""
    return list(CLASSIFIERS[model].training.augment)


def made_by(model):
    """What of the library makes a model, beside what all are made by."""
    head = CLASSIFIERS[model].head
    found = ["invariances.augmentation:augmentation"] * bool(augmented(model))
    if head is not None:
        texts = head.file is not None
        found.append(f"invariances.encoders:{'from_texts' if texts else 'fitted'}")
    return found


def border_options(model):
    """What lies outside those pictures and how they are resampled, as the command's options."""
    if not augmented(model):
        return ""
    return f"--padding {CONFIG.padding} --resampling {CONFIG.resampling}"


def texts_file(wildcards):
    """The file of a text head's class embeddings; its hash is in the plan, with that of the weights."""
    head = CLASSIFIERS[wildcards.model].head
    return [head.file] if head is not None and head.file is not None else []


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
    """What a model's job is told of it: what others are beside it, and in which series, is not its matter."""
    beside = {"training": {"seeds"}, "series": True, "label": True}
    return CLASSIFIERS[model].model_dump_json(exclude=beside)


def seed_of(model):
    """The seed by which a network is trained: the run's, or one after it."""
    return TRAINED_AGAIN[model].seed if model in TRAINED_AGAIN else CONFIG.seed
