"""What trials of networks have found is kept: a change of the config elsewhere tries none again.

Of networks of libraries alone. One of one's own may be made of what nobody has named.
"""

import json
import platform
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from invariances import datasets
from invariances.configuration import opened
from invariances.configuration.code import OTHERS, code_that_decides, gpus, versions
from invariances.configuration.declaration import Model
from invariances.datasets.contents import contents
from invariances.errors import InputError
from invariances.names import is_file
from invariances.packages import file_in
from invariances.plan import Device, Preprocessing
from invariances.records import from_json, to_json
from invariances.tables import atomically

FOLDER = Path(".snakemake/invariances/trials")
ELSEWHERE = {"training", "series", "label"}
"""Keys of a model that its trial does not look at."""


@dataclass(frozen=True)
class Trial:
    """gflops : billions of operations of one picture's forward pass; seconds : what that takes here."""

    gflops: float
    seconds: float


def once(
    attempt: Callable[..., Trial],
    section: Model,
    preprocessing: Preprocessing,
    categories: Sequence[str],
    pixels: NDArray[np.uint8],
    *,
    device: Device,
    gradient: bool,
    layers: Sequence[str],
) -> Trial:
    """What `attempt` finds of a network, or what it found before of one with the same of all of these.

    Raises what `attempt` raises; that is not kept. Nor is what cannot be written.
    """
    rest = {"device": device, "gradient": gradient, "layers": layers}
    try_it = partial(attempt, section, preprocessing, categories, pixels, **rest)
    if section.network.partition("/")[0] not in OTHERS:
        return try_it()
    given = section.model_dump(mode="json", exclude=ELSEWHERE)
    asked = [given, to_json(preprocessing), list(categories), device, gradient, list(layers)]
    pictures = [list(pixels.shape), blake2b(pixels.tobytes(), digest_size=16).hexdigest()]
    # A folder may be shared by machines that are not alike.
    here = [platform.node(), *gpus(), code_that_decides(), *versions()]
    here.append(contents(_files(section)))
    file = FOLDER / f"{datasets.digest(json.dumps([asked, pictures, here]))}.json"
    with suppress(OSError, ValueError, InputError):  # there is none, or none that can be read
        return from_json(Trial, file.read_text(encoding="utf-8"), str(file))
    found = try_it()
    with suppress(OSError):
        atomically(file, partial(Path.write_text, data=to_json(found), encoding="utf-8"))
    return found


def _files(section: Model) -> list[Path]:
    """What the network's numbers are read from."""
    if section.weights == "package":
        from invariances.classifiers.packaged import packaged

        where = packaged(section.network)
        weights = [file_in(where.package, where.file, f"weights of {section.network}")]
    else:
        weights = [Path(section.weights)] if is_file(section.weights) else []
    head = section.head.file if section.head is not None else None
    return weights + opened.among(section.options) + ([Path(head)] if head is not None else [])
