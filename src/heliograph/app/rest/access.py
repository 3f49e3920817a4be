"""Logins, tokens and users, put together for the API."""

from secrets import token_bytes
from time import monotonic

from heliograph.app import App
from heliograph.flow.login import CountFailures, EndSessions, OpenSessions, RecordLogins
from heliograph.flow.manage.invitations import AcceptInvitations, Invite
from heliograph.flow.manage.mfa import (
    ActivateMfaKeys,
    CreateMfaKeys,
    DeleteMfaKeys,
    DeleteTrustedDevices,
    MakeRecoveryCodes,
)
from heliograph.flow.manage.sessions import CloseLogins
from heliograph.flow.manage.tokens import SetTokens
from heliograph.flow.manage.users import DeleteAccounts, GiveRoles, SetAccounts
from heliograph.flow.sign_in import UnlinkAccounts
from heliograph.interfaces.rest.access_services import AccessFlows, AccessServices
from heliograph.interfaces.rest.callers.authentication import Authentication, LoginFlows
from heliograph.interfaces.rest.callers.invitations import Invitations
from heliograph.interfaces.rest.callers.oidc import Oidc
from heliograph.interfaces.rest.callers.seen import SeenDesk
from heliograph.interfaces.rest.callers.windows import Windows

LOGIN_WINDOW_SECONDS = 300.0


def access_services(app: App, oidc: Oidc | None, seen: SeenDesk) -> AccessServices:
    logins = LoginFlows(CountFailures(), OpenSessions(token_bytes), EndSessions(), RecordLogins())
    authentication = Authentication(
        app.access_reader, app.store, logins, app.session_tokens, app.vault, app.clock
    )
    app.access.on_let_in = seen.note
    return AccessServices(
        app.access,
        app.access_reader,
        authentication,
        Windows(app.config.http.logins_per_address, LOGIN_WINDOW_SECONDS, monotonic),
        Invitations(app.access_reader, app.store, AcceptInvitations(), app.clock, authentication.hash),
        oidc,
        AccessFlows(
            app.flows.create_tokens,
            SetTokens(),
            app.flows.create_accounts,
            SetAccounts(),
            GiveRoles(),
            DeleteAccounts(),
            UnlinkAccounts(),
            CreateMfaKeys(),
            ActivateMfaKeys(),
            DeleteMfaKeys(),
            DeleteTrustedDevices(),
            MakeRecoveryCodes(token_bytes),
            CloseLogins(),
            Invite(token_bytes),
            app.flows.set_organisations,
        ),
    )
