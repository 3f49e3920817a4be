"""What routes about logins, tokens and users work with, and how they change something: whoever is remembered
is forgotten after it.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.mfa import ActivateMfaKeys, CreateMfaKeys, DeleteMfaKeys, DeleteTrustedDevices
from heliograph.flow.manage.tokens import CreateTokens, SetTokens
from heliograph.flow.manage.users import CreateAccounts, DeleteAccounts, GiveRoles, SetAccounts
from heliograph.flow.ports import Flow, Store
from heliograph.flow.ports.access import AccessReader
from heliograph.interfaces.rest.access import Access
from heliograph.interfaces.rest.authentication import Authentication
from heliograph.interfaces.rest.problem import Problem, not_found, of_refusal
from heliograph.interfaces.rest.windows import Windows

R = TypeVar("R")
T = TypeVar("T")
_RESOURCES = {
    "unknown_account": "User",
    "unknown_token": "Application Token",
    "unknown_role": "Role",
    "unknown_mfa_key": "MFA key",
    "unknown_trusted_device": "Trusted device",
}


class AccessFlows(Struct, frozen=True):
    create_tokens: CreateTokens
    set_tokens: SetTokens
    create_accounts: CreateAccounts
    set_accounts: SetAccounts
    give_roles: GiveRoles
    delete_accounts: DeleteAccounts
    create_keys: CreateMfaKeys
    activate_keys: ActivateMfaKeys
    delete_keys: DeleteMfaKeys
    delete_trusted: DeleteTrustedDevices


class AccessServices(Struct, frozen=True):
    known: Access
    reader: AccessReader
    authentication: Authentication
    attempts: Windows
    flows: AccessFlows


class Changing(Protocol):
    """The part of the services that a change needs."""

    @property
    def store(self) -> Store: ...
    @property
    def access(self) -> AccessServices: ...


async def change(
    services: Changing, flow: Flow[R, Any], request: R, id: int = 0, user: int | None = None
) -> Any:
    """One request's answer; `id` is what was named in the path, of `user` if it is a user's."""
    requests: Sequence[R] = [request]
    try:
        (answer,) = await services.store.run(flow, requests)
    finally:
        services.access.known.forget()
    if isinstance(answer, Refusal):
        raise _problem(answer, user if user is not None and answer.code == "unknown_account" else id)
    return answer


def _problem(refusal: Refusal, id: int) -> Problem:
    resource = _RESOURCES.get(refusal.code)
    return of_refusal(refusal) if resource is None else not_found(resource, id)
