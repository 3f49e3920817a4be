"""Reads for logins on SQLite, over the reader's connections: each question is one snapshot."""

from collections.abc import Sequence

from msgspec import json

from heliograph.core.organisation import Account, Organisation, Token
from heliograph.core.security.access import Guard, Invitation, MfaKey, Session, TokenUse, TrustedDevice
from heliograph.flow.ports.access import Login, Person
from heliograph.flow.reads.port import LONGEST_LIST
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import View


class SqliteAccessReader:
    """The seam `flow/ports/access.AccessReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def organisation(self, org: int) -> Organisation | None:
        return await self._reader.ask(lambda view: _organisation(view, org))

    async def token_of(self, digest: bytes) -> Token | None:
        return await self._reader.token(digest)

    async def token(self, id: int) -> Token | None:
        return await self._reader.ask(lambda view: _token(view, id))

    async def tokens(self, org: int) -> list[Token]:
        return await self._reader.tokens(org)

    async def login(self, name: str, key: str) -> Login:
        return await self._reader.ask(lambda view: _login(view, name, key))

    async def login_of(self, account: int) -> Login:
        return await self._reader.ask(lambda view: _login_of(view, account))

    async def guard(self, key: str) -> Guard | None:
        return await self._reader.ask(lambda view: _guard(view, key))

    async def session(self, account: int, session: int) -> tuple[Account, Session] | None:
        return await self._reader.ask(lambda view: _session(view, "access_session", session, account))

    async def session_of(self, digest: bytes) -> tuple[Account, Session] | None:
        return await self._reader.ask(lambda view: _session(view, "access_session_of", digest))

    async def sessions(self, account: int) -> list[Session]:
        return await self._reader.ask(
            lambda view: [Session(*row) for row in view.rows("access_sessions", account)]
        )

    async def token_uses(self, org: int) -> dict[int, TokenUse]:
        return await self._reader.ask(
            lambda view: {row[0]: TokenUse(*row) for row in view.rows("access_token_uses", org)}
        )

    async def invitation(self, digest: bytes) -> tuple[Account, Invitation] | None:
        return await self._reader.ask(lambda view: _invitation(view, digest))

    async def people(self, org: int) -> list[Person]:
        return await self._reader.ask(lambda view: _people(view, org))

    async def person(self, org: int, account: int) -> Person | None:
        return await self._reader.ask(lambda view: _person(view, org, account))

    async def trusted(self, org: int, account: int) -> list[TrustedDevice]:
        return await self._reader.ask(lambda view: _trusted(view, org, account))

    async def names(self, org: int, accounts: Sequence[int]) -> dict[int, Account]:
        return await self._reader.ask(lambda view: _names(view, org, accounts))


def _organisation(view: View, org: int) -> Organisation | None:
    row = view.row("organisation", org)
    return None if row is None else Organisation(*row)


def _token(view: View, id: int) -> Token | None:
    row = view.row("access_token", id)
    return None if row is None else Token(*row)


def _guard(view: View, key: str) -> Guard | None:
    row = view.row("access_guard", key)
    return None if row is None else Guard(*row)


def _login(view: View, name: str, key: str) -> Login:
    """The same statements for a name that exists and for one that does not."""
    row = view.row("account", name)
    account = None if row is None else Account(*row)
    id = 0 if account is None else account.id
    trusted = [TrustedDevice(*one) for one in view.rows("access_trusted", id)]
    return Login(account, _guard(view, key), _keys(view, id), trusted)


def _login_of(view: View, account: int) -> Login:
    row = view.row("access_account", account)
    return Login(None if row is None else Account(*row), None, _keys(view, account), [])


def _keys(view: View, account: int) -> list[MfaKey]:
    return [MfaKey(*row) for row in view.rows("access_keys", account)]


def _session(view: View, name: str, *values: int | bytes) -> tuple[Account, Session] | None:
    row = view.row(name, *values)
    if row is None:
        return None
    session = Session(*row)
    account = view.row("access_account", session.account)
    return None if account is None else (Account(*account), session)


def _invitation(view: View, digest: bytes) -> tuple[Account, Invitation] | None:
    row = view.row("access_invitation", digest)
    if row is None:
        return None
    invitation = Invitation(*row)
    account = view.row("access_account", invitation.account)
    return None if account is None else (Account(*account), invitation)


def _people(view: View, org: int) -> list[Person]:
    keys: dict[int, list[MfaKey]] = {}
    for row in view.rows("access_keys_of_org", org):
        keys.setdefault((key := MfaKey(*row)).account, []).append(key)
    accounts = [Account(*row) for row in view.rows("accounts", org, LONGEST_LIST)]
    return [Person(account, keys.get(account.id, [])) for account in accounts]


def _person(view: View, org: int, account: int) -> Person | None:
    row = view.row("access_account", account)
    found = None if row is None else Account(*row)
    return None if found is None or found.org != org else Person(found, _keys(view, account))


def _trusted(view: View, org: int, account: int) -> list[TrustedDevice]:
    found = [TrustedDevice(*row) for row in view.rows("access_trusted", account)]
    return [device for device in found if device.org == org]


def _names(view: View, org: int, accounts: Sequence[int]) -> dict[int, Account]:
    ids = json.encode(sorted(set(accounts))).decode()
    return {row[0]: Account(*row) for row in view.rows("access_accounts", org, ids)}
