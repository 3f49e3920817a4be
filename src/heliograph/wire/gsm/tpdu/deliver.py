"""SMS-DELIVER (3GPP TS 23.040 §9.2.2.1): a short message from the service centre to a mobile.

Never here: what user data says, see `text`.
"""

from dataclasses import dataclass

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, encode_address, read_address
from heliograph.wire.gsm.timestamp import TIMESTAMP_OCTETS, Timestamp, decode_timestamp, encode_timestamp
from heliograph.wire.gsm.tpdu.user_data import encode_user_data, read_user_data

_MTI = 0x00
_MMS, _LP, _SRI, _UDHI, _RP = 0x04, 0x08, 0x20, 0x40, 0x80


@dataclass(frozen=True, slots=True)
class Deliver:
    """`submitted` (TP-SCTS) is when the service centre got it. `udl` counts septets or octets, as `dcs`
    says; `user_data` are its octets, header included."""

    originator: Address
    submitted: Timestamp
    pid: int = 0
    dcs: int = 0
    udl: int = 0
    user_data: bytes = b""
    udhi: bool = False
    more_messages: bool = False
    loop_prevention: bool = False
    status_report_indicated: bool = False
    reply_path: bool = False


def encode_deliver(deliver: Deliver) -> bytes:
    first = (
        _MTI
        # §9.2.3.2: the bit says that there are no more.
        | (0 if deliver.more_messages else _MMS)
        | (_LP if deliver.loop_prevention else 0)
        | (_SRI if deliver.status_report_indicated else 0)
        | (_UDHI if deliver.udhi else 0)
        | (_RP if deliver.reply_path else 0)
    )
    head = bytes((first,)) + encode_address(deliver.originator) + bytes((deliver.pid, deliver.dcs))
    user_data = encode_user_data(deliver.udl, deliver.user_data, deliver.dcs)
    return head + encode_timestamp(deliver.submitted) + user_data


def decode_deliver(data: bytes) -> Deliver:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    first = data[0]
    originator, at = read_address(data, 1)
    pid, dcs = data[at], data[at + 1]
    at += 2
    stamp = data[at : at + TIMESTAMP_OCTETS]
    if len(stamp) < TIMESTAMP_OCTETS:
        raise Malformed("time stamp ends early")
    udl, user_data = read_user_data(data, at + TIMESTAMP_OCTETS, dcs)
    return Deliver(
        originator=originator,
        submitted=decode_timestamp(stamp),
        pid=pid,
        dcs=dcs,
        udl=udl,
        user_data=user_data,
        udhi=bool(first & _UDHI),
        more_messages=not first & _MMS,
        loop_prevention=bool(first & _LP),
        status_report_indicated=bool(first & _SRI),
        reply_path=bool(first & _RP),
    )
