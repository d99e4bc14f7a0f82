"""Draw maps of two transforms at once: accuracy, and the regions where another class is predicted."""

from pathlib import Path

from invariances.figures import axes, heatmap, inputs, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--pairs", type=Path, nargs="+", required=True, help="pairs.parquet")
    parser.add_argument("--thumbnails", type=Path, nargs="+", default=[], help="*.thumbnails.npz")
    parser.add_argument("--model", required=True)
    parser.add_argument("--transform", required=True, help="such as translate_x+translate_y")
    parser.add_argument("--class", dest="names", nargs="+", help="classes to draw (default: all)")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables(arguments.pairs, inputs.PAIRS)
    pair = heatmap.split_pair(arguments.transform, axes.read_transforms(arguments.transforms))
    figure = heatmap.draw_heatmap(
        heatmap.maps_of(table, arguments.model, arguments.transform, arguments.names),
        arguments.model,
        pair,
        thumbnails=inputs.read_thumbnails(arguments.thumbnails),
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
