"""On the path of a run's jobs: how long each script lasts, and how much memory it takes at its most.

Python imports this by itself. Each of the workflow's scripts appends a line to the file $BENCH_PEAKS as it
ends: script, seconds of the clock and of the processor, MB at most, and its first output. Jobs must be
processes of their own (INVARIANCES_FORKS=0).
"""

import atexit
import os
import resource
import sys
import time
from pathlib import Path

START = time.time()


def write() -> None:
    script = Path(sys.argv[0])
    if script.parent.name != "scripts":
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    # What a process takes at its most counts its parent's memory until it is a program of its own.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1e3
    words = sys.argv
    output = words[words.index("--output") + 1] if "--output" in words else " ".join(words[1:2])
    seconds = time.time() - START, spent.ru_utime + spent.ru_stime
    columns = [script.stem, *(f"{each:.2f}" for each in seconds), f"{peak:.0f}", output]
    with Path(os.environ["BENCH_PEAKS"]).open("a") as file:
        file.write("\t".join(columns) + "\n")


if "BENCH_PEAKS" in os.environ:
    atexit.register(write)
