"""Who is bound, and the trace of an account, for people who ask. Stands behind `flow/reads/smpp_port`."""

from struct import unpack_from

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.smpp_port import BindView, TraceLine
from heliograph.interfaces.smpp.link import Connection
from heliograph.interfaces.smpp.server import SmppServer
from heliograph.wire.smpp.numbers import command_name, status_name
from heliograph.wire.smpp.trace import Frame


class Views:
    def __init__(self, server: SmppServer) -> None:
        self.server = server

    def _bound(self, account: SmppAccount) -> list[Connection]:
        desk = self.server.desk(account.id)
        return [one for one in self.server.connections.values() if desk is not None and one.desk is desk]

    def binds(self, account: SmppAccount) -> list[BindView]:
        began = self.server.now() - self.server.time() * 1000
        return [_view(connection, began) for connection in self._bound(account)]

    def unbind(self, account: SmppAccount, number: int) -> bool:
        for connection in self._bound(account):
            if connection.number == number:
                connection.unbind()
                return True
        return False

    def trace(self, account: SmppAccount, with_text: bool, limit: int) -> list[TraceLine]:
        desk = self.server.desk(account.id)
        if desk is None:
            return []
        lines = desk.trace.read(with_text, limit, self.server.now(), self.server.time())
        return [TraceLine(*line) for line in lines]


def _view(one: Connection, began: float) -> BindView:
    theirs, ours = one.last
    command, status = one.error
    return BindView(
        number=one.number,
        bind=one.bind_type,
        address=one.address,
        port=one.port,
        tls=one.is_tls,
        version=one.version,
        since=one.since,
        unanswered=one.session.unanswered,
        window=one.window,
        their_unanswered=one.session.to_answer,
        their_window=one.their_window,
        received=_command(theirs),
        received_at=_at(theirs, began),
        sent=_command(ours),
        sent_at=_at(ours, began),
        submitted=one.submitted,
        delivered=one.delivered,
        errors=one.errors,
        error=f"{command_name(command)} {status_name(status)}" if command else "",
    )


def _command(frame: Frame | None) -> str:
    return "" if frame is None else command_name(unpack_from(">I", frame[3], 4)[0])


def _at(frame: Frame | None, began: float) -> int | None:
    return None if frame is None else round(began + frame[0] * 1000)
