"""The plan: what follows from a run's config and from what is there, before the first job.

The config says what is wanted, in the words of config/README.md; the plan says what that comes to:
classes chosen, grids of magnitudes, preprocessing spelled out, chunks. ``configuration.resolve`` makes it.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from invariances.magnitudes import TransformAxis
from invariances.pictures import Preparation

RANDOM = 10
"""Points of a grid that are drawn for the worst of some, unless a config says another number."""
Device = Literal["cpu", "cuda"]
LearningPictures = Literal["training", "validation", "screening"]


@dataclass(frozen=True)
class Preprocessing:
    """What a network expects: pixels of the side resized and of the crop, mean and std of [0, 1].

    Which side that is `crop_mode` says (``pictures.Preparation``).
    """

    resize: int
    crop: int
    interpolation: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop_mode: str = "center"

    def preparation(self, side: int | None = None) -> Preparation:
        """What is done to its pictures, cropped to another `side` where one is given."""
        return Preparation.of(asdict(self) | {"crop": side or self.crop})

    def prepared(self, side: int | None = None) -> str:
        """The name of that preparation."""
        return self.preparation(side).key

    def __str__(self) -> str:
        mean, std = (", ".join(f"{value:.4g}" for value in part) for part in (self.mean, self.std))
        mode = "" if self.crop_mode == "center" else f", {self.crop_mode}"
        return f"resize {self.resize}, crop {self.crop}, {self.interpolation}{mode}, mean {mean}, std {std}"


IMAGENET = Preprocessing(
    resize=256,
    crop=224,
    interpolation="bilinear",
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
)
"""ImageNet's usual preprocessing."""


@dataclass(frozen=True)
class Network:
    """What is known of a network before it is used.

    Attributes
    ----------
    preprocessing : spelled out, whatever of it the config leaves to the library.
    source : whose settings those are that the config leaves out, in words.
    gflops : billions of operations of one forward pass.
    sha256 : of the file of weights, or of what one's own callable returns, and of the files that it reads;
        empty for others.
    """

    preprocessing: Preprocessing
    source: str
    gflops: float
    sha256: str


@dataclass(frozen=True)
class Pair:
    """Two transforms on their thinned grids, the first applied first."""

    first: TransformAxis
    second: TransformAxis

    @property
    def axes(self) -> tuple[TransformAxis, TransformAxis]:
        """Both of them."""
        return self.first, self.second


@dataclass(frozen=True)
class Combination:
    """Two or three transforms on their grids, combined in this order: the first applied first.

    Attributes
    ----------
    refine : whether each picture's worst point is searched for between the grid's points.
    random : points drawn for the worst of some.
    """

    axes: tuple[TransformAxis, ...]
    refine: bool
    random: int


@dataclass(frozen=True)
class Border:
    """What is swept of a network under another border than the run's own.

    Attributes
    ----------
    window : side in pixels that the network sees.
    side : side to which pictures are prepared, larger than `window` where real crops are shifted.
    transforms : by name, on the grid that fits.
    """

    window: int
    side: int
    transforms: dict[str, TransformAxis]


@dataclass(frozen=True)
class Calibration:
    """Where the pictures come from that certify an ITN: none of them trains or evaluates.

    Attributes
    ----------
    split : of the dataset; ``screening`` is a share of the screened pictures.
    skip : pictures of each class that come before and serve otherwise.
    images : pictures of each class at most.
    training : pictures of each class that are left to train the ITN, at most.
    """

    split: LearningPictures
    skip: int
    images: int
    training: int


@dataclass(frozen=True)
class Plan:
    """A run's plan.

    Attributes
    ----------
    classes : names of those screened, in the config's order.
    images : how many pictures of each class are screened.
    chunks : their names by chunk.
    transforms, pairs, tuples : by name; a pair's is ``first+second``, a tuple's alike.
    networks : by the model's name.
    borders : by padding (or ``crop``), then by model; empty where none is asked for.
    resamplings : by resampling, the transforms swept again under it, on their grids.
    device : where networks are screened and ITNs trained.
    learning_pictures : what ITNs are trained on; ``screening`` is a share of the screened.
    calibration : what certifies them.
    objects : the transforms that move the object alone, which has to be known of pictures.
    """

    classes: tuple[str, ...]
    images: dict[str, int]
    chunks: dict[str, tuple[str, ...]]
    transforms: dict[str, TransformAxis]
    pairs: dict[str, Pair]
    tuples: dict[str, Combination]
    networks: dict[str, Network]
    borders: dict[str, dict[str, Border]]
    resamplings: dict[str, tuple[str, ...]]
    device: Device
    learning_pictures: LearningPictures
    calibration: Calibration
    objects: tuple[str, ...] = ()
