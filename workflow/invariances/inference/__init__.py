"""What a network answers to prepared pictures: one way to read the pictures, one loop that asks.

``prepared`` reads pictures and needs no torch; ``responder`` holds the loop.
"""

from invariances.inference.answers import Answers
from invariances.inference.prepared import Pictures, picture_ids, read_pictures

__all__ = ["BATCH_SIZE", "Answers", "Pictures", "picture_ids", "read_pictures"]

BATCH_SIZE = 64
"""Pictures that go through a network together, where nothing else is said."""
