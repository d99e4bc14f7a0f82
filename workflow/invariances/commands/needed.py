"""Say how many pictures a class needs, from the widths of a finished run's intervals.

    invariances pictures phantoms --half-width 0.05

Widths are shares of a transform's range on its axis (log2 where magnitudes multiply): 0.05 of a rotation
from -180 to 180 is 18 degrees. `needed` is the median class's number, `needed_by_nine_tenths` that of nine
classes in ten; `open` the share of intervals that the run's pictures do not bound, whose need is unknown.
"""

import argparse
from pathlib import Path

from invariances.commands.places import RESULTS, read_yaml
from invariances.errors import InputError


def options(parser: argparse.ArgumentParser) -> None:
    """Of which run, and how precise."""
    parser.add_argument("run", metavar="RUN", help="a finished run's name, or its folder")
    parser.add_argument(
        "--half-width", type=float, required=True, metavar="W", help="wanted, of the range"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    if not 0 < arguments.half_width < 0.5:
        raise InputError(
            f"--half-width: {arguments.half_width:g} is no share of a range; give one in (0, 0.5)"
        )
    from invariances.plan import Plan
    from invariances.records import build
    from invariances.tables import THRESHOLDS
    from invariances.tables.frames import read
    from invariances.thresholds.planning import plan_table

    folder = Path(arguments.run)
    if not (folder / "plan.yaml").is_file():
        folder = RESULTS / arguments.run
    file = folder / "plan.yaml"
    axes = build(Plan, read_yaml(file), str(file)).transforms
    rows = read(folder / "thresholds.csv", THRESHOLDS)
    table = plan_table(rows, axes, arguments.half_width)
    shown = {"open": "{:.0%}".format, "half_width": "{:.3f}".format}
    print(table.to_string(index=False, na_rep="-", float_format="%.0f", formatters=shown))
    return 0
