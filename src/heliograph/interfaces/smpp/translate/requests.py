"""What a peer asks for, as our flows are asked: submit_sm, data_sm, submit_multi, cancel_sm, replace_sm.

In: PDUs, and who asks. Out: a `Submission`, `Cancel`, `CancelSame` or `Change`, or the refusal that says what
is wrong. Texts are `text`'s, addresses those of `addresses`.
"""

from msgspec import Struct

from heliograph.core.content import LONGEST_PRIORITY, Content
from heliograph.core.message import ANY_END, INTERIM, NOTHING, Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount, sender_of
from heliograph.flow.requests import Cancel, CancelSame, Change, Submission
from heliograph.interfaces.smpp.translate.addresses import destination_of, source_of
from heliograph.interfaces.smpp.translate.text import UDHI, Said, content_of, plain_content, said_of
from heliograph.wire.errors import Malformed
from heliograph.wire.smpp.lists import SmeAddress
from heliograph.wire.smpp.numbers import (
    MESSAGE_MODE_MASK,
    RECEIPT_WISH_MASK,
    MessageMode,
    RegisteredDelivery,
    Ton,
)
from heliograph.wire.smpp.pdus import CancelSm, DataSm, QuerySm, ReplaceSm, SubmitMulti, SubmitSm
from heliograph.wire.smpp.times import parse_time
from heliograph.wire.smpp.tlv import QOS_TIME_TO_LIVE

_INTERIM_BIT = int(RegisteredDelivery.INTERMEDIATE)
LATE_MS = 60_000  # a time that has passed by no more than this is now: clocks differ
_LONGEST_ID = 16  # digits: ids are below 2^53


class Asker(Struct, frozen=True, gc=False):
    """Who asks: an account, and what its requests have in common."""

    account: SmppAccount
    sender: str
    country_code: str


def asker_of(account: SmppAccount, country_code: str) -> Asker:
    return Asker(account, sender_of(account.id), country_code)


def said_by(pdu: SubmitSm | SubmitMulti | DataSm) -> Content | Said | Refusal:
    """A content at once in the common case; else what has to be read, alone or with its other segments."""
    if isinstance(pdu, DataSm):
        return said_of(pdu, 0)
    if not (pdu.data_coding or pdu.tlvs or pdu.esm_class & UDHI):
        content = plain_content(pdu.short_message, pdu.protocol_id)
        if content is not None:
            return content
    return said_of(pdu, pdu.protocol_id)


def read(said: Content | Said | Refusal) -> Content | Refusal:
    return content_of((said,)) if isinstance(said, Said) else said


def receipt_wish(registered_delivery: int) -> int:
    """The two lowest bits mean the same here as there."""
    wish = registered_delivery & RECEIPT_WISH_MASK
    return wish | INTERIM if registered_delivery & _INTERIM_BIT else wish


def joined_wish(wishes: list[int]) -> int:
    """One receipt for the whole, where the segments may ask for different ones."""
    wanted = {wish & RECEIPT_WISH_MASK for wish in wishes} - {NOTHING}
    ends = wanted.pop() if len(wanted) == 1 else ANY_END if wanted else NOTHING
    return ends | (INTERIM if any(wish & INTERIM for wish in wishes) else 0)


def submission_of(pdu: SubmitSm, content: Content | Refusal, who: Asker, now: int) -> Submission | Refusal:
    if isinstance(content, Refusal):
        return content
    number = destination_of(pdu.dest_addr_ton, pdu.destination_addr, who.country_code)
    if number is None:
        return refuse("bad_address", "destination_addr")
    return _submission(pdu, number, content, who, now)


def submissions_of(pdu: SubmitMulti, content: Content, who: Asker, now: int) -> list[Submission | Refusal]:
    """One for each destination, in their order."""
    made: list[Submission | Refusal] = []
    for one in pdu.dest_addresses:
        if not isinstance(one, SmeAddress):
            made.append(refuse("bad_value", "dl_name", "There are no distribution lists here."))
            continue
        number = destination_of(one.ton, one.address, who.country_code)
        if number is None:
            made.append(refuse("bad_address", "destination_addr"))
        else:
            made.append(_submission(pdu, number, content, who, now))
    return made


def _submission(
    pdu: SubmitSm | SubmitMulti, number: str, content: Content, who: Asker, now: int
) -> Submission | Refusal:
    account = who.account
    source = account.source
    if pdu.source_addr:
        if pdu.source_addr_ton > Ton.ABBREVIATED:
            return refuse("bad_value", "source_addr_ton", "There is no such type of number.")
        named = source_of(pdu.source_addr_ton, pdu.source_addr, who.country_code)
        if named is None:
            return refuse("bad_address", "source address")
        source = named
    refusal = _bad_flags(pdu)
    if refusal is not None:
        return refusal
    receipt = receipt_wish(pdu.registered_delivery)
    made = Submission(
        org=account.org,
        device=0,
        content=content,
        sender=who.sender,
        source=source,
        priority=pdu.priority_flag,
        receipt_to=account.id if receipt else None,
        at_most_once=pdu.esm_class & MESSAGE_MODE_MASK == MessageMode.DATAGRAM,
        number=number,
        service_type=pdu.service_type,
        receipt=receipt,
        replaces_same=pdu.replace_if_present_flag == 1,
        external=bool(account.external),
    )
    if pdu.validity_period or pdu.schedule_delivery_time:
        return _timed(made, pdu.schedule_delivery_time, pdu.validity_period, now)
    return made


def _bad_flags(pdu: SubmitSm | SubmitMulti) -> Refusal | None:
    if pdu.priority_flag > LONGEST_PRIORITY:
        return refuse("bad_value", "priority", f"The priority must be between 0 and {LONGEST_PRIORITY}.")
    if pdu.replace_if_present_flag > 1:
        return refuse("bad_value", "replace_if_present_flag", "The flag is 0 or 1.")
    if pdu.sm_default_msg_id:
        return refuse("bad_value", "sm_default_msg_id", "There are no predefined messages here.")
    return None


def _timed(made: Submission, schedule: str, validity: str, now: int) -> Submission | Refusal:
    times = _times(schedule, validity, now)
    if isinstance(times, Refusal):
        return times
    made.not_before, made.expires_at = times
    return made


def _times(schedule: str, validity: str, now: int) -> tuple[int | None, int | None] | Refusal:
    try:
        not_before = parse_time(schedule, now)
    except Malformed as error:
        return refuse("bad_schedule", "schedule_delivery_time", f"{error}.")
    if not_before is not None and not_before < now - LATE_MS:
        return refuse("bad_schedule", "schedule_delivery_time", "This time has passed.")
    try:
        return not_before, parse_time(validity, now)
    except Malformed as error:
        return refuse("bad_validity", "validity_period", f"{error}.")


def data_submission_of(pdu: DataSm, content: Content | Refusal, who: Asker, now: int) -> Submission | Refusal:
    """A data_sm has no times and flags; how long it lives says a TLV."""
    same = SubmitSm(
        service_type=pdu.service_type,
        source_addr_ton=pdu.source_addr_ton,
        source_addr=pdu.source_addr,
        dest_addr_ton=pdu.dest_addr_ton,
        destination_addr=pdu.destination_addr,
        esm_class=pdu.esm_class,
        registered_delivery=pdu.registered_delivery,
    )
    made = submission_of(same, content, who, now)
    seconds = QOS_TIME_TO_LIVE.of(pdu.tlvs) if pdu.tlvs else None
    if seconds and isinstance(made, Submission):
        made.validity_seconds = seconds
    return made


def id_of(text: str) -> int | None:
    """Our ids are decimal."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def is_source_of(pdu: QuerySm, message: Message, who: Asker) -> bool:
    """Its source has to be that of the message, where it names one (SMPP 3.4 §4.8.1)."""
    if not pdu.source_addr:
        return True
    return source_of(pdu.source_addr_ton, pdu.source_addr, who.country_code) == message.source


def cancel_of(pdu: CancelSm, who: Asker) -> Cancel | CancelSame | Refusal:
    """By id; without one, all of a source, destination and service type (SMPP 3.4 §4.9)."""
    source = source_of(pdu.source_addr_ton, pdu.source_addr, who.country_code)
    if source is None:
        return refuse("bad_address", "source address")
    account = who.account
    if pdu.message_id:
        id = id_of(pdu.message_id)
        if id is None:
            return refuse("unknown_message")
        return Cancel(account.org, id, who.sender, own=True, source=source or None)
    number = destination_of(pdu.dest_addr_ton, pdu.destination_addr, who.country_code)
    if number is None:
        return refuse("bad_address", "destination_addr")
    return CancelSame(account.org, who.sender, source or account.source, number, pdu.service_type or None)


def replaced_of(pdu: ReplaceSm) -> int | Refusal:
    """The id of the message that is to be replaced, if it looks like one of ours."""
    if pdu.sm_default_msg_id:
        return refuse("bad_value", "sm_default_msg_id", "There are no predefined messages here.")
    id = id_of(pdu.message_id)
    return refuse("unknown_message") if id is None else id


def change_of(pdu: ReplaceSm, old: Message, who: Asker, now: int) -> Change | Refusal:
    """New words, and new times where they are named (SMPP 3.4 §4.10). A replace_sm has no data_coding: its
    text is coded as that of the message was.
    """
    source = source_of(pdu.source_addr_ton, pdu.source_addr, who.country_code)
    if source is None:
        return refuse("bad_address", "source address")
    times = _times(pdu.schedule_delivery_time, pdu.validity_period, now)
    if isinstance(times, Refusal):
        return times
    content = _new_words(pdu, old)
    if isinstance(content, Refusal):
        return content
    return Change(
        who.account.org,
        old.id,
        who.sender,
        content=content,
        not_before=times[0],
        expires_at=times[1],
        receipt=receipt_wish(pdu.registered_delivery),
        own=True,
        source=source or None,
    )


def _new_words(pdu: ReplaceSm, old: Message) -> Content | Refusal | None:
    """None: it keeps those that it has."""
    if not pdu.short_message and not pdu.tlvs:
        return None
    same = SubmitSm(
        esm_class=UDHI if old.udh else 0,
        data_coding=old.dcs,
        short_message=old.udh + pdu.short_message,
        tlvs=pdu.tlvs,
    )
    return read(said_of(same, old.pid))
