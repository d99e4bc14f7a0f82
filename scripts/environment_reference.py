"""Write envs/environment.yaml: what envs/requirements.txt brings, at the versions of envs/constraints.txt.

Snakemake copies a conda environment's file alone to a folder of its own, and knows it by its content: it
can refer to no other file, and every version must stand in it.
"""

import argparse
import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import command
from invariances.errors import InputError

ENVS = Path(__file__).parents[1] / "envs"
HEAD = """\
# For `snakemake --software-deployment-method conda`: requirements.txt at the versions of constraints.txt.
# Written by scripts/environment_reference.py.
"""
LINUX = 'sys_platform == "linux"'


def environment() -> str:
    """The file's text, from the requirements and the metadata of what is installed.

    Raises InputError for a package that constraints.txt does not pin, or that is not installed.
    """
    pins = {canonicalize_name(line.split("==")[0]): line for line in lines("constraints.txt")}
    everywhere, on_linux = closure(lines("requirements.txt"))
    entries = []
    for name in sorted(everywhere | on_linux):
        if name not in pins:
            raise InputError(f"envs/constraints.txt: no version of {name}, which is needed")
        entries.append(pins[name] if name in everywhere else f"{pins[name]} ; {LINUX}")
    content = {
        "channels": ["conda-forge"],
        "dependencies": ["python =3.11", "pip", {"pip": entries}],
    }
    return HEAD + yaml.safe_dump(content, sort_keys=False, width=200)


def lines(name: str) -> list[str]:
    """A requirements file without its comments."""
    stripped = (re.sub(r"#.*", "", line).strip() for line in (ENVS / name).read_text().splitlines())
    return list(filter(None, stripped))


def closure(wanted: list[str]) -> tuple[set[str], set[str]]:
    """Packages that these requirements bring, on every system and on Linux alone."""
    everywhere: set[str] = set()
    on_linux: set[str] = set()
    ahead = [(Requirement(text), False) for text in wanted]
    while ahead:
        requirement, linux = ahead.pop()
        name = canonicalize_name(requirement.name)
        found = on_linux if linux else everywhere
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key in found:
            continue
        found |= {name, key}
        ahead += [(each, linux or each_linux) for each, each_linux in brought(requirement)]
    plain = [{name for name in found if "[" not in name} for found in (everywhere, on_linux)]
    return plain[0], plain[1] - plain[0]


def brought(requirement: Requirement) -> list[tuple[Requirement, bool]]:
    """What a package needs here, and whether it needs that on Linux alone."""
    try:
        needed = [Requirement(text) for text in requires(requirement.name) or ()]
    except PackageNotFoundError as error:
        raise InputError(f"{requirement.name}: is not installed; run `make setup`") from error
    extras = ["", *requirement.extras]
    return [
        (each, not holds(each.marker, extras, sys_platform="darwin", platform_system="Darwin"))
        for each in needed
        if holds(each.marker, extras)
    ]


def holds(marker: Marker | None, extras: list[str], **system: str) -> bool:
    """Whether a requirement is one for these extras, on this system or another."""
    return marker is None or any(marker.evaluate({"extra": extra, **system}) for extra in extras)


def main(arguments: argparse.Namespace) -> None:
    arguments.output.write_text(environment())


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--output", type=Path, default=ENVS / "environment.yaml")
    command.run(main, parser.parse_args())
