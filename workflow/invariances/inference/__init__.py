"""What a network answers to prepared pictures: one way to read the pictures, one loop that asks.

``prepared`` reads pictures and needs no torch; ``responder`` holds the loop.
"""

from typing import Literal

from invariances.costs import BATCH_SIZE
from invariances.inference.answers import Answers
from invariances.inference.prepared import Pictures, picture_ids, read_pictures

__all__ = ["BATCH_SIZE", "Answers", "BatchSize", "Pictures", "picture_ids", "read_pictures"]

BatchSize = int | Literal["auto"]
"""So many, or as many as suit the device, see ``responder.fitting``."""
