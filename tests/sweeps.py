"""Sweeps whose softmax are written down."""

from types import SimpleNamespace

import numpy as np
import torch

CATEGORIES = ("zero", "one", "two")


def make_sweep(
    curves: np.ndarray, magnitudes: np.ndarray, identity: int, labels: tuple[int, ...] = (0,)
) -> SimpleNamespace:
    """A sweep from softmax [C, n, M, 3], one class per label."""
    classes, size, _, width = curves.shape
    candidates = np.array([[k, *(j for j in range(width) if j != k)] for k in labels])
    index = np.repeat(np.arange(classes), size)
    flat = curves.reshape(classes * size, -1, width)
    own = np.stack([flat[i][:, candidates[c]] for i, c in enumerate(index)])
    return SimpleNamespace(
        classes=np.array([f"class {k}" for k in labels]),
        labels=np.array(labels),
        magnitudes=np.asarray(magnitudes, float),
        identity=identity,
        picture=np.array([f"p/{i}" for i in range(len(index))]),
        class_index=index,
        prediction=flat.argmax(axis=2).astype(np.int32),
        true_softmax=own[..., 0].astype(np.float32),
        mean_softmax=curves.mean(axis=1).astype(np.float32),
        candidates=candidates.astype(np.int32),
        candidate_softmax=own.astype(np.float32),
    )


def constant(curve: list[list[float]], size: int = 4) -> np.ndarray:
    """One class of equal pictures from a curve [M, 3]."""
    return np.repeat(np.array(curve)[None, None], size, axis=1)


def all_object(pictures: torch.Tensor) -> torch.Tensor:
    """``Setting.behind`` of pictures [N, 3, H, W] whose object is all that is seen: black."""
    return torch.cat([torch.zeros_like(pictures), torch.full_like(pictures[:, :1], 255)], dim=1)
