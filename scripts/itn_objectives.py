"""The paper's objective, the constrained one and the family side by side, over seeds."""

import argparse
from pathlib import Path

import command
from invariances.tables import DIRECTIONS, EVALUATION, OBJECTIVES
from invariances.tables.frames import frame, read, write


def main(arguments: argparse.Namespace) -> None:
    rows = []
    for path in arguments.evaluations:
        model, variant = path.parts[-3], path.parts[-2]
        objective, seed = variant.rsplit("-", 1)
        table = read(path, EVALUATION)
        # All transforms together; where there is one only, that.
        corner = table[table["varied"] == table["varied"].iloc[-1]].iloc[-1]
        displacements = [column for column in table if column.endswith("_displacement")]
        loss = table["baseline_accuracy"] - table["accuracy"]
        spanned = read(path.with_name("directions.csv"), DIRECTIONS).groupby("kind")["log_volume"]
        rows.append(
            {
                "model": model,
                "objective": objective,
                "seed": int(seed),
                "pictures": int(corner["pictures"]),
                "baseline_accuracy": corner["baseline_accuracy"],
                "worst_accuracy": table["accuracy"].min(),
                "mean_accuracy": table["accuracy"].mean(),
                "worst_loss": loss.max(),
                "worst_flipped": (
                    table["lost"] / (corner["pictures"] * corner["baseline_accuracy"])
                ).max(),
            }
            | {column: corner[column] for column in displacements}
            | {f"{kind}_log_volume": value for kind, value in spanned.first().items()}
        )
    write(frame(OBJECTIVES, rows), arguments.output, OBJECTIVES)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "evaluations",
        type=Path,
        nargs="+",
        help="{model}/{objective}-{seed}/evaluation.csv, directions.csv beside it",
    )
    parser.add_argument("--output", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
