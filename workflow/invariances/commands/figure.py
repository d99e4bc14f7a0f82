"""Draw one figure of a run: the response curve of a class under a transform.

    invariances figure photos-resnet50 rotate daisy
    invariances figure photos-resnet50 rotate "school bus" --model resnet50 --format pdf

RUN is a run's name, its folder in results/ or its config. What the figure needs and is not there yet is run
first. Under its names in results/ every other figure can be asked for: invariances figure RUN overview
"""

import argparse
from pathlib import Path

from invariances.commands.places import config_of, read_config
from invariances.commands.starting import command, cores_option, start
from invariances.errors import InputError, unknown
from invariances.extension import in_results
from invariances.names import file_name


def options(parser: argparse.ArgumentParser) -> None:
    """Which figure."""
    add = parser.add_argument
    add("run", metavar="RUN")
    add("shown", metavar="TRANSFORM", help="or another figure, by its path below figures/")
    add("name", metavar="CLASS", nargs="*", help="its words need no quotes")
    add("--model", help="of which network (default: of each)")
    add("--format", choices=["png", "pdf"], default="png")
    cores_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask for the figure's file, and say where it is."""
    file = config_of(arguments.run)
    config = read_config(file)
    if arguments.model and arguments.model not in config.models:
        raise unknown("--model", arguments.model, config.models)
    models = [arguments.model] if arguments.model else list(config.models)
    folder = Path("results", config.run, "figures")
    name = " ".join(arguments.name)
    if not name:
        drawn = [f"{folder}/{arguments.shown}"]
        if in_results(arguments.shown) in map(in_results, config.transforms):
            raise InputError(
                f"{arguments.shown} is a transform: say of which class, as `figure {arguments.run} "
                f"{arguments.shown} CLASS`; all of them are in sheets/MODEL/{arguments.shown}"
            )
    else:
        screened = [in_results(name) for name in config.transforms]
        transform = in_results(arguments.shown)
        if transform not in screened:
            raise unknown("the run has not the transform", arguments.shown, screened)
        place = f"{transform}/{file_name(name)}"
        drawn = [f"{folder}/curves/{model}/{place}" for model in models]
    paths = [f"{path.removesuffix(f'.{arguments.format}')}.{arguments.format}" for path in drawn]
    status = start(command(file, *paths, cores=arguments.cores))
    if not status:
        print("\n".join(paths))
    return status
