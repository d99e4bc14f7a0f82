"""Complete a config and hold it against what is there: datasets, classes, grids, networks, weights.

The workflow calls this by itself whenever config, library or data have changed.
"""

import argparse
import sys
from pathlib import Path

import yaml

import command
from invariances.configuration import check, resolve
from invariances.errors import InputError
from invariances.tables import atomically


def main(arguments: argparse.Namespace) -> None:
    schema = yaml.safe_load(arguments.schema.read_text())
    text = arguments.config.read_text() if arguments.config else sys.stdin.read()
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{arguments.config or 'config'}: not valid YAML: {reason}") from error
    resolved = resolve(check(config, schema))
    header = f"# resolved from the run's config; state {arguments.state}\n"
    content = header + yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True)
    atomically(arguments.output, lambda path: path.write_text(content))


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--config", type=Path, help="config as YAML or JSON (default: standard input)"
    )
    parser.add_argument("--schema", type=Path, required=True, help="its schema")
    parser.add_argument(
        "--state", default="", help="digest of what the result depends on, kept in it"
    )
    parser.add_argument("--output", type=Path, required=True, help="resolved config (YAML)")
    command.run(main, parser.parse_args())
