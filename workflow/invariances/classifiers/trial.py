"""Whether a network can be measured: its answer must be a function of the picture alone.

Pictures go through the classifier that jobs use: together, one by one, in another order, and again.
What differs by more than rounding is looked at in float64, in which rounding all but vanishes and a true
dependence stays.
"""

import copy
import random
from collections.abc import Collection
from time import monotonic

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.utils.flop_counter import FlopCounterMode

from invariances.classifiers import Classifier
from invariances.errors import InputError

SUSPECT = 1e-5
"""Of the spread of logits between pictures: differences up to this are float32's, and harmless."""
TRUE = 1e-7
"""The same in float64, where rounding stays far below."""
COARSE = 1e-3
"""The same in float32 where a network does not run in float64."""
SECONDS = 4.0
"""What the passes of one network may take, about; the number of pictures follows from it."""
PASSES = 6
FEWEST = 3

DEPENDENCES = ("batch", "random", "state")
"""What an answer may depend on beside its picture, by the names that a config's ``accept`` knows."""


def check(
    classifier: Classifier,
    pictures: Tensor,
    classes: int,
    *,
    name: str,
    accept: Collection[str] = (),
    gradient: bool = False,
) -> float:
    """The billions of operations of one picture's forward pass, if the network can be measured.

    Parameters
    ----------
    classifier : frozen, as jobs use it, on the device of `pictures`.
    pictures : [N, 3, H, W] in [0, 255], real ones of several classes; of slow networks the first three
        or more are used.
    classes : the number of logits.
    name : the network's, for messages.
    accept : those of ``DEPENDENCES`` that are let pass.
    gradient : whether the gradient with respect to pictures is asked for, as an ITN's training does.

    Raises
    ------
    InputError : it fails, puts out something else than `classes` finite logits, or probabilities
        without saying so; or its answer depends on more than the picture: the others of its batch,
        chance, or earlier calls.
    """
    network = f"network {name!r}"
    if classes < 2:
        raise InputError(
            f"{network}: there is one class alone, which any picture is predicted to be; two are needed"
        )
    first, gflops = _counted(classifier, pictures[:1], network)
    _check_logits(first, 1, classes, network)
    start = monotonic()
    _answer(classifier, pictures[:1], network)
    elapsed = max(monotonic() - start, 1e-4)
    count = int(np.clip(SECONDS / (PASSES * elapsed), min(FEWEST, len(pictures)), len(pictures)))
    pictures = pictures[:count]
    together = _answer(classifier, pictures, network)
    _check_logits(together, count, classes, network)
    _check_outputs(together, classifier.outputs, network)
    _check_function(classifier, pictures, together, network, accept)
    if gradient:
        _check_gradient(classifier, pictures[:2], network)
    return gflops


def check_training(classifier: Classifier, pictures: Tensor, name: str) -> None:
    """That a step of training runs; the classifier's weights keep their values, its statistics not."""
    classifier.train()
    labels = torch.zeros(2, dtype=torch.int64, device=pictures.device)
    try:
        with torch.enable_grad():
            loss = nn.functional.cross_entropy(classifier(pictures[:2]), labels)
            loss.backward()  # type: ignore[no-untyped-call]
    except Exception as error:  # a network's own code may raise anything
        raise InputError(f"network {name!r} cannot be trained: {reason(error)}") from error
    finally:
        classifier.eval()


def suited(
    network: nn.Module,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    side: int,
    outputs: str = "logits",
) -> Classifier:
    """The network's classifier on channels-last memory, or on plain memory if it needs that.

    ``x.view(n, -1)`` and weights of five dimensions do not run on channels-last memory. Which it is, is
    found by trying, on noise of `side` pixels, the same every time; modes and gradients stay as they are.
    """
    modes = [(module, module.training) for module in network.modules()]
    noise = 255 * torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    classifier = Classifier(network, mean, std, outputs, channels_last=False)
    try:
        classifier.eval()
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            plain = classifier(noise)
            turned = Classifier(network, mean, std, outputs)
            # Pictures come in either order of memory: as stored while training, else channels first.
            same = all(
                _difference(turned(noise.contiguous(memory_format=order)), plain) <= COARSE
                for order in (torch.contiguous_format, torch.channels_last)
            )
    except Exception:  # what fails in both layouts is named by `check`
        same = False
    finally:
        for module, training in modes:
            module.training = training
    return Classifier(network, mean, std, outputs, channels_last=same)


def reason(error: Exception) -> str:
    """What went wrong, in a line: TorchScript's comes last, of others the first says it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return lines[-1] if "TorchScript" in lines[0] else lines[0]


# ---- one call ------------------------------------------------------------------------------------


def _counted(classifier: Classifier, picture: Tensor, network: str) -> tuple[Tensor, float]:
    """The answer to one picture, and the billions of operations that it takes."""
    try:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            answer = classifier(picture)
        # Nobody counts the operations of a layer that does not multiply matrices.
        return answer, max(1e-4, float(counter.get_total_flops() / 1e9))
    except Exception:  # a compiled network cannot be counted in
        return _answer(classifier, picture, network), 1e-4


def _answer(classifier: Classifier, pictures: Tensor, network: str) -> Tensor:
    count, side = len(pictures), pictures.shape[-1]
    try:
        with torch.no_grad():
            answer: Tensor = classifier(pictures)
    except Exception as error:  # a network's own code may raise anything
        if count > 1 and _runs(classifier, pictures[:1]):
            raise InputError(
                f"{network} takes one picture at a time: it fails on {count} together "
                f"({reason(error)}); let it take a batch [N, 3, H, W]"
            ) from error
        if count == 1 and _runs(classifier, pictures.expand(2, -1, -1, -1)):
            raise InputError(
                f"{network} fails on a picture alone ({reason(error)}), but not on several: its answer "
                f"depends on the other pictures of the batch{_cause('batch', classifier)}"
            ) from error
        raise InputError(
            f"{network} fails on a picture of {side}x{side}: {reason(error)}"
        ) from error
    return answer


def _runs(classifier: Classifier, pictures: Tensor) -> bool:
    try:
        with torch.no_grad():
            classifier(pictures)
    except Exception:  # a network's own code may raise anything
        return False
    return True


def _check_logits(logits: object, count: int, classes: int, network: str) -> None:
    if not isinstance(logits, Tensor):
        raise InputError(f"{network} answers {type(logits).__name__}, not a tensor of logits")
    found = list(logits.shape)
    pictures = "one picture" if count == 1 else f"{count} pictures"
    if found == [classes] and count == 1:
        raise InputError(
            f"{network} answers {found} to one picture, without the batch's dimension: write "
            "flatten(1) instead of squeeze()"
        )
    if found != [count, classes]:
        hint = "set `categories` of the model or of the dataset"
        if found == [count, 1] and classes == 2:
            hint = "let it put out a logit for each class"
        raise InputError(
            f"{network} answers {found} to {pictures}, but there are {classes} categories; {hint}"
        )
    if not bool(torch.isfinite(logits).all()):
        raise InputError(f"{network} answers NaN or Inf")


def _check_outputs(logits: Tensor, outputs: str, network: str) -> None:
    """That probabilities are called so, and nothing else is."""
    values = logits if outputs == "logits" else logits.exp()
    sums = values.double().sum(dim=1)
    distributions = bool((values >= 0).all()) and bool(((sums - 1).abs() < 1e-3).all())
    if outputs == "logits" and distributions:
        raise InputError(
            f"{network} puts out probabilities (none below zero, each picture's sum to one), where "
            "logits are expected: take the softmax off its end, or say `outputs: probabilities`"
        )
    if outputs != "logits" and not distributions:
        raise InputError(
            f"outputs: {outputs!r}: {network} puts out something else: those of the first picture sum "
            f"to {float(sums[0]):.4g}; say `outputs: logits`"
        )


# ---- a function of the picture -------------------------------------------------------------------


def _check_function(
    classifier: Classifier,
    pictures: Tensor,
    together: Tensor,
    network: str,
    accept: Collection[str],
) -> None:
    found = _dependence(classifier, pictures, together, SUSPECT, network)
    if found is None or found[0] in accept:
        return
    what, size = found
    limit = TRUE
    try:
        exact = copy.deepcopy(classifier).double()
        with torch.no_grad():
            again = exact(pictures.double())
        if again.dtype != torch.float64:
            raise TypeError
        confirmed = _dependence(exact, pictures.double(), again, limit, network)
    except Exception:  # not every network runs in float64
        confirmed = found if size > COARSE else None
    if confirmed is None or confirmed[0] in accept:
        return
    what, size = confirmed
    says = {
        "batch": "depends on the other pictures of the batch",
        "random": "is random",
        "state": "depends on earlier calls: it keeps state",
    }[what]
    raise InputError(
        f"{network}: its answer to a picture {says} (logits differ by {size:.2g} of their spread"
        f" between pictures){_cause(what, classifier)}; `accept: [{what}]` of the model lets it through"
    )


def _dependence(
    classifier: Classifier, pictures: Tensor, together: Tensor, limit: float, network: str
) -> tuple[str, float] | None:
    """Which of ``DEPENDENCES`` the answers show beyond `limit` of their spread, and by how much."""
    before = _generators()
    alone = torch.cat([_answer(classifier, p, network) for p in pictures.flip(0)[:, None]]).flip(0)
    order = torch.arange(1, len(pictures) + 1, device=pictures.device) % len(pictures)
    moved = torch.empty_like(together)
    moved[order] = _answer(classifier, pictures[order], network)
    again = _answer(classifier, pictures, network)
    drawn = _generators() != before
    repeated = _difference(again, together)
    if repeated > limit:
        return ("random" if drawn else "state"), repeated
    others = max(_difference(alone, together), _difference(moved, together))
    return ("batch", others) if others > limit else None


def _difference(one: Tensor, other: Tensor) -> float:
    """The largest difference of two sets of logits [N, K], of the spread of their differences between
    classes from picture to picture: a constant added to all logits means nothing.
    """
    centred = other.double() - other.double().mean(dim=1, keepdim=True)
    spread = float(centred.std(dim=0, correction=0).square().mean().sqrt())
    floor = 1e-6 * float(other.abs().max()) + torch.finfo(torch.float32).tiny
    change = one.double() - other.double()
    change = change - change.mean(dim=1, keepdim=True)
    return float(change.abs().max()) / max(spread, floor)


def _generators() -> tuple[bytes, ...]:
    """The state of the generators that networks draw from."""
    states = [torch.get_rng_state()]
    if torch.cuda.device_count():
        states.append(torch.cuda.get_rng_state())
    legacy = np.random.get_state(legacy=True)  # noqa: NPY002 - networks may draw from it
    return (
        *(state.numpy().tobytes() for state in states),
        repr(legacy).encode(),
        repr(random.getstate()).encode(),
    )


def _cause(what: str, classifier: Classifier) -> str:
    """The usual cause, with the layers that show it."""
    modules = list(classifier.network.named_modules())
    named = [
        f"{name or type(module).__name__} is a {type(module).__name__}(track_running_stats=False)"
        for name, module in modules
        if isinstance(module, _BatchNorm) and module.running_mean is None
    ]
    training = [
        f"{name} is left in training mode"
        for name, module in modules
        if module.training and isinstance(module, _BatchNorm | _DropoutNd)
    ]
    usual = {
        "batch": "batch normalisation by the batch's own statistics, or another mean over the batch",
        "random": "F.dropout without training=self.training, or a dropout layer left in training mode",
        "state": "statistics or counters that forward changes",
    }[what]
    seen = training if what == "random" else named + training
    return f": {'; '.join(seen[:3])}" if seen else f"; the usual cause is {usual}"


def _check_gradient(classifier: Classifier, pictures: Tensor, network: str) -> None:
    """That the gradient with respect to pictures is there: an ITN is trained by it."""
    shown = pictures.clone().requires_grad_(True)
    remedy = (
        "the ITN before it cannot be trained; take the no_grad off, or set `itn.enabled: false`"
    )
    try:
        with torch.enable_grad():
            logits = classifier(shown)
            if not logits.requires_grad:
                raise InputError(f"{network} gives no gradient with respect to pictures: {remedy}")
            logits.logsumexp(dim=1).sum().backward()
    except InputError:
        raise
    except Exception as error:  # a network's own code may raise anything
        raise InputError(
            f"{network} gives no gradient with respect to pictures ({reason(error)}): {remedy}"
        ) from error
    if shown.grad is None or not bool(torch.isfinite(shown.grad).all()):
        raise InputError(f"{network} gives no gradient with respect to pictures: {remedy}")
