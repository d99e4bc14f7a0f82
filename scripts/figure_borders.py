"""Draw one network's thresholds under each padding, side by side (figures/borders/{model}).

Reads borders.csv; a dot plot as the overview's, in which paddings take the place of networks.
"""

from pathlib import Path

from invariances.figures import axes, inputs, overview, responses, style
from invariances.thresholds.borders import BORDER_COLUMNS


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--borders", type=Path, nargs="+", required=True, help="borders.csv")
    parser.add_argument("--model", required=True, help="the network to draw")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables(arguments.borders, BORDER_COLUMNS)
    responses.known("model in the table", arguments.model, responses.present(table, "model"))
    table = table[table["model"] == arguments.model]
    figure = overview.draw_overview(
        table.assign(model=table["padding"]),
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, responses.present(table, "class")),
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
