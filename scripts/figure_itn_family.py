"""Draw the learned family: how far each part of the transforms moves over the k square."""

from pathlib import Path

from invariances.figures import inputs, itn_family, itn_kinds, style


def main() -> None:
    """Read the evaluation, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--evaluation", type=Path, required=True, help="evaluation.csv of the net")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_family.draw_family(
        inputs.read_tables([arguments.evaluation], itn_kinds.EVALUATION),
        arguments.model,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
