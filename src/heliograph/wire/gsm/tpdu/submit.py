"""SMS-SUBMIT (3GPP TS 23.040 §9.2.2.2): a short message from a mobile to the service centre.

Never here: what user data says, see `text`.
"""

from dataclasses import dataclass

from heliograph.wire.gsm.address import Address, encode_address, read_address
from heliograph.wire.gsm.tpdu.user_data import encode_user_data, read_user_data
from heliograph.wire.gsm.validity import Validity, encode_validity, read_validity

_MTI = 0x01
_RD, _SRR, _UDHI, _RP = 0x04, 0x20, 0x40, 0x80
_VPF_SHIFT, _VPF_MASK = 3, 0x03


@dataclass(frozen=True, slots=True)
class Submit:
    """`udl` counts septets or octets, as `dcs` says; `user_data` are its octets, header included."""

    reference: int
    destination: Address
    pid: int = 0
    dcs: int = 0
    udl: int = 0
    user_data: bytes = b""
    validity: Validity = None
    udhi: bool = False
    status_report_requested: bool = False
    reject_duplicates: bool = False
    reply_path: bool = False


def encode_submit(submit: Submit) -> bytes:
    vpf, validity = encode_validity(submit.validity)
    first = (
        _MTI
        | vpf << _VPF_SHIFT
        | (_RD if submit.reject_duplicates else 0)
        | (_SRR if submit.status_report_requested else 0)
        | (_UDHI if submit.udhi else 0)
        | (_RP if submit.reply_path else 0)
    )
    head = bytes((first, submit.reference)) + encode_address(submit.destination)
    user_data = encode_user_data(submit.udl, submit.user_data, submit.dcs)
    return head + bytes((submit.pid, submit.dcs)) + validity + user_data


def decode_submit(data: bytes) -> Submit:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    first = data[0]
    destination, at = read_address(data, 2)
    pid, dcs = data[at], data[at + 1]
    validity, at = read_validity(first >> _VPF_SHIFT & _VPF_MASK, data, at + 2)
    udl, user_data = read_user_data(data, at, dcs)
    return Submit(
        reference=data[1],
        destination=destination,
        pid=pid,
        dcs=dcs,
        udl=udl,
        user_data=user_data,
        validity=validity,
        udhi=bool(first & _UDHI),
        status_report_requested=bool(first & _SRR),
        reject_duplicates=bool(first & _RD),
        reply_path=bool(first & _RP),
    )
