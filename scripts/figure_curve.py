"""Draw the response curve of one class, under one transform, by one classifier."""

from pathlib import Path

from invariances.figures import axes, curves, inputs, responses, style


def main() -> None:
    """Read the tables, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--curves", type=Path, nargs="+", required=True, help="curves.parquet")
    parser.add_argument("--thresholds", type=Path, nargs="+", help="thresholds.csv, to mark them")
    parser.add_argument("--thumbnails", type=Path, nargs="+", default=[], help="*.thumbnails.npz")
    parser.add_argument("--model", required=True)
    parser.add_argument("--transform", required=True)
    parser.add_argument("--class", dest="name", required=True, help="the class to draw")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables(arguments.curves, inputs.CURVES)
    transforms = axes.read_transforms(arguments.transforms)
    responses.known("transform in --transforms", arguments.transform, transforms)
    cell = (arguments.model, arguments.transform, [arguments.name])
    curve = responses.curves_of(table, *cell)[arguments.name]
    marks = []
    if arguments.thresholds:
        thresholds = inputs.read_tables(arguments.thresholds, inputs.THRESHOLDS)
        marks = responses.marks_of(thresholds, *cell)[arguments.name]
    figure = curves.draw_curve(
        curve,
        transforms[arguments.transform],
        inputs.palette(arguments, responses.present(table, "class")),
        marks=marks,
        thumbnails=inputs.read_thumbnails(arguments.thumbnails).get(arguments.name),
        width=arguments.width or style.SINGLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
