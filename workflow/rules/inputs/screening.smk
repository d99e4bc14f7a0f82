"""What sweeps are made from, and where their results lie: for rules/screening.smk and after."""

from shlex import quote

# Transforms that are combined, two on maps or two and three for their worst case.
COMBINED = PAIRS | TUPLES


def axes(name):
    """A transform on its grid, or those that are combined, without the words of figures."""
    found = COMBINED[name].axes if name in COMBINED else [TRANSFORMS[name]]
    return [axis.unlabelled for axis in found]


def passes_of(name, pictures):
    """Forward passes of a sweep of so many pictures by a transform, or by several combined."""
    tolerance, method = CONFIG.thresholds.tolerance, CONFIG.thresholds.search
    if name in COMBINED:
        refine = name in TUPLES and TUPLES[name].refine
        return costs.combined_passes(pictures, axes(name), tolerance, refine=refine)
    # Nothing is searched for between the points of an ordinal axis.
    method = "grid" if TRANSFORMS[name].ordinal else method
    return costs.passes(pictures, len(TRANSFORMS[name].magnitudes), tolerance, method)


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


def resampling_of(name):
    """The option that says how values between pixels are found, where that is not bilinear."""
    moves = any(axis.geometric or axis.name in PLAN.objects for axis in axes(name))
    plain = CONFIG.resampling == "bilinear" or not moves
    return "" if plain else f" --resampling {CONFIG.resampling}"


# Of what is not told by predictions alone `checked` is float32: worst points are ranked by margins.
CHECKED = CONFIG.precision == "checked"
EXACT = "float32" if CHECKED else CONFIG.precision
SWEEP = "sweep_checked" if CHECKED else "sweep"


def change_of(stem, precision=CONFIG.precision):
    """What a precision other than float32 changes in a sweep's answers, measured beside it."""
    return [f"{stem}.precision.json"] * (precision != "float32")


def engines():
    """The rules of what sweeps use: on a CPU, in float32; of `checked` the halved one too."""
    asked = CONFIG.engine == "compiled" and PLAN.device == "cpu"
    if not asked or EXACT != "float32":
        return []
    return [rules.engine, *[rules.engine_halved] * CHECKED]


def engine_of(w):
    """A network's packages, where sweeps use any."""
    return [each.output.package.format(model=w.model) for each in engines()]


def engine_option(w, input):
    """The options that name them, where there are any."""
    named = zip(("engine", "halved-engine"), input.engine)
    return " ".join(f"--{name} {quote(file)}" for name, file in named)


def exact_engine_option(w, input):
    """The same of sweeps that are float32's in any case."""
    return " ".join(f"--engine {quote(file)}" for file in input.engine[:1])


def pictures_of(model, chunk, kind):
    """Prepared pictures of a chunk of classes, as a model sees them."""
    return f"{RESULTS}/images/{preparation(model)}/{chunk}.{kind}"


def objects_of(w):
    """What is behind the objects of a sweep's pictures, where its transform moves these alone."""
    swept = w.get("single") or w.get("pair") or w.get("tuple")
    moved = any(name in PLAN.objects for name in swept.split("+"))
    return pictures_of(w.model, w.chunk, "objects.npy") if moved else []


def objects_of_all():
    """The same of all that is screened, for what shows or measures every transform."""
    moved = bool(PLAN.objects)
    return (
        [pictures_of(m, chunk, "objects.npy") for m in MODELS for chunk in CHUNKS]
        if moved
        else []
    )


def sweeps(model, transform, kind="npz"):
    """All chunks of a sweep."""
    return [f"{RESULTS}/sweeps/{model}/{transform}/{chunk}.{kind}" for chunk in CHUNKS]


def named(output, *names):
    """Options that name those of a rule's outputs that it has."""
    return " ".join(
        f"--{name} {quote(output[name])}" for name in names if name in output.keys()
    )


def refinement(name):
    """Whether and how finely a tuple's worst points are searched for, as the command's options."""
    options = f"--tolerance {CONFIG.thresholds.tolerance}"
    return f"{options} --refine" if TUPLES[name].refine else options


# How pictures' own thresholds are searched for.
SEARCH = (
    f"--search {CONFIG.thresholds.search} --tolerance {CONFIG.thresholds.tolerance}"
    f" --missed {CONFIG.thresholds.missed}"
)
