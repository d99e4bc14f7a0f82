"""From files to uint8 arrays: decoding, resizing, cropping.

The arithmetic of resize and crop is torchvision's (``Resize`` then ``CenterCrop`` on PIL images), so
that a network sees what its authors' preprocessing would have shown it.
"""

import io
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from invariances.errors import InputError

Pixels = NDArray[np.uint8]
EXTENSIONS = (
    ".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".gif", ".ppm", ".pgm", ".pbm", ".pnm", ".tif",
    ".tiff", ".webp",
)  # fmt: skip
INTERPOLATIONS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "nearest": Image.Resampling.NEAREST,
}
BITS_PER_SAMPLE, PHOTOMETRIC, SAMPLE_FORMAT, UNSIGNED = 258, 262, 339, 1
"""Tags of a TIFF, and the sample format of unsigned integers."""
LARGEST_SIDE_RATIO = 100
"""A picture longer than this many times its width shows nothing after a square crop."""


@dataclass(frozen=True)
class Preparation:
    """How a picture becomes a network's input: resized to `resize`, its centre `crop` kept.

    Attributes
    ----------
    resize, crop : pixels.
    interpolation : a key of ``INTERPOLATIONS``.
    crop_mode : which side becomes `resize` (timm's names): ``center`` the shorter; ``squash`` both,
        whatever the shape; ``border`` the longer, the rest filled with `fill`.
    fill : the colour of borders, uint8 [3].
    """

    resize: int
    crop: int
    interpolation: str = "bilinear"
    crop_mode: str = "center"
    fill: tuple[int, int, int] = (0, 0, 0)

    @property
    def key(self) -> str:
        """The name of this preparation's folder: pictures prepared alike are prepared once."""
        key = f"{self.resize}-{self.crop}-{self.interpolation}"
        if self.crop_mode == "center":
            return key
        fill = "." + ".".join(map(str, self.fill)) if self.crop_mode == "border" else ""
        return f"{key}-{self.crop_mode}{fill}"

    @classmethod
    def from_key(cls, key: str) -> "Preparation":
        """The inverse of ``key``."""
        resize, crop, interpolation, *mode = key.split("-")
        crop_mode, *fill = mode[0].split(".") if mode else ["center"]
        red, green, blue = map(int, fill or (0, 0, 0))
        return cls(int(resize), int(crop), interpolation, crop_mode, (red, green, blue))

    @classmethod
    def of(cls, preprocessing: Mapping[str, Any]) -> "Preparation":
        """The preparation of a network's preprocessing; borders have the colour of its `mean`."""
        mode = preprocessing["crop_mode"]
        mean = preprocessing["mean"] if mode == "border" else (0, 0, 0)
        red, green, blue = (round(255 * value) for value in mean)
        return cls(
            preprocessing["resize"],
            preprocessing["crop"],
            preprocessing["interpolation"],
            mode,
            (red, green, blue),
        )


def decode(source: Path | bytes, name: str, style: str = "upright") -> Image.Image:
    """A picture file as an RGB image: upright by its EXIF tag, its first frame, transparency on black.

    With `style` ``torchvision`` it is what torchvision's ``ImageFolder`` reads: Pillow's conversion to RGB,
    which ignores the EXIF tag and keeps the colours of transparent pixels.

    Raises InputError naming `name` for anything that is not a whole picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
                image.load()
                if style == "torchvision":
                    return image.convert("RGB")
                deep = _depth(image, name)
                return _rgb(ImageOps.exif_transpose(image), name, deep)
    except InputError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise InputError(f"picture {name!r} cannot be decoded: {error}") from error
    except Image.DecompressionBombWarning as error:
        raise InputError(f"picture {name!r} is too large: {error}") from error
    except Exception as error:  # of damaged files decoders raise what they will, as struct.error
        raise InputError(f"picture {name!r} is damaged: {error}") from error


@dataclass(frozen=True)
class _Depth:
    """How the values of a grey picture of more than 8 bits are meant: white, where the file says it."""

    white: float | None
    white_is_zero: bool = False


def _depth(image: Image.Image, name: str) -> _Depth | None:
    """By a TIFF's tags; raises InputError for whole numbers of which it cannot be told what is white."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return None
    white = None if image.mode == "F" else 65535.0
    if not isinstance(image, TiffImageFile):
        return _Depth(
            white
        )  # of PNG and PGM: 16 bits, which Pillow has scaled where they are fewer
    tags = image.tag_v2
    bits, kind = int(tags.get(BITS_PER_SAMPLE, (16,))[0]), int(tags.get(SAMPLE_FORMAT, (1,))[0])
    if image.mode != "F":
        if kind != UNSIGNED or bits > 16:
            sign = "unsigned" if kind == UNSIGNED else "signed"
            raise InputError(
                f"picture {name!r} holds {sign} integers of {bits} bits, and nothing says which of them is "
                "white; save it with 8 or 16 bits, unsigned"
            )
        white = 2.0**bits - 1
    return _Depth(white, tags.get(PHOTOMETRIC, 1) == 0)


def _rgb(image: Image.Image, name: str, deep: _Depth | None = None) -> Image.Image:
    long, short = max(image.size), min(image.size)
    if long > LARGEST_SIDE_RATIO * short:
        raise InputError(
            f"picture {name!r} is {image.width}x{image.height}: sides may differ by a factor of "
            f"{LARGEST_SIDE_RATIO} at most"
        )
    if deep is not None:
        return _rgb_from_deep(np.asarray(image, dtype=np.float64), name, deep)
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, image).convert("RGB")
    return image.convert("RGB")


def _rgb_from_deep(values: NDArray[np.float64], name: str, deep: _Depth) -> Image.Image:
    """Grey pictures of more than 8 bits, from 0 to white; where that is not known, it is 1 or 255."""
    if not np.isfinite(values).all():
        raise InputError(f"picture {name!r} holds NaN or Inf")
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    white = deep.white or (1.0 if high <= 1 else 255.0)
    if low < 0 or high > white:
        raise InputError(
            f"picture {name!r} holds values from {low:g} to {high:g}; readable are integers in "
            "[0, 65535] and floats in [0, 1] or [0, 255]"
        )
    if deep.white_is_zero:
        values = white - values
    return Image.fromarray(np.rint(values * (255 / white)).astype(np.uint8)).convert("RGB")


def write_pixels(path: Path, pictures: Iterable[Pixels], side: int, channels: int = 3) -> int:
    """Write pictures as one array uint8 [N, side, side, channels], as they come; returns N.

    They are written, not mapped: where the disk is full a mapped file ends its process without a word.
    """
    count = 0

    def header(number: int) -> bytes:
        text = io.BytesIO()
        entry = {"descr": "|u1", "fortran_order": False, "shape": (number, side, side, channels)}
        np.lib.format.write_array_header_1_0(text, entry)
        return text.getvalue()

    with path.open("wb") as file:
        # The header leaves room for any number, so that the true one fits in at the end.
        file.write(header(0))
        for picture in pictures:
            file.write(np.ascontiguousarray(picture).data)
            count += 1
        file.seek(0)
        file.write(header(count))
    return count


def prepare(image: Image.Image, preparation: Preparation) -> Pixels:
    """Resize, keep the centre: uint8 [crop, crop, 3]. Outside the picture lies the fill's colour."""
    size = _size(image.size, preparation)
    if size != image.size:
        image = image.resize(size, INTERPOLATIONS[preparation.interpolation])
    crop = preparation.crop
    if min(image.size) < crop:
        # torchvision pads before it crops, so that an odd rest goes to the right and below.
        left, top = (max(0, crop - side) // 2 for side in image.size)
        wide = Image.new("RGB", (max(crop, image.width), max(crop, image.height)), preparation.fill)
        wide.paste(image, (left, top))
        image = wide
    left, top = (round((side - crop) / 2.0) for side in image.size)
    return np.asarray(image.crop((left, top, left + crop, top + crop)), dtype=np.uint8)


def _size(size: tuple[int, int], preparation: Preparation) -> tuple[int, int]:
    """Width and height after resizing, rounded as torchvision and timm round them."""
    width, height = size
    resize = preparation.resize
    if preparation.crop_mode == "squash":
        return resize, resize
    if preparation.crop_mode == "border":
        ratio = max(height / resize, width / resize)
        return round(width / ratio), round(height / ratio)
    if min(size) == resize:
        return size
    if width <= height:
        return resize, int(resize * height / width)
    return int(resize * width / height), resize
