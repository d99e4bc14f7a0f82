"""What the pictures are made from: for rules/data.smk."""

from functools import cache

from shlex import quote

from invariances.datasets.contents import contents
from invariances.datasets.objects import mask_file


def trained(model):
    """Whether the workflow trains this model itself."""
    return CLASSIFIERS[model].weights == "train"


# A network is trained on every class of the dataset, whichever are screened: choosing other classes
# to screen leaves it as it is.
def classes_of(part):
    """The classes of a chunk or of the calibration, or all that a split of the training pictures has."""
    if part == "calibration":
        return CLASSES
    return CHUNKS.get(part, list(DATASET.present))


def split_of(part):
    """The dataset's split of which a chunk, a split itself, or the ITN's calibration is."""
    if part == "calibration":
        return PLAN.calibration.split
    return "screening" if part in CHUNKS else part


def skipped_of(part):
    """How many pictures of each class, the split's first, a part leaves to others."""
    return PLAN.calibration.skip if part == "calibration" else 0


def number_of(part):
    """How many pictures of each class a part has, at most."""
    if part == "calibration":
        return PLAN.calibration.images
    if part in CHUNKS:
        return DATASET_SETTINGS.images
    return getattr(CONFIG.dataset, f"{part}_images")


@cache
def state_of_pictures(part):
    """What tells the pictures of a part from others: their content, where each is a file of its own.

    What a job fetches is the same whenever it is fetched: the dataset names it.
    """
    classes, split = classes_of(part), split_of(part)
    if FETCHED:
        return DATASET.state(classes, split)
    files = [
        Path(DATASET.path(picture))
        for name in classes
        for picture in DATASET.pictures(
            name, split, skipped_of(part) + number_of(part), CONFIG.seed
        )[skipped_of(part) :]
    ]
    if files and all(map(os.path.lexists, files)):
        # One's own dataset may rest on more than the files of its pictures.
        own = is_own(CONFIG.dataset.name)
        return contents(files) + own * f" {DATASET.state(classes, split)}"
    return DATASET.state(classes, split)


def masks_option():
    """Where the masks of pictures are, and what is put behind their objects, where they are needed."""
    section = CONFIG.dataset
    if section.masks is None:
        return ""
    return f"--masks {quote(section.masks)} --hole {section.hole}"


@cache
def state_of_masks(part):
    """What tells the masks of a part from others."""
    if CONFIG.dataset.masks is None:
        return ""
    folder = Path(CONFIG.dataset.masks)
    files = [
        mask_file(folder, picture)
        for name in classes_of(part)
        for picture in DATASET.pictures(
            name, split_of(part), number_of(part), CONFIG.seed
        )
    ]
    return contents([file for file in files if file.is_file()])
