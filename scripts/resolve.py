"""Make the plan of a config: it is held against what is there, datasets, classes, networks, weights.

The workflow calls this by itself whenever config, library or data have changed, and keeps the plan in
.snakemake/invariances/plans.
"""

import argparse
import sys
from pathlib import Path

import yaml

import command
from invariances.configuration import check, models, opened, resolve, store_plan
from invariances.errors import InputError


def main(arguments: argparse.Namespace) -> None:
    text = arguments.config.read_text() if arguments.config else sys.stdin.read()
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{arguments.config or 'config'}: not valid YAML: {reason}") from error
    checked = check(config)
    plan = resolve(checked)
    store_plan(arguments.state, plan, opened.FOUND, models.PACE)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--config", type=Path, help="config as YAML or JSON (default: standard input)"
    )
    parser.add_argument(
        "--state", required=True, help="digest of what the plan depends on, its name"
    )
    command.run(main, parser.parse_args())
