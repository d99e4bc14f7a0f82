"""Draw figure 5: pictures as the Invariant Transformer Net transforms them, over k."""

from pathlib import Path

from invariances.figures import inputs, itn_gallery, style


def main() -> None:
    """Read the gallery, draw, write."""
    parser = inputs.options(__doc__, transforms=False)
    parser.add_argument("--gallery", type=Path, required=True, help="gallery.npz of the net")
    parser.add_argument("--model", required=True, help="the classifier's name")
    arguments = parser.parse_args()
    png, pdf = inputs.outputs(arguments)
    figure = itn_gallery.draw_gallery(
        itn_gallery.read_gallery(arguments.gallery),
        arguments.model,
        width=arguments.width or style.DOUBLE_COLUMN,
    )
    style.save(figure, png, pdf, dpi=arguments.dpi)


if __name__ == "__main__":
    inputs.run(main)
