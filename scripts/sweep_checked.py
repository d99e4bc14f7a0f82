"""Screen one network with one transform in bfloat16, doubtful answers asked again in float32.

On a machine or of a network that has no use for bfloat16, and where a sample of the answers shows it wrong,
all is float32, and the log and the output say so.
"""

import argparse
import sys
from pathlib import Path

import command
from invariances import costs
from invariances.checks import check_sweep
from invariances.configuration import default
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import PICTURES, write_arrays
from invariances.tables.files import write_json
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, screening
    from invariances.classifiers import compiled
    from invariances.inference.responder import Responder
    from invariances.screening import job
    from invariances.screening.thumbnails import thumbnails
    from invariances.thresholds.search import searched_table
    from invariances.transforms import Setting

    (axis,) = axes = from_json(tuple[TransformAxis, ...], arguments.transform, "--transform")
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    exact = compiled.opened(arguments.classifier, arguments.engine)
    exact = exact.to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    own = job.opened(axes, arguments.prepared, categories, arguments.window)
    pictures, magnitudes = own.pictures, own.magnitudes

    def responder(network, **options) -> Responder:
        options = {"batch_size": arguments.batch_size, **options}
        return Responder(network, own.apply, setting, **options)

    method = "grid" if axis.ordinal else arguments.search
    grid = costs.passes(len(pictures), len(magnitudes), arguments.tolerance, "grid")
    total = costs.passes(len(pictures), len(magnitudes), arguments.tolerance, method)
    network, because = checked(arguments, exact, own, responder)

    def swept(network, done=0):
        with command.counted(network, total, own.words, done=done):
            return screening.sweep(responder(network), pictures, magnitudes, own.identity)

    sweep = swept(network)
    if not because and network.tally.not_held:
        because = network.tally.not_held
        total, grid = total + grid, 2 * grid
        sweep = swept(exact, done=sweep.prediction.size)
    if because:
        print(f"precision: checked: all in float32, since {because}", file=sys.stderr)
    write_arrays(check_sweep(sweep, arguments.output).arrays(), arguments.output)
    write_json(told(network, because, sweep), arguments.output.with_suffix(".precision.json"))
    # Margins decide what a search asks next: its own are float32's.
    asked = responder(exact, once=not arguments.each)
    with command.counted(exact, total, own.words, done=grid):
        table = searched_table(
            *(asked, pictures, sweep, categories, arguments.classifier.name, axis.name),
            method=method,
            tolerance=arguments.tolerance,
            missed=arguments.missed,
            seed=arguments.seed,
            axis=axis.axis,
        )
    write(table, arguments.pictures, PICTURES)
    if arguments.thumbnails:
        shown = thumbnails(pictures, magnitudes, axis.axis, own.apply, setting)
        write_arrays(shown, arguments.thumbnails)


def checked(arguments, exact, own, responder):
    """The network to sweep with, and why it is plain float32's, if it is."""
    import torch

    from invariances import classifiers
    from invariances.classifiers import halved
    from invariances.classifiers.trial import reason
    from invariances.inference.checked import calibrated
    from invariances.inference.responder import device_of

    device = device_of(exact)
    head = classifiers.describe(arguments.classifier).head
    if because := halved.missing(device) or halved.unsuited(head):
        return exact, because
    coarse = halved.opened(arguments.classifier, arguments.halved_engine).to(device)

    def logits(network, rows, values):
        found = responder(network).logits(own.pictures, rows, values)
        return torch.cat([part for _, part in found])

    try:
        network = calibrated(exact, coarse, own.pictures, own.magnitudes, own.identity, logits)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # a network's own code may raise anything
        return exact, f"the network does not run in bfloat16 ({reason(error)})"
    return (exact, because) if (because := network.tally.too_many) else (network, "")


def told(network, because, sweep) -> dict:
    """What ``{chunk}.precision.json`` holds of a sweep."""
    from dataclasses import asdict

    if because:
        return {"arithmetic": "float32", "because": because, "answers": sweep.prediction.size}
    return {"arithmetic": "bfloat16", **asdict(network.tally)}


if __name__ == "__main__":
    shared = ("--padding", "--resampling", "--seed", "--batch-size", "--precision", "--tolerance")
    shared += ("--missed", "--device", "--threads", "--engine", "--each")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared)
    add = parser.add_argument
    add("--transform", required=True, help="the transform on its grid, as JSON")
    add("--window", type=int, help="side of what the network sees of larger pictures")
    add("--search", choices=["bisect", "exhaustive", "grid"], default=default("thresholds.search"))
    add("--halved-engine", type=Path, help="the network in bfloat16 compiled, .pt2")
    add("--output", type=Path, required=True, help="the sweep, .npz")
    add("--pictures", type=Path, required=True, help="output: pictures' own thresholds, .parquet")
    add("--thumbnails", type=Path, help="output: transformed example pictures, .npz")
    command.run(main, parser.parse_args())
