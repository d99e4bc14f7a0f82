"""How many pictures a class needs, from the widths of a finished run's intervals.

    python scripts/plan_pictures.py results/phantoms --half-width 0.05

Widths are shares of a transform's range on its axis (log2 where magnitudes multiply): 0.05 of a rotation
from -180 to 180 is 18 degrees. `needed` is the median class's number, `needed_by_nine_tenths` that of nine
classes in ten; `open` the share of intervals that the run's pictures do not bound, whose need is unknown.
"""

import argparse
from pathlib import Path

import yaml

import command
from invariances.errors import InputError
from invariances.plan import Plan
from invariances.records import build
from invariances.tables import THRESHOLDS
from invariances.tables.frames import read
from invariances.thresholds.planning import plan_table


def main(arguments: argparse.Namespace) -> None:
    if not 0 < arguments.half_width < 0.5:
        raise InputError(
            f"--half-width: {arguments.half_width:g} is no share of a range; give one in (0, 0.5)"
        )
    file = arguments.run / "plan.yaml"
    axes = build(Plan, yaml.safe_load(file.read_text(encoding="utf-8")), str(file)).transforms
    table = plan_table(
        read(arguments.run / "thresholds.csv", THRESHOLDS), axes, arguments.half_width
    )
    shown = {"open": "{:.0%}".format, "half_width": "{:.3f}".format}
    print(table.to_string(index=False, na_rep="-", float_format="%.0f", formatters=shown))


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("run", type=Path, help="a finished run's folder")
    parser.add_argument("--half-width", type=float, required=True, help="wanted, of the range")
    command.run(main, parser.parse_args())
