"""Brings a trained net to the edge of its constraint, along the transforms' own paths: back inside it
where it overstepped, further out where there is room.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.itn.families import Kind
from invariances.itn.losses import margins
from invariances.itn.module import InvariantTransformer, fixed

PROBES = ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.25, 0.25))
"""The k that are looked at: the square's corners and its diagonal. Responses need not fall steadily
with k: a class with four-fold symmetry is lost at 45 degrees and recovers at 90."""

FACTORS = tuple(0.94**power for power in range(24))
"""How far the transforms are scaled back, at most to a quarter: what does not help by then is no
matter of magnitude (pictures on the brink, which any resampling tips over)."""

GROWTH = 1.15
"""By how much a transform is widened at a time, up to its bound, while it flips nothing at any probed k."""

ENDANGERED = 1 / 3
"""Pictures looked at while a transform is widened: those that came nearest to being wrong at the reach
that the training ended with. All are looked at again at the end: together with the other transforms,
or, of a transform that is the only one, as it is."""

WIDEST = 8
"""Widenings at most, to three times the reach: a training that ends shorter has not found the edge."""

COARSE = (1.0, 0.75, 0.5, 0.25)


@torch.no_grad()
def retract(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: Tensor,
    right: Tensor,
    accuracy_loss: float,
    batch_size: int,
) -> dict[tuple[Kind, ...], float]:
    """Scale transforms back as little as keeps the accuracy at every probed k, or widen them.

    Each transform alone is brought to the edge; all together are only scaled back.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3]; labels : int64 [N]
    right : bool [N], whether the classifier is right on the untransformed picture.
    accuracy_loss : fraction of accuracy that may be lost, rounded to pictures but at least one.
    batch_size : pictures at once.

    Returns
    -------
    The factor for each transform alone, then for all together; those that take part are scaled. Where
    no factor keeps the accuracy, the one that loses least, the largest of equals.
    """
    allowed = int((~right).sum()) + max(1, round(accuracy_loss * len(labels)))
    probed = _Probed(module, classifier, pictures, labels, batch_size)
    factors: dict[tuple[Kind, ...], float] = {}
    for kinds in _together(module):
        full = {kind: float(module.parts()[kind].reach) for kind in kinds}
        factor, kept = _narrowed(module, probed, full, allowed)
        if kept and factor == 1 and len(kinds) == 1:
            factor = _widened(module, probed, full, allowed)
        if factor > 1 and len(module.parts()) == 1:
            factor = _confirmed(module, probed, full, factor, allowed)
        factors[kinds] = factor
    return factors


def _together(module: InvariantTransformer) -> Iterator[tuple[Kind, ...]]:
    kinds = tuple(module.parts())
    yield from ((kind,) for kind in kinds)
    if len(kinds) > 1:
        yield kinds


def _scale(module: InvariantTransformer, full: dict[Kind, float], factor: float) -> None:
    for kind, reach in full.items():
        module.parts()[kind].reach.fill_(reach * factor)


def _narrowed(
    module: InvariantTransformer, probed: "_Probed", full: dict[Kind, float], allowed: int
) -> tuple[float, bool]:
    """The largest factor up to 1 that costs no more than allowed, and whether there is one."""
    for factor in FACTORS:
        _scale(module, full, factor)
        if probed.wrong(tuple(full), allowed) <= allowed:
            return factor, True
    factor = _least(module, probed, full)
    _scale(module, full, factor)
    return factor, False


def _widened(
    module: InvariantTransformer, probed: "_Probed", full: dict[Kind, float], allowed: int
) -> float:
    """The largest widening before the first that costs too much; the reach is left there."""
    factor = 1.0
    for power in range(1, WIDEST + 1):
        wider = min(GROWTH**power, 1 / max(full.values()))
        if wider <= factor:
            break
        _scale(module, full, wider)
        if probed.wrong(tuple(full), allowed, ENDANGERED) > allowed:
            break
        factor = wider
    _scale(module, full, factor)
    return factor


def _confirmed(
    module: InvariantTransformer,
    probed: "_Probed",
    full: dict[Kind, float],
    factor: float,
    allowed: int,
) -> float:
    """A widening that leaves all predictions: the one found, or the next smaller one that they do."""
    while factor > 1 and probed.wrong(tuple(full), allowed) > allowed:
        factor = max(1.0, factor / GROWTH)
        _scale(module, full, factor)
    return factor


def _least(module: InvariantTransformer, probed: "_Probed", full: dict[Kind, float]) -> float:
    """The coarse factor under which fewest pictures are wrong at the worst k."""
    found = {}
    for factor in COARSE:
        _scale(module, full, factor)
        found[factor] = probed.wrong(tuple(full), len(probed.labels))
    return min(found, key=lambda factor: (found[factor], -factor))


class _Probed:
    """Counts wrong pictures at the probed k, those first that came nearest to being wrong before."""

    def __init__(
        self,
        module: InvariantTransformer,
        classifier: nn.Module,
        pictures: NDArray[np.uint8],
        labels: Tensor,
        batch_size: int,
    ) -> None:
        self.module, self.classifier = module, classifier
        self.pictures = Pictures.numbered(pictures, labels.cpu().numpy())
        self.labels, self.batch_size = labels, batch_size
        self.leads = torch.full((len(labels),), float("inf"), device=labels.device)
        """The true class's smallest lead in logits so far, [N]."""
        self.probes = list(PROBES)

    def wrong(self, kinds: tuple[Kind, ...], enough: int, part: float = 1) -> int:
        """Wrong pictures at the worst k; stops counting at the first k with more than `enough`.

        Only that `part` of the pictures is looked at which came nearest to being wrong before.
        """
        order = self.leads.argsort(stable=True)[: max(1, round(part * len(self.labels)))]
        worst = 0
        for probe in tuple(self.probes):
            worst = max(worst, self._wrong_at(kinds, probe, enough, order))
            if worst > enough:
                # Where it failed last it will fail first.
                self.probes.remove(probe)
                self.probes.insert(0, probe)
                break
        return worst

    def _wrong_at(
        self, kinds: tuple[Kind, ...], probe: tuple[float, float], enough: int, order: Tensor
    ) -> int:
        parts = self.module.parts()
        matrices = {kind: parts[kind](parts[kind].reach.new_tensor([probe]))[0] for kind in kinds}
        apply = fixed(self.module, matrices)
        responder = Responder(self.classifier, apply, batch_size=self.batch_size)
        wrong = 0
        for part, logits in responder.logits(self.pictures, order.cpu().numpy()):
            rows = order[part]
            self.leads[rows] = torch.minimum(self.leads[rows], margins(logits, self.labels[rows]))
            wrong += int((logits.argmax(1) != self.labels[rows]).sum())
            if wrong > enough:
                break
        return wrong
