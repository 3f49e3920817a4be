"""The operation matrix: who may send which request in which state (SMPP 3.4 §2.3, 5.0 §2.4).

Comes in: our side, a state, a command. Goes out: ROK, or the status that answers it. Never here: what a
session does with a request that it takes.
"""

from enum import Enum

from heliograph.wire.smpp.numbers import CommandId, Status
from heliograph.wire.smpp.pdus import RESPONSES


class Side(Enum):
    """Which end of the connection: ESME, the client; SMSC, the server."""

    ESME = "esme"
    SMSC = "smsc"

    @property
    def peer(self) -> "Side":
        return Side.SMSC if self is Side.ESME else Side.ESME


class State(Enum):
    """OUTBOUND is 5.0's word for a session that waits for a bind after outbind. LEAVING is ours: whoever was
    told to leave may ask for nothing more, and be answered.
    """

    OPEN = "open"
    OUTBOUND = "outbound"
    BOUND_TX = "bound_tx"
    BOUND_RX = "bound_rx"
    BOUND_TRX = "bound_trx"
    LEAVING = "leaving"
    UNBOUND = "unbound"
    CLOSED = "closed"


BOUND = frozenset({State.BOUND_TX, State.BOUND_RX, State.BOUND_TRX})
_TO_LEAVE = BOUND | {State.LEAVING}
_TX = frozenset({State.BOUND_TX, State.BOUND_TRX})
_RX = frozenset({State.BOUND_RX, State.BOUND_TRX})
_OPEN = frozenset({State.OPEN})
TO_BE_BOUND = frozenset({State.OPEN, State.OUTBOUND})
# 5.0 §2.4 takes enquire_link in every state; a peer that asks early harms nobody.
_CONNECTED = frozenset(State) - {State.CLOSED}

MAY_REQUEST: dict[Side, dict[CommandId, frozenset[State]]] = {
    Side.ESME: {
        CommandId.BIND_TRANSMITTER: _OPEN,
        CommandId.BIND_RECEIVER: TO_BE_BOUND,
        CommandId.BIND_TRANSCEIVER: TO_BE_BOUND,
        CommandId.UNBIND: _TO_LEAVE,
        CommandId.SUBMIT_SM: _TX,
        CommandId.SUBMIT_MULTI: _TX,
        CommandId.DATA_SM: _TX,
        CommandId.QUERY_SM: _TX,
        CommandId.CANCEL_SM: _TX,
        CommandId.REPLACE_SM: _TX,
        CommandId.ENQUIRE_LINK: _CONNECTED,
    },
    Side.SMSC: {
        CommandId.OUTBIND: _OPEN,
        CommandId.UNBIND: _TO_LEAVE,
        CommandId.DELIVER_SM: _RX,
        CommandId.DATA_SM: _RX,
        CommandId.ALERT_NOTIFICATION: _RX,
        CommandId.ENQUIRE_LINK: _CONNECTED,
    },
}
BINDS = {
    CommandId.BIND_TRANSMITTER: State.BOUND_TX,
    CommandId.BIND_RECEIVER: State.BOUND_RX,
    CommandId.BIND_TRANSCEIVER: State.BOUND_TRX,
}
_REQUESTS = frozenset(MAY_REQUEST[Side.ESME]) | frozenset(MAY_REQUEST[Side.SMSC])


def verdict(side: Side, state: State, command_id: int) -> Status:
    """What `side`, in this state, makes of a command from its peer. In CLOSED nobody is there to ask."""
    if command_id in _RESPONSES:
        return Status.ROK
    if command_id not in _REQUESTS:
        # Broadcast commands too: 5.0 has them, and we do not.
        return Status.RINVCMDID
    command = CommandId(command_id)
    if state in MAY_REQUEST[side.peer].get(command, frozenset()):
        return Status.ROK
    if side is Side.SMSC and command in BINDS and state in BOUND:
        return Status.RALYBND
    return Status.RINVBNDSTS


_RESPONSES = frozenset(int(response.command_id) for response in RESPONSES)

ROWS: dict[tuple[Side, State], dict[int, Status]] = {
    (side, state): {int(command): verdict(side, state, command) for command in CommandId}
    for side in Side
    for state in State
}
"""The same, made once; a command that is not in a row is RINVCMDID."""
MAY_SEND = {
    (side, state): frozenset(
        command
        for command, states in MAY_REQUEST[side].items()
        if state in states and command is not CommandId.UNBIND
    )
    for side in Side
    for state in State
}
"""The requests that a side may send in a state; leave is taken by `unbind`, which does more than send."""
