"""What the sections of a config have in common, and the kinds of value that several have."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
Name = Annotated[str, Field(pattern=NAME)]
"""A name that is fit for a folder."""

OwnName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$")]
"""Something of one's own, ``<module>:<name>``, importable from the working directory."""

# What YAML and JSON have are lists; what is read is not to be changed.
Listed = Strict(False)


def _at_home(path: str) -> str:
    return str(Path(path).expanduser()) if path.startswith("~") else path


def unrepeated(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values as they are; raises ValueError naming one that stands there twice."""
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"{value!r} stands there twice")
    return values


PathText = Annotated[str, AfterValidator(_at_home)]
"""A path, `~` written out."""


class Section(BaseModel):
    """What all sections have in common."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )
