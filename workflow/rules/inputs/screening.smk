"""What sweeps are made from, and where their results lie: for rules/screening.smk and after."""

from shlex import quote


def axes(transform):
    """Names, magnitudes and identities of a transform, or of the two of a pair."""
    entries = (
        PAIRS[transform]["axes"] if transform in PAIRS else [TRANSFORMS[transform]]
    )
    names = PAIRS[transform]["transforms"] if transform in PAIRS else [transform]
    keys = ("magnitudes", "identity", "axis")
    return {
        "transforms": names,
        "axes": [{key: e[key] for key in keys} for e in entries],
    }


def directions(transform):
    """The directions from the identity in which a transform's grid extends."""
    grid, identity = (TRANSFORMS[transform][key] for key in ("magnitudes", "identity"))
    beyond = {"up": max(grid) > identity, "down": min(grid) < identity}
    return [direction for direction, extends in beyond.items() if extends]


def padding_of(name):
    """What lies outside the picture, for transforms that look there."""
    entries = PAIRS[name]["axes"] if name in PAIRS else [TRANSFORMS[name]]
    return RUN["padding"] if any(e["geometric"] for e in entries) else "black"


def change_of(stem):
    """What a precision other than float32 changes in a sweep's answers, measured beside it."""
    return [f"{stem}.precision.json"] * (RUN["precision"] != "float32")


def pictures_of(model, chunk, kind):
    """Prepared pictures of a chunk of classes, as a model sees them."""
    return f"{RESULTS}/images/{preparation(model)}/{chunk}.{kind}"


def sweeps(model, transform, kind="npz"):
    """All chunks of a sweep."""
    return [
        f"{RESULTS}/sweeps/{model}/{transform}/{chunk}.{kind}"
        for chunk in RUN["chunks"]
    ]


def named(output, *names):
    """Options that name those of a rule's outputs that it has."""
    return " ".join(
        f"--{name} {quote(output[name])}" for name in names if name in output.keys()
    )


# How pictures' own thresholds are searched for.
SEARCH = f"--search {RUN['thresholds']['search']} --tolerance {RUN['thresholds']['tolerance']}"
