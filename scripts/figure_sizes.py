"""Draw, for each class, the transforms ranked by the size of the change that it bears."""

from pathlib import Path

from invariances.figures import axes, inputs, responses, sizes, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--sizes", type=Path, nargs="+", required=True, help="sizes.csv")
    parser.add_argument("--model", nargs="+", help="classifiers to draw (default: all)")
    parser.add_argument("--class", dest="names", nargs="+", help="classes to draw (default: all)")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables(arguments.sizes, inputs.SIZES)
    figure = sizes.draw_sizes(
        table,
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, responses.present(table, "class")),
        models=arguments.model,
        classes=arguments.names,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
