"""Addresses: type of number, plan and digits (SMPP 3.4 §5.2.5 to §5.2.9), and ours: international digits, a
short code, or a name.

In: what a PDU has. Out: an address as the core keeps it, or None where it is none; and back.
"""

from functools import lru_cache

from heliograph.core.address import A2P_LONGEST_DIGITS, is_number, is_source, normalise
from heliograph.wire.smpp.numbers import Npi, Ton

LONGEST_NUMBER = 20
_SHORT = (Ton.NETWORK_SPECIFIC, Ton.SUBSCRIBER, Ton.ABBREVIATED)
_CACHED = 4096  # the same few senders, and the devices that are spoken to just now

Address = tuple[int, int, str]


@lru_cache(_CACHED)
def destination_of(ton: int, digits: str, country_code: str) -> str | None:
    """International digits of a phone or device; None: no number."""
    number = _number(ton, digits, country_code)
    return number if number.isdecimal() and number.isascii() and len(number) <= LONGEST_NUMBER else None


def _number(ton: int, digits: str, country_code: str) -> str:
    if ton == Ton.NATIONAL and country_code and not digits.startswith("+"):
        return country_code + digits.removeprefix("0")
    if ton == Ton.INTERNATIONAL:
        return digits.removeprefix("+").removeprefix("00")
    return normalise(digits, country_code)


@lru_cache(_CACHED)
def source_of(ton: int, text: str, country_code: str) -> str | None:
    """A sender as the device will see it; None: it is none."""
    if ton in (Ton.INTERNATIONAL, Ton.NATIONAL) and not is_number(text):
        return None
    if ton == Ton.ALPHANUMERIC or ton in _SHORT or not is_number(text):
        return text if is_source(text) else None
    number = _number(ton, text, country_code)
    return number if is_source(number) else None


@lru_cache(_CACHED)
def address_of(text: str) -> Address:
    """Type, plan and digits of an address of ours."""
    if not is_number(text):
        sayable = text.encode("latin-1", "replace").decode("latin-1")
        return (Ton.ALPHANUMERIC, Npi.UNKNOWN, sayable) if text else (Ton.UNKNOWN, Npi.UNKNOWN, "")
    digits = text.removeprefix("+")
    if len(digits) > A2P_LONGEST_DIGITS:
        return (Ton.INTERNATIONAL, Npi.ISDN, digits)
    return (Ton.NETWORK_SPECIFIC, Npi.UNKNOWN, digits)  # no short code is E.164
