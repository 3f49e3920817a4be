"""Counts of segments, from the file that the portal's counter is tested against, too."""

import json
from pathlib import Path
from typing import Any

import pytest

from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.text import TooLong, fits, fits_octets

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/segments.json").read_text("utf-8"))
ENCODINGS = {"gsm7": Alphabet.GSM7, "ucs2": Alphabet.UCS2, None: None}


def text_of(case: dict[str, Any]) -> str:
    return "".join(piece * times for piece, times in case["text"])


@pytest.mark.parametrize("case", GOLDEN["texts"])
def test_texts(case: dict[str, Any]) -> None:
    found = fits(text_of(case), alphabet=ENCODINGS[case.get("asked")], udh=bytes.fromhex(case.get("udh", "")))
    assert found.alphabet is ENCODINGS[case["encoding"]]
    counts = (found.segments, found.characters, found.characters_left)
    assert counts == (case["segments"], case["characters"], case["left"])
    assert found.forced_by == (tuple(case["forced_by"]) if "forced_by" in case else None)


@pytest.mark.parametrize("case", GOLDEN["too_long"])
def test_too_long(case: dict[str, Any]) -> None:
    with pytest.raises(TooLong):
        fits(text_of(case))


@pytest.mark.parametrize("case", GOLDEN["octets"])
def test_octets(case: dict[str, Any]) -> None:
    assert fits_octets(case["octets"], udh=bytes.fromhex(case.get("udh", ""))) == case["segments"]
