"""Roles: the contract's numbers, with what each may."""

from msgspec import Struct

from heliograph.core.security.access import all_of, scopes_of
from heliograph.interfaces.rest.translate.users import ROLES

_ABOUT = {
    "administrator": "May do everything, and manages users and the organisation.",
    "user": "Works with devices, SMS and integrations; cannot manage users, upstreams or the organisation.",
    "observer": "Sees everything and changes nothing.",
}


class RoleObject(Struct, frozen=True):
    id: int
    description: str
    about: str
    scopes: list[str]


def role_objects() -> list[RoleObject]:
    return [
        RoleObject(id, name.capitalize(), _ABOUT[name], list(all_of(scopes_of(name))))
        for id, name in ROLES.items()
    ]
