"""What an Invariant Transformer Net is trained and evaluated on: for rules/itn.smk."""

ITN = CONFIG.itn
LEARNERS = list(MODELS) if ITN.enabled else []
# Fields of the trainer's settings: the rest of the section says on what it is trained.
ITN_SETTINGS = (
    "objective",
    "spatial",
    "colour",
    "convolution",
    "steps",
    "batch_size",
    "learning_rate",
)


def itn_settings(**changes):
    chosen = ITN.model_dump(include=set(ITN_SETTINGS))
    return to_json(chosen | {"seed": CONFIG.seed, "padding": CONFIG.padding} | changes)


def itn_pictures(model, training):
    """Files, without suffix, and the part of them that an ITN is trained on, or evaluated on.

    Where a dataset has pictures beyond those screened they train, and the screened ones evaluate;
    otherwise the screened ones are divided.
    """
    folder = f"{RESULTS}/images/{preparation(model)}"
    # In the config's order, whatever the chunks.
    classes = CLASSES
    part = {"classes": classes, "count": ITN.images if training else 1_000_000}
    if PLAN.learning_pictures != "screening" and training:
        return [f"{folder}/{PLAN.learning_pictures}"], part
    if PLAN.learning_pictures == "screening":
        held_out = ITN.held_out
        part |= (
            {"start": 0.0, "stop": 1 - held_out}
            if training
            else {"start": 1 - held_out}
        )
    return [f"{folder}/{chunk}" for chunk in CHUNKS], part


def itn_files(training):
    return lambda w: [
        f"{stem}.{kind}"
        for stem in itn_pictures(w.model, training)[0]
        for kind in ("npy", "csv")
    ]


def itn_stems(training):
    return lambda w: [f"{stem}.npy" for stem in itn_pictures(w.model, training)[0]]


def itn_part(training):
    return lambda w: to_json(itn_pictures(w.model, training)[1])
