"""How often one network says the same of two random crops of a picture: consistency/{model}.csv."""

import argparse
from pathlib import Path

import numpy as np

import command
from invariances.checks import check_numbers
from invariances.screening import Pictures, Responder
from invariances.tables import write_csv
from sweep import read_pictures


def main(arguments: argparse.Namespace) -> None:
    command.use_threads(arguments.threads)
    import torch

    from invariances import classifiers
    from invariances.consistency import consistency_table, window
    from invariances.transforms import Setting

    torch.set_num_threads(arguments.threads)
    arguments.device = command.device(arguments.device)
    categories = classifiers.describe(arguments.model).categories
    parts = [read_pictures(path, path.with_suffix(".csv"), categories) for path in arguments.pixels]
    responder = Responder(
        classifiers.load(arguments.model).to(arguments.device),
        window(arguments.window),
        Setting(seed=arguments.seed),
        batch_size=arguments.batch_size,
        device=arguments.device,
        precision=arguments.precision,
    )
    table = consistency_table(
        responder,
        joined(parts),
        arguments.model.name,
        side=arguments.window,
        pairs=arguments.pairs,
        seed=arguments.seed,
    )
    write_csv(check_numbers(table, arguments.output), arguments.output)


def joined(parts: list[Pictures]) -> Pictures:
    """All chunks' pictures; each class is in one chunk."""
    starts = np.cumsum([0, *(len(part.classes) for part in parts)])
    return Pictures(
        pixels=np.concatenate([part.pixels for part in parts]),
        names=np.concatenate([part.names for part in parts]),
        classes=np.concatenate([part.classes for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        class_index=np.concatenate(
            [part.class_index + start for part, start in zip(parts, starts, strict=False)]
        ),
    )


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--pixels", type=Path, nargs="+", required=True, help="pictures larger than the network's"
    )
    parser.add_argument(
        "--model", type=Path, required=True, help="folder of weights and model.json"
    )
    parser.add_argument(
        "--window", type=int, required=True, help="side of the crops that the network sees"
    )
    parser.add_argument("--pairs", type=int, default=5, help="pairs of crops a picture")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
