"""Write config/README.md, the reference of every key, from the config's declaration."""

import argparse
import json
from pathlib import Path
from typing import Any

import command
from invariances.configuration import Config
from invariances.tables import atomically

HEADER = """# Configuration

Made from `workflow/invariances/configuration/declaration.py` by `python scripts/config_reference.py`; a
test holds the two together. A config is YAML; only `run`, `dataset.name` and `models` must be given.
Unknown keys are refused. The config with every default spelled out is written to
`results/{run}/config.yaml`, and runs again as it is; what follows from it (classes, grids, chunks) to
`plan.yaml` beside it. For an editor that checks as you type, `python scripts/config_reference.py --schema
config.schema.json` writes a JSON schema.

| file | what it runs |
|---|---|
"""


def main(arguments: argparse.Namespace) -> None:
    if arguments.schema:
        text = json.dumps(Config.model_json_schema(), indent=1) + "\n"
        atomically(arguments.schema, lambda path: path.write_text(text))
    else:
        text = reference(sorted(arguments.configs.glob("*.yaml")))
        atomically(arguments.output, lambda path: path.write_text(text))


def reference(configs: list[Path]) -> str:
    """The page: a table of configs, then one of keys."""
    files = "".join(f"| `{path.name}` | {_purpose(path)} |\n" for path in configs)
    rows = "".join(_rows("", inlined(Config.model_json_schema())))
    return f"{HEADER}{files}\n| key | type | default | what it says |\n|---|---|---|---|\n{rows}"


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without references: each section stands where it is used."""

    def written(part: Any) -> Any:
        if isinstance(part, list):
            return [written(entry) for entry in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]] | part
        return {key: written(entry) for key, entry in part.items() if key not in ("$ref", "$defs")}

    whole: dict[str, Any] = written(schema)
    return whole


def _purpose(path: Path) -> str:
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines).split(". ")[0].split(" snakemake")[0].rstrip(".")


def _rows(prefix: str, part: dict[str, Any]) -> list[str]:
    """The keys within a section, or within what a mapping or list of sections holds."""
    rows = []
    for name, entry in part.get("properties", {}).items():
        rows += _row(f"{prefix}{name}", entry, name in part.get("required", []))
    values = [part.get("additionalProperties"), *part.get("patternProperties", {}).values()]
    for value in values:
        if not isinstance(value, dict):
            continue
        rows += _rows(f"{prefix}*.", value)
    for option in part.get("anyOf", []):
        rows += _rows(prefix, option)
    if "items" in part:
        rows += _rows(f"{prefix.removesuffix('.')}[].", part["items"])
    return rows


def _row(key: str, part: dict[str, Any], required: bool) -> list[str]:
    described = " ".join(part.get("description", "").split()).replace("|", "\\|")
    empty = part.get("default") is None and not _nullable(part)
    # A section's defaults stand at its keys.
    silent = empty or "properties" in part
    default = "required" if required else "" if silent else f"`{_short(part['default'])}`"
    return [f"| `{key}` | {_type(part)} | {default} | {described} |\n", *_rows(f"{key}.", part)]


def _nullable(part: dict[str, Any]) -> bool:
    """Whether `null` says something of its own."""
    return any(option.get("type") == "null" for option in part.get("anyOf", []))


def _short(value: Any) -> str:
    text = json.dumps(value)
    if len(text) <= 60:
        return text
    return ", ".join(value) if isinstance(value, dict) else text[:57] + "..."


def _type(part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(
            _type(option) for option in part["anyOf"] if option.get("type") != "null"
        )
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    kind = part.get("type", "any")
    low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum")
    above = "above " if "exclusiveMinimum" in part else "from "
    bounds = f", {above}{low:g}" if low is not None else ""
    bounds += f" to {high:g}" if high is not None else ""
    if "exclusiveMaximum" in part:
        bounds += f", below {part['exclusiveMaximum']:g}"
    return {"object": "map", "array": "list"}.get(kind, kind) + bounds


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    parser = command.parser(__doc__)
    parser.add_argument("--schema", type=Path, help="write the JSON schema there instead")
    parser.add_argument("--configs", type=Path, default=root / "config", help="folder of configs")
    parser.add_argument("--output", type=Path, default=root / "config/README.md")
    command.run(main, parser.parse_args())
