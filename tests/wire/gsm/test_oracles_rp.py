"""RP messages against pycrate, both ways."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrate_mobile import TS24011_PPSMS as PYCRATE

from heliograph.wire.gsm.address import Address
from heliograph.wire.gsm.rp import Direction, RpAck, RpData, RpError, RpMessage, RpSmma, decode_rp, encode_rp
from tests.wire.gsm.rps import RP_ACKS, RP_ERRORS, rp_datas
from tests.wire.gsm.tpdus import NUMBERS, OCTET

# pycrate wants the address of the service centre, and reads no element without its value.
CENTRES = NUMBERS.filter(lambda address: address.value)
MESSAGES = st.one_of(
    rp_datas(CENTRES).filter(lambda data: data.originator or data.destination),
    RP_ACKS.filter(lambda ack: ack.user_data != b""),
    RP_ERRORS.filter(lambda error: error.user_data != b""),
    st.builds(RpSmma, OCTET),
)
CLASSES: dict[tuple[type[RpMessage], Direction], Any] = {
    (RpData, Direction.MOBILE_TO_NETWORK): PYCRATE.RP_DATA_MO,
    (RpData, Direction.NETWORK_TO_MOBILE): PYCRATE.RP_DATA_MT,
    (RpAck, Direction.MOBILE_TO_NETWORK): PYCRATE.RP_ACK_MO,
    (RpAck, Direction.NETWORK_TO_MOBILE): PYCRATE.RP_ACK_MT,
    (RpError, Direction.MOBILE_TO_NETWORK): PYCRATE.RP_ERROR_MO,
    (RpError, Direction.NETWORK_TO_MOBILE): PYCRATE.RP_ERROR_MT,
}


@pytest.fixture(autouse=True)
def quiet_pycrate() -> None:
    """It warns of every RP-User-Data that is no TPDU."""
    logging.getLogger(PYCRATE.__name__).setLevel(logging.ERROR)


def pycrate_class(message: RpMessage) -> Any:
    if isinstance(message, RpSmma):
        return PYCRATE.RP_SMMA
    return CLASSES[type(message), message.direction]


def centre_of(message: RpData) -> tuple[str, Address]:
    """Where pycrate keeps the one address, and what it is."""
    if message.direction is Direction.MOBILE_TO_NETWORK:
        assert message.destination is not None
        return "RPDestinationAddress", message.destination
    assert message.originator is not None
    return "RPOriginatorAddress", message.originator


def check_same_fields(theirs: Any, message: RpMessage) -> None:
    assert theirs["Ref"]() == message.reference
    if isinstance(message, RpSmma):
        return
    if isinstance(message, RpData):
        place, centre = centre_of(message)
        fields = [theirs[place][1][name] for name in ("Type", "NumberingPlan")]
        assert [field() for field in fields] == [centre.kind, centre.plan]
        assert theirs[place][1]["Num"].decode() == centre.value
        assert theirs["RPUserData"].to_bytes()[1:] == message.user_data
        return
    if isinstance(message, RpError):
        cause = theirs["RPCause"][1]
        assert cause["Value"]() == message.cause
        diagnostic = b"" if message.diagnostic is None else bytes((message.diagnostic,))
        assert cause["Diag"].to_bytes() == diagnostic
    user_data = theirs["RPUserData"].to_bytes()
    assert user_data == (b"" if message.user_data is None else user_data[:2] + message.user_data)


def to_pycrate(message: RpMessage) -> Any:
    theirs = pycrate_class(message)()
    theirs["Ref"].set_val(message.reference)
    if isinstance(message, RpData):
        place, centre = centre_of(message)
        fields = {"Type": int(centre.kind), "NumberingPlan": centre.plan, "Num": centre.value}
        theirs[place].set_IE(val=fields)
    elif isinstance(message, RpError):
        # pycrate has the extension bit say whether a diagnostic follows.
        cause: dict[str, object] = {"Ext": int(message.diagnostic is None), "Value": message.cause}
        if message.diagnostic is not None:
            cause["Diag"] = bytes((message.diagnostic,))
        theirs["RPCause"].set_IE(val=cause)
    if not isinstance(message, RpSmma):
        theirs["RPUserData"].set_trans(message.user_data is None)
        if message.user_data is not None:
            theirs["RPUserData"]["V"].set_val(message.user_data)
    return theirs


@given(MESSAGES)
def test_pycrate_reads_what_we_encode(message: RpMessage) -> None:
    theirs = pycrate_class(message)()
    theirs.from_bytes(encode_rp(message))
    check_same_fields(theirs, message)


@given(MESSAGES)
def test_we_read_what_pycrate_encodes(message: RpMessage) -> None:
    assert decode_rp(to_pycrate(message).to_bytes()) == message
