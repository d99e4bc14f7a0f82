"""Measure what everything costs beside the networks' own passes, each figure beside its bar.

`python -m bench` measures all of it, an hour on two cores; `--quick` the rows that decide, once, in five
minutes; `--only "sweep: alexnet"` the rows whose names hold this; `--markdown` prints the last table as
docs/benchmarks.md shows it.
"""

import argparse
import os
import platform
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

# As the workflow sets them for its jobs: glibc keeps large tensors' memory, and a job has one core.
SETTINGS = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**32),
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
DECIDING = (
    "sweep: alexnet, rotate", "sweep: resnet18, rotate", "sweep: resnet18, noise", "engine: resnet18",
    "engine: tf_efficientnet_lite0", "thresholds: resnet18, brightness", "ITN step",
    "memory: twice the pictures", "plan:",
)  # fmt: skip
"""Rows of each kind whose bars fall first where something has become slower."""


def main(arguments: argparse.Namespace) -> None:
    from bench.rows import markdown, table

    file = arguments.output / "bench.csv"
    if arguments.markdown:
        import pandas as pd

        print(markdown(pd.read_csv(file, keep_default_na=False, na_values={"figure": [""]})))
        return
    rows = []
    print(machine(), flush=True)
    for row in measured(arguments):
        rows.append(row)
        figure = "not measured" if row.figure is None else f"{row.figure:9.3f} {row.unit}"
        print(f"{row.device:5} {row.name:70} {figure:32} {row.bar:8} {row.holds}", flush=True)
        # After each row, as a long measurement may be broken off.
        arguments.output.mkdir(parents=True, exist_ok=True)
        table(rows).to_csv(file, index=False, float_format="%.4g")
    (arguments.output / "machine.txt").write_text(machine() + "\n")


def measured(arguments: argparse.Namespace):
    """Rows as they are measured, those asked for."""
    import torch

    from bench.cases import FULL, TINY
    from bench.engines import engine_rows
    from bench.learning import step_rows
    from bench.memory import memory_rows
    from bench.precisions import checked_rows
    from bench.rows import take_processor_time
    from bench.runs import plan_rows, run_rows
    from bench.sweeps import antialiased_rows, captum_rows, further_rows, loop_rows, sweep_rows

    torch.set_num_threads(1)
    if arguments.processor_time:
        take_processor_time()
    # torch lets a GPU's convolutions round to 10 bits where nothing is said; sweeps in float32 do not.
    torch.backends.cudnn.allow_tf32 = False
    size = TINY if arguments.tiny else FULL
    if rounds := arguments.rounds or arguments.quick:
        size = replace(size, rounds=int(rounds))
    only = [*arguments.only, *DECIDING * arguments.quick]

    def wanted(name: str, device: str = "cpu") -> bool:
        named = not only or any(part in name for part in only)
        return named and device in arguments.devices

    groups = (
        sweep_rows,
        further_rows,
        antialiased_rows,
        engine_rows,
        checked_rows,
        loop_rows,
        captum_rows,
        step_rows,
        memory_rows,
        plan_rows,
    )
    for rows in (*groups, run_rows):
        yield from rows(size, wanted)


def machine() -> str:
    """What these figures are of: the date, the machine and the versions."""
    import torch

    names = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    parts = [
        time.strftime("%Y-%m-%d"),
        f"{len(os.sched_getaffinity(0))} cores of {names[0] if names else platform.processor()}",
        torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU",
        f"Python {platform.python_version()}",
        *[f"{name} {version(name)}" for name in ("torch", "torchvision", "captum", "snakemake")],
        f"load before: {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", default=[], help="rows whose names hold one of these")
    parser.add_argument("--devices", nargs="+", default=["cpu", "cuda"], help="of these alone")
    parser.add_argument("--rounds", type=int, help="times that each thing is timed")
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="of this process, not the clock's, where others are at work: for sweeps on the CPU",
    )
    parser.add_argument("--quick", action="store_true", help="the rows that decide, timed once")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes: whether it works")
    parser.add_argument("--markdown", action="store_true", help="print the last table and stop")
    parser.add_argument("--output", type=Path, default=Path("results/bench"))
    given = parser.parse_args()
    if any(os.environ.get(key) != value for key, value in SETTINGS.items()):
        # They are read as the process starts.
        os.execve(
            sys.executable, [sys.executable, "-m", "bench", *sys.argv[1:]], os.environ | SETTINGS
        )
    main(given)
