"""Heads: from a picture's embedding to logits of classes that the network was never told of.

Embeddings are unit vectors, z / |z|; all heads compare them by their cosine and divide it by a temperature
t. They are differentiable in the embedding, so that an ITN can be trained before them.

References
----------
Wu, Xiong, Yu & Lin, Unsupervised feature learning via non-parametric instance discrimination, CVPR 2018
(section 3.4: the weighted vote of neighbours, t = 0.07). Radford et al., Learning transferable visual
models from natural language supervision, ICML 2021 (class embeddings of texts, several prompts averaged,
t = 0.01). Snell, Swersky & Zemel, Prototypical networks for few-shot learning, NeurIPS 2017.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from invariances.errors import InputError, unknown

ABSENT = 1e-3
"""What a class without any of the k neighbours has of its nearest picture's vote: too little to win, and
enough for a margin that moves."""


@dataclass(frozen=True)
class Head:
    """What is known of a head beside its vectors; in ``model.json``.

    Attributes
    ----------
    kind : ``prototypes``, ``knn``, ``text`` or ``identity``.
    temperature : by which cosines are divided.
    k : neighbours that vote, for ``knn``.
    layer : the module at whose output the network is cut; "" for what it puts out.
    reset : whether its library's classifier is taken off.
    """

    kind: str
    temperature: float
    k: int = 0
    layer: str = ""
    reset: bool = False


class Nearest(nn.Module):
    """Cosine to a vector a class.

    Shapes: unit embeddings [N, D]; returns logits [N, K], z p_k / t.
    """

    prototypes: Tensor

    def __init__(self, prototypes: Tensor, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature
        self.register_buffer("prototypes", prototypes)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Logits [N, K]."""
        return embeddings @ self.prototypes.T / self.temperature


class Neighbours(nn.Module):
    """A vote of the k nearest pictures of a bank, each with weight exp(cosine / t).

    Softmax of the logits is each class's share of the vote, but for ``ABSENT``. Every one of `classes`
    has a picture in the bank.

    Shapes: unit embeddings [N, D], the bank [T, D] and its pictures' classes [T]; returns logits [N, K].
    """

    bank: Tensor
    labels: Tensor

    def __init__(
        self, bank: Tensor, labels: Tensor, classes: int, k: int, temperature: float
    ) -> None:
        super().__init__()
        self.classes, self.k, self.temperature = classes, k, temperature
        self.register_buffer("bank", bank)
        self.register_buffer("labels", labels)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Logits [N, K]: the log of each class's votes."""
        # Of a coarser arithmetic (autocast) the cosines alone.
        votes = (embeddings @ self.bank.T).to(self.bank.dtype) / self.temperature
        count = len(votes)
        shape = (count, self.classes)
        nearest, place = votes.topk(self.k, dim=1)
        highest = nearest[:, :1].detach()
        sums = votes.new_zeros(shape).scatter_add(1, self.labels[place], (nearest - highest).exp())
        own = votes.new_full(shape, -torch.inf).scatter_reduce(
            1, self.labels.expand(count, -1), votes, "amax"
        )
        least = torch.finfo(votes.dtype).tiny
        present = sums.clamp_min(least).log() + highest
        absent = own + torch.tensor(ABSENT, dtype=votes.dtype).log()
        return torch.where(sums > 0, present, absent)


class Embedding(nn.Module):
    """An encoder's embedding as a unit vector.

    Shapes: pictures as the encoder takes them; of its output [N, D] as it is, of maps [N, D, S, S] or,
    with channels last (Swin, MambaOut), [N, S, S, D], and of tokens [N, T, D] the mean over their places.
    Returns [N, D], of length 1 (0 where the output is all zeros).
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pictures: Tensor) -> Tensor:
        """Unit vectors [N, D]."""
        found = self.encoder(pictures)
        if found.ndim == 4:
            _, first, second, last = found.shape
            # Pictures are square, and so are their maps.
            found = found.mean(dim=(1, 2) if first == second != last else (2, 3))
        elif found.ndim == 3:
            found = found.mean(dim=1)
        return functional.normalize(found, dim=1)


class Cut(nn.Module):
    """A network that puts out what one of its modules does; it runs to its end all the same."""

    def __init__(self, network: nn.Module, layer: str) -> None:
        super().__init__()
        self.network, self.layer = network, layer

    def forward(self, pictures: Tensor) -> Tensor:
        """The output of the module named `layer`."""
        seen: list[Tensor] = []

        def keep(_: nn.Module, __: object, output: Tensor) -> None:
            # What follows may write into it (ReLU in place): the layer's own output is what is asked for.
            seen.append(output.clone())

        hook = self.network.get_submodule(self.layer).register_forward_hook(keep)
        try:
            self.network(pictures)
        finally:
            hook.remove()
        if len(seen) != 1:
            called = f"is called {len(seen)} times" if seen else "is not called"
            raise InputError(f"head.layer: {self.layer!r} {called} in a pass; name another module")
        return seen[0]


class Headed(nn.Module):
    """An encoder with a head: a network that puts out logits.

    Shapes: pictures as the encoder takes them; returns logits [N, K].
    """

    def __init__(self, embedding: Embedding, head: nn.Module) -> None:
        super().__init__()
        self.embedding, self.head = embedding, head

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits [N, K]."""
        logits: Tensor = self.head(self.embedding(pictures))
        return logits


def mean_directions(embeddings: Tensor, labels: Tensor, classes: int) -> Tensor:
    """The mean [K, D] of each class's unit embeddings [N, D], scaled to length 1."""
    sums = embeddings.new_zeros(classes, embeddings.shape[1]).index_add(0, labels, embeddings)
    return functional.normalize(sums, dim=1)


# ---- putting them together -----------------------------------------------------------------------


def cut(network: nn.Module, head: Head, name: str) -> Embedding:
    """A network up to where its embedding is; its weights must be in it by now.

    Raises
    ------
    InputError : it has no such layer.
    """
    if head.layer:
        layers = [layer for layer, _ in network.named_modules() if layer]
        if head.layer not in layers:
            raise unknown(f"head.layer of {name!r}", head.layer, layers)
        return Embedding(Cut(network, head.layer))
    if head.reset:
        # timm's own way: what is left puts out the pooled features.
        network.reset_classifier(0)  # type: ignore[operator]
    return Embedding(network)


def vectors(head: Head, size: int, width: int, classes: int) -> nn.Module:
    """A head of `size` vectors of `width` numbers that are not filled yet."""
    empty = torch.zeros(size, width)
    if head.kind == "knn":
        labels = torch.zeros(size, dtype=torch.int64)
        return Neighbours(empty, labels, classes, head.k, head.temperature)
    return Nearest(empty, head.temperature)


def stand_in(head: Head, width: int, classes: int) -> nn.Module:
    """A head of random vectors, the same each time, where its own are not there yet."""
    size = max(classes, head.k)
    made = vectors(head, size, width, classes)
    random = torch.randn(size, width, generator=torch.Generator().manual_seed(0))
    unit = functional.normalize(random, dim=1)
    if isinstance(made, Neighbours):
        made.bank.copy_(unit)
        made.labels.copy_(torch.arange(size) % classes)
    else:
        made.prototypes = unit[:classes]
    return made
