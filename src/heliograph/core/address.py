"""Addresses: is it a number or a name, who is meant by it, and is it an application (A2P) or a person or
device (P2P).

A number is kept without `+`: digits only, international where it is long enough to be one.
"""

import re

from heliograph.wire.gsm.alphabet import Unencodable, count

A2P_LONGEST_DIGITS = 7
LONGEST_WRITTEN = 40  # a number with what people put between its digits
LONGEST_NAME = 11  # 3GPP TS 23.040 §9.1.2.5: septets of an alphanumeric address

_NUMBER = re.compile(r"\+?[0-9*#]+")
_SOURCE_NUMBER = re.compile(r"\+?[0-9*#]{1,17}")
_DIALLED_NUMBER = re.compile(r"\+?[0-9*#]{1,20}")  # 3GPP TS 23.040 §9.1.2.3: twenty semi-octets
_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"\(0\)|[().\-/]")  # `+49 (0)176/12-34`: what people write between digits
_DEVICE_NUMBER = re.compile(r"[1-9][0-9]{7,14}")  # E.164


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def is_device_number(text: str) -> bool:
    """An MSISDN as we keep it: international digits."""
    return _DEVICE_NUMBER.fullmatch(text) is not None


def is_source(text: str) -> bool:
    """A sender: empty, a number of at most 17 digits, or a name."""
    return text == "" or _SOURCE_NUMBER.fullmatch(text) is not None or is_name(text)


def is_dialled(text: str) -> bool:
    """What a device may send to: a number, or a name."""
    return _DIALLED_NUMBER.fullmatch(text) is not None or is_name(text)


def is_name(text: str) -> bool:
    """Up to eleven letters of the GSM alphabet, not all of them digits."""
    if not text.isprintable() or is_number(text) or not any(map(str.isalnum, text)):
        return False
    try:
        return count(text) <= LONGEST_NAME
    except Unencodable:
        return False


def as_written(text: str) -> str:
    """A number in a list of people's, without what they put between its digits. Everything else, as a name
    such as `24/7`, stays as it is.
    """
    spaced = _SPACES.sub("", text)
    if is_number(spaced):
        return spaced
    digits = _PUNCTUATION.sub("", spaced)
    is_long = digits.startswith(("+", "00")) or len(digits) > A2P_LONGEST_DIGITS
    return digits if is_long and is_number(digits) else text.strip()


def normalise(number: str, country_code: str = "") -> str:
    """International digits. `+` and `00` lead an international number, a single 0 a national one where the
    organisation's country is known. Many tools send a long number as "unknown type", so length decides,
    not type.
    """
    digits = number.removeprefix("+")
    if digits != number:
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0") and country_code and len(digits) > A2P_LONGEST_DIGITS:
        return country_code + digits[1:]
    return digits


def is_a2p(dialled: str, longest_digits: int = A2P_LONGEST_DIGITS) -> bool:
    """Short codes and names mean the application; anything longer means a phone number. Nothing is
    registered.
    """
    if not is_number(dialled):
        return True
    return len(dialled.removeprefix("+")) <= longest_digits
