"""SMPP accounts: logins of applications that bind to us. What one is, and whether its values are in range.

An account is an application: its id is the application's, its gate the application's gate. Its password is
kept as a hash, made by the caller.
"""

import re

from msgspec import Struct

from heliograph.core.address import is_source
from heliograph.core.labels import bad_range
from heliograph.core.refusal import Refusal, refuse

MOST_ACCOUNTS = 1_000  # of one organisation
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 64  # SMPP 3.4 §5.2.2 has up to 8; many peers send more
BINDS = ("trx", "tx", "rx")
RECEIPT_CODINGS = ("ascii", "latin1", "ucs2")
PARTS = ("no", "udh", "sar")
_SYSTEM_ID = re.compile(r"[!-~]([ -~]{0,13}[!-~])?")  # SMPP 3.4 §5.2.1: a C-octet string of up to 15
_PASSWORD = re.compile(r"[ -~]{8,64}")
_SENDER = "account:"
_ARGON2ID = "$argon2id$"
_RANGES = {
    "most_binds": (1, 1_000),
    "window": (1, 10_000),
    "their_window": (1, 10_000),
    "rate_per_s": (1, 100_000),
    "payload_from": (0, 254),  # SMPP 3.4 §5.2.22: a short_message holds no more
    "most_waiting": (1, 100_000_000),
    "enabled": (0, 1),
    "external": (0, 1),
}


class SmppAccount(Struct, gc=False, frozen=True):
    """One row of the smpp_account table, in its column order."""

    id: int  # of its application
    org: int
    system_id: str  # unique on the whole platform
    password: str  # the Argon2id hash; empty: none was set yet, and nobody can bind
    version: int = 1  # grows with each change that ends binds
    networks: str = ""  # address ranges from which it may bind, separated by commas; empty: all
    binds: str = "trx tx rx"  # the bind types that it may use
    most_binds: int = 8
    window: int = 100  # unanswered deliver_sm of one session
    their_window: int = 1_000  # unanswered submit_sm of one session; beyond: throttled
    rate_per_s: int | None = None  # submits a second; beyond: throttled; None: no limit
    source: str = ""  # the sender where a submit_sm names none
    receipt_coding: str = "ascii"  # how the text of receipts is coded
    mo_per_part: str = "no"  # each segment of a long SMS from a device by itself: no, by header, by sar_*
    payload_from: int = 254  # octets; a longer text travels in message_payload
    most_waiting: int = 100_000  # receipts and SMS that wait for it; beyond, the oldest are given up
    enabled: int = 1
    external: int = 1  # may send to phones outside the fleet, where a route leads there
    created_at: int = 0
    updated_at: int = 0


def sender_of(account: int) -> str:
    """Who accepted a message of this account, as its timeline says it."""
    return f"{_SENDER}{account}"


def is_account(sender: str) -> bool:
    return sender.startswith(_SENDER)


def ends_binds(old: SmppAccount, new: SmppAccount) -> bool:
    """Does the change concern who may bind, so that whoever is bound has to bind again?"""
    return (old.system_id, old.password, old.networks, old.binds, old.enabled) != (
        new.system_id,
        new.password,
        new.networks,
        new.binds,
        new.enabled,
    )


def bad_password(password: str) -> Refusal | None:
    """Of a password that somebody chose, before it is hashed."""
    if _PASSWORD.fullmatch(password):
        return None
    reason = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} printable ASCII characters."
    return refuse("bad_value", "password", reason)


def tidy_binds(binds: str) -> str:
    """Each once, in one order."""
    given = binds.replace(",", " ").split()
    return " ".join([one for one in BINDS if one in given] + [one for one in given if one not in BINDS])


def bad_account(account: SmppAccount) -> Refusal | None:
    """Every value but the address ranges, which are read before."""
    refusal = _bad_texts(account)
    for name, (least, most) in _RANGES.items():
        value: int | None = getattr(account, name)
        if refusal is None and value is not None:
            refusal = bad_range(name, value, least, most)
    return refusal


def _bad_texts(account: SmppAccount) -> Refusal | None:
    if not _SYSTEM_ID.fullmatch(account.system_id):
        return _bad("system_id", "A system_id has 1 to 15 printable ASCII characters, no space around it.")
    if account.password and not account.password.startswith(_ARGON2ID):
        return _bad("password", "An account has an Argon2id hash.")
    binds = account.binds.split()
    if not binds or any(one not in BINDS for one in binds):
        return _bad("binds", f"The bind types are among {', '.join(BINDS)}.")
    if not is_source(account.source):
        return _bad("source", "A sender is a number of up to 17 digits, or a name of up to 11 letters.")
    if account.receipt_coding not in RECEIPT_CODINGS:
        return _bad("receipt_coding", f"Receipts are coded as one of {', '.join(RECEIPT_CODINGS)}.")
    if account.mo_per_part not in PARTS:
        return _bad("mo_per_part", f"Segments by themselves are one of {', '.join(PARTS)}.")
    return None


def _bad(field: str, reason: str) -> Refusal:
    return refuse("bad_value", field, reason)
