"""Draw the mean accuracy over a mixed set of classes, for each transform and all classifiers."""

from pathlib import Path

from invariances.figures import axes, inputs, mixed, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--curves", type=Path, nargs="+", required=True, help="curves.parquet")
    parser.add_argument("--model", nargs="+", help="classifiers to draw (default: all)")
    parser.add_argument("--transform", nargs="+", help="transforms to draw (default: all)")
    parser.add_argument("--class", dest="names", nargs="+", help="the mixed set (default: all)")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = mixed.draw_mixed(
        inputs.read_tables(arguments.curves, inputs.CURVES),
        axes.read_transforms(arguments.transforms),
        models=arguments.model,
        names=arguments.transform,
        classes=arguments.names,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
