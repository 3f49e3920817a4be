"""Shapes that many resources of the contract share."""

from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.ids import LARGEST_ID
from heliograph.core.labels import LONGEST_DESCRIPTION, LONGEST_NAME

Id = Annotated[int, Meta(ge=-LARGEST_ID, le=LARGEST_ID)]
FloatId = Annotated[float, Meta(ge=-LARGEST_ID, le=LARGEST_ID)]  # some clients send `0.0`

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
Description = Annotated[str, Meta(max_length=LONGEST_DESCRIPTION)]


class Reference(Struct, frozen=True):
    """`{"id": 1}` names something; `{"id": null}` takes it away."""

    id: Id | FloatId | None = None

    @property
    def number(self) -> int | None:
        return None if self.id is None else int(self.id)


class Looked(Struct, frozen=True):
    """A value of a lookup table, with its words."""

    id: int
    description: str
