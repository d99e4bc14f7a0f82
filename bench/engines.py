"""A compiled network's sweep over the bare eager pass: `engine: compiled`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from bench.cases import LITE, Size, classifier, pictures, ready
from bench.rows import Row, Rows, seconds
from invariances.classifiers import compiled
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.transforms import TRANSFORMS, Setting

BARS = {"resnet18": ">= 1.2", "resnet50": ">= 1.2", "resnet101": ">= 1.1", LITE: ">= 1.5"}
NAME = "rotate"


def engine_rows(size: Size, wanted) -> Rows:
    """A sweep whose network is compiled over the bare network as torch has it, on ready tensors."""
    for network, rows in size.engines.items():
        title = f"engine: {network}, {NAME}"
        if wanted(title) and compiled.compiler():
            with TemporaryDirectory() as folder:
                name, figure = engine_ratio(size, network, rows, Path(folder))
            yield Row(f"{title}, {name}", figure, "of the bare pass", BARS.get(network, ""))


def engine_ratio(size: Size, network: str, rows: int, folder: Path) -> tuple[str, float]:
    """What the network is run by, and how many times as fast as the bare eager pass a sweep is."""
    eager, grid = classifier(network, size.classes), np.array(TRANSFORMS[NAME].magnitudes)
    file = folder / "engine.pt2"
    made = compiled.build(eager, size.side, "", file)
    file.with_suffix(".json").write_text(json.dumps(compiled.entry(made)))
    shown = pictures(max(1, round(rows / len(grid))), size.side)
    total, batch_size = len(shown.names) * len(grid), min(64, rows)
    responder = Responder(
        compiled.load(file, lambda: eager),
        TRANSFORMS[NAME],
        Setting(),
        batch_size=batch_size,
        once=True,
    )
    home = int(np.flatnonzero(grid == TRANSFORMS[NAME].identity)[0])
    batch = ready(batch_size, size.side, "cpu")

    def bare() -> None:
        with torch.inference_mode():
            for start in range(0, total, batch_size):
                eager.network(batch[: total - start])

    ours, theirs = seconds(lambda: sweep(responder, shown, grid, home), bare, rounds=size.rounds)
    return made.name, theirs / ours
