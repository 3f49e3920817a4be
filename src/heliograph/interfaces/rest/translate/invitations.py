"""Invitations: what an administrator gets to hand on, and what who holds it sends."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.interfaces.rest.translate.users import Password

KIND = "Invitation"
LONGEST_TOKEN = 200


class InvitationObject(Struct, frozen=True):
    """Shown once."""

    id: int
    username: str
    token: str
    url: str  # where the portal takes it
    expires: str


class InvitationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Without a password it is only asked whose it is."""

    token: Annotated[str, Meta(max_length=LONGEST_TOKEN)]
    password: Password | UnsetType = UNSET


class InvitationShown(Struct, frozen=True):
    username: str
    expires: str | None  # null: it was used, by this call
