"""Text against other implementations: gsm0338 (characters), pycrate (septets, headers), tshark (segments)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from gsm0338 import SINGLE_SHIFT_CHARACTER_SET_SPANISH, Codec
from hypothesis import given
from hypothesis import strategies as st
from pycrate_mobile.TS23038 import decode_7b, encode_7b
from pycrate_mobile.TS23040_SMS import TP_UDH

from heliograph.wire.gsm.alphabet import Language, decode, encode
from heliograph.wire.gsm.dcs import Alphabet, make_dcs, parse_dcs
from heliograph.wire.gsm.septets import pack, unpack
from heliograph.wire.gsm.text import SegmentData, fits, split
from heliograph.wire.gsm.udh import (
    Concatenation,
    Ports,
    build_header,
    concatenation_element,
    parse_header,
    ports_element,
)
from tests.wire.gsm.texts import DEFAULT_TEXT, alphabet_of

SPANISH = Codec(single_shift_decode_map=SINGLE_SHIFT_CHARACTER_SET_SPANISH)
SPANISH_TEXT = st.text(alphabet_of(None, Language.SPANISH), max_size=300)
OCTET = st.integers(0, 255)

# -- gsm0338 --


def test_every_default_character_has_the_same_code_in_gsm0338() -> None:
    for character in alphabet_of():
        assert encode(character) == Codec().encode(character)[0]


@given(DEFAULT_TEXT)
def test_default_text_as_gsm0338_has_it(text: str) -> None:
    assert encode(text) == Codec().encode(text)[0]
    assert decode(Codec().encode(text)[0]) == text


@given(SPANISH_TEXT)
def test_spanish_text_as_gsm0338_has_it(text: str) -> None:
    assert encode(text, None, Language.SPANISH) == SPANISH.encode(text)[0]


# -- pycrate --


@given(st.text(alphabet_of(), min_size=1, max_size=200), st.integers(0, 6))
def test_septets_are_packed_as_pycrate_packs_them(text: str, fill_bits: int) -> None:
    # pycrate takes an @ or a carriage return at the end for padding, so none stands there.
    text += "."
    octets, count = encode_7b(text, fill_bits)
    assert decode(unpack(octets, count, fill_bits)) == text
    assert decode_7b(pack(encode(text), fill_bits), fill_bits) == text


@given(st.integers(1, 255), st.integers(1, 255), st.integers(0, 65535), st.integers(0, 65535))
def test_headers_as_pycrate_reads_them(first: int, second: int, reference: int, port: int) -> None:
    sequence, total = sorted((first, second))
    elements = [
        concatenation_element(Concatenation(reference, total, sequence, wide=True)),
        concatenation_element(Concatenation(reference & 0xFF, total, sequence)),
        ports_element(Ports(port, reference, wide=True)),
        ports_element(Ports(port & 0xFF, reference & 0xFF)),
    ]
    read = TP_UDH()
    read.from_bytes(build_header(elements))
    length, values = read.get_val()
    assert length == 6 + 5 + 6 + 4
    assert values == [
        [8, 4, [reference, total, sequence]],
        [0, 3, [reference & 0xFF, total, sequence]],
        [5, 4, [port, reference]],
        [4, 2, [port & 0xFF, reference & 0xFF]],
    ]


# -- tshark --

ORACLE = pytest.mark.skipif(
    not (shutil.which("tshark") and shutil.which("text2pcap")), reason="tshark is not installed"
)
USER_LINK_TYPE = 147
FIELD_SEPARATOR = "\t"


def deliver(segment: SegmentData, dcs: int) -> bytes:
    """A DELIVER from 31628870634 at a fixed time. TS 23.040 §9.2.2.1."""
    first = 0x44 if segment.udh else 0x04
    head = bytes((first,)) + bytes.fromhex("0b911326880736f400") + bytes((dcs,))
    return head + bytes.fromhex("11108101146320") + bytes((segment.udl,)) + segment.user_data


def dissect(folder: Path, tpdus: list[bytes], fields: list[str]) -> list[list[str]]:
    """What tshark says of every TPDU, field by field."""
    # O for outbound: tshark takes a type of 0 from the network for a DELIVER.
    dump = "".join(f"O\n000000 {tpdu.hex(' ')}\n" for tpdu in tpdus)
    capture = folder / "segments.pcap"
    subprocess.run(
        ["text2pcap", "-q", "-D", "-l", str(USER_LINK_TYPE), "-", str(capture)],
        input=dump.encode(),
        check=True,
        capture_output=True,
    )
    command = ["tshark", "-r", str(capture), "-T", "fields"]
    command += ["-o", 'uat:user_dlts:"User 0 (DLT=147)","gsm_sms","0","","0",""']
    command += ["-o", "gsm_sms.reassemble:false"]
    for field in fields:
        command += ["-e", field]
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    shown = subprocess.run(command, check=True, capture_output=True, env=environment)
    return [line.split(FIELD_SEPARATOR) for line in shown.stdout.decode().splitlines()]


@ORACLE
def test_segments_as_tshark_reads_them(tmp_path: Path) -> None:
    texts = [
        "Hello {world} € Δ",
        "Valve [7] open ~ " * 30,
        "@" + "€" * 200 + "!",
        "привет 😀" * 40,
        "a" + "😀" * 100,
    ]
    segments = []
    for wide in (False, True):
        for text in texts:
            fit = fits(text, wide_reference=wide)
            dcs = make_dcs(fit.alphabet).octet
            made = split(text, fit, reference=0xA7, wide_reference=wide)
            segments += [(segment, dcs, text) for segment in made]
    fields = ["gsm_sms.tp.user_data_length", "gsm_sms.udh.mm.msg_id", "gsm_sms.udh.mm.msg_parts"]
    fields += ["gsm_sms.udh.mm.msg_part", "gsm_sms.sms_text"]
    read = dissect(tmp_path, [deliver(segment, dcs) for segment, dcs, _ in segments], fields)
    joined: list[str] = []
    for (segment, _, text), (udl, reference, total, number, shown) in zip(segments, read, strict=True):
        part = parse_header(segment.udh).concatenation if segment.udh else None
        assert int(udl) == segment.udl
        assert [reference and int(reference, 0), total, number] == (
            [0xA7, str(part.total), str(part.sequence)] if part else ["", "", ""]
        )
        joined = [shown] if part is None or part.sequence == 1 else [*joined, shown]
        if part is None or part.sequence == part.total:
            assert "".join(joined) == text


@ORACLE
def test_data_coding_schemes_as_tshark_reads_them(tmp_path: Path) -> None:
    # tshark reads bits where the standard reserves them, so reserved codings (0x80 to 0xBF, alphabet 3,
    # bit 3 of 0xFx) are left out; of 0x00 it shows no bits.
    octets = [octet for octet in range(0x01, 0x80) if octet & 0x0C != 0x0C] + [*range(0xC0, 0xF8)]
    names = ["character_set", "message_class_defined", "message_class", "text_compressed"]
    names += ["message_coding", "indication_sense", "message_waiting"]
    segment = SegmentData(b"", b"ab", 2)
    rows = dissect(
        tmp_path, [deliver(segment, octet) for octet in octets], [f"gsm_sms.dcs.{name}" for name in names]
    )
    alphabets = [Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2]
    for octet, row in zip(octets, rows, strict=True):
        scheme = parse_dcs(octet)
        alphabet, has_class, message_class, compressed, coding, active, kind = (
            int(cell, 0) if cell else None for cell in row
        )
        if scheme.waiting is not None:
            assert (scheme.waiting.active, scheme.waiting.kind) == (bool(active), kind)
        elif octet >= 0xF0:
            assert (alphabets.index(scheme.alphabet), scheme.message_class) == (coding, message_class)
        else:
            assert alphabets.index(scheme.alphabet) == alphabet
            assert scheme.message_class == (message_class if has_class else None)
            assert scheme.compressed == bool(compressed)
