"""SIMs: what a device is known by in a network, and the life that a SIM may lead.

In: a SIM and the status it shall have. Out: whether it may. Which device has it is `flow/manage/assigning`.
"""

import re
from enum import IntEnum

from msgspec import Struct

from heliograph.core.labels import bad_imsi, bad_msisdn
from heliograph.core.refusal import Refusal, refuse

LONGEST_BIC = 40
_ICCID = re.compile(r"89[0-9]{16,18}")  # ITU-T E.118 §4: 19 digits with the check digit, some use 20
_BIC = re.compile(rf"[A-Za-z0-9][A-Za-z0-9-]{{0,{LONGEST_BIC - 1}}}")
_NOBODYS = "8999"  # telecommunications, of no country


class SimStatus(IntEnum):
    ISSUED = 0
    ACTIVATED = 1
    SUSPENDED = 2
    DELETED = 3
    FACTORY_TEST = 4


_CARRIES = (SimStatus.ACTIVATED, SimStatus.FACTORY_TEST)
MOVES = frozenset(
    {
        (SimStatus.ISSUED, SimStatus.ACTIVATED),
        (SimStatus.ISSUED, SimStatus.FACTORY_TEST),
        (SimStatus.FACTORY_TEST, SimStatus.ACTIVATED),
        (SimStatus.ACTIVATED, SimStatus.SUSPENDED),
        (SimStatus.SUSPENDED, SimStatus.ACTIVATED),
    }
)


class Sim(Struct, gc=False):
    """One row of the sim table, in its column order."""

    id: int
    org: int
    iccid: str  # without its check digit
    imsi: str
    msisdn: str
    bic: str = ""  # the code of the batch that it was made in
    status: int = SimStatus.ISSUED
    device: int | None = None
    created_at: int = 0
    activated_at: int | None = None
    assigned_at: int | None = None


class AvoidedOperator(Struct, gc=False):
    """One row of the avoided_operator table: a device keeps away from this operator."""

    id: int
    org: int
    device: int
    operator: int


def carries(sim: Sim) -> bool:
    """May SMS go to and from its device?"""
    return sim.status in _CARRIES


def implied_iccid(imsi: str) -> str:
    """Of a SIM about which nothing is known but its IMSI. Its number is of nobody's."""
    return _NOBODYS + imsi


def is_implied(sim: Sim) -> bool:
    """It came with its device, and goes with it, unless it was released before."""
    return sim.iccid == implied_iccid(sim.imsi)


def refuses_move(sim: Sim, status: int) -> Refusal | None:
    """Staying where it is is no move."""
    if status == sim.status or (sim.status, status) in MOVES:
        return None
    if status not in SimStatus.__members__.values():
        return refuse("bad_value", "status", f"There is no SIM status {status}.")
    old, new = (SimStatus(one).name.replace("_", " ").title() for one in (sim.status, status))
    return refuse("sim_move", "status", f"A SIM cannot go from {old} to {new}.")


def bad_sim(sim: Sim) -> Refusal | None:
    if not _ICCID.fullmatch(sim.iccid):
        return refuse("bad_value", "iccid", "An ICCID starts with 89 and has 18 to 20 digits.")
    if sim.bic and not is_bic(sim.bic):
        reason = f"A batch code has letters, digits and -, at most {LONGEST_BIC}."
        return refuse("bad_value", "bic", reason)
    return bad_imsi(sim.imsi) or bad_msisdn(sim.msisdn)


def is_bic(text: str) -> bool:
    return _BIC.fullmatch(text) is not None


def check_digit(digits: str) -> int:
    """Luhn's: ITU-T E.118 §4.4, ISO/IEC 7812-1 annex B."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return -sum(value - 9 * (value > 9) for value in doubled) % 10


def iccid_with_check(iccid: str) -> str:
    """19 digits have none yet; one of 20 ends with it."""
    return iccid if len(iccid) == LONGEST_ICCID else f"{iccid}{check_digit(iccid)}"


LONGEST_ICCID = 20
