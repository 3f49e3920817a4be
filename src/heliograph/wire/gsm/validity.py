"""Validity periods (3GPP TS 23.040 §9.2.3.12): TP-VPF and TP-VP to a value, and the value to seconds.

None, relative, absolute and enhanced. Never here: how long a message is kept at most.
"""

from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.semi_octets import NUMBERS, pack_number
from heliograph.wire.gsm.timestamp import (
    TIMESTAMP_OCTETS,
    Timestamp,
    decode_timestamp,
    encode_timestamp,
    epoch_seconds,
)

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800
_VPF_NONE, _VPF_ENHANCED, _VPF_RELATIVE, _VPF_ABSOLUTE = 0, 1, 2, 3
_ENHANCED_OCTETS = 7
_SINGLE_SHOT = 0x40
_EXTENSION = 0x80


class EnhancedForm(IntEnum):
    """How an enhanced validity says its length: bits 2 to 0 of the functionality indicator."""

    UNSPECIFIED = 0
    RELATIVE = 1
    SECONDS = 2
    CLOCK = 3


@dataclass(frozen=True, slots=True)
class RelativeValidity:
    """One octet, 5 minutes to 63 weeks, in steps that grow."""

    code: int


@dataclass(frozen=True, slots=True)
class AbsoluteValidity:
    """Until a moment; the time stamp may name none."""

    until: Timestamp


@dataclass(frozen=True, slots=True)
class EnhancedValidity:
    """`amount` is a relative code (RELATIVE) or seconds (SECONDS to 255, CLOCK to 99:59:59), else 0."""

    form: EnhancedForm
    amount: int = 0
    single_shot: bool = False


Validity = RelativeValidity | AbsoluteValidity | EnhancedValidity | None


def relative_seconds(code: int) -> int:
    # 3GPP TS 23.040 §9.2.3.12.1
    if code <= 143:
        return (code + 1) * 5 * _MINUTE
    if code <= 167:
        return 12 * _HOUR + (code - 143) * 30 * _MINUTE
    if code <= 196:
        return (code - 166) * _DAY
    return (code - 192) * _WEEK


def relative_for(seconds: int) -> RelativeValidity:
    """The shortest relative validity that is not shorter than `seconds`; 63 weeks when all are."""
    if seconds <= 12 * _HOUR:
        return RelativeValidity(max(-(-seconds // (5 * _MINUTE)) - 1, 0))
    if seconds <= _DAY:
        return RelativeValidity(143 - (12 * _HOUR - seconds) // (30 * _MINUTE))
    if seconds <= 30 * _DAY:
        return RelativeValidity(166 - -seconds // _DAY)
    return RelativeValidity(min(max(192 - -seconds // _WEEK, 197), 255))


def validity_seconds(validity: Validity, now_epoch: int) -> int | None:
    """How long from `now_epoch`, the moment of the SUBMIT; None when it says nothing. May be negative."""
    match validity:
        case RelativeValidity(code):
            return relative_seconds(code)
        case AbsoluteValidity(until):
            end = epoch_seconds(until)
            return None if end is None else end - now_epoch
        case EnhancedValidity(EnhancedForm.RELATIVE, code):
            return relative_seconds(code)
        case EnhancedValidity(EnhancedForm.SECONDS | EnhancedForm.CLOCK, seconds):
            return seconds
    return None


def encode_validity(validity: Validity) -> tuple[int, bytes]:
    """TP-VPF and the octets of TP-VP; ValueError for amounts without a code."""
    if validity is None:
        return _VPF_NONE, b""
    if isinstance(validity, RelativeValidity):
        return _VPF_RELATIVE, bytes((validity.code,))
    if isinstance(validity, AbsoluteValidity):
        return _VPF_ABSOLUTE, encode_timestamp(validity.until)
    return _VPF_ENHANCED, _encode_enhanced(validity)


def read_validity(vpf: int, data: bytes, at: int) -> tuple[Validity, int]:
    """The TP-VP of that format at `at`, and where it ends. IndexError when its one octet is missing."""
    if vpf == _VPF_NONE:
        return None, at
    if vpf == _VPF_RELATIVE:
        return RelativeValidity(data[at]), at + 1
    # Absolute and enhanced are both seven octets.
    end = at + TIMESTAMP_OCTETS
    octets = data[at:end]
    if len(octets) < TIMESTAMP_OCTETS:
        raise Malformed("validity period ends early")
    if vpf == _VPF_ABSOLUTE:
        return AbsoluteValidity(decode_timestamp(octets)), end
    return _decode_enhanced(octets), end


def _encode_enhanced(validity: EnhancedValidity) -> bytes:
    indicator = validity.form | (_SINGLE_SHOT if validity.single_shot else 0)
    match validity.form:
        case EnhancedForm.UNSPECIFIED:
            value = b""
        case EnhancedForm.CLOCK:
            hours, of_hour = divmod(validity.amount, _HOUR)
            minutes, seconds = divmod(of_hour, _MINUTE)
            value = bytes((pack_number(hours), pack_number(minutes), pack_number(seconds)))
        case EnhancedForm.SECONDS if validity.amount == 0:
            raise ValueError("a validity of 0 seconds is reserved")
        case _:
            value = bytes((validity.amount,))
    return (bytes((indicator,)) + value).ljust(_ENHANCED_OCTETS, b"\0")


def _decode_enhanced(octets: bytes) -> EnhancedValidity:
    # 3GPP TS 23.040 §9.2.3.12.3. No extension is defined, so what one would change is unknown. Unused
    # octets and bits 3 to 5 are ours to send as zero and not to look at.
    indicator = octets[0]
    form = indicator & 0x07
    if indicator & _EXTENSION or form > EnhancedForm.CLOCK:
        raise Malformed(f"enhanced validity {indicator:#04x} is reserved")
    single_shot = bool(indicator & _SINGLE_SHOT)
    if form == EnhancedForm.CLOCK:
        return EnhancedValidity(EnhancedForm.CLOCK, _clock_seconds(octets[1:4]), single_shot)
    amount = octets[1] if form else 0
    if form == EnhancedForm.SECONDS and amount == 0:
        raise Malformed("a validity of 0 seconds is reserved")
    return EnhancedValidity(EnhancedForm(form), amount, single_shot)


def _clock_seconds(octets: bytes) -> int:
    hours, minutes, seconds = octets.translate(NUMBERS)
    # UNREADABLE is above all three limits.
    if hours > 99 or minutes > 59 or seconds > 59:
        raise Malformed("validity period is not hours, minutes, seconds")
    return hours * _HOUR + minutes * _MINUTE + seconds
