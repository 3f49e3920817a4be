"""Every command in every state on either side: the table, the table of the specification, and the session."""

import pytest

from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.layout import HEADER
from heliograph.wire.smpp.matrix import BINDS, MAY_REQUEST, MAY_SEND, ROWS, Side, State, verdict
from heliograph.wire.smpp.numbers import RESPONSE_BIT, CommandId, Status
from heliograph.wire.smpp.pdus import (
    PDUS,
    Bind,
    BindReceiver,
    BindTransceiver,
    BindTransmitter,
    Outbind,
    Pdu,
    Response,
    Unbind,
)
from heliograph.wire.smpp.session import SmppSession

# SMPP 3.4 §2.3, Table 2-1: command, what an ESME may issue it in, what an SMSC may. The states are Open, Tx,
# Rx and trX. replace_sm in trX as 5.0 §2.4 has it, where 3.4 forgot it; 5.0 also has enquire_link everywhere,
# and oUtbound. Leaving is ours.
TABLE = """
bind_transmitter     O       -
bind_receiver        OU      -
bind_transceiver     OU      -
outbind              -       O
unbind               TRXL    TRXL
submit_sm            TX      -
submit_multi         TX      -
data_sm              TX      RX
deliver_sm           -       RX
query_sm             TX      -
cancel_sm            TX      -
replace_sm           TX      -
enquire_link         OUTRXLN OUTRXLN
alert_notification   -       RX
"""
LETTERS = {
    "O": State.OPEN,
    "U": State.OUTBOUND,
    "T": State.BOUND_TX,
    "R": State.BOUND_RX,
    "X": State.BOUND_TRX,
    "L": State.LEAVING,
    "N": State.UNBOUND,
}
EVERY = [(side, state, command) for side in Side for state in State for command in CommandId]
PDU_OF = {int(pdu.command_id): pdu for pdu in PDUS}
BOUND_BY = {State.BOUND_TX: BindTransmitter, State.BOUND_RX: BindReceiver, State.BOUND_TRX: BindTransceiver}


def test_the_table_of_the_specification() -> None:
    for line in TABLE.split("\n")[1:-1]:
        name, esme, smsc = line.split()
        command = CommandId[name.upper()]
        for side, letters in ((Side.ESME, esme), (Side.SMSC, smsc)):
            states = {LETTERS[letter] for letter in letters if letter != "-"}
            assert MAY_REQUEST[side].get(command, frozenset()) == states, (name, side)
    assert len(TABLE.split("\n")) - 2 == len({command for row in MAY_REQUEST.values() for command in row})


def session_in(state: State, side: Side) -> SmppSession:
    """A session that came into this state as sessions do."""
    session = SmppSession(side, 0.0)
    if state is State.OUTBOUND:
        if side is Side.SMSC:
            session.outbind(Outbind(), 0.0)
        else:
            session.receive_data(encode(Outbind(), 1), 0.0)
    elif state is State.CLOSED:
        session.close()
    elif state is not State.OPEN:
        bind = BOUND_BY.get(state, BindTransceiver)("a")
        if side is Side.SMSC:
            session.receive_data(encode(bind, 1), 0.0)
            session.accept_bind("helio", 0.0)
        else:
            session.bind(bind, 0.0)
            session.receive_data(encode(bind.answer(), 1), 0.0)
        if state is State.LEAVING:
            session.unbind(0.0, forbids=True)
        if state is State.UNBOUND:
            session.receive_data(encode(Unbind(), 2), 0.0)
    session.data_to_send()
    assert session.state is state
    return session


def answers(session: SmppSession) -> list[tuple[int, int, int]]:
    data = session.data_to_send()
    found = []
    while data:
        length, command_id, status, sequence = HEADER.unpack_from(data)
        found.append((command_id, status, sequence))
        data = data[length:]
    return found


@pytest.mark.parametrize(("side", "state", "command"), EVERY, ids=lambda value: value.name.lower())
def test_every_command_in_every_state(side: Side, state: State, command: CommandId) -> None:
    session = session_in(state, side)
    pdu = PDU_OF.get(command)
    frame = encode(pdu(), 77) if pdu else HEADER.pack(16, command, 0, 77)
    events = [type(event).__name__ for event in session.receive_data(frame, 1.0)]
    said = answers(session)
    if state is State.CLOSED:
        assert (events, said) == ([], [])
    elif command & RESPONSE_BIT and pdu is not None:
        assert said == []
    elif state in MAY_REQUEST[side.peer].get(command, ()):
        assert "Rejected" not in events
        assert said in ([], [(command | RESPONSE_BIT, Status.ROK, 77)])
        assert said or events, "neither answered nor told"
    else:
        expected = Status.RINVBNDSTS
        if pdu is None:
            expected = Status.RINVCMDID
        elif side is Side.SMSC and issubclass(pdu, Bind) and state in BOUND_BY:
            expected = Status.RALYBND
        answer = command | RESPONSE_BIT if pdu and pdu.answer else CommandId.GENERIC_NACK
        assert said == [(answer, expected, 77)]
        assert events == ([] if session.is_over else ["Rejected"])


@pytest.mark.parametrize(("side", "state", "command"), EVERY, ids=lambda value: value.name.lower())
def test_what_one_side_may_send_the_other_takes(side: Side, state: State, command: CommandId) -> None:
    if command in MAY_SEND[side, state]:
        assert verdict(side.peer, state, command) == Status.ROK
    assert ROWS[side, state][command] == verdict(side, state, command)


@pytest.mark.parametrize("command", [0x0A, 0x200, 0x7FFFFFFF, 0x8000FFFF])
def test_a_command_that_nobody_knows(command: int) -> None:
    session = session_in(State.BOUND_TRX, Side.SMSC)
    session.receive_data(HEADER.pack(16, command, 0, 5), 1.0)
    assert answers(session) == [(CommandId.GENERIC_NACK, Status.RINVCMDID, 5)]


def test_every_bind_has_a_state() -> None:
    binds: list[type[Pdu]] = [pdu for pdu in PDUS if issubclass(pdu, Bind) and not issubclass(pdu, Response)]
    assert {pdu.command_id for pdu in binds} == set(BINDS)
    assert set(BINDS.values()) == set(BOUND_BY)
