"""What routes about logins, tokens and users work with, and how they change something: whoever is remembered
is forgotten after it.
"""

from typing import Any, Protocol

from msgspec import Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.invitations import Invite
from heliograph.flow.manage.mfa import (
    ActivateMfaKeys,
    CreateMfaKeys,
    DeleteMfaKeys,
    DeleteTrustedDevices,
    MakeRecoveryCodes,
)
from heliograph.flow.manage.organisations import SetOrganisations
from heliograph.flow.manage.sessions import CloseLogins
from heliograph.flow.manage.tokens import CreateTokens, SetTokens
from heliograph.flow.manage.users import CreateAccounts, DeleteAccounts, GiveRoles, SetAccounts
from heliograph.flow.ports import A, Flow, R, Store
from heliograph.flow.ports.access import AccessReader
from heliograph.flow.sign_in import UnlinkAccounts
from heliograph.interfaces.rest.callers.access import Access
from heliograph.interfaces.rest.callers.authentication import Authentication
from heliograph.interfaces.rest.callers.invitations import Invitations
from heliograph.interfaces.rest.callers.oidc import Oidc
from heliograph.interfaces.rest.callers.windows import Windows
from heliograph.interfaces.rest.refusals import OF_ACCESS, of_refusal
from heliograph.interfaces.rest.route import Call


class AccessFlows(Struct, frozen=True):
    create_tokens: CreateTokens
    set_tokens: SetTokens
    create_accounts: CreateAccounts
    set_accounts: SetAccounts
    give_roles: GiveRoles
    delete_accounts: DeleteAccounts
    unlink_accounts: UnlinkAccounts
    create_keys: CreateMfaKeys
    activate_keys: ActivateMfaKeys
    delete_keys: DeleteMfaKeys
    delete_trusted: DeleteTrustedDevices
    make_recovery_codes: MakeRecoveryCodes
    close_logins: CloseLogins
    invite: Invite
    set_organisations: SetOrganisations


class AccessServices(Struct, frozen=True):
    known: Access
    reader: AccessReader
    authentication: Authentication
    attempts: Windows
    invitations: Invitations
    oidc: Oidc | None
    flows: AccessFlows


class Changing(Protocol):
    """The part of the services that a change needs."""

    @property
    def store(self) -> Store: ...
    @property
    def access(self) -> AccessServices: ...


async def change(
    services: Changing, flow: Flow[R, A | Refusal], request: R, call: Call[Any, Any], user: int = 0
) -> A:
    """What a flow answers to the one request of a call, which may be about a user."""
    try:
        (answer,) = await services.store.run(flow, [request])
    finally:
        services.access.known.forget()
    if isinstance(answer, Refusal):
        raise of_refusal(answer, OF_ACCESS, **{**call.path, "user": user})
    return answer
