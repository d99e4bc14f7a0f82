"""Draw the response curves of every class, under one transform, by one classifier."""

from pathlib import Path

from invariances.figures import axes, inputs, responses, sheet, style


def main() -> None:
    """Read the tables, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--curves", type=Path, nargs="+", required=True, help="curves.parquet")
    parser.add_argument("--thresholds", type=Path, nargs="+", help="thresholds.csv, to mark them")
    parser.add_argument("--thumbnails", type=Path, nargs="+", default=[], help="*.thumbnails.npz")
    parser.add_argument("--model", required=True)
    parser.add_argument("--transform", required=True)
    parser.add_argument(
        "--class", dest="names", nargs="+", metavar="NAME", help="draw only these (default: all)"
    )
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables(arguments.curves, inputs.CURVES)
    transforms = axes.read_transforms(arguments.transforms)
    responses.known("transform in --transforms", arguments.transform, transforms)
    cell = (arguments.model, arguments.transform)
    curves = responses.curves_of(table, *cell, arguments.names)
    marks = {}
    if arguments.thresholds:
        thresholds = inputs.read_tables(arguments.thresholds, inputs.THRESHOLDS)
        marks = responses.marks_of(thresholds, *cell, list(curves))
    pages = sheet.draw_sheet(
        curves,
        transforms[arguments.transform],
        inputs.palette(arguments, responses.present(table, "class")),
        marks=marks,
        thumbnails=inputs.read_thumbnails(arguments.thumbnails),
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(pages, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
