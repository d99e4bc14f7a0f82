"""Draw what the Invariant Transformer Net learned beside the screening's thresholds."""

from pathlib import Path

from invariances.figures import axes, inputs, itn_comparison, itn_kinds, responses, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--comparison", type=Path, required=True, help="comparison.csv of the net")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    table = inputs.read_tables([arguments.comparison], itn_kinds.COMPARISON)
    figure = itn_comparison.draw_comparison(
        table,
        axes.read_transforms(arguments.transforms),
        inputs.palette(arguments, responses.present(table.dropna(subset="class"), "class")),
        arguments.model,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
