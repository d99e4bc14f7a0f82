"""A run's config, declared once: every key with its type, bounds, default and description.

The checks of a config, config/README.md, the JSON schema and the defaults of scripts and notebook all come
from here. A section is frozen, unknown keys are refused, an integer is an integer (20.0 is none).
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from invariances.configuration.heads import FITTED, OptionalHead
from invariances.configuration.learned import ITN
from invariances.configuration.presets import PAPER, Preset, spelt_out
from invariances.configuration.section import Listed, Name, OwnName, PathText, Section, unrepeated
from invariances.plan import RANDOM

Padding = Literal["black", "edge", "reflect", "mean"]
Resampling = Literal["bilinear", "antialiased", "bicubic"]
Figure = Literal[
    "overview", "together", "mixed", "paper", "sheets", "pairs", "sizes", "comparison", "claims", "itn",
    "borders", "worst", "resamplings", "layers", "ranking", "trend", "tradeoff",
]  # fmt: skip
FIGURES: tuple[Figure, ...] = get_args(Figure)


Layers = (
    Literal["auto"]
    | Annotated[tuple[str, ...], Listed, Field(min_length=1), AfterValidator(unrepeated)]
)


def _of_pictures(values: tuple[float, ...]) -> tuple[float, ...]:
    """Means and standard deviations of pictures in [0, 1] lie there themselves."""
    if max(values) > 1:
        smaller = [round(value / 255, 4) for value in values]
        raise ValueError(
            f"must lie in [0, 1], as the pictures do that networks are shown; divided by 255: {smaller}"
        )
    return values


class Dataset(Section):
    """The pictures."""

    name: (
        Literal["phantoms", "folder", "imagenet", "imagenette", "photographs", "digits", "table"]
        | OwnName
    )
    """`phantoms` (rendered by the project), `folder` (one folder a class), `table` (a CSV of paths and
    labels), `imagenet` (ILSVRC2012 validation, in any of its layouts), `imagenette` (downloaded),
    `photographs` (twenty of ImageNet that come with the package foolbox, `make setup-photographs`),
    `digits` (scikit-learn's), or your own `<module>:<callable>`, see docs/extending.md."""
    root: PathText | None = None
    """Folder that holds the pictures (folder, imagenet) or receives them (imagenette)."""
    file: PathText | None = None
    """The CSV of a `table`, with the columns `path` (from its own folder) and `label`."""
    training_root: PathText | None = None
    """A second folder laid out alike, whose pictures train classifiers and the ITN. Without it they
    come from `root`, from those that are not screened."""
    size: int = Field(64, ge=16, le=1024)
    """Side of rendered pictures in pixels (phantoms)."""
    categories: Literal["auto", "own", "numbered", "imagenet"] = "auto"
    """What the names of a `folder` or a `table` mean: `own` classes sorted as text (as torchvision's
    ImageFolder sorts them), `numbered` classes sorted as numbers, `imagenet` (labels, indices or
    WordNet ids of ImageNet's thousand), or `auto`: imagenet if all are WordNet ids of it, or the numbers
    0 to 999."""
    decode: Literal["upright", "torchvision"] = "upright"
    """How picture files are read - `upright` (turned by their EXIF tag, transparency on black) or
    `torchvision` (as its ImageFolder does: the tag ignored, transparent pixels' colours kept)."""
    masks: PathText | None = None
    """Folder of masks, for transforms of the object (`object_rotate`, ...): for each picture a file of its
    name that ends in `.png`, of the picture's size, white where its object is. Phantoms need none."""
    hole: Literal["smooth", "mean"] = "smooth"
    """What is put behind an object that a mask shows - colours that continue its surroundings smoothly
    (Laplace's equation), or the `mean` of the rest."""
    classes: Literal["all"] | Annotated[tuple[str | int, ...], Listed, Field(min_length=1)] = "all"
    """Classes to screen, by name, index or WordNet id, or `all` of which there are pictures."""
    images: Annotated[int, Field(ge=1)] | Literal["all"] = 20
    """Pictures of each class to screen, chosen by seed, or `all`."""
    on_few_pictures: Literal["take", "fail"] = "take"
    """What a class with fewer pictures than `images` does - `take` takes what there is and says so once,
    `fail` refuses the run."""
    on_bad_picture: Literal["fail", "skip"] = "fail"
    """What a picture that cannot be read does - `fail` stops the run with its name, `skip` goes on
    without it and lists it in the manifest, in `skipped.csv` and in the report."""
    training_images: int = Field(300, ge=1)
    """Pictures of each class that train a classifier with `weights train`."""
    validation_images: int = Field(40, ge=1)
    """Pictures of each class on which a trained classifier's accuracy is stated."""


class Preprocessing(Section):
    """What the network expects."""

    resize: int | None = Field(None, ge=1)
    """Pixels of the shorter side."""
    crop: int | None = Field(None, ge=1)
    """Side of the centre crop in pixels."""
    interpolation: Literal["bilinear", "bicubic", "lanczos", "nearest"] | None = None
    """How pictures are resized."""
    crop_mode: Literal["center", "squash", "border"] | None = None
    """Which side becomes `resize` - the shorter (`center`), both whatever the shape (`squash`), or the
    longer, the rest filled with the mean's colour (`border`); timm's names."""
    mean: (
        Annotated[
            tuple[Annotated[float, Field(ge=0)], ...],
            Listed,
            Field(min_length=3, max_length=3),
            AfterValidator(_of_pictures),
        ]
        | None
    ) = None
    """Mean of each channel, of pictures in [0, 1]."""
    std: (
        Annotated[
            tuple[Annotated[float, Field(gt=0)], ...],
            Listed,
            Field(min_length=3, max_length=3),
            AfterValidator(_of_pictures),
        ]
        | None
    ) = None
    """Standard deviation of each channel, of pictures in [0, 1]."""


class Training(Section):
    """How it is trained, for `weights train`."""

    epochs: int = Field(4, ge=1)
    """Passes over the training pictures."""
    batch_size: int = Field(32, ge=2)
    """Pictures a step."""
    learning_rate: float = Field(0.002, gt=0)
    """Peak learning rate."""
    augment: dict[str, float] = Field({})
    """Transforms that pictures go through at random, anew in each epoch, each as far as the magnitude
    given - `{rotate: 30}` turns by up to 30 degrees either way, `{zoom: 2}` by half to twice. Padding and
    resampling are the run's."""
    seeds: int = Field(1, ge=1)
    """How many networks are trained, by the run's seed and those after it - each is swept, which costs that
    many trainings and sweeps, and `training_differences.csv` tells what is the network's from what is the
    training's. Figures, pages and ITNs show the first."""


class Series(Section):
    """Where it stands in a series of networks."""

    name: str = Field(min_length=1)
    """The series, as it is called in figures."""
    at: float
    """Where in it, as an epoch or a dose."""


class Model(Section):
    """A classifier."""

    network: str
    """`torchvision/<model>`, `timm/<model>`, or your own `<module>:<callable>`, importable from the
    working directory, returning a torch module. With `*`, as `timm/resnet*`, every network of timm's whose
    pretrained weights are in the cache of the Hugging Face hub."""
    weights: PathText
    """`train` (on the dataset's training split), the library's name for pretrained weights
    (`DEFAULT`, `IMAGENET1K_V1`, ...; for timm `pretrained` or a tag), a file (`.safetensors`, `.pth`,
    `.pt`, `.ckpt`, `.pth.tar`, ... or anything with a slash), `package` (timm's tf_efficientnet_lite0, 1
    and 2, out of the packages that `make setup-photographs` installs), or `own` where the callable loads
    them itself. With `*`, as `runs/*/epoch_*.safetensors`, each file that matches is a network, and by the
    last `*` they are a series, in the order of its numbers. Files are read as tensors, alone or in a
    checkpoint; nothing in them is run."""
    weights_key: str | None = None
    """Which of several networks' weights in a file: their key in the checkpoint, dotted where it is nested,
    or their names' prefix."""
    outputs: Literal["logits", "probabilities", "log_probabilities"] = "logits"
    """What the network puts out, as one that ends in softmax puts out `probabilities`."""
    accept: Annotated[
        tuple[Literal["batch", "random", "state"], ...], Listed, AfterValidator(unrepeated)
    ] = ()
    """What its answer to a picture may depend on beside the picture, and is refused otherwise - the other
    pictures of the `batch`, chance (`random`), or earlier calls (`state`)."""
    options: dict[str, Any] = Field({})
    """Keyword arguments of the constructor. torchvision sets `transform_input` of googlenet and
    inception_v3 for its own weights; with others the constructor's default, false, stands."""
    head: OptionalHead = None
    """What is put on a network without classes, an encoder, by its kind alone or with settings -
    docs/encoders.md. `null` for a classifier."""
    categories: PathText = "dataset"
    """The network's classes in the order of its logits: `dataset` for the dataset's own, or a text
    file with a name a line."""
    preprocessing: Preprocessing = Preprocessing()
    """What the network expects. Keys not given come from the library - its settings of these weights, or
    of the architecture where the weights are a file - else from ImageNet's usual preprocessing."""
    training: Training = Training()
    """How it is trained, for `weights train`."""

    series: Series | None = None
    """The series that it belongs to, and where in it - networks that differ by one number alone, of which
    `ranking.csv` and the figure `trend` tell how thresholds go with it. A pattern of weights makes one."""
    label: str | None = None
    """How what a pattern matches is called in results - `{model}` is this key, `{1}`, `{2}`, ... what each
    `*` stands for; `null` is the key and these, joined by `-`, of networks their own name."""

    @property
    def learns(self) -> bool:
        """Whether training pictures of the dataset are part of it: it is surer of those than of others."""
        return self.weights == "train" or (self.head is not None and self.head.kind in FITTED)


class Grid(Section):
    """A transform's magnitudes."""

    magnitudes: Annotated[tuple[float, ...], Listed, Field(min_length=2)] | None = None
    """Ascending magnitudes, the identity among them; of an ordinal transform some of those that it has."""
    range: Annotated[tuple[float, ...], Listed, Field(min_length=2, max_length=2)] | None = None
    """First and last magnitude; evenly spaced, by factors where the transform multiplies, and where it is
    ordinal all that it has between them."""
    steps: int | None = Field(None, ge=2)
    """Number of magnitudes in `range`; of an ordinal transform's, every second, third, ... of them."""


class Pair(Section):
    """Two transforms combined."""

    transforms: Annotated[tuple[str, ...], Listed, Field(min_length=2, max_length=2)]
    """Names of the two."""
    steps: int = Field(11, ge=3)
    """Magnitudes of each, over its grid's range."""


class Combination(Section):
    """Two or three transforms combined."""

    transforms: Annotated[dict[str, Grid | None], Field(min_length=2, max_length=3)]
    """The two or three by name, in the order in which they are applied, each with its default grid, or
    `magnitudes`, or a `range` in `steps`. Geometric ones that follow each other are one warp."""
    refine: bool = True
    """Whether each picture's worst point is searched for between the grid's points, down to
    `thresholds.tolerance`."""
    random: int = Field(RANDOM, ge=1)
    """Points drawn from the grid, the worst of which is stated beside the grid's worst (Engstrom et al.
    2019: worst of 10)."""


class Thresholds(Section):
    """Statistics of the thresholds."""

    resamples: int = Field(1000, ge=100)
    """Bootstrap resamples of the pictures."""
    search: Literal["bisect", "exhaustive", "grid"] = "bisect"
    """How each picture's own threshold is found - `bisect` every flip that the grid shows, and those
    that it may hide where the margins on it make one likely; `exhaustive`, the whole range at the
    tolerance's spacing; or `grid`, which asks nothing more: thresholds are then middles of the grid's
    steps, and what lies between its points is not looked at."""
    tolerance: float = Field(1 / 256, gt=0, le=0.5)
    """How finely, as a fraction of the grid's range."""
    missed: float = Field(0.02, gt=0, lt=1)
    """How probable an earlier flip may be, by a picture's margins, in all gaps together that `bisect`
    leaves alone. What was missed is measured in each run, `missed_at_most` in medians.csv."""


class Claims(Section):
    """What the paper's statements are decided with, see docs/claims.md."""

    point_symmetric: Annotated[tuple[str, ...], Listed, AfterValidator(unrepeated)] = (
        "orange", "lime", "golf_ball", "smooth_ball", "bowling_ball", "golf ball", "soccer ball", "pizza",
        "daisy",
    )  # fmt: skip
    """Classes that look the same at every angle (claim C3). Those that are not screened do not count."""
    axisymmetric: Annotated[tuple[str, ...], Listed, AfterValidator(unrepeated)] = (
        "barbell", "dumbbell", "vertical_stripes", "horizontal_stripes",
    )  # fmt: skip
    """Classes that look the same after half a turn, but not before. Those that are not screened do
    not count."""


class Figures(Section):
    """What is drawn."""

    formats: Annotated[tuple[Literal["png", "pdf"], ...], Listed, Field(min_length=1)] = (
        "png",
        "pdf",
    )
    """File formats."""
    draw: Annotated[tuple[Figure | OwnName, ...], Listed, AfterValidator(unrepeated)] = FIGURES
    """Which are part of the run - `overview`, `together` (all pictures, whatever their classes), `mixed`,
    `paper` (figures 2, 3, 6 and 7), `sheets`, `pairs`, `sizes`, `comparison`, `claims`, `itn`, `borders`,
    `worst` (of pairs and tuples), `resamplings`, `layers`, `ranking` and `tradeoff` (of three networks or
    more), `trend` (of series), or your own `<module>:<function>`, importable from the working directory.
    Any other can be asked for by its path."""
    width: float | None = Field(None, ge=150, le=500)
    """Millimetres, instead of each figure's own (88, a column, or 180, a page); figures of few panels take
    less."""
    dpi: int = Field(300, ge=50, le=1200)
    """Dots per inch of PNGs, and of the pictures in PDFs."""
    cells: Annotated[tuple[Annotated[str, Field(pattern=r"^[^/]+/[^/]+/[^/]+$")], ...], Listed] = ()
    """Single response curves to draw, as `model/transform/class`. Any other can be asked for by its
    path, `results/{run}/figures/curves/{model}/{transform}/{class}.png`."""


class Config(Section):
    """What to screen, with which networks and transforms. Unknown keys are refused."""

    run: Name
    """Name of the run; results go to `results/{run}/`."""
    seed: int = Field(0, ge=0)
    """Seed of everything random - the choice of pictures, noise, training, bootstrap."""
    dataset: Dataset
    """The pictures."""
    models: dict[Name, Model] = Field(min_length=1)
    """The classifiers, by the name that stands in results."""
    transforms: Annotated[
        dict[str, Grid | None],
        Field(min_length=1),
        BeforeValidator(spelt_out, json_schema_input_type=Preset | dict[str, Grid | None]),
    ] = dict.fromkeys(PAPER)
    """The transforms to screen, by name, or your own as `<module>:<function>`; each with its default grid,
    or `magnitudes` of your own, or a `range` in `steps`. Or a preset, all on their default grids - `paper`
    (the default), `photographic` (what happens to a picture when it is taken, developed or sent),
    `imagenet-c` (its fifteen corruptions by severity), or `all` of the library's; the last two need the
    package corrupt-tta (`make setup-photographs`) for its photographs of frost. A config that
    names transforms or a preset has no pairs and no ITN but those that it asks for by `pairs` and `itn`."""
    comparisons: Literal["auto", "all", "adjacent", "none"] = "auto"
    """Which networks are held against each other, in `differences.csv`, `correlations.csv` and the figures
    `comparison` - `all` pairs, `adjacent` ones (each and the next in the config), or `none`; `auto` is
    `all` of up to six networks, else `adjacent`. Three networks or more are ranked whatever this is
    (`ranking.csv`)."""
    pairs: Annotated[tuple[Pair, ...], Listed] = (Pair(transforms=("translate_x", "translate_y")),)
    """Two transforms combined on a 2-D grid, the first applied first."""
    tuples: Annotated[tuple[Combination, ...], Listed] = ()
    """Two or three transforms combined, of which each picture's worst case is looked for. A picture takes
    as many passes as there are points, the product of their grids' sizes."""
    padding: Padding = "black"
    """What lies outside the picture."""
    borders: Annotated[
        tuple[Literal["black", "edge", "reflect", "mean", "crop"], ...],
        Listed,
        AfterValidator(unrepeated),
    ] = ()
    """What else may lie outside the picture - the geometric transforms are swept again under each of these
    paddings, and translation with `crop`, the network's crop shifted in a larger picture, as far as
    that reaches (`preprocessing.resize` beyond `crop`; nothing is invented at the border)."""
    resampling: Resampling = "bilinear"
    """How geometric transforms find values between pixels - `bilinear` (as in the paper; it aliases where a
    picture shrinks), `antialiased` (the picture is low-passed as far as the transform shrinks it, then
    bilinear) or `bicubic`. ITNs are bilinear whatever this is."""
    resamplings: Annotated[tuple[Resampling, ...], Listed, AfterValidator(unrepeated)] = ()
    """Under which other resamplings the geometric transforms are swept again."""
    consistency: int = Field(0, ge=0)
    """Shift consistency (Zhang 2019) - in how many of this many pairs of random crops of each picture a
    network's two predictions agree; 0 does not ask."""
    layers: Layers | dict[Name, Layers] | None = None
    """Of which layers of the networks invariance and equivariance are measured under each transform, beside
    those of the same networks of random weights (docs/layers.md) - `auto`, the outputs of a network's
    stages, at most twelve; the names of modules; or either of each network by its name, `auto` for those
    left out. Without it `results/{run}/layers.parquet` can still be asked for."""
    thresholds: Thresholds = Thresholds()
    """Statistics of the thresholds."""
    itn: ITN = ITN()
    """The Invariant Transformer Net, one before each classifier."""
    claims: Claims = Claims()
    """What the paper's statements are decided with, see docs/claims.md."""
    figures: Figures = Figures()
    """What is drawn."""
    chunks: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Jobs that share the classes of one sweep. As many as classes, or more, gives each class its own;
    `auto` reckons from networks and pictures how many keep a job at some minutes."""
    batch_size: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Transformed pictures that go through a network together - `auto`: 64 on a CPU, on a GPU as many, up
    to 512, as fit into a quarter of its memory."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where networks are screened and ITNs trained - `auto` takes a GPU where there is one. Networks of
    `weights: train` are trained on one CPU core, so that their weights are the same everywhere."""
    engine: Literal["eager", "compiled"] = "eager"
    """How sweeps run networks on a CPU in float32 or `checked` - `eager`, as torch has them, or `compiled`
    ahead of time with a C++ compiler (g++), once a network, which takes a quarter of a minute to a minute
    and makes EfficientNets 1.4 to 1.6 times as fast, ResNet-18 no faster (docs/benchmarks.md). Answers are
    the same but for rounding. A network without layers to fold stays eager, as all
    do without a compiler; `models/{model}/engine.json` says which and why. Compiled for one kind of
    processor - on a cluster of several, stay with `eager`."""
    precision: Literal["float32", "checked", "tf32", "bfloat16"] = "float32"
    """Arithmetic of the networks. `checked` sweeps grids in bfloat16 and asks again in float32 where a
    prediction may be another (docs/method.md, Precision) - on processors with avx512_bf16 or amx_bf16
    and NVIDIA's GPUs since Ampere, elsewhere all in float32; combined transforms, layers, consistency and
    the search of pictures' own thresholds stay float32. A grid is swept 1.1 to 1.6 times as fast with
    avx512_bf16 (docs/benchmarks.md, Checked precision). What `tf32` and `bfloat16` change is measured on
    some pictures and written beside each sweep, `{chunk}.precision.json`; what `checked` leaves is in
    `precision.csv`."""

    @property
    def individual(self) -> bool:
        """Whether each screened picture is a class of its own, as it is with `head: identity`."""
        return any(model.head and model.head.kind == "identity" for model in self.models.values())

    def named_layers(self, model: str) -> tuple[str, ...]:
        """The modules of a network that `layers` names; none where its stages are taken."""
        asked = self.layers.get(model) if isinstance(self.layers, dict) else self.layers
        return () if asked is None or asked == "auto" else asked


def default(key: str) -> Any:
    """The default of a key, as ``thresholds.resamples``; raises KeyError where it has none."""
    section: Any = Config
    *parents, name = key.split(".")
    for part in parents:
        section = section.model_fields[part].annotation
    field = section.model_fields[name]
    if field.is_required():
        raise KeyError(key)
    return field.get_default()
