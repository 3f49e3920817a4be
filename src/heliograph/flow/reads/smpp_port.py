"""The seam for what runs: who is bound, and the last PDUs of an account. The server that applications bind to
stands behind it.
"""

from typing import Protocol

from msgspec import Struct

from heliograph.core.smpp_account import SmppAccount


class BindView(Struct, frozen=True):
    """One session that is bound, as it now stands. Times are milliseconds since the epoch."""

    number: int  # of its connection, since the server started
    bind: str  # trx, tx or rx
    address: str
    port: int
    tls: bool
    version: int  # the interface version that the peer named, such as 0x34
    since: int
    unanswered: int  # deliver_sm that the peer has not answered
    window: int  # how many it may have
    their_unanswered: int  # submit_sm that wait for our answer
    their_window: int
    received: str = ""  # the last PDU from the peer, by its command
    received_at: int | None = None
    sent: str = ""  # our last
    sent_at: int | None = None
    submitted: int = 0
    delivered: int = 0
    errors: int = 0  # PDUs that were refused, by either side
    error: str = ""  # the last of them: a command and its status


class TraceLine(Struct, frozen=True):
    """One PDU for people."""

    at: int
    bind: int  # the number of its connection
    is_ours: bool
    command: str
    status: str
    sequence: int
    length: int
    fields: dict[str, str | int | list[str]]


class SmppDesk(Protocol):
    def binds(self, account: SmppAccount) -> list[BindView]:
        """Oldest first."""
        ...

    def unbind(self, account: SmppAccount, number: int) -> bool:
        """False: there is no such session. It is told to leave, and what it had under way waits again."""
        ...

    def trace(self, account: SmppAccount, with_text: bool, limit: int) -> list[TraceLine]:
        """The last ones, oldest first."""
        ...
