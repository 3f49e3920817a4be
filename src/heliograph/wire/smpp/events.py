"""What a session tells its adapter, and the limits that the adapter gives it. Values only."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from heliograph.wire.smpp.numbers import InterfaceVersion
from heliograph.wire.smpp.pdus import Bind, Outbind, Request, Response


@dataclass(frozen=True, slots=True)
class Limits:
    """Timers (SMPP 3.4 §7.2; None is never) and sizes of one session."""

    session_init_seconds: float | None = 30.0
    enquire_link_seconds: float | None = 60.0
    inactivity_seconds: float | None = None
    response_seconds: float = 30.0
    our_window: int = 10
    their_window: int = 100
    output_octets: int = 4 * 1024 * 1024
    silent_version: int = InterfaceVersion.V3_3
    """What a message centre that names no sc_interface_version is taken for. SMPP 3.4 §5.3.2.25."""


DEFAULTS = Limits()


class EndReason(Enum):
    """Why a session is over."""

    UNBOUND = "unbound"  # we asked for it
    PEER_UNBOUND = "peer_unbound"
    INACTIVE = "inactive"
    NOT_BOUND = "not_bound"  # nobody bound in time
    SILENT = "silent"  # the peer answers nothing
    BROKEN = "broken"  # no PDU can be found in what the peer sends
    OVERFLOW = "overflow"  # the peer does not take what we send
    LOST = "lost"  # the connection went away
    CLOSED = "closed"  # we closed it


class Sent(NamedTuple):
    """A request of ours that waits for its answer."""

    sequence: int
    request: Request


class BindRequested(NamedTuple):
    """Decide with `accept_bind` or `refuse_bind`."""

    sequence: int
    bind: Bind


class Bound(NamedTuple):
    """Our bind was accepted."""

    bind: Bind
    response: Response


class BindRefused(NamedTuple):
    """Our bind was refused, by a bind_resp or by a generic_nack; another may be tried."""

    bind: Bind
    response: Response


class OutbindReceived(NamedTuple):
    """The message centre wants us to bind."""

    outbind: Outbind


class Requested(NamedTuple):
    """Answer it with `answer(sequence, …)`, unless its `answer` is None (alert_notification)."""

    sequence: int
    request: Request


class Answered(NamedTuple):
    """The response to a request of ours; a GenericNack is one too."""

    sequence: int
    request: Request
    response: Response


class Unanswered(NamedTuple):
    """Requests of ours that waited too long, or whose session is over. Whether they arrived is unknown."""

    requests: tuple[Sent, ...]


class Rejected(NamedTuple):
    """The session answered a PDU of the peer itself, with this error."""

    sequence: int
    command_id: int
    status: int
    reason: str


class Stray(NamedTuple):
    """A response to nothing that waits: too late, or never asked for."""

    sequence: int
    response: Response


class PeerNacked(NamedTuple):
    """A generic_nack for no request in particular: the peer could not read us."""

    sequence: int
    status: int


class Ended(NamedTuple):
    """Nothing more will be said or heard: send what is queued and close. Always the last event."""

    reason: EndReason


Event = (
    BindRequested
    | Bound
    | BindRefused
    | OutbindReceived
    | Requested
    | Answered
    | Unanswered
    | Rejected
    | Stray
    | PeerNacked
    | Ended
)
