"""What a job's numbers depend on in the code: a digest of all that its script reaches.

The digest is of syntax trees, at the grain of functions and classes: a job does not depend on a function
that it cannot call, though it imports the module. Comments, docstrings, layout and the texts of errors
change no digest. What is left out on purpose stands in `reach`, with reasons.

Imports of every kind are followed, absolute and relative, in functions, re-exported by packages; names that
a program makes up, as ``importlib.import_module(f"...{x}")``, are not: what is loaded so is named to
`Code.digest`. tests/dependencies holds the digests against what a run's jobs were seen to execute.
"""

import os
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from invariances.dependencies.modules import Finder
from invariances.dependencies.reach import Graph

__all__ = ["Code", "kept_folder"]


class Code:
    """The code of a checkout and of a working directory, as it is when first asked.

    Parameters
    ----------
    own : folders of the library and of the scripts.
    others : folders of modules of one's own; of these, modules count as a whole.
    kept : a folder that keeps what was found in files, so that the next start need not read all again.
    """

    def __init__(
        self, own: Sequence[Path], others: Sequence[Path] = (), kept: Path | None = None
    ) -> None:
        self.graph = Graph(Finder(own, others, kept))
        self._digests: dict[tuple[str, tuple[str, ...]], str] = {}
        self._entries: dict[tuple[str, str], str] = {}

    def digest(self, script: str, names: Sequence[str] = ()) -> str:
        """Of what a script reaches, and what it is given by name, ``module:thing``.

        Names of modules that are in none of the folders, as ``torchvision/alexnet``, count for nothing.
        Raises InputError for a script that is not there, and for what is not valid Python.
        """
        key = (script, tuple(sorted(set(names))))
        if key not in self._digests:
            self._digests[key] = self.graph.digest(self.graph.reached(*key))
        return self._digests[key]

    def libraries(self, script: str) -> set[str]:
        """Of others, that a script can reach, as ``torch`` and ``torch.optim``."""
        found = self.graph.reached(script).outside
        return {part for name in found for part in accumulate(name.split("."), "{}.{}".format)}

    def entry(self, kind: str, name: str) -> str:
        """``module:thing`` of a transform or a dataset that the library registers under a name."""
        key = (kind, name)
        if key not in self._entries:
            self._entries[key] = self.graph.entry(kind, name)
        return self._entries[key]


def kept_folder() -> Path:
    """Where what was found in files is kept, for all checkouts of this user."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "invariances" / "code"
