"""The verbs for logins, on SQLite. They share their transaction's connection and never suspend."""

from typing import Any

import apsw
from msgspec.structs import astuple

from heliograph.core.security.access import Guard, Invitation, MfaKey, Session, TokenUse, TrustedDevice
from heliograph.store.sql.access import WRITES

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


class SqliteAccess:
    """Of one transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def _rows(self, name: str, *values: int | str | bytes | None) -> list[Row]:
        return self._connection.execute(WRITES[name], values).fetchall()

    async def load_guard(self, key: str) -> Guard | None:
        return next((Guard(*row) for row in self._rows("guard", key)), None)

    async def write_guard(self, guard: Guard) -> None:
        self._rows("write_guard", *astuple(guard))

    async def drop_guard(self, key: str) -> None:
        self._rows("drop_guard", key)

    async def drop_guards(self, before: int, limit: int) -> None:
        self._rows("drop_guards", before, limit)

    async def add_session(self, session: Session) -> None:
        self._rows("add_session", *astuple(session))

    async def load_sessions(self, account: int) -> list[Session]:
        return [Session(*row) for row in self._rows("sessions", account)]

    async def see_session(self, session: int, org: int, at: int, address: str) -> None:
        self._rows("see_session", at, address, session, org)

    async def see_token(self, use: TokenUse) -> None:
        self._rows("see_token", *astuple(use))

    async def load_invitations(self, account: int) -> list[Invitation]:
        return [Invitation(*row) for row in self._rows("invitations", account)]

    async def find_invitation(self, digest: bytes) -> Invitation | None:
        return next((Invitation(*row) for row in self._rows("invitation", digest)), None)

    async def find_linked(self, org: int, issuer: str, subject: str) -> int | None:
        return next((int(row[0]) for row in self._rows("linked", org, issuer, subject)), None)

    async def drop_sessions(self, account: int, keep: int = 0) -> None:
        self._rows("drop_sessions", account, keep)

    async def drop_session(self, account: int, session: int) -> None:
        self._rows("drop_session", account, session)

    async def drop_expired_sessions(self, before: int, limit: int) -> None:
        self._rows("drop_expired_sessions", before, limit)

    async def load_keys(self, account: int) -> list[MfaKey]:
        return [MfaKey(*row) for row in self._rows("keys", account)]

    async def use_step(self, key: int, step: int) -> bool:
        return bool(self._rows("use_step", step, key))

    async def load_trusted(self, account: int) -> list[TrustedDevice]:
        return [TrustedDevice(*row) for row in self._rows("trusted", account)]

    async def administrators(self, org: int) -> set[int]:
        return {row[0] for row in self._rows("administrators", org)}
