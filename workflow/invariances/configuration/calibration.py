"""Which pictures certify an ITN: chosen so that none of them trains, evaluates, or was fitted."""

from collections.abc import Sequence
from itertools import pairwise

from invariances import datasets
from invariances.configuration.declaration import Config
from invariances.errors import InputError
from invariances.plan import Calibration, LearningPictures


def calibration(
    config: Config,
    dataset: datasets.Dataset,
    classes: Sequence[str],
    learning: LearningPictures,
) -> Calibration:
    """Where the calibration's pictures come from, and how many train the ITN then.

    Where a classifier is trained here they are validation pictures, which it has not fitted; else they are
    of the split that trains the ITN. Of that split they come after those that train; where there are fewer
    than both want, each class's are divided. Of screened pictures those that do not evaluate are divided
    in two. Raises InputError where a class has too few for both.
    """
    itn = config.itn
    if learning == "screening":
        return Calibration("screening", 0, itn.calibration_images, itn.images)
    trained = any(model.learns for model in config.models.values())
    split: datasets.Split = "validation" if trained else learning
    skip = itn.images if split == learning else 0
    wanted = skip + itn.calibration_images
    if config.dataset.name == "imagenette":
        return Calibration(split, skip, itn.calibration_images, itn.images)
    found = min(len(dataset.pictures(name, split, wanted, config.seed)) for name in classes)
    if found >= wanted or (split != learning and found):
        return Calibration(split, skip, min(found, wanted) - skip, itn.images)
    training = min(itn.images, max(found // 2, found - itn.calibration_images))
    if itn.enabled and not training:
        raise InputError(
            f"itn.calibration_images: a class has {found} {split} pictures beyond those screened, which "
            "cannot both train the ITN and certify it; lower dataset.images, give dataset.training_root, "
            "write `itn.pictures: screening`, or set itn.enabled: false"
        )
    return Calibration(split, training, found - training, training)


def divided(pictures: Sequence[str], held_out: float) -> dict[str, list[str]]:
    """Screened pictures that are classes of their own, drawn by their names for one purpose each.

    The share `held_out` is the ``evaluation``'s, the rest is divided in two, for ``training`` and
    ``calibration``; each in the order given.
    """
    drawn = sorted(pictures, key=datasets.digest)
    middle, last = (round(share * len(drawn)) for share in ((1 - held_out) / 2, 1 - held_out))
    parts = {
        "training": set(drawn[:middle]),
        "calibration": set(drawn[middle:last]),
        "evaluation": set(drawn[last:]),
    }
    return {name: [each for each in pictures if each in part] for name, part in parts.items()}


def check_shares(images: int, held_out: float, each: str = " a class") -> None:
    """That of a class's screened pictures, or of all, some train, some certify and some evaluate.

    As scripts/itn.py, itn_certify.py and itn_evaluate.py divide them: `held_out` evaluates, the rest is
    divided in two.
    """
    middle = (1 - held_out) / 2
    places = [0, *(round(share * images) for share in (middle, 1 - held_out)), images]
    if any(one >= two for one, two in pairwise(places)):
        raise InputError(
            f"itn.held_out: {held_out:g} of {images} screened pictures{each} leaves none to train, none "
            "to certify or none to evaluate; raise dataset.images, change held_out, or set "
            "itn.enabled: false"
        )
