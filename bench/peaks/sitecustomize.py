"""On the path of a run's jobs: how long each process of a script lasts, and how much memory it takes at its most.

Python imports this by itself. Each of the workflow's scripts appends a line to the file $BENCH_PEAKS as it ends: script,
seconds of the clock and of the processor, MB at most, and its output's name. Jobs must be processes of their own
(INVARIANCES_FORKS=0).
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
    named = sys.argv[sys.argv.index("--output") + 1] if "--output" in sys.argv else " ".join(sys.argv[1:2])
    line = f"{script.stem}\t{time.time() - START:.2f}\t{spent.ru_utime + spent.ru_stime:.2f}\t{peak:.0f}\t{named}\n"
    with Path(os.environ["BENCH_PEAKS"]).open("a") as file:
        file.write(line)


if "BENCH_PEAKS" in os.environ:
    atexit.register(write)
