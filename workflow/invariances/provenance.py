"""Where a run's results come from: software, checkout, machine, time, and what was measured with what."""

import json
import os
import platform
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

PACKAGES = (
    "torch",
    "torchvision",
    "timm",
    "snakemake",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "pillow",
    "safetensors",
    "matplotlib",
)
"""What numbers and pictures may depend on."""

Rows = list[tuple[str, str]]


def software() -> Rows:
    """Python and the packages, with their versions."""
    return [("Python", platform.python_version()), *((name, _version(name)) for name in PACKAGES)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def checkout(root: Path) -> str:
    """The git commit of the files under `root`, and whether they differ from it."""
    top, commit = (
        _said("git", "-C", str(root), "rev-parse", what) for what in ("--show-toplevel", "HEAD")
    )
    # A copy that lies in somebody else's checkout is not that.
    if not commit or Path(top).resolve() != root.resolve():
        return "no git checkout"
    # Results and whatever else git does not know are no change of the workflow.
    changed = _said("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")
    return f"{commit}, with changes that are not committed" if changed else commit


def machine() -> Rows:
    """Processor, cores, GPU and system of this computer."""
    gpus = _said("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("GPU", "; ".join(gpus.splitlines()) or "none"),
        ("System", platform.platform()),
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _said(*command: str) -> str:
    """What a command says; nothing where there is none such, or it fails."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def made() -> str:
    """The time, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def network_rows(descriptions: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Each network, where its weights are from, and their hash; from what ``model.json`` says."""
    return [
        (
            name,
            f"{entry['network']}, weights: {entry['weights'] or 'its own'}, SHA-256 {entry['sha256']}",
        )
        for name, entry in descriptions.items()
    ]


def engine_row(name: str, entry: Mapping[str, str]) -> tuple[str, str]:
    """By what a network's sweeps were run, as ``engine.json`` says."""
    if entry["name"] == "eager":
        return name, f"eager, since {entry['because']}"
    return name, f"{entry['name']} by torch {entry['torch']} for {entry['processor']}"


def picture_row(manifests: list[pd.DataFrame]) -> tuple[str, str]:
    """How many prepared pictures there are, each way of preparing its own, and a hash over them."""
    table = pd.concat(manifests, ignore_index=True)
    hashes = sorted(set(table["sha256"].dropna()))
    whole = sha256("\n".join(hashes).encode()).hexdigest()
    return (
        f"{len(hashes)} prepared pictures",
        f"SHA-256 of the sorted list of their pixels' SHA-256: {whole}",
    )


def device_rows(notes: Iterable[Path]) -> Rows:
    """With what devices and batches jobs computed, and how many; from the notes beside their results.

    Notes without them are of jobs that run on the CPU alone.
    """
    found: Counter[tuple[str, int]] = Counter()
    for path in notes:
        resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
        if resources:
            found[resources["device"], resources["batch_size"]] += 1
    return [
        (device, f"{count} {'result' if count == 1 else 'results'}, batch size {batch_size}")
        for (device, batch_size), count in sorted(found.items())
    ]


def precision_rows(table: pd.DataFrame) -> Rows:
    """In which arithmetic networks were asked, how often again, what differed; from ``precision.csv``."""
    found = []
    for (model, arithmetic), rows in table.groupby(["model", "arithmetic"], sort=False):
        if arithmetic == "float32":
            why = "; ".join(rows["because"].unique())
            found.append((str(model), f"float32 under {', '.join(rows['transform'])}, since {why}"))
            continue
        total = rows[["answers", "asked_again", "sampled", "differing"]].sum()
        found.append(
            (
                str(model),
                f"{arithmetic}, {total['asked_again']} of {total['answers']} answers asked again in "
                f"float32; of {total['sampled']} others {total['differing']} are predicted otherwise there",
            )
        )
    return found


# ---- the page ------------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1000px; margin: 1em auto; padding: 0 1em; }
h1 { font-size: 1.2rem; } h2 { font-size: 1.05rem; margin: 1.4em 0 0.4em; }
table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top; padding: 2px 0; }
th { font-weight: 600; padding-right: 1.5em; white-space: nowrap; }
td { overflow-wrap: anywhere; } pre { overflow-x: auto; font-size: 13px; }
"""


def page(run: str, sections: Mapping[str, Rows], config: str) -> str:
    """All of it as one page that needs nothing else; `config` is shown as it stands."""
    tables = "".join(f"<h2>{escape(name)}</h2>{_table(rows)}" for name, rows in sections.items())
    title = f"Where the results of {escape(run)} come from"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{tables}"
        f"<h2>Configuration</h2><p>With every default spelled out, as in <code>config.yaml</code>.</p>"
        f"<pre>{escape(config)}</pre></body></html>\n"
    )


def _table(rows: Rows) -> str:
    lines = (f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>\n" for key, value in rows)
    return f"<table>{''.join(lines)}</table>\n"
