"""What the figures' scripts read: tables, thumbnails, and the options that all of them share."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from invariances.errors import InputError
from invariances.tables import check_columns, read_arrays, read_table

from .style import Palette
from .thumbnails import Thumbnails

CURVES = (
    "model", "transform", "class", "magnitude", "images", "accuracy", "accuracy_low",
    "accuracy_high", "predicted_class", "mean_softmax", "softmax_low", "softmax_high",
)  # fmt: skip
THRESHOLDS = (
    "model", "transform", "class", "direction", "threshold", "low", "high", "censored", "flips_to",
    "images", "baseline_accuracy", "half_accuracy", "half_accuracy_censored",
)  # fmt: skip
PAIRS = (
    "model", "transform", "class", "magnitude_first", "magnitude_second", "images", "accuracy",
    "mean_softmax", "predicted_class",
)  # fmt: skip
CORRELATIONS = (
    "first", "second", "transform", "statistic", "correlation", "low", "high",
)  # fmt: skip
SIZES = (
    "model", "transform", "class", "direction", "censored", "rms_grey_levels", "rms_low", "rms_high",
)  # fmt: skip
CLAIMS = (
    "claim", "part", "model", "statement", "statistic", "value", "low", "high", "claimed_low",
    "claimed_high", "verdict",
)  # fmt: skip


def read_tables(paths: Sequence[Path], columns: tuple[str, ...]) -> pd.DataFrame:
    """Read tables of one kind into one.

    Raises
    ------
    InputError
        For a file that is not there or lacks a column, named in the message.
    """
    frames = []
    for path in paths:
        if not path.is_file():
            raise InputError(f"{path}: no such table")
        frames.append(check_columns(read_table(path), columns, path))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def read_thumbnails(paths: Sequence[Path]) -> dict[str, Thumbnails]:
    """Read the thumbnails of classes from the chunks' files: by class, magnitudes ascending.

    Raises
    ------
    InputError
        For a file that is not such an archive, named in the message.
    """
    found: dict[str, Thumbnails] = {}
    for path in paths:
        arrays = read_arrays(path)
        missing = {"classes", "magnitudes", "pictures"} - set(arrays)
        if missing:
            raise InputError(f"{path}: lacks the arrays {', '.join(sorted(missing))}")
        magnitudes = np.asarray(arrays["magnitudes"], dtype=float)
        order = np.argsort(magnitudes, kind="stable") if magnitudes.ndim == 1 else slice(None)
        for name, pictures in zip(arrays["classes"], arrays["pictures"], strict=True):
            found[str(name)] = Thumbnails(magnitudes[order], pictures[order])
    return found


def options(description: str | None, *, transforms: bool = True) -> argparse.ArgumentParser:
    """Return a parser with the options that every figure has; `transforms` unless it draws none."""
    parser = argparse.ArgumentParser(
        description=description,
        fromfile_prefix_chars="@",
        epilog="@FILE stands for the arguments in FILE, one a line (for long lists of classes).",
    )
    if transforms:
        parser.add_argument(
            "--transforms",
            required=True,
            metavar="JSON",
            help="label, unit, identity, axis (linear | log) of each transform: "
            '{"rotate": {…}, …}, or a file that holds it',
        )
    parser.add_argument(
        "--classes",
        nargs="+",
        default=[],
        metavar="NAME",
        help="the run's classes in the run's order: they decide the colours (default: as in the "
        "table)",
    )
    parser.add_argument("--png", type=Path, help="write the figure to this PNG")
    parser.add_argument("--pdf", type=Path, help="write the figure to this PDF")
    parser.add_argument(
        "--output-stem", type=Path, help="write STEM.png and STEM.pdf (instead of --png and --pdf)"
    )
    parser.add_argument("--width", type=float, metavar="MM", help="width of the figure in mm")
    parser.add_argument("--dpi", type=float, default=300.0, help="resolution (default: 300)")
    return parser


def outputs(arguments: argparse.Namespace) -> tuple[Path | None, Path | None]:
    """Return where the PNG and the PDF go.

    Raises
    ------
    InputError
        If the arguments name no file at all.
    """
    png: Path | None = arguments.png
    pdf: Path | None = arguments.pdf
    stem: Path | None = arguments.output_stem
    if stem is not None:
        png = png or stem.with_name(f"{stem.name}.png")
        pdf = pdf or stem.with_name(f"{stem.name}.pdf")
    if png is None and pdf is None:
        raise InputError("nothing to write: give --png, --pdf or --output-stem")
    return png, pdf


def palette(arguments: argparse.Namespace, classes: Sequence[str]) -> Palette:
    """Return the run's palette: by --classes, or by the table's classes where that is not given."""
    return Palette(arguments.classes or list(classes))


def run(main: Callable[[], None]) -> None:
    """Run a script's main function; what the user can mend ends it with one sentence."""
    try:
        main()
    except InputError as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"{Path(sys.argv[0]).name}: {error.filename}: {error.strerror}")
