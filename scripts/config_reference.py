"""Write config/README.md, the reference of every key, from the schema."""

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

import command
from invariances.tables import atomically

HEADER = """# Configuration

Made from `workflow/schemas/config.schema.yaml` by `python scripts/config_reference.py`; a test holds the
two together. A config is YAML; only `run`, `dataset.name` and `models` must be given. Unknown keys are
refused. The resolved config, every default spelled out, is written to `results/{run}/config.yaml`.

| file | what it runs |
|---|---|
"""


def main(arguments: argparse.Namespace) -> None:
    schema = yaml.safe_load(arguments.schema.read_text())
    text = reference(schema, sorted(arguments.configs.glob("*.yaml")))
    atomically(arguments.output, lambda path: path.write_text(text))


def reference(schema: dict[str, Any], configs: list[Path]) -> str:
    """The page: a table of configs, then one of keys."""
    files = "".join(f"| `{path.name}` | {_purpose(path)} |\n" for path in configs)
    rows = "".join(_rows("", schema))
    return f"{HEADER}{files}\n| key | type | default | what it says |\n|---|---|---|---|\n{rows}"


def _purpose(path: Path) -> str:
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines).split(". ")[0].split(" snakemake")[0].rstrip(".")


def _rows(prefix: str, schema: dict[str, Any]) -> list[str]:
    rows = []
    for name, part in schema.get("properties", {}).items():
        rows += _row(f"{prefix}{name}", part, name in schema.get("required", []))
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        rows += _rows(f"{prefix}*.", others)
    return rows


def _row(key: str, part: dict[str, Any], required: bool) -> list[str]:
    described = " ".join(part.get("description", "").split()).replace("|", "\\|")
    default = (
        "required" if required else f"`{_short(part['default'])}`" if "default" in part else ""
    )
    rows = [f"| `{key}` | {_type(part)} | {default} | {described} |\n"]
    rows += _rows(f"{key}.", part)
    if isinstance(part.get("items"), dict):
        rows += _rows(f"{key}[].", part["items"])
    return rows


def _short(value: Any) -> str:
    text = json.dumps(value)
    return (
        text
        if len(text) <= 60
        else ", ".join(value)
        if isinstance(value, dict)
        else text[:57] + "..."
    )


def _type(part: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "oneOf" in part:
        return " or ".join(_type(option) for option in part["oneOf"])
    if "const" in part:
        return f"`{part['const']}`"
    kind = part.get("type", "any")
    kinds = [name for name in ([kind] if isinstance(kind, str) else kind) if name != "null"]
    name = " or ".join(
        "map" if name == "object" else "list" if name == "array" else name for name in kinds
    )
    low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum")
    above = "above " if "exclusiveMinimum" in part else "from "
    bounds = f", {above}{low}" if low is not None else ""
    return name + bounds + (f" to {high}" if high is not None else "")


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    parser = command.parser(__doc__)
    parser.add_argument("--schema", type=Path, default=root / "workflow/schemas/config.schema.yaml")
    parser.add_argument("--configs", type=Path, default=root / "config", help="folder of configs")
    parser.add_argument("--output", type=Path, default=root / "config/README.md")
    command.run(main, parser.parse_args())
