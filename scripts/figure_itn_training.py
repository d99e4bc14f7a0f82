"""Draw figure 4a: both losses over the training of an Invariant Transformer Net."""

from pathlib import Path

from invariances.figures import inputs, itn_kinds, itn_training, style


def main() -> None:
    """Read the history, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--history", type=Path, required=True, help="history.csv of the training")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_training.draw_training(
        inputs.read_tables([arguments.history], itn_kinds.HISTORY),
        arguments.model,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
