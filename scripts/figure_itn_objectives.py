"""Draw the paper's objective and the constrained one side by side: displacement against accuracy."""

from pathlib import Path

from invariances.figures import inputs, itn_kinds, itn_objectives, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--objectives", type=Path, required=True, help="itn_objectives.csv")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_objectives.draw_objectives(
        inputs.read_tables([arguments.objectives], itn_kinds.OBJECTIVES),
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
