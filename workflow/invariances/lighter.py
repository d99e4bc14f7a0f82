"""The report's pictures: figures as AVIF of the same size in pixels, of which a page can hold hundreds.

A figure's PNG is made for print: 300 dots per inch without loss, of which photographs and noise take
megabytes. Every browser of the last years shows AVIF. Snakemake puts results into its page by one function,
a file's data as a URI; here is what stands for it for PNGs.
"""

import base64
import io
from collections.abc import Callable
from pathlib import Path

LARGE = 40_000
"""Bytes of a PNG from which it is worth it."""
QUALITY = 40
"""Of 100: at 300 dots per inch nothing of it is seen."""
LONGEST = 16384
"""A side of more pixels is more than decoders take."""


def avif(path: Path) -> bytes | None:
    """A PNG's picture as AVIF, None where that takes no fewer bytes."""
    from PIL import Image  # which a start that only plans does not need

    before = path.stat().st_size
    if before < LARGE:
        return None
    file = io.BytesIO()
    with Image.open(path) as image:
        if max(image.size) > LONGEST:
            return None
        shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
        # Colours in full resolution: text and lines stay as they are.
        shown.save(file, format="AVIF", quality=QUALITY, subsampling="4:4:4", speed=8)
    return file.getvalue() if file.tell() < before else None


def data_uri(plain: Callable[..., str], folder: Path) -> Callable[..., str]:
    """`plain(file, ...)`, which gives a file's data as a URI, with PNGs below `folder` as AVIF."""
    ours = folder.resolve()

    def uri(file: str | Path, *options: object) -> str:
        path = Path(file)
        inside = path.suffix == ".png" and path.resolve().is_relative_to(ours)
        light = avif(path) if inside else None
        if light is None:
            return plain(file, *options)
        return f"data:image/avif;base64,{base64.b64encode(light).decode()}"

    return uri
