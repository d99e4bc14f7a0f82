"""A benchmark's rows, and how time is taken: side by side, the best of several rounds."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import pandas as pd
import torch

NOT_MEASURED = "not measured"
_clock = time.perf_counter


@dataclass(frozen=True)
class Row:
    """One figure and its bar, which reads `>= 0.9` or `<= 4`; empty where there is none."""

    name: str
    figure: float | None
    unit: str
    bar: str = ""
    device: str = "cpu"

    @property
    def holds(self) -> str:
        if self.figure is None:
            return NOT_MEASURED
        if not self.bar:
            return ""
        sign, value = self.bar.split()
        right = self.figure >= float(value) if sign == ">=" else self.figure <= float(value)
        return "yes" if right else "no"


Rows = Iterator[Row]


def table(rows: list[Row]) -> pd.DataFrame:
    """Columns name, figure, unit, bar, holds, device."""
    columns = ["name", "figure", "unit", "bar", "holds", "device"]
    entries = [asdict(row) | {"holds": row.holds} for row in rows]
    return pd.DataFrame(entries, columns=columns)


def markdown(frame: pd.DataFrame) -> str:
    """The table as a page shows it."""
    lines = ["| what | figure | unit | bar | holds | device |", "|---|---:|---|---|---|---|"]
    for row in frame.itertuples(index=False):
        figure = NOT_MEASURED if pd.isna(row.figure) else f"{row.figure:.3g}"
        holds = "" if row.holds == NOT_MEASURED else row.holds
        lines.append(f"| {row.name} | {figure} | {row.unit} | {row.bar} | {holds} | {row.device} |")
    return "\n".join(lines) + "\n"


def seconds(*tasks: Callable[[], object], device: str = "cpu", rounds: int = 3) -> list[float]:
    """The least time of each task, the tasks taken in turn so that a busy moment meets them all.

    Each runs once before, unmeasured: caches are filled, kernels chosen.
    """
    best = [float("inf")] * len(tasks)
    for count in range(rounds + 1):
        for place, task in enumerate(tasks):
            _finished(device)
            start = _clock()
            task()
            _finished(device)
            taken = _clock() - start
            if count:
                best[place] = min(best[place], taken)
    return best


def take_processor_time() -> None:
    """From here on time is this process's own, which others at work beside it change less."""
    global _clock
    _clock = time.process_time


def _finished(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def devices() -> dict[str, bool]:
    """The devices of which there are rows, and whether they are here."""
    return {"cpu": True, "cuda": torch.cuda.is_available()}
