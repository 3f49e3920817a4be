"""What a person may ask of the coding, as it reaches the core."""

import pytest

from heliograph.core.content import Content
from heliograph.core.refusal import Refusal
from heliograph.interfaces.control.translate import Coding, content_of
from heliograph.wire.gsm.udh import parse_header


def made(text: str | None = "hi", binary: str | None = None, **wish: object) -> Content:
    content = content_of(text, binary, Coding(**wish))  # type: ignore[arg-type] # a table of keywords
    assert isinstance(content, Content), content
    return content


@pytest.mark.parametrize(
    ("wish", "dcs"),
    [({}, 0x00), ({"flash": True}, 0x10), ({"message_class": 2}, 0x12), ({"dcs": 0xC8}, 0xC8)],
)
def test_classes_and_message_waiting(wish: dict[str, object], dcs: int) -> None:
    assert made(**wish).dcs == dcs


def test_protocol_identifier() -> None:
    assert made(pid=0x40).pid == 0x40  # 3GPP TS 23.040 §9.2.3.9: type 0, silent


def test_a_port_comes_in_front_of_the_typed_header() -> None:
    header = parse_header(made(None, "00ff", port=2948, udh="037f0100").udh)
    assert header.ports is not None
    assert header.ports.destination == 2948
    assert [element.id for element in header.elements] == [0x05, 0x7F]


@pytest.mark.parametrize("wish", [{"udh": "zz"}, {"udh": "050003", "port": 1}, {"dcs": 0x08}])
def test_what_cannot_be_is_refused(wish: dict[str, object]) -> None:
    answer = content_of(None, "00", Coding(**wish))  # type: ignore[arg-type] # a table of keywords
    assert isinstance(answer, Refusal)
    assert answer.code == "bad_text"
