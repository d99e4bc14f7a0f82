"""Sweeps in `precision: checked` over those in float32, compiled and eager, over eager ones in float32."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from bench.cases import Size, classifier, pictures
from bench.rows import Row, Rows, seconds
from invariances.classifiers import compiled, halved
from invariances.inference.checked import Checked, Tally, lead
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.transforms import TRANSFORMS, Setting

NAME, BAR = "rotate", ">= 1.8"
SHARES = (0.0, 0.15, 0.3)
"""Of answers that are asked again. Of random weights no lead means anything: the bound is set for each."""


def checked_rows(size: Size, wanted) -> Rows:
    """Both ways the same sweep of a rotation on one core; where bfloat16 is worth it."""
    for network in size.checked * (not halved.missing("cpu")):
        title = f"checked: {network}, {NAME}"
        if not wanted(title):
            continue
        with TemporaryDirectory() as folder:
            for engine, share, figure in checked_ratios(size, network, Path(folder)):
                bar = BAR if engine == "compiled" and share else ""
                yield Row(
                    f"{title}, {engine}, {share:.0%} asked again", figure, "of float32, eager", bar
                )


def checked_ratios(size: Size, network: str, folder: Path):
    """(engine, share asked again, how many times as fast as in float32) of eager and compiled networks."""
    eager, grid = classifier(network, size.classes), np.array(TRANSFORMS[NAME].magnitudes)
    shown, home = pictures(size.pictures, size.side), int(np.flatnonzero(grid == 0)[0])

    def swept(asked: torch.nn.Module) -> object:
        return sweep(Responder(asked, TRANSFORMS[NAME], Setting()), shown, grid, home)

    ways = {"eager": (eager, halved.Halved(eager))}
    if compiled.compiler():
        ways["compiled"] = (
            made(compiled.build, eager, eager, size, folder / "engine.pt2"),
            made(halved.build, eager, ways["eager"][1], size, folder / "engine.bfloat16.pt2"),
        )
    for engine, (exact, coarse) in ways.items():
        bounds = quantiles(coarse, shown, grid)
        tasks = [
            lambda bound=bound, pair=(exact, coarse): swept(Checked(*pair, Tally(bound, 0.0)))
            for bound in bounds
        ]
        plain, *times = seconds(lambda: swept(eager), *tasks, rounds=size.rounds)
        for share, taken in zip(SHARES, times, strict=True):
            yield engine, share, plain / taken


def made(build, classifier, instead, size: Size, file: Path) -> torch.nn.Module:
    """A network compiled; `instead` where it stays eager."""
    file.with_suffix(".json").write_text(
        json.dumps(compiled.entry(build(classifier, size.side, "", file)))
    )
    return compiled.load(file, lambda: instead)


def quantiles(coarse, shown, grid) -> list[float]:
    """Bounds within which these shares of the sweep's leads are."""
    rows = np.repeat(np.arange(len(shown)), len(grid))
    asked = Responder(coarse, TRANSFORMS[NAME], Setting())
    leads = [
        lead(logits, logits.argmax(dim=1))
        for _, logits in asked.logits(shown, rows, np.tile(grid, len(shown)))
    ]
    found = torch.cat(leads).quantile(torch.tensor(SHARES)).tolist()
    return [-1.0 if share == 0 else bound for share, bound in zip(SHARES, found, strict=True)]
