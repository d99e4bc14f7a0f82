"""What sweeps are made from, and where their results lie: for rules/screening.smk and after."""

from shlex import quote


def axes(name):
    """A transform on its grid, or the two of a pair, without the words of figures."""
    found = PAIRS[name].axes if name in PAIRS else [TRANSFORMS[name]]
    return [axis.unlabelled for axis in found]


def directions(transform):
    """The directions from the identity in which a transform's grid extends."""
    axis = TRANSFORMS[transform]
    beyond = {
        "up": axis.magnitudes[-1] > axis.identity,
        "down": axis.magnitudes[0] < axis.identity,
    }
    return [direction for direction, extends in beyond.items() if extends]


def padding_of(name):
    """What lies outside the picture, for transforms that look there."""
    return CONFIG.padding if any(axis.geometric for axis in axes(name)) else "black"


def change_of(stem):
    """What a precision other than float32 changes in a sweep's answers, measured beside it."""
    return [f"{stem}.precision.json"] * (CONFIG.precision != "float32")


def pictures_of(model, chunk, kind):
    """Prepared pictures of a chunk of classes, as a model sees them."""
    return f"{RESULTS}/images/{preparation(model)}/{chunk}.{kind}"


def sweeps(model, transform, kind="npz"):
    """All chunks of a sweep."""
    return [f"{RESULTS}/sweeps/{model}/{transform}/{chunk}.{kind}" for chunk in CHUNKS]


def named(output, *names):
    """Options that name those of a rule's outputs that it has."""
    return " ".join(
        f"--{name} {quote(output[name])}" for name in names if name in output.keys()
    )


# How pictures' own thresholds are searched for.
SEARCH = (
    f"--search {CONFIG.thresholds.search} --tolerance {CONFIG.thresholds.tolerance}"
    f" --missed {CONFIG.thresholds.missed}"
)
