"""A classifier compiled ahead of time: the same answers but for rounding, its layers fused, on a CPU.

torch.export turns the frozen network into a graph, and AOTInductor, through a C++ compiler, the graph into
a package that loads in half a second. It is made for one version of torch and one kind of processor.
"""

import os
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from invariances import classifiers
from invariances.classifiers import Classifier
from invariances.errors import InputError
from invariances.tables.files import damaged, read_json

PAYS = ("aten.batch_norm.default", "aten._native_batch_norm_legit_no_training.default")
"""Operations that are folded into what stands before them. A network without any gains next to nothing:
its convolutions are the same compiled and eager."""
LARGEST = 65536
"""Pictures of a batch, at most."""


@dataclass(frozen=True)
class Engine:
    """How a classifier is run; ``engine.json`` in results.

    Attributes
    ----------
    name : ``compiled``, or ``eager`` where the network is run as torch has it.
    because : why it is eager; empty where it is compiled.
    torch, processor : what the package was made for.
    sha256 : of the weights' file, as in ``model.json``.
    """

    name: str
    because: str
    torch: str
    processor: str
    sha256: str


class Compiled(nn.Module):
    """A package as a classifier: pictures [N, 3, H, W] in [0, 255] on the CPU, returns logits [N, K]."""

    here: Tensor

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.register_buffer("here", torch.empty(0), persistent=False)
        self.package = torch._inductor.aoti_load_package(str(file))

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits; a graph for any number of pictures is one for two or more."""
        if len(pictures) > 1:
            return self._logits(pictures)
        return self._logits(torch.cat([pictures, pictures]))[: len(pictures)]

    def _logits(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.package(pictures.contiguous())
        return logits


def build(classifier: Classifier, side: int, digest: str, file: Path) -> Engine:
    """Compile a frozen classifier of `side` x `side` pictures into `file`, or say why it stays eager.

    An eager one leaves an empty file. `digest` is that of the weights' file.
    """
    return packaged(classifier, side, digest, file, worth=pays)


def packaged(
    network: nn.Module,
    side: int,
    digest: str,
    file: Path,
    *,
    worth: Callable[[torch.export.ExportedProgram], bool],
    because: str = "",
) -> Engine:
    """The same of any module that takes pictures, if its graph is `worth` it.

    `because` : what is against it, in words; empty for nothing.
    """
    if not because and compiler() is None:
        because = "there is no C++ compiler (g++)"
    if not because:
        pictures = torch.full((2, 3, side, side), 128.0)
        batch = torch.export.Dim("batch", min=2, max=LARGEST)
        try:
            with torch.no_grad():
                graph = torch.export.export(network, (pictures,), dynamic_shapes=({0: batch},))
            if worth(graph):
                _package(graph, file)
            else:
                because = "no layer of it could be folded into another"
        except Exception as error:  # whatever torch raises of a network that it cannot trace
            because = f"torch cannot compile it ({str(error).strip().splitlines()[0][:200]})"
    if because:
        file.write_bytes(b"")
    name = "eager" if because else "compiled"
    return Engine(name, because, torch.__version__, processor(), digest)


def pays(graph: torch.export.ExportedProgram) -> bool:
    """Whether an exported network has layers to fold: a rule on the graph, the same on every machine."""
    return any(str(node.target) in PAYS for node in graph.graph.nodes)


def _package(graph: torch.export.ExportedProgram, file: Path) -> None:
    made = file.with_name(f"{file.stem}.part.pt2")
    try:
        with torch.no_grad():
            torch._inductor.aoti_compile_and_package(
                graph, package_path=str(made), inductor_configs={"freezing": True}
            )
        made.replace(file)
    finally:
        made.unlink(missing_ok=True)


def load(file: Path, eager: Callable[[], nn.Module]) -> nn.Module:
    """A classifier as `build` has compiled it into `file`, or where that has left it so, the `eager` one.

    What is compiled needs nothing of the other: neither its library nor its weights are opened for it.

    Raises
    ------
    InputError : the package was made for another processor or version of torch, or its description,
        ``.json`` beside it, is damaged.
    """
    description = file.with_suffix(".json")
    engine = described(read_json(description), description)
    if engine.name == "eager":
        return eager()
    for made, here in ((engine.torch, torch.__version__), (engine.processor, processor())):
        if made != here:
            raise InputError(
                f"{file}: compiled for {made}, and this is {here}: remove it to compile again, or give the "
                "config `engine: eager`"
            )
    return Compiled(file)


def opened(folder: Path, engine: Path | None) -> nn.Module:
    """A saved classifier, frozen, on the CPU; compiled where it has an `engine`.

    Raises InputError as `load`, and for an engine of other weights.
    """

    def eager() -> Classifier:
        return classifiers.load(folder)

    if engine is None:
        return eager()
    description = engine.with_suffix(".json")
    if described(read_json(description), description).sha256 != classifiers.describe(folder).sha256:
        raise InputError(
            f"{engine}: compiled from other weights than {folder} has: remove it to compile again"
        )
    return load(engine, eager)


def described(entry: Mapping[str, Any], file: Path) -> Engine:
    """An ``engine.json`` read."""
    try:
        return Engine(**entry)
    except TypeError as error:
        raise damaged(file, error) from error


def entry(engine: Engine) -> dict[str, str]:
    """What ``engine.json`` holds."""
    return asdict(engine)


def compiler() -> str | None:
    """The C++ compiler that torch would start; None where there is none."""
    return shutil.which(os.environ.get("CXX", "g++"))


def processor() -> str:
    """The kind of this machine's processor: its architecture, and a digest of the instructions that it has.

    A package may use any of them: on another kind it could fail, or round otherwise.
    """
    flags: set[str] = set()
    file = Path("/proc/cpuinfo")
    for line in file.read_text().splitlines() if file.exists() else ():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            flags |= set(value.split())
    return f"{platform.machine()} {sha256(' '.join(sorted(flags)).encode()).hexdigest()[:12]}"
