"""Hypothesis strategies for everything below a TPDU or RP message, and for those themselves."""

from hypothesis import strategies as st

from heliograph.wire.gsm import alphabet
from heliograph.wire.gsm.address import Address, NumberKind, NumberPlan
from heliograph.wire.gsm.dcs import parse_dcs
from heliograph.wire.gsm.timestamp import Timestamp
from heliograph.wire.gsm.tpdu import (
    Command,
    Deliver,
    DeliverReport,
    MobileOriginated,
    MobileTerminated,
    Parameters,
    StatusReport,
    Submit,
    SubmitReport,
    octets_of,
)
from heliograph.wire.gsm.validity import (
    AbsoluteValidity,
    EnhancedForm,
    EnhancedValidity,
    RelativeValidity,
    Validity,
)

OCTET = st.integers(0, 255)
DIGIT_KINDS = [kind for kind in NumberKind if kind is not NumberKind.ALPHANUMERIC]


def _is_name(text: str) -> bool:
    letters = alphabet.encode(text)
    # Eight septets that end in @ are what a careless sender makes of seven, and are read as those.
    return len(letters) <= 11 and not (len(letters) == 8 and letters[7] == 0)


NUMBERS = st.builds(
    Address, st.text("0123456789*#abc", max_size=20), st.sampled_from(DIGIT_KINDS), st.integers(0, 15)
)
NAMES = st.builds(
    Address,
    st.text("ABCabc@ 019ÜÑ£_€[]^", max_size=11).filter(_is_name),
    st.just(NumberKind.ALPHANUMERIC),
    st.sampled_from([NumberPlan.UNKNOWN, NumberPlan.TELEPHONE]),
)
ADDRESSES = NUMBERS | NAMES
TIMESTAMPS = st.builds(Timestamp, st.integers(2000, 2099), *[st.integers(0, 99)] * 5, st.integers(-79, 79))
MOMENTS = st.integers(946_684_800 + 86_400, 4_102_444_800 - 86_401)
VALIDITIES: st.SearchStrategy[Validity] = st.one_of(
    st.none(),
    st.builds(RelativeValidity, OCTET),
    st.builds(AbsoluteValidity, TIMESTAMPS),
    st.builds(EnhancedValidity, st.just(EnhancedForm.UNSPECIFIED), st.just(0), st.booleans()),
    st.builds(EnhancedValidity, st.just(EnhancedForm.RELATIVE), OCTET, st.booleans()),
    st.builds(EnhancedValidity, st.just(EnhancedForm.SECONDS), st.integers(1, 255), st.booleans()),
    st.builds(EnhancedValidity, st.just(EnhancedForm.CLOCK), st.integers(0, 359_999), st.booleans()),
)


@st.composite
def user_data(draw: st.DrawFn, dcs: int, limit: int = 140) -> tuple[int, bytes]:
    """TP-UDL and as many octets as it means."""
    udl = draw(st.integers(0, limit * 8 // 7 if parse_dcs(dcs).counts_septets else limit))
    length = octets_of(udl, dcs)
    return udl, draw(st.binary(min_size=length, max_size=length))


@st.composite
def submits(draw: st.DrawFn, dcs: st.SearchStrategy[int] = OCTET) -> Submit:
    coding = draw(dcs)
    udl, octets = draw(user_data(coding))
    flags = draw(st.tuples(*[st.booleans()] * 4))
    validity = draw(VALIDITIES)
    return Submit(draw(OCTET), draw(ADDRESSES), draw(OCTET), coding, udl, octets, validity, *flags)


@st.composite
def delivers(draw: st.DrawFn, dcs: st.SearchStrategy[int] = OCTET) -> Deliver:
    coding = draw(dcs)
    udl, octets = draw(user_data(coding))
    flags = draw(st.tuples(*[st.booleans()] * 5))
    return Deliver(draw(ADDRESSES), draw(TIMESTAMPS), draw(OCTET), coding, udl, octets, *flags)


@st.composite
def parameters(draw: st.DrawFn, dcs: st.SearchStrategy[int] = OCTET) -> Parameters:
    coding = draw(st.none() | dcs)
    pid = draw(st.none() | OCTET)
    if draw(st.booleans()):
        return Parameters(pid, coding)
    return Parameters(pid, coding, *draw(user_data(coding or 0, limit=128)))


def status_reports(dcs: st.SearchStrategy[int] = OCTET) -> st.SearchStrategy[StatusReport]:
    flags = [st.booleans()] * 4
    times = [TIMESTAMPS, TIMESTAMPS]
    return st.builds(StatusReport, OCTET, ADDRESSES, *times, OCTET, parameters(dcs), *flags)


def submit_reports(dcs: st.SearchStrategy[int] = OCTET) -> st.SearchStrategy[SubmitReport]:
    return st.builds(SubmitReport, TIMESTAMPS, st.none() | OCTET, parameters(dcs), st.booleans())


def deliver_reports(dcs: st.SearchStrategy[int] = OCTET) -> st.SearchStrategy[DeliverReport]:
    return st.builds(DeliverReport, st.none() | OCTET, parameters(dcs), st.booleans())


def commands() -> st.SearchStrategy[Command]:
    flags = [st.booleans()] * 2
    return st.builds(Command, OCTET, OCTET, OCTET, ADDRESSES, OCTET, st.binary(max_size=128), *flags)


def mobile_originated(dcs: st.SearchStrategy[int] = OCTET) -> st.SearchStrategy[MobileOriginated]:
    return st.one_of(submits(dcs), deliver_reports(dcs), commands())


def mobile_terminated(dcs: st.SearchStrategy[int] = OCTET) -> st.SearchStrategy[MobileTerminated]:
    return st.one_of(delivers(dcs), submit_reports(dcs), status_reports(dcs))


def in_error(tpdu: MobileOriginated | MobileTerminated) -> bool:
    """Does it travel in RP-ERROR?"""
    return isinstance(tpdu, SubmitReport | DeliverReport) and tpdu.failure_cause is not None
