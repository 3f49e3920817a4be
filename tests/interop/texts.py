"""Long texts in four encodings, cut as peers cut them, in the three forms of SMPP.

Made without the code under test. Cuts go through escapes and surrogate pairs, as those of many peers do.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gsm0338 import Codec

OCTETS_OF_ONE = 140
HEADER = 6
SEPTETS_OF_ONE = 153
UDHI = 0x40
FORMS = ("udhi", "sar", "payload")


class Long(NamedTuple):
    coding: int  # data_coding
    octets: bytes
    seen: str  # what the device reads: the text, or octets in hex


def _gsm(text: str) -> Long:
    return Long(0x00, Codec().encode(text)[0], text)


def _text(coding: int, codec: str, text: str) -> Long:
    return Long(coding, text.encode(codec), text)


BYTES = bytes(range(256)) * 2
LONG = {
    "gsm": _gsm("Heliograph {ok} [€] Ångström ñandù @home. " * 9),
    "latin1": _text(0x03, "latin-1", "Garçon, ça coûte £5 là-bas; Füße, þ and ý. " * 9),
    "ucs2": _text(0x08, "utf-16-be", "Ж" + "Гелиограф 日本 😀! " * 14),
    "octets": Long(0x04, BYTES, BYTES.hex()),
}


def pdus(long: Long, form: str, reference: int) -> Iterator[dict[str, Any]]:
    """The fields of each submit_sm, in order."""
    octets, coding = long.octets, long.coding
    if form == "payload":
        yield {"data_coding": coding, "message_payload": octets}
        return
    size = SEPTETS_OF_ONE if coding == 0 else OCTETS_OF_ONE - HEADER
    cut = [octets[start : start + size] for start in range(0, len(octets), size)]
    assert len(cut) > 1
    for number, part in enumerate(cut, 1):
        if form == "udhi":
            header = bytes((5, 0, 3, reference & 0xFF, len(cut), number))  # 3GPP TS 23.040 §9.2.3.24.1
            yield {"data_coding": coding, "esm_class": UDHI, "short_message": header + part}
        else:
            yield {
                "data_coding": coding,
                "short_message": part,
                "sar_msg_ref_num": reference,
                "sar_total_segments": len(cut),
                "sar_segment_seqnum": number,
            }
