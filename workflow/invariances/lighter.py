"""The report's pictures: figures as WebP of the same size in pixels, of which a page can hold hundreds.

A figure's PNG is made for print: 300 dots per inch without loss, of which photographs and noise take
megabytes. Every browser shows WebP. Snakemake puts results into its page by one function, a file's data as
a URI; here is what stands for it for PNGs.
"""

import base64
import io
from collections.abc import Callable
from pathlib import Path

LARGE = 40_000
"""Bytes of a PNG from which it is worth it."""
QUALITY = 88


def webp(path: Path) -> bytes | None:
    """A PNG's picture as WebP, None where that takes no fewer bytes."""
    from PIL import Image  # which a start that only plans does not need

    before = path.stat().st_size
    if before < LARGE:
        return None
    file = io.BytesIO()
    with Image.open(path) as image:
        if max(image.size) > 16383:  # WebP's end
            return None
        shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
        # Coloured edges in full resolution before the colours are halved: text stays as it is.
        shown.save(file, format="WEBP", quality=QUALITY, method=4, use_sharp_yuv=True)
    return file.getvalue() if file.tell() < before else None


def data_uri(plain: Callable[..., str]) -> Callable[..., str]:
    """`plain(file, ...)`, which gives a file's data as a URI, with PNGs as WebP."""

    def uri(file: str | Path, *options: object) -> str:
        light = webp(Path(file)) if str(file).endswith(".png") else None
        if light is None:
            return plain(file, *options)
        return f"data:image/webp;base64,{base64.b64encode(light).decode()}"

    return uri
