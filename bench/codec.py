"""`bench codec`: the GSM and SMPP codecs of the hot path, microseconds of CPU each."""

import time
import timeit
from collections.abc import Callable

from bench import smpp_codec
from heliograph.core.content import content_of_text, segments_of
from heliograph.wire.gsm.address import Address
from heliograph.wire.gsm.text import fits
from heliograph.wire.gsm.tpdu import Submit, decode_mobile_originated, encode

TEXT = "The quick brown fox jumps over the lazy dog, 0123456789. " * 2
LONG = TEXT * 6
ROUNDS = 20_000


def _us(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    return round(min(timeit.repeat(work, timer=time.process_time, number=rounds, repeat=5)) / rounds * 1e6, 2)


def measure() -> dict[str, float]:
    segment = segments_of(TEXT.encode(), 0, b"", 0, 1)[0]
    submit = Submit(
        reference=1, destination=Address("4915112345678"), udl=segment.udl, user_data=segment.user_data
    )
    octets = encode(submit)
    return {
        "fits_us": _us(lambda: fits(TEXT)),
        "content_us": _us(lambda: content_of_text(TEXT)),
        "split_long_us": _us(lambda: segments_of(LONG.encode(), 0, b"", 0, 1), 2_000),
        "submit_encode_us": _us(lambda: encode(submit)),
        "submit_decode_us": _us(lambda: decode_mobile_originated(octets)),
        **smpp_codec.measure(),
    }
