"""What an upstream and a route may say: is every value in its range?

In: a row as it would be. Out: the refusal that names the field, or None. Whether a name is taken is the
store's to know.
"""

import re

from heliograph.core.labels import bad_network, bad_range
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sender_rules import BadRule, parse_rules
from heliograph.core.upstream import Route, Upstream, is_upstream_name

MOST_UPSTREAMS = 100  # of one organisation, and of the platform
MOST_ROUTES = 10_000
LONGEST_SECRET = 64  # 8 by SMPP 3.4 §5.2.2; many operators give out longer ones
LONGEST_RULES = 10_000
LONGEST_NUMBERS = 4_000
LONGEST_PATH = 500
LARGEST_COST = 1_000_000_000_000
# The words that a field may be.
CHOICES: dict[str, tuple[str, ...]] = {
    "bind_mode": ("trx", "tx+rx"),
    "long_form": ("udh", "sar", "sar8", "sar16", "payload"),
    "receipts": ("receipt", "none", "transaction"),
    "id_format": ("as_is", "hex_to_decimal", "decimal_to_hex", "tolerant"),
    "repeats": ("reference", "plain"),
    "submit_fail": ("temporary", "permanent"),
    "coding_0": ("gsm", "ascii", "latin1"),
}
SWITCHES = (
    *("tls", "tls_verify", "destination_plus", "octets", "ucs2", "user_data_header", "shared", "enabled"),
)
RANGES: dict[str, tuple[int, int]] = {
    "port": (1, 65_535),
    "binds": (1, 32),
    "window": (1, 10_000),
    "rate_per_s": (1, 100_000),
    "interface_version": (0x33, 0x50),
    "destination_ton": (0, 6),
    "destination_npi": (0, 18),
    "enquire_link_seconds": (0, 3_600),  # 0: never
    "response_seconds": (1, 600),
    "reconnect_seconds": (1, 3_600),
    "segments": (1, 255),
    "failover_seconds": (1, 86_400),
    **dict.fromkeys(SWITCHES, (0, 1)),
}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?\.?|::1?")
_VISIBLE = {"system_id": 15, "system_type": 12, "service_type": 5}  # SMPP 3.4 §5.2.1, §5.2.3, §5.2.11
_PATHS = ("tls_ca", "tls_certificate", "tls_key")
_NUMBERS = re.compile(r"\+?[0-9]{1,15}(=[0-9]{1,16})?")
_PREFIX = re.compile(r"[1-9][0-9]{0,14}")
_ASCII = re.compile(r"[ -~]*")


def bad_upstream(upstream: Upstream) -> Refusal | None:
    """Every value but the password, which is sealed by now."""
    refusal = _bad_texts(upstream) or _bad_addresses(upstream)
    for name, (least, most) in RANGES.items():
        value: int | None = getattr(upstream, name)
        if refusal is None and value is not None:
            refusal = bad_range(name, value, least, most)
    for name, words in CHOICES.items():
        if refusal is None and getattr(upstream, name) not in words:
            refusal = _bad(name, f"{name} is one of {', '.join(words)}.")
    return refusal


def _bad_texts(upstream: Upstream) -> Refusal | None:
    if not is_upstream_name(upstream.name):
        return _bad("name", "An upstream's name has 1 to 32 small letters, digits and -.")
    if not _HOST.fullmatch(upstream.host):
        return _bad("host", "A host is a name or an IP address.")
    for name, longest in _VISIBLE.items():
        text: str = getattr(upstream, name)
        if len(text) > longest or not _ASCII.fullmatch(text):
            return _bad(name, f"{name} has up to {longest} printable ASCII characters.")
    for name in _PATHS:
        path: str = getattr(upstream, name)
        if len(path) > LONGEST_PATH or not path.isprintable():
            return _bad(name, f"{name} is a file.")
    if upstream.tls_server_name and not _HOST.fullmatch(upstream.tls_server_name):
        return _bad("tls_server_name", "tls_server_name is the name in the far end's certificate.")
    if bool(upstream.tls_key) and not upstream.tls_certificate:
        return _bad("tls_key", "A key belongs to a certificate: name tls_certificate as well.")
    return None


def _bad_addresses(upstream: Upstream) -> Refusal | None:
    """The rules for senders, and the numbers that lead to the organisation."""
    if len(upstream.source) > LONGEST_RULES:
        return _bad("source", f"The rules for senders have at most {LONGEST_RULES} characters.")
    try:
        parse_rules(upstream.source)
    except BadRule as wrong:
        return _bad("source", f"{wrong}.")
    wrong_number = next((one for one in upstream.numbers.split() if not _NUMBERS.fullmatch(one)), None)
    if wrong_number is not None or len(upstream.numbers) > LONGEST_NUMBERS:
        reason = "numbers are digits, each with the application that hears of it, as 12345=7, or without."
        return _bad("numbers", reason)
    return None


def bad_password(password: str) -> Refusal | None:
    """Of a password as somebody wrote it, before it is sealed. Empty: the far end asks for none."""
    if len(password) <= LONGEST_SECRET and _ASCII.fullmatch(password):
        return None
    return _bad("password", f"A password has up to {LONGEST_SECRET} printable ASCII characters.")


def bad_route(route: Route) -> Refusal | None:
    refusal = bad_network(route.network) if route.network else None
    if refusal is None and route.prefix and not _PREFIX.fullmatch(route.prefix):
        refusal = _bad("prefix", "A prefix is the beginning of an international number, in digits.")
    refusal = refusal or bad_range("cost", route.cost, 0, LARGEST_COST)
    refusal = refusal or bad_range("weight", route.weight, 0, 1_000_000)
    return refusal or bad_range("enabled", route.enabled, 0, 1)


def tidy_numbers(text: str) -> str:
    """Each once, without +."""
    return " ".join(dict.fromkeys(one.removeprefix("+") for one in text.replace(",", " ").split()))


def _bad(field: str, reason: str) -> Refusal:
    return refuse("bad_value", field, reason)
