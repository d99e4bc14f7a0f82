"""Write down a run's config, every default spelled out, and its plan: beside the results, as YAML.

The config is one that can be given back with --configfile: nothing is then left to do.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

import command
from invariances.plan import Plan
from invariances.records import from_json, plain
from invariances.tables import atomically


def main(arguments: argparse.Namespace) -> None:
    plan = from_json(Plan, arguments.plan.read_text(encoding="utf-8"), str(arguments.plan))
    write(json.loads(arguments.config), arguments.output_config)
    write(plain(plan), arguments.output_plan)


def write(content: dict[str, Any], output: Path) -> None:
    """As YAML, in the content's own order."""
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    atomically(output, lambda path: path.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--config", required=True, help="the config, complete, as JSON")
    parser.add_argument("--plan", type=Path, required=True, help="the plan, .json")
    parser.add_argument("--output-config", type=Path, required=True, help="the config, .yaml")
    parser.add_argument("--output-plan", type=Path, required=True, help="the plan, .yaml")
    command.run(main, parser.parse_args())
