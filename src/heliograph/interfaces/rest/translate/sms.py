"""SMS: the contract's request into a submission of ours."""

from msgspec import Struct

from heliograph.core.address import is_source
from heliograph.core.content import LONGEST_UDH, Content, Wish, content_of_octets, content_of_text
from heliograph.core.refusal import Refusal
from heliograph.flow.requests import DEFAULT_VALIDITY_SECONDS, OF_POLICY, Submission
from heliograph.interfaces.rest.access import Caller
from heliograph.interfaces.rest.problem import bad_format, of_refusal, out_of_range
from heliograph.interfaces.rest.translate.times import read
from heliograph.wire.gsm.dcs import Alphabet

KIND = "Sms"
OCTETS = 4  # the contract's `dcs` of binary content; the payload is then hexadecimal


class Numbered(Struct, frozen=True):
    """`{"id": 1}`; some clients send `1.0`."""

    id: int | float


class SmsBody(Struct, frozen=True):
    payload: str
    source_address: str | int | float | None = None
    source_address_type: Numbered | None = None
    udh: str | None = None
    dcs: int | None = None
    expiry_date: str | None = None
    dest_address: str | int | None = None


def submission(body: SmsBody, caller: Caller, device: int, now: int) -> Submission:
    """What the caller asks for; a `Problem` when it cannot be meant."""
    return Submission(
        caller.org,
        device,
        content(body),
        caller.name,
        source(body.source_address),
        _validity_seconds(body.expiry_date, now),
        receipt_to=OF_POLICY,
    )


def content(body: SmsBody) -> Content:
    wish = Wish(alphabet=_alphabet(body.dcs), udh=_octets("udh", body.udh or "", LONGEST_UDH))
    if body.dcs == OCTETS:
        made = content_of_octets(_octets("payload", body.payload), wish)
    else:
        made = content_of_text(body.payload, wish)
    if isinstance(made, Refusal):
        raise of_refusal(made)
    return made


def _alphabet(dcs: int | None) -> Alphabet | None:
    if dcs is None:
        return None
    alphabets = {0: Alphabet.GSM7, 4: Alphabet.OCTETS, 8: Alphabet.UCS2}
    if dcs not in alphabets:
        raise out_of_range(KIND, "dcs", "must be 0 (GSM 7-bit), 4 (8-bit) or 8 (UCS-2)")
    return alphabets[dcs]


def _octets(field: str, text: str, most: int | None = None) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise bad_format(KIND, field, "must be hexadecimal") from None
    if most is not None and len(octets) > most:
        raise out_of_range(KIND, field, f"must not be longer than {most} octets")
    return octets


def source(given: str | float | None) -> str:
    """A number or a short name. Numbers may come as JSON numbers."""
    text = "" if given is None else f"{given:.0f}" if isinstance(given, float) else str(given)
    if not is_source(text):
        raise bad_format(KIND, "source_address", "must be a number of up to 17 digits or a name of up to 11")
    return text


def _validity_seconds(expiry: str | None, now: int) -> int:
    if expiry is None:
        return DEFAULT_VALIDITY_SECONDS
    at = read(expiry)
    if at is None:
        raise bad_format(KIND, "expiry_date", "must be an ISO 8601 date")
    if at <= now:
        raise out_of_range(KIND, "expiry_date", "must lie in the future")
    return max(1, (at - now) // 1000)
