"""Scale a trained ITN to what its certificate allows, on pictures that it was not trained on."""

import argparse
import json
import sys
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import CERTIFICATE, DIRECTIONS
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, itn

    classifier = classifiers.load(arguments.classifier).to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    part = read_pictures(arguments.prepared, categories).part(**json.loads(arguments.part))
    module = itn.load(arguments.net).to(next(classifier.buffers()).device)
    given = json.loads(arguments.asked)
    asked = itn.Asked(**given | {"scales": tuple(given["scales"])})
    ways = 1 + len(asked.scales) * len(itn.certified_grid(module, asked.points))
    with command.counted(classifier, ways * len(part), "certificate"):
        table = itn.certify(
            *(module, classifier, part.pixels, part.categories, asked), keep=arguments.keep
        )
    print(itn.told(table, asked), file=sys.stderr)
    write(table, arguments.certificate, CERTIFICATE)
    write(itn.directions(module, part.pixels), arguments.directions, DIRECTIONS)
    itn.save(module, arguments.output)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--prepared", "--classifier", "--device", "--threads")
    add = parser.add_argument
    add("--net", type=Path, required=True, help="the trained ITN, .safetensors")
    add("--part", required=True, help="which of them, as JSON: classes, count, start, stop")
    add("--asked", required=True, help="fields of invariances.itn.Asked, as JSON")
    add("--keep", action="store_true", help="scale the net; otherwise it is tested as it is")
    add("--certificate", type=Path, required=True, help="output, .csv")
    add("--directions", type=Path, required=True, help="output, .csv")
    add("--output", type=Path, required=True, help="output, .safetensors: the net, certified")
    command.run(main, parser.parse_args())
