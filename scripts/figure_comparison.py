"""Draw the thresholds of one classifier against another's."""

from pathlib import Path

from invariances.figures import axes, comparison, inputs, responses, style


def main() -> None:
    """Read the tables, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--thresholds", type=Path, nargs="+", required=True, help="thresholds.csv")
    parser.add_argument(
        "--correlations", type=Path, nargs="+", required=True, help="correlations.csv"
    )
    parser.add_argument(
        "--curves", type=Path, nargs="+", help="curves.parquet: the axes then show its whole ranges"
    )
    parser.add_argument(
        "--models", nargs=2, required=True, metavar=("FIRST", "SECOND"), help="across, and upwards"
    )
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    thresholds = inputs.read_tables(arguments.thresholds, inputs.THRESHOLDS)
    ranges = {}
    if arguments.curves:
        ranges = responses.ranges_of(inputs.read_tables(arguments.curves, inputs.CURVES))
    figure = comparison.draw_comparison(
        thresholds,
        inputs.read_tables(arguments.correlations, inputs.CORRELATIONS),
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, responses.present(thresholds, "class")),
        tuple(arguments.models),
        ranges=ranges,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
