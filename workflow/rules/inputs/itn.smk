"""What an Invariant Transformer Net is trained, certified and evaluated on: for rules/itn.smk."""

ITN = CONFIG.itn
LEARNERS = list(MODELS) if ITN.enabled else []
# Before which the paper's own net is trained beside the run's, and where the paper's nets are.
GATED = list(ITN.gated) if ITN.enabled and ITN.objective != "gated" else []
PAPERS_NETS = {
    model: f"{RESULTS}/itn/{model}" for model in LEARNERS if ITN.objective == "gated"
} | {model: f"{RESULTS}/itn_gated/{model}" for model in GATED}
# An ITN is one long job. Sweeps come first, whose thresholds are looked at first, unless ITNs that are left to
# the end would leave a core with nothing to do.
ITN_PRIORITY = 8 if len(LEARNERS) % CORES else 4
# Fields of the trainer's settings: the rest of the section says on what it is trained.
ITN_SETTINGS = (
    "objective",
    "spatial",
    "colour",
    "convolution",
    "steps",
    "batch_size",
    "learning_rate",
    "weight_colour",
    "weight_convolution",
    "accuracy_wanted",
    "accuracy_loss",
)
# ... and those of volume's alone: of the others a net is the same whatever they are.
ITN_VOLUME = ("layers", "dimensions", "signed", "alpha")


def itn_steps(objective):
    return ITN.steps or (160 if objective == "volume" else 240)


def itn_settings(**changes):
    """Fields of the trainer's settings, as JSON."""
    chosen = ITN.model_dump(include=set(ITN_SETTINGS)) | changes
    if chosen["objective"] == "volume":
        chosen |= ITN.model_dump(include=set(ITN_VOLUME))
    chosen["steps"] = itn_steps(chosen["objective"])
    if chosen["objective"] != "gated":
        del chosen["accuracy_wanted"]
    return to_json(chosen | {"padding": CONFIG.padding, "seed": CONFIG.seed} | changes)


def itn_asked():
    """What a certificate is asked for, as JSON."""
    keys = ("alpha", "delta", "scales", "when_few")
    return to_json(
        {name: getattr(ITN, name) for name in keys} | {"points": ITN.certified_points}
    )


# Of pictures that are classes of their own each serves one purpose.
DIVIDED = configuration.divided(CLASSES, ITN.held_out) if CONFIG.individual else {}


def itn_pictures(model, purpose):
    """Files, without suffix, and the part of them that trains, calibrates or evaluates an ITN.

    Where a dataset has pictures beyond those screened they train and calibrate, and the screened ones
    evaluate; otherwise the screened ones are divided, half of those that do not evaluate for each: within each
    class, or, where each picture is its own, all of them.
    """
    folder = f"{RESULTS}/images/{preparation(model)}"
    # In the config's order, whatever the chunks.
    counts = {
        "training": PLAN.calibration.training,
        "calibration": PLAN.calibration.images,
        "evaluation": 1_000_000,
    }
    part = {"classes": CLASSES, "count": counts[purpose]}
    if PLAN.learning_pictures != "screening":
        if purpose == "training":
            return [f"{folder}/{PLAN.learning_pictures}"], part
        if purpose == "calibration":
            return [f"{folder}/calibration"], part
    elif DIVIDED:
        part["classes"] = DIVIDED[purpose]
    else:
        middle, last = (1 - ITN.held_out) / 2, 1 - ITN.held_out
        part |= {
            "training": {"start": 0.0, "stop": middle},
            "calibration": {"start": middle, "stop": last},
            "evaluation": {"start": last},
        }[purpose]
    return [f"{folder}/{chunk}" for chunk in CHUNKS], part


def itn_files(purpose):
    return lambda w: [
        f"{stem}.{kind}"
        for stem in itn_pictures(w.model, purpose)[0]
        for kind in ("npy", "csv")
    ]


def itn_stems(purpose):
    return lambda w: [f"{stem}.npy" for stem in itn_pictures(w.model, purpose)[0]]


def itn_part(purpose):
    return lambda w: to_json(itn_pictures(w.model, purpose)[1])
