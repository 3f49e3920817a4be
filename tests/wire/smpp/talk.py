"""Two sessions joined by a wire, and the story of what they said: one line for each PDU and each event.

`esme> submit_sm 2` is a PDU as it leaves, with its status when that is an error; `smsc: Requested` an event.
"""

from collections.abc import Callable

from heliograph.wire.smpp.events import Bound, Ended, Event, Limits, Rejected, Unanswered
from heliograph.wire.smpp.layout import HEADER
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import command_name, status_name
from heliograph.wire.smpp.pdus import Bind, BindTransceiver
from heliograph.wire.smpp.session import SmppSession


class Talk:
    """Time stands still until `wait`. `cut_off` names a side whose octets no longer arrive."""

    def __init__(self, esme: Limits | None = None, smsc: Limits | None = None) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.events: list[Event] = []
        self.cut_off: Side | None = None
        self.esme = SmppSession(Side.ESME, self.now, esme or Limits(), self._watcher("esme"))
        self.smsc = SmppSession(Side.SMSC, self.now, smsc or Limits(), self._watcher("smsc"))

    def _watcher(self, name: str) -> Callable[[bool, bytes], None]:
        def watch(is_ours: bool, frame: bytes) -> None:
            if is_ours:
                _, command_id, status, sequence = HEADER.unpack_from(frame)
                error = f" {status_name(status)}" if status else ""
                self.lines.append(f"{name}> {command_name(command_id)} {sequence}{error}")

        return watch

    def tell(self, name: str, events: list[Event]) -> None:
        self.events += events
        for event in events:
            said = type(event).__name__
            if isinstance(event, Ended):
                said += f" {event.reason.value}"
            elif isinstance(event, Rejected):
                said += f" {status_name(event.status)}"
            elif isinstance(event, Unanswered):
                said += "".join(f" {sent.sequence}" for sent in event.requests)
            self.lines.append(f"{name}: {said}")

    def settle(self, step: int = 7) -> None:
        """Carry octets, a few at a time, until nobody has any."""
        while True:
            to_smsc, to_esme = self.esme.data_to_send(), self.smsc.data_to_send()
            if not to_smsc and not to_esme:
                return
            if self.cut_off is not Side.ESME:
                self.carry("smsc", self.smsc, to_smsc, step)
            if self.cut_off is not Side.SMSC:
                self.carry("esme", self.esme, to_esme, step)

    def carry(self, name: str, to: SmppSession, data: bytes, step: int) -> None:
        for at in range(0, len(data), step):
            self.tell(name, to.receive_data(data[at : at + step], self.now))

    def wait(self, seconds: float) -> None:
        """Time passes, timer by timer."""
        end = self.now + seconds
        while True:
            due = [(at, side) for side in (self.esme, self.smsc) if (at := side.next_timeout()) is not None]
            at, side = min(due, key=lambda pair: pair[0], default=(end + 1, self.esme))
            if at > end:
                break
            self.now = max(self.now, at)
            self.tell("esme" if side is self.esme else "smsc", side.handle_timeout(self.now))
            self.settle()
        self.now = end

    def bind(self, bind: Bind | None = None, limits: Limits | None = None) -> None:
        self.esme.bind(bind or BindTransceiver("acme", "secret"), self.now)
        self.settle()
        assert self.smsc.accept_bind("helio", self.now, limits)
        self.settle()
        assert any(isinstance(event, Bound) for event in self.events)
        self.lines.clear()
        self.events.clear()

    def story(self) -> list[str]:
        """What was said since the last call."""
        lines = self.lines[:]
        self.lines.clear()
        return lines
