"""Pictures encoded in memory."""

import io

import numpy as np
import pytest

from invariances.errors import InputError
from invariances.pictures import decode

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (10, 14, 3), dtype=np.uint8)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def refused(source, *words, name="a picture"):
    with pytest.raises(InputError) as error:
        decode(source, name)
    message = str(error.value)
    assert message.count(repr(name)) == 1
    for word in words:
        assert word in message
    return message
