"""Addresses: ours, international digits, short codes and names, as an upstream wants them: type, plan, digits
(SMPP 3.4 §5.2.5 to §5.2.9); and back.

In: an address and the upstream's rules. Out: what a PDU has; or an address as the core keeps it.
"""

from functools import lru_cache

from heliograph.core.address import A2P_LONGEST_DIGITS, is_number, normalise
from heliograph.core.sender_rules import SenderRule, rewrite
from heliograph.core.upstream import Upstream
from heliograph.wire.smpp.numbers import Npi, Ton

_CACHED = 4096  # the same few senders
Address = tuple[int, int, str]


@lru_cache(_CACHED)
def sender_of(rules: tuple[SenderRule, ...], source: str) -> Address:
    """As the rules say; its form tells type and plan where they do not."""
    sender = rewrite(rules, source)
    text = sender.text.encode("latin-1", "replace").decode("latin-1")
    ton, npi = _form_of(text)
    return (ton if sender.ton is None else sender.ton, npi if sender.npi is None else sender.npi, text)


def _form_of(text: str) -> tuple[int, int]:
    if not text:
        return Ton.UNKNOWN, Npi.UNKNOWN
    if not is_number(text):
        return Ton.ALPHANUMERIC, Npi.UNKNOWN
    if len(text.removeprefix("+")) > A2P_LONGEST_DIGITS:
        return Ton.INTERNATIONAL, Npi.ISDN
    return Ton.NETWORK_SPECIFIC, Npi.UNKNOWN


def receiver_of(upstream: Upstream, number: str) -> str:
    return f"+{number}" if upstream.destination_plus else number


@lru_cache(_CACHED)
def number_of(ton: int, text: str, country_code: str) -> str:
    """An address that an upstream gives, as we keep it: international digits where it is a long number."""
    if ton == Ton.ALPHANUMERIC or not is_number(text):
        return text
    if ton == Ton.INTERNATIONAL:
        return text.removeprefix("+").removeprefix("00")
    if ton == Ton.NATIONAL and country_code and not text.startswith("+"):
        return country_code + text.removeprefix("0")
    return normalise(text, country_code)
