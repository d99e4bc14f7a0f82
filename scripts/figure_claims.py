"""Draw the paper's statements as a table: what was measured, against what is claimed."""

from pathlib import Path

from invariances.figures import claims, inputs, style


def main() -> None:
    """Read the table, draw, write."""
    parser = inputs.options(__doc__)
    parser.add_argument("--claims", type=Path, nargs="+", required=True, help="claims.csv")
    parser.add_argument("--models", nargs="+", help="classifiers in the run's order")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = claims.draw_claims(
        inputs.read_tables(arguments.claims, inputs.CLAIMS),
        models=arguments.models,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
