"""What figures are drawn from, and where they go: for rules/figures.smk and the stages' own figures."""

FORMATS = RUN["figures"]["formats"]
CLASSES = RUN["dataset"]["classes"]
# A class's name may hold what a path should not; colours follow the config's order of classes.
SLUGS = {re.sub(r"[^\w.-]+", "_", name): name for name in CLASSES}
FIGURE_PARTS = [
    f"figures/{part}"
    for part in (
        "axes",
        "curves",
        "inputs",
        "key",
        "labels",
        "marks",
        "responses",
        "style",
        "thumbnails",
    )
]
# The transforms of the paper's figures; what was not screened is left out.
PAPER = {
    2: ("noise", "rotate", "zoom", "translate_y"),
    3: ("noise", "rotate", "zoom", "translate_y"),
    6: ("blur", "rotate", "grayscale", "brightness"),
    7: ("blur", "rotate", "grayscale", "brightness"),
}


def drawn(stem, caption=None, category=None, **labels):
    """A figure in the config's formats; with a caption, its PNG is part of the report."""
    paths = [f"{RESULTS}/figures/{stem}.{kind}" for kind in FORMATS]
    if not caption:
        return paths
    entry = {
        "caption": f"../report/{caption}.rst",
        "category": category,
        "labels": labels,
    }
    return [report(path, **entry) if path.endswith(".png") else path for path in paths]


def shown(kind, stem):
    """A figure as one of the run's results, if the config wants its kind."""
    return drawn(stem) if kind in RUN["figures"]["draw"] else []


def written(output):
    """The options that name a figure's files, and its size."""
    files = [f"--{Path(path).suffix[1:]} {path}" for path in output]
    sizes = {key: RUN["figures"][key] for key in ("width", "dpi")}
    size = [f"--{key} {value}" for key, value in sizes.items() if value]
    return " ".join([*files, *size])


def titles(*names):
    """Label, unit, identity and axis of the transforms screened, as figures need them."""
    keys = ("label", "unit", "identity", "axis")
    known = dict(TRANSFORMS)
    for pair in PAIRS.values():
        for name, axis in zip(pair["transforms"], pair["axes"]):
            known.setdefault(name, axis)
    return as_json(
        {
            name: {key: known[name][key] for key in keys}
            for name in names
            if name in known
        }
    )


def cell(kind):
    """Tables of one network and transform."""
    return lambda w: f"{RESULTS}/thresholds/{w.model}/{w.single}.{kind}"


def thumbnails(w):
    return sweeps(w.model, w.single, "thumbnails.npz")


def paper_models():
    """Which networks stand for the paper's two: by their names, else the first two."""
    ranked = sorted(MODELS, key=lambda name: "alexnet" not in MODELS[name]["network"])
    return dict(zip((2, 3), ranked)) | dict(zip((6, 7), ranked))


def paper_transforms(number):
    return [name for name in PAPER[number] if name in TRANSFORMS]


def paper_tables(kind):
    return lambda w: [
        f"{RESULTS}/thresholds/{paper_models()[int(w.number)]}/{transform}.{kind}"
        for transform in paper_transforms(int(w.number))
    ]


def paper_pair(w):
    model, pair = paper_models()[int(w.number)], "translate_x+translate_y"
    shown = pair in PAIRS and int(w.number) in (2, 3)
    return [f"{RESULTS}/pairs/{model}/{pair}.parquet"] if shown else []


def paper_thumbnails(w):
    model = paper_models()[int(w.number)]
    return [
        path
        for transform in paper_transforms(int(w.number))
        for path in sweeps(model, transform, "thumbnails.npz")
    ]


def slug_of(name):
    return next(slug for slug, own in SLUGS.items() if own == name)


def itn_drawn(name, shown):
    """An ITN's figure, with its caption, in the config's formats."""
    return drawn(
        f"itn/{{model}}/{name}",
        f"itn_{name}",
        "Invariant Transformer Net",
        network="{model}",
        figure=shown,
    )
