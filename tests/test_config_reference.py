"""config/README.md against the declaration that it is made from."""

from pathlib import Path

import config_reference
from invariances.configuration import Config

ROOT = Path(__file__).parents[1]


def test_the_reference_is_current():
    text = config_reference.reference(sorted((ROOT / "config").glob("*.yaml")))
    assert text == (ROOT / "config/README.md").read_text(), "run python scripts/config_reference.py"


def test_every_key_is_described():
    def keys(part, path=""):
        for name, entry in part.get("properties", {}).items():
            yield f"{path}.{name}", entry
            yield from keys(entry, f"{path}.{name}")
        values = [part.get("additionalProperties"), part.get("items"), *part.get("anyOf", [])]
        for inner in [*values, *part.get("patternProperties", {}).values()]:
            if isinstance(inner, dict):
                yield from keys(inner, path)

    listed = list(keys(config_reference.inlined(Config.model_json_schema())))
    assert {".models.weights", ".transforms.range", ".pairs.steps"} <= {name for name, _ in listed}
    assert [name for name, entry in listed if not entry.get("description")] == []
