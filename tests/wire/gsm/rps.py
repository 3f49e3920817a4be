"""Hypothesis strategies for RP messages."""

from hypothesis import strategies as st

from heliograph.wire.gsm.address import Address
from heliograph.wire.gsm.rp import Direction, RpAck, RpData, RpError, RpMessage, RpSmma
from tests.wire.gsm.tpdus import NUMBERS, OCTET

DIRECTIONS = st.sampled_from(Direction)
USER_DATA = st.binary(max_size=233)


@st.composite
def rp_datas(draw: st.DrawFn, centres: st.SearchStrategy[Address] = NUMBERS) -> RpData:
    direction = draw(DIRECTIONS)
    centre = draw(st.none() | centres)
    ends = (None, centre) if direction is Direction.MOBILE_TO_NETWORK else (centre, None)
    return RpData(direction, draw(OCTET), draw(USER_DATA), *ends)


RP_ACKS = st.builds(RpAck, DIRECTIONS, OCTET, st.none() | USER_DATA)
RP_ERRORS = st.builds(
    RpError, DIRECTIONS, OCTET, st.integers(0, 127), st.none() | OCTET, st.none() | USER_DATA
)
RP_MESSAGES: st.SearchStrategy[RpMessage] = st.one_of(
    rp_datas(), RP_ACKS, RP_ERRORS, st.builds(RpSmma, OCTET)
)
