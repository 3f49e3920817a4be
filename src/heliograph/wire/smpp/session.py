"""One SMPP connection, either side of it: binds, windows, timers, and who may say what (SMPP 3.4 §2, §7.2).

Comes in: octets, the adapter's wishes, and the time. Goes out: events and octets, as `wire.session` says.
Keeps the link alive, answers what needs no decision, and never loses sight of a request: each one of ours
comes back in one `Answered` or `Unanswered`. Never here: sockets, a clock, passwords, messages.
"""

from collections.abc import Callable

from heliograph.wire.smpp.asked import Asked
from heliograph.wire.smpp.codec import READERS, Frames
from heliograph.wire.smpp.events import (
    DEFAULTS,
    Answered,
    BindRefused,
    BindRequested,
    Bound,
    Ended,
    EndReason,
    Event,
    Limits,
    OutbindReceived,
    PeerNacked,
    Rejected,
    Requested,
    Stray,
    Unanswered,
)
from heliograph.wire.smpp.faults import BrokenStream, MalformedPdu
from heliograph.wire.smpp.layout import HEADER
from heliograph.wire.smpp.matrix import BINDS, BOUND, MAY_SEND, ROWS, TO_BE_BOUND, Side, State
from heliograph.wire.smpp.numbers import CommandId, InterfaceVersion, Status
from heliograph.wire.smpp.outgoing import Outgoing, Watch
from heliograph.wire.smpp.pdus import (
    Bind,
    BindResp,
    EnquireLink,
    GenericNack,
    Outbind,
    Pdu,
    Request,
    Response,
    Unbind,
)
from heliograph.wire.smpp.timers import NEVER, Timers
from heliograph.wire.smpp.tlv import SC_INTERFACE_VERSION, Tlvs

_HEADER_OF = HEADER.unpack_from


class SmppSession:
    """See the door sign. `state` is what the peer has been told; `is_over` comes with `Ended`."""

    def __init__(self, side: Side, now: float, limits: Limits = DEFAULTS, watch: Watch | None = None) -> None:
        self.side = side
        self._enter(State.OPEN)
        self.is_over = False
        self._limits = limits
        self._watch = watch
        self._frames = Frames()
        self._asked = Asked(limits.response_seconds)
        self._own = Asked(limits.response_seconds)
        self.to_answer = 0  # requests of the peer that wait for `answer`
        self._bind: BindRequested | None = None
        self._leaving: EndReason | None = None
        self._peer_unbind: tuple[int, float] | None = None
        self._timers = Timers(limits, now)
        self._out = Outgoing(watch)
        self._later: list[Event] = []

    # What the driver calls.

    def receive_data(self, data: bytes, now: float) -> list[Event]:
        """Take octets as they came; the events of every PDU that is whole now."""
        events = self._take_later()
        if self.state is State.CLOSED:
            return events
        for frame in self._frames.feed(data):
            self._timers.heard_at = now
            # After `Ended` the matrix still answers, and nothing is told any more.
            self._receive(frame, [] if self.is_over else events, now)
        if events:
            self._timers.active_at = now
        fault = self._frames.broken
        if fault is not None and not self.is_over:
            self._on_broken(fault, events)
        self._check_output()
        return events + self._take_later() if self._later else events

    def _receive(self, frame: bytes, events: list[Event], now: float) -> None:
        _, command_id, status, sequence = _HEADER_OF(frame)
        if self._watch is not None:
            self._watch(False, frame)
        refusal = self._row.get(command_id, Status.RINVCMDID)
        if refusal:
            self._reject(command_id, sequence, refusal, f"not in {self.state.value}", events)
            return
        try:
            pdu = READERS[command_id](frame, status)
        except MalformedPdu as fault:
            self._reject(command_id, sequence, fault.status, str(fault), events)
            return
        if isinstance(pdu, Response):
            request = self._asked.take(sequence, command_id)
            if request is None:
                self._on_own_response(sequence, pdu, events)
            else:
                events.append(Answered(sequence, request, pdu))
            return
        handler = _OWN_BUSINESS.get(command_id)
        if handler is not None:
            handler(self, sequence, pdu, events, now)
        elif self.to_answer >= self._limits.their_window:
            self._reject(command_id, sequence, Status.RTHROTTLED, "their window is full", events)
        else:
            self.to_answer += 1
            events.append(Requested(sequence, pdu))

    def receive_eof(self, now: float) -> list[Event]:
        """The connection is gone."""
        return self._close(EndReason.LOST)

    def data_to_send(self) -> bytes:
        """All octets queued since the last call."""
        return self._out.take()

    def next_timeout(self) -> float | None:
        """When `handle_timeout` is wanted."""
        if self._later:
            return self._timers.heard_at
        due = NEVER if self.is_over else min(self._dues())
        return None if due == NEVER else due

    def handle_timeout(self, now: float) -> list[Event]:
        """Time has passed."""
        events = self._take_later()
        if not self.is_over:
            self._time_requests(now, events)
        if not self.is_over:
            self._time_session(now, events)
        return events

    # What the adapter calls.

    @property
    def room(self) -> int:
        """How many more requests `send` takes now."""
        if self.state not in BOUND or self._leaving or self._peer_unbind:
            return 0
        return max(0, self._limits.our_window - len(self._asked))

    @property
    def with_tlvs(self) -> bool:
        """False when the peer is older than 3.4; known once bound."""
        return self._out.with_tlvs

    @property
    def unanswered(self) -> int:
        """How many requests of ours wait for their answers."""
        return len(self._asked)

    def may_send(self, request: type[Request]) -> bool:
        """This kind of request belongs to our side in this state."""
        return request.command_id in self._may_send

    def send(self, request: Request, now: float) -> int | None:
        """The sequence number of a request that is on its way; None when `room` is 0.

        ValueError when it does not fit, or is not ours to send in this state.
        """
        if self.room == 0:
            return None
        if request.command_id not in self._may_send:
            raise ValueError(f"{type(request).__name__} is not for {self.side.value} in {self.state.value}")
        sequence = self._out.request(request)
        if request.answer is not None:
            self._asked.add(sequence, request, now)
        self._timers.active_at = now
        self._check_output()
        return sequence

    def answer(self, sequence: int, response: Response) -> bool:
        """Answer a `Requested`; False when the session is over. ValueError when no request waits for it."""
        if self.is_over:
            return False
        if not self.to_answer:
            raise ValueError("every request is answered")
        self._out.respond(response, sequence)
        self.to_answer -= 1
        self._check_output()
        if not self.to_answer and self._peer_unbind is not None:
            self._answer_unbind(self._peer_unbind[0], self._later)
        return True

    def bind(self, bind: Bind, now: float) -> None:
        """Ask to be bound: `Bound`, `BindRefused` or `Ended` will say how it went. An ESME's word."""
        if self.side is not Side.ESME or not self.may_send(type(bind)) or len(self._own):
            raise ValueError(f"no bind in {self.state.value}, or not now")
        self._ask(bind, now)

    def outbind(self, outbind: Outbind, now: float) -> None:
        """Ask the ESME to bind. A message centre's word."""
        if not self.may_send(Outbind):
            raise ValueError(f"no outbind in {self.state.value}")
        self._out.request(outbind)
        self._enter(State.OUTBOUND)

    def accept_bind(self, system_id: str, now: float, limits: Limits | None = None) -> bool:
        """Bind the peer of `BindRequested`, with the limits of its account; False when it is gone."""
        # SMPP 3.4 §5.3.2.25.
        wanted = self._decide(Status.ROK, system_id, (SC_INTERFACE_VERSION(InterfaceVersion.V3_4),))
        if wanted is None:
            return False
        if limits is not None:
            self._limits = self._timers.limits = limits
            self._asked.response_seconds = self._own.response_seconds = limits.response_seconds
        self._enter_bound(wanted, now)
        return True

    def refuse_bind(self, status: int, tlvs: Tlvs = ()) -> bool:
        """Say no to the peer of `BindRequested`; it may try again until `session_init_seconds` are over."""
        return self._decide(status, "", tlvs) is not None

    def _decide(self, status: int, system_id: str, tlvs: Tlvs) -> Bind | None:
        if self._bind is None:
            return None
        sequence, bind = self._bind
        self._bind = None
        self._out.with_tlvs = bind.interface_version >= InterfaceVersion.V3_4
        self._out.respond(bind.answer(status, system_id, tlvs), sequence)
        return bind

    def unbind(self, now: float, reason: EndReason = EndReason.UNBOUND, forbids: bool = False) -> bool:
        """Take leave: answers are still heard, requests unless it `forbids`. False when it cannot be."""
        if self.state not in BOUND or self._leaving is not None:
            return False
        self._leaving = reason
        self._ask(Unbind(), now)
        if forbids:
            self._enter(State.LEAVING)
        return True

    def close(self) -> list[Event]:
        """End it here and now, without a word to the peer beyond what is queued."""
        return self._close(EndReason.CLOSED)

    # PDUs that are the session's own business.

    def _on_enquire_link(self, sequence: int, _pdu: Pdu, _events: list[Event], _now: float) -> None:
        self._out.reply(CommandId.ENQUIRE_LINK, sequence, Status.ROK)

    def _on_bind(self, sequence: int, pdu: Pdu, events: list[Event], _now: float) -> None:
        if self._bind is not None:
            self._reject(pdu.command_id, sequence, Status.RALYBND, "a bind is being decided", events)
        elif isinstance(pdu, Bind):
            self._bind = BindRequested(sequence, pdu)
            events.append(self._bind)

    def _on_outbind(self, _sequence: int, pdu: Pdu, events: list[Event], _now: float) -> None:
        if isinstance(pdu, Outbind):
            self._enter(State.OUTBOUND)
            events.append(OutbindReceived(pdu))

    def _on_alert(self, sequence: int, pdu: Pdu, events: list[Event], _now: float) -> None:
        if isinstance(pdu, Request):
            events.append(Requested(sequence, pdu))

    def _on_unbind(self, sequence: int, _pdu: Pdu, events: list[Event], now: float) -> None:
        """Whoever sends and unbinds at once still gets every answer."""
        if not self.to_answer:
            self._answer_unbind(sequence, events)
            return
        self._peer_unbind = (sequence, now)
        self._row = ROWS[self.side, State.UNBOUND]

    def _answer_unbind(self, sequence: int, events: list[Event]) -> None:
        self._out.reply(CommandId.UNBIND, sequence, Status.ROK)
        self._end(EndReason.PEER_UNBOUND, State.UNBOUND, events)

    def _on_own_response(self, sequence: int, response: Response, events: list[Event]) -> None:
        match self._own.take(sequence, response.command_id):
            case Bind() as bind if isinstance(response, BindResp) and response.status == Status.ROK:
                version = SC_INTERFACE_VERSION.of(response.tlvs)
                version = self._limits.silent_version if version is None else version
                self._out.with_tlvs = version >= InterfaceVersion.V3_4
                self._enter_bound(bind, self._timers.heard_at)
                events.append(Bound(bind, response))
            case Bind() as bind:
                events.append(BindRefused(bind, response))
            case Unbind():
                self._end(self._leaving or EndReason.UNBOUND, State.UNBOUND, events)
            case None if isinstance(response, GenericNack):
                events.append(PeerNacked(sequence, response.status))
            case None:
                events.append(Stray(sequence, response))

    def _on_broken(self, fault: BrokenStream, events: list[Event]) -> None:
        self._out.reply(CommandId.GENERIC_NACK, fault.sequence, fault.status)
        events.append(Rejected(fault.sequence, fault.command_id, fault.status, str(fault)))
        self._end(EndReason.BROKEN, State.CLOSED, events)

    def _reject(self, command_id: int, sequence: int, status: int, reason: str, events: list[Event]) -> None:
        """Answer by the matching response, or by generic_nack when there is none."""
        self._out.reply(command_id, sequence, status)
        events.append(Rejected(sequence, command_id, status, reason))

    # Time.

    def _dues(self) -> list[float]:
        timers = self._timers
        dues = [self._asked.due, self._own.due]
        if self.state in TO_BE_BOUND:
            dues.append(timers.bound_by)
        elif self._peer_unbind is not None:
            dues.append(self._peer_unbind[1] + self._limits.response_seconds)
        elif self._leaving is None:
            dues.append(timers.inactive_at)
            if not len(self._own):
                dues.append(timers.enquire_at)
        return dues

    def _time_requests(self, now: float, events: list[Event]) -> None:
        overdue, first_at = self._asked.overdue(now)
        if overdue:
            events.append(Unanswered(overdue))
            if self._timers.heard_at <= first_at:
                self._end(EndReason.SILENT, State.CLOSED, events)
                return
        own, first_at = self._own.overdue(now)
        if not own:
            return
        # Who says other things is alive, if slow with enquire_link; a bind or an unbind must be answered.
        only_probes = all(isinstance(sent.request, EnquireLink) for sent in own)
        if not only_probes or self._timers.heard_at <= first_at:
            self._end(self._leaving or EndReason.SILENT, State.CLOSED, events)

    def _time_session(self, now: float, events: list[Event]) -> None:
        timers = self._timers
        if self.state in TO_BE_BOUND:
            if now >= timers.bound_by:
                self._end(EndReason.NOT_BOUND, State.CLOSED, events)
        elif self._peer_unbind is not None:
            sequence, asked_at = self._peer_unbind
            if now >= asked_at + self._limits.response_seconds:
                self._answer_unbind(sequence, events)
        elif self._leaving is None:
            if now >= timers.inactive_at:
                self.unbind(now, EndReason.INACTIVE)
            elif not len(self._own) and now >= timers.enquire_at:
                self._ask(EnquireLink(), now)

    # States.

    def _ask(self, request: Request, now: float) -> None:
        self._own.add(self._out.request(request), request, now)

    def _enter(self, state: State) -> None:
        self.state = state
        self._row = ROWS[self.side, state]
        self._may_send = MAY_SEND[self.side, state]

    def _enter_bound(self, bind: Bind, now: float) -> None:
        self._enter(BINDS[CommandId(bind.command_id)])
        self._timers.heard_at = self._timers.active_at = now

    def _end(self, reason: EndReason, state: State, events: list[Event]) -> None:
        self.is_over = True
        self._bind = None
        self._peer_unbind = None
        self._enter(state)
        unanswered = self._asked.take_all()
        if unanswered:
            events.append(Unanswered(unanswered))
        events.append(Ended(reason))

    def _close(self, reason: EndReason) -> list[Event]:
        events = self._take_later()
        if not self.is_over:
            self._end(reason, State.CLOSED, events)
        self._enter(State.CLOSED)
        return events

    def _check_output(self) -> None:
        if self._out.octets > self._limits.output_octets and self.state is not State.CLOSED:
            self._out.drop()
            self._later = self._close(EndReason.OVERFLOW)

    def _take_later(self) -> list[Event]:
        later, self._later = self._later, []
        return later


_OWN_BUSINESS: dict[int, Callable[[SmppSession, int, Pdu, list[Event], float], None]] = {
    CommandId.ENQUIRE_LINK: SmppSession._on_enquire_link,
    CommandId.UNBIND: SmppSession._on_unbind,
    CommandId.OUTBIND: SmppSession._on_outbind,
    CommandId.ALERT_NOTIFICATION: SmppSession._on_alert,
    **dict.fromkeys(BINDS, SmppSession._on_bind),
}
