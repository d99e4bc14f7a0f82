"""How far a run is: seconds of expected work, moved by the passes that its running jobs have counted.

Jobs count in their logs (``rotate:  12%|#2 | 410/3300 [...]``), which are read here every few seconds.
On a screen the line is rewritten; in a file a new one is written every half minute, if it has moved.
"""

import json
import os
import re
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

COUNTED = re.compile(r"(\d+)(?:/(\d+)|\w+) \[")
"""A count and its total; without one, as tqdm writes it, once the count has passed what was expected."""
READ_EVERY, WRITTEN_EVERY = 5.0, 25.0
"""Seconds between looks into running jobs' logs, and between lines in a file."""
TAIL = 400
BAR = "{percentage:3.0f} % {bar:30}{postfix}, {elapsed} elapsed, {remaining} remaining"


class Costs:
    """What the workflow expects its jobs to cost, which it hands over in the environment."""

    def __init__(self) -> None:
        known = json.loads(os.environ.get("INVARIANCES_COSTS", "{}"))
        self._seconds: dict[str, float] = known.get("seconds", {})
        self._passes: dict[str, int] = known.get("passes", {})
        self._short: float = known.get("short", 4.0)
        self.disk: float = known.get("disk", 0)
        self.memory: float = known.get("memory", 0)
        self.milliseconds: dict[str, float] = known.get("milliseconds", {})
        self.cores: int = known.get("cores", 1)
        self.measured: bool = known.get("measured", False)

    def seconds(self, rule: str) -> float:
        """Of an average job of a rule."""
        return 0.0 if rule == "all" else self._seconds.get(rule, self._short)

    def passes(self, rule: str) -> int:
        """Of an average job of a rule, through a network."""
        return self._passes.get(rule, 0)


class Progress:
    """One line for the whole run."""

    def __init__(
        self, counts: Mapping[str, int], costs: Costs, stream: TextIO = sys.stderr
    ) -> None:
        self.costs, self.stream = costs, stream
        self.jobs = sum(counts.values())
        self.total = sum(number * costs.seconds(name) for name, number in counts.items())
        self.passes = sum(number * costs.passes(name) for name, number in counts.items())
        self.running: dict[int, tuple[str, list[Path]]] = {}
        self.done, self.seconds, self.passed = 0, 0.0, 0
        self.start = self.written = time.monotonic()
        self.told: object = None
        self.screen = stream.isatty()
        self.lock = threading.RLock()
        self.bar: tqdm[Any] | None = None
        if self.screen:
            self.bar = tqdm(total=self.total, bar_format=BAR, file=stream, dynamic_ncols=True)
        self.ended = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def started(self, job: int, rule: str, logs: list[str]) -> None:
        """A job runs from here on."""
        with self.lock:
            self.running[job] = (rule, [Path(path) for path in logs])
            self.show()

    def finished(self, job: int) -> tuple[str, list[Path]]:
        """A job has ended; its rule and its logs."""
        with self.lock:
            rule, logs = self.running.pop(job, ("", []))
            if rule and rule != "all":
                self.done += 1
                self.seconds += self.costs.seconds(rule)
                self.passed += self.costs.passes(rule)
            self.show()
            return rule, logs

    def show(self, last: bool = False) -> None:
        """The line as it is now."""
        with self.lock:
            seconds, passed = self._counted()
            # What jobs have counted, pictures that are prepared as well: no clock.
            state = (self.done, passed, round(seconds))
            now = time.monotonic()
            if self.bar is not None:
                self.bar.n = min(seconds, self.total)
                self.bar.set_postfix_str(self._words(passed))
            elif last or (state != self.told and now - self.written >= WRITTEN_EVERY):
                share = (
                    100
                    if self.done >= self.jobs
                    else min(99, 100 * seconds / max(self.total, 1e-9))
                )
                elapsed = now - self.start
                left = elapsed * (100 - share) / share if share else 0.0
                after = f", about {_clock(left)} remaining" if 0 < share < 100 else ""
                print(
                    f"{share:3.0f} %, {self._words(passed)}, {_clock(elapsed)} elapsed{after}",
                    file=self.stream,
                    flush=True,
                )
                self.told, self.written = state, now

    def close(self) -> None:
        """Leave the line as it stands."""
        self.ended.set()
        self.show(last=True)
        if self.bar is not None:
            self.bar.close()

    def _look(self) -> None:
        while not self.ended.wait(READ_EVERY):
            self.show()

    def _counted(self) -> tuple[float, int]:
        """Seconds of expected work and passes that are done, those of running jobs among them."""
        seconds, passed = self.seconds, self.passed
        for rule, logs in self.running.values():
            share = max(map(share_of, logs), default=0.0)
            seconds += share * self.costs.seconds(rule)
            passed += round(share * self.costs.passes(rule))
        return seconds, passed

    def _words(self, passed: int) -> str:
        passes = f", {passed:,} of {self.passes:,} passes" if self.passes else ""
        names = " ".join(sorted({rule for rule, _ in self.running.values()} - {"all", ""}))
        return f"{self.done} of {self.jobs} jobs{passes}{', at ' * bool(names)}{names}"


def share_of(log: Path) -> float:
    """How much of its work a job has counted in its log, from 0 to 1."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            found = COUNTED.findall(file.read().decode(errors="replace"))
    except OSError:
        return 0.0
    done, total = found[-1] if found else ("0", "1")
    return min(1.0, int(done) / max(int(total), 1)) if total else 1.0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"
