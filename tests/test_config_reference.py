from pathlib import Path

import yaml

import config_reference

ROOT = Path(__file__).parents[1]


def test_the_reference_is_current():
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    text = config_reference.reference(schema, sorted((ROOT / "config").glob("*.yaml")))
    assert text == (ROOT / "config/README.md").read_text(), "run python scripts/config_reference.py"


def test_every_key_is_described():
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())

    def keys(part, path=""):
        for name, entry in part.get("properties", {}).items():
            yield f"{path}.{name}", entry
            yield from keys(entry, f"{path}.{name}")
        for inner in (part.get("additionalProperties"), part.get("items")):
            if isinstance(inner, dict):
                yield from keys(inner, path)

    listed = list(keys(schema))
    assert len(listed) > 30
    assert [name for name, entry in listed if not entry.get("description")] == []
