"""Draw the tightness of an Invariant Transformer Net: does it stop at the edge of the invariance?"""

from pathlib import Path

from invariances.figures import inputs, itn_kinds, itn_tightness, style


def main() -> None:
    """Read the tightness, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--tightness", type=Path, required=True, help="tightness.csv of the net")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_tightness.draw_tightness(
        inputs.read_tables([arguments.tightness], itn_kinds.TIGHTNESS),
        arguments.model,
        width=arguments.width or style.SINGLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
