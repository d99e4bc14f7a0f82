"""Write down where a run's results come from: networks, pictures, software, checkout, machine, time."""

import argparse
from pathlib import Path

import command
from invariances import provenance
from invariances.tables import MANIFEST, PRECISION, atomically
from invariances.tables.files import read_json
from invariances.tables.frames import read


def main(arguments: argparse.Namespace) -> None:
    descriptions = {path.parent.name: read_json(path) for path in arguments.descriptions}
    manifests = [read(path, MANIFEST) for path in arguments.manifests]
    config = arguments.config.read_text(encoding="utf-8")
    checkout = provenance.checkout(Path(__file__).resolve().parents[1])
    sections = {
        "Run": [("Results complete", provenance.made()), ("Workflow's commit", checkout)],
        "Networks": provenance.network_rows(descriptions),
        **engines(arguments.engines),
        "Devices": provenance.device_rows(arguments.config.parent.rglob(".*.made")),
        **precision(arguments.precision),
        "Pictures": [provenance.picture_row(manifests)],
        "Software": provenance.software(),
        "Machine": provenance.machine(),
    }
    text = provenance.page(arguments.run, sections, config)
    atomically(arguments.output, lambda path: path.write_text(text, encoding="utf-8"))


def engines(files: list[Path]) -> dict[str, provenance.Rows]:
    """The section of networks that were compiled, or were to be, where there are any."""
    halved = {path: " in bfloat16" * ("bfloat16" in path.name) for path in files}
    rows = [
        provenance.engine_row(path.parent.name + halved[path], read_json(path)) for path in files
    ]
    return {"Engines": rows} if rows else {}


def precision(tables: list[Path]) -> dict[str, provenance.Rows]:
    """The section of what was not asked in float32 alone, where there is any."""
    rows = [row for path in tables for row in provenance.precision_rows(read(path, PRECISION))]
    return {"Precision": rows} if rows else {}


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--run", required=True, help="the run's name")
    parser.add_argument(
        "--descriptions", type=Path, nargs="+", required=True, help="every network's model.json"
    )
    parser.add_argument("--manifests", type=Path, nargs="+", required=True, help="manifests, .csv")
    parser.add_argument("--config", type=Path, required=True, help="the run's config, .yaml")
    parser.add_argument(
        "--precision", type=Path, nargs="*", default=[], help="precision.csv, where there is one"
    )
    parser.add_argument(
        "--engines",
        type=Path,
        nargs="*",
        default=[],
        help="networks' engine.json, where there are any",
    )
    parser.add_argument("--output", type=Path, required=True, help="the page, .html")
    command.run(main, parser.parse_args())
