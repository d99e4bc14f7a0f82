"""Draw figure 4b: accuracy and softmax along k, on pictures transformed by the net."""

from pathlib import Path

from invariances.figures import inputs, itn_curves, itn_kinds, style


def main() -> None:
    """Read the evaluation, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--evaluation", type=Path, required=True, help="evaluation.csv of the net")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_curves.draw_curves(
        inputs.read_tables([arguments.evaluation], itn_kinds.EVALUATION),
        arguments.model,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
