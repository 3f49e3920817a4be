"""The two lists of submit_multi: whom it goes to, and whom it did not reach (SMPP 3.4 §4.5.1.1, §4.5.2.1).

Comes in: octets at an index, or values. Goes out: the other one. Never here: the PDU around them.
"""

from dataclasses import dataclass
from typing import cast

from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.numbers import Status

DESTINATIONS_LIMIT = 255
"""What the octet says; SMPP 3.4 §5.2.24 wants 254 at most."""
_ADDRESS_OCTETS = 21
_SME_ADDRESS = 1
_DISTRIBUTION_LIST = 2


@dataclass(slots=True)
class SmeAddress:
    """One receiver of a submit_multi."""

    ton: int
    npi: int
    address: str


@dataclass(slots=True)
class DistributionList:
    """A list of receivers that the message centre keeps."""

    name: str


@dataclass(slots=True)
class Unsuccessful:
    """A receiver for whom a submit_multi was refused, and why."""

    ton: int
    npi: int
    address: str
    status: int


Destination = SmeAddress | DistributionList


def read_destinations(data: bytes, at: int) -> tuple[object, int]:
    """IndexError when the octets end early."""
    count = data[at]
    at += 1
    found: list[Destination] = []
    for _ in range(count):
        flag = data[at]
        if flag == _SME_ADDRESS:
            address, end = _string(data, at + 3, Status.RINVDSTADR)
            found.append(SmeAddress(data[at + 1], data[at + 2], address))
        elif flag == _DISTRIBUTION_LIST:
            name, end = _string(data, at + 1, Status.RINVDLNAME)
            found.append(DistributionList(name))
        else:
            raise MalformedPdu(f"dest_flag {flag}", Status.RINVDESTFLAG)
        at = end
    return tuple(found), at


def write_destinations(destinations: tuple[object, ...]) -> str:
    """ValueError when there are too many, or one does not fit."""
    pieces = [_count(len(destinations))]
    for destination in destinations:
        match destination:
            case SmeAddress(ton, npi, address):
                pieces += (chr(_SME_ADDRESS), chr(ton), chr(npi), _checked(address), "\0")
            case DistributionList(name):
                pieces += (chr(_DISTRIBUTION_LIST), _checked(name), "\0")
            case _:
                raise ValueError(f"no destination: {destination!r}")
    return "".join(pieces)


def read_unsuccessful(data: bytes, at: int) -> tuple[object, int]:
    """IndexError when the octets end early."""
    count = data[at]
    at += 1
    found: list[Unsuccessful] = []
    for _ in range(count):
        address, end = _string(data, at + 2, Status.RINVDSTADR)
        if end + 4 > len(data):
            raise IndexError
        status = int.from_bytes(data[end : end + 4], "big")
        found.append(Unsuccessful(data[at], data[at + 1], address, status))
        at = end + 4
    return tuple(found), at


def write_unsuccessful(refused: tuple[object, ...]) -> str:
    """ValueError when there are too many, or one does not fit."""
    pieces = [_count(len(refused))]
    for one in cast(tuple[Unsuccessful, ...], refused):
        status = one.status.to_bytes(4, "big").decode("latin-1")
        pieces += (chr(one.ton), chr(one.npi), _checked(one.address), "\0", status)
    return "".join(pieces)


def _count(count: int) -> str:
    if count > DESTINATIONS_LIMIT:
        raise ValueError(f"{count} entries, limit {DESTINATIONS_LIMIT}")
    return chr(count)


def _checked(text: str) -> str:
    if "\0" in text or len(text) >= _ADDRESS_OCTETS:
        raise ValueError(f"{text!r} is longer than {_ADDRESS_OCTETS - 1} characters, or holds a NUL")
    return text


def _string(data: bytes, at: int, status: Status) -> tuple[str, int]:
    end = data.find(0, at, at + _ADDRESS_OCTETS)
    if end < 0:
        if at + _ADDRESS_OCTETS > len(data):
            raise IndexError
        raise MalformedPdu("an address is too long", status)
    return data[at:end].decode("latin-1"), end + 1
