"""What of a picture is its object, and what lies behind it: as rendered, or by a mask and a filled hole."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from invariances.datasets import Dataset
from invariances.errors import InputError
from invariances.pictures import Pixels, Preparation, decode, prepare

Hole = Literal["smooth", "mean"]


@runtime_checkable
class Layered(Protocol):
    """A dataset that knows its pictures' objects itself."""

    def layers(self, picture: str) -> tuple[Image.Image, Image.Image]:
        """A picture without its object, RGB, and what that covers, L: white where it covers a pixel."""


def check_known(
    dataset: Dataset, masks: Path | None, names: Sequence[str], pictures: Sequence[str]
) -> None:
    """Raise InputError where transforms of the object cannot tell it from the rest of each picture.

    Parameters
    ----------
    names : of such transforms in the run. pictures : those screened, by name.
    """
    layered = isinstance(dataset, Layered)
    if layered and masks is not None:
        raise InputError("dataset.masks: these pictures' objects are known without; leave it out")
    if not names or layered:
        return
    if masks is None:
        raise InputError(
            f"transforms: {names[0]!r} moves the object alone, and nothing says what of a picture it is: "
            "give dataset.masks, a folder with a mask of each picture (phantoms need none)"
        )
    _check_own(dataset, masks, pictures)
    lacking = [picture for picture in pictures if not mask_file(masks, picture).is_file()]
    if lacking:
        more = f" (and of {len(lacking) - 1} more)" if len(lacking) > 1 else ""
        raise InputError(
            f"dataset.masks: there is no mask {str(mask_file(masks, lacking[0]))!r} of the picture "
            f"{lacking[0]!r}{more}"
        )


def _check_own(dataset: Dataset, masks: Path, pictures: Sequence[str]) -> None:
    """Raise InputError where a mask would be outside of its folder, a picture, or two pictures' at once."""
    folder = masks.resolve()
    taken: dict[Path, str] = {}
    for picture in pictures:
        mask = mask_file(masks, picture).resolve()
        if not mask.is_relative_to(folder):
            raise InputError(
                f"dataset.masks: the path of the picture {picture!r} leads out of {str(masks)!r}, where "
                "its mask is looked for; put the table into a folder that its pictures are below"
            )
        if mask == Path(dataset.path(picture)).resolve():
            raise InputError(
                f"dataset.masks: the mask of {picture!r} would be the picture itself; masks have a folder "
                "of their own"
            )
        if mask in taken:
            raise InputError(
                f"dataset.masks: the pictures {taken[mask]!r} and {picture!r} would have one mask, "
                f"{str(mask_file(masks, picture))!r}; rename one"
            )
        taken[mask] = picture


def mask_file(masks: Path, picture: str) -> Path:
    """A picture's mask: of its name in the folder of masks, ending in ``.png``."""
    return (masks / picture).with_suffix(".png")


def behind_of(
    dataset: Dataset,
    picture: str,
    pixels: Pixels,
    preparation: Preparation,
    masks: Path | None,
    hole: Hole,
) -> NDArray[np.uint8]:
    """What lies behind a picture's object, and how much of each pixel that covers, prepared alike.

    Parameters
    ----------
    pixels : the prepared picture itself, uint8 [crop, crop, 3].
    masks : where the masks are, unless the dataset knows its objects.
    hole : what is put behind an object that a mask shows, see ``filled``.

    Returns
    -------
    uint8 [crop, crop, 4]: RGB, the picture's own where there is no object, and 255 where it covers all.

    Raises
    ------
    InputError for a mask that is not there, is no picture, has another size than its picture, or shows no
    object or nothing beside it.
    """
    # Nothing covers the border that a preparation may add.
    black = replace(preparation, fill=(0, 0, 0))
    if isinstance(dataset, Layered):
        empty, cover = dataset.layers(picture)
        covered = prepare(cover.convert("RGB"), black)[..., :1]
        return np.concatenate([prepare(empty, preparation), covered], axis=2)
    assert masks is not None
    mask = read_mask(mask_file(masks, picture), dataset.read(picture).size)
    covered = prepare(mask.convert("RGB"), black)[..., 0]
    if not covered.any() or covered.all():
        raise InputError(
            f"{mask_file(masks, picture)}: within what is screened of the picture there is "
            f"{'nothing beside the object' if covered.any() else 'no object'}"
        )
    behind = filled(pixels, covered > 0, hole)
    return np.concatenate([behind, covered[..., None]], axis=2)


def read_mask(file: Path, size: tuple[int, int]) -> Image.Image:
    """A mask, grey levels; raises InputError unless it has this width and height and something white."""
    if not file.is_file():
        raise InputError(f"dataset.masks: there is no mask {str(file)!r}")
    mask = decode(file, str(file)).convert("L")
    if mask.size != size:
        raise InputError(
            f"{file}: the mask is {mask.width}x{mask.height}, its picture {size[0]}x{size[1]} (as it is "
            "read, by dataset.decode)"
        )
    largest = cast(tuple[int, int], mask.getextrema())[1]
    if largest < 128:
        raise InputError(
            f"{file}: nothing in it is white, which the object must be (its largest level is {largest})"
        )
    return mask


def filled(pixels: Pixels, hole: NDArray[np.bool_], how: Hole) -> NDArray[np.uint8]:
    """A picture [H, W, 3] with other colours in a hole [H, W].

    ``mean`` puts the mean colour of the rest there, and so the hole's outline stays to be seen. ``smooth``
    continues what is around it: each pixel is the mean of its neighbours (Laplace's equation, solved with
    SciPy), without structure of its own.
    """
    result = pixels.copy()
    if how == "mean":
        result[hole] = np.rint(pixels[~hole].mean(axis=0)).astype(np.uint8)
        return result
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    height, width = hole.shape
    number = np.full(hole.shape, -1)
    number[hole] = np.arange(hole.sum())
    rows, columns = np.nonzero(hole)
    count = np.zeros(len(rows))
    known = np.zeros((len(rows), 3))
    links: list[NDArray[np.int64]] = []
    for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        r, c = rows + down, columns + across
        there = np.flatnonzero((r >= 0) & (r < height) & (c >= 0) & (c < width))
        r, c = r[there], c[there]
        count[there] += 1
        inner = hole[r, c]
        known[there[~inner]] += pixels[r[~inner], c[~inner]]
        links.append(np.stack([there[inner], number[r[inner], c[inner]]]))
    at, neighbour = np.concatenate(links, axis=1)
    matrix = sparse.diags_array(count) - sparse.coo_array(
        (np.ones(len(at)), (at, neighbour)), shape=(len(rows), len(rows))
    )
    solved = spsolve(matrix.tocsc(), known)
    result[hole] = np.rint(np.reshape(solved, known.shape)).clip(0, 255).astype(np.uint8)
    return result
