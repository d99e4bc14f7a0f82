"""Train the Invariant Transformer Net before one frozen classifier (section III.D)."""

import argparse
import json
from pathlib import Path

from tqdm import tqdm

import command
from invariances.inference import read_pictures
from invariances.tables import HISTORY
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, itn

    classifier = classifiers.load(arguments.classifier).to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    part = read_pictures(arguments.prepared, categories).part(**json.loads(arguments.part))
    settings = itn.TrainingSettings(**json.loads(arguments.settings))
    with tqdm(total=settings.steps, unit="step", mininterval=5, desc="itn") as bar:
        module, history = itn.train(
            classifier,
            part.pixels,
            part.categories,
            settings,
            checkpoint=arguments.checkpoint,
            progress=lambda done, steps: bar.update(done - bar.n),
        )
    write(history, arguments.history, HISTORY)
    itn.save(module, arguments.output)
    arguments.checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--prepared", "--classifier", "--device", "--threads")
    add = parser.add_argument
    add("--part", required=True, help="which of them, as JSON: classes, count, start, stop")
    add("--settings", required=True, help="fields of invariances.itn.TrainingSettings, as JSON")
    add("--checkpoint", type=Path, required=True, help="state of an unfinished training")
    add("--history", type=Path, required=True, help="output, .csv")
    add("--output", type=Path, required=True, help="output, .safetensors")
    command.run(main, parser.parse_args())
