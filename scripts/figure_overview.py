"""Draw the thresholds of all classes, by transform, for all classifiers."""

from pathlib import Path

from invariances.figures import axes, inputs, overview, responses, style


def main() -> None:
    """Read the tables, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--thresholds", type=Path, nargs="+", required=True, help="thresholds.csv")
    parser.add_argument(
        "--curves", type=Path, nargs="+", help="curves.parquet: the axes then show its whole ranges"
    )
    parser.add_argument("--model", nargs="+", help="classifiers to draw (default: all)")
    parser.add_argument("--transform", nargs="+", help="transforms to draw (default: all)")
    parser.add_argument("--class", dest="names", nargs="+", help="classes to draw (default: all)")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    thresholds = inputs.read_tables(arguments.thresholds, inputs.THRESHOLDS)
    ranges = {}
    if arguments.curves:
        ranges = responses.ranges_of(inputs.read_tables(arguments.curves, inputs.CURVES))
    figure = overview.draw_overview(
        thresholds,
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, responses.present(thresholds, "class")),
        models=arguments.model,
        names=arguments.transform,
        classes=arguments.names,
        ranges=ranges,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
