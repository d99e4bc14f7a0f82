"""The Invariant Transformer Net: learns to what a frozen classifier is invariant (section III.D).

>>> module, history = train(classifier, pictures, labels, TrainingSettings())  # doctest: +SKIP
>>> evaluate(module, classifier, unseen, unseen_labels)  # doctest: +SKIP
"""

from invariances.itn.certificate import Asked, certified_grid, certify, told
from invariances.itn.directions import directions
from invariances.itn.evaluation import evaluate, flips
from invariances.itn.gallery import gallery
from invariances.itn.module import InvariantTransformer, load, save
from invariances.itn.nearest import comparison
from invariances.itn.settings import TrainingSettings
from invariances.itn.steered import Architecture
from invariances.itn.tightness import tightness, ways
from invariances.itn.training import train

__all__ = [
    "Architecture",
    "Asked",
    "InvariantTransformer",
    "TrainingSettings",
    "certified_grid",
    "certify",
    "comparison",
    "directions",
    "evaluate",
    "flips",
    "gallery",
    "load",
    "save",
    "tightness",
    "told",
    "train",
    "ways",
]
