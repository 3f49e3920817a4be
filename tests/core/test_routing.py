"""Routing: whether a network can carry this SMS, and the first thing that it lacks."""

import pytest

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.routing import Capability, Routes, lacks

PORTS = bytes.fromhex("06050415820000")


def text(words: str, wish: Wish | None = None) -> Content:
    made = content_of_text(words, wish or Wish())
    assert isinstance(made, Content)
    return made


def octets(data: bytes) -> Content:
    made = content_of_octets(data)
    assert isinstance(made, Content)
    return made


@pytest.mark.parametrize(
    ("capability", "content", "lacking"),
    [
        (Capability(), text("hi"), None),
        (Capability(), text("ж" * 300), None),
        (Capability(mt=False), text("hi"), "mt"),
        (Capability(mo=False), text("hi"), None),
        (Capability(binary=False), octets(b"\0"), "binary"),
        (Capability(binary=False), text("hi"), None),
        (Capability(ucs2=False), text("ж"), "ucs2"),
        (Capability(ucs2=False), text("hi"), None),
        (Capability(ucs2=False), text("hi", Wish(message_class=0)), None),
        (Capability(user_data_header=False), text("hi", Wish(udh=PORTS)), "user_data_header"),
        (Capability(user_data_header=False), text("x" * 161), "user_data_header"),
        (Capability(user_data_header=False), text("ş" * 100, Wish(national=True)), "user_data_header"),
        (Capability(segments=1), text("x" * 160), None),
        (Capability(segments=1), text("x" * 161), "segments"),
    ],
)
def test_what_a_network_lacks(capability: Capability, content: Content, lacking: str | None) -> None:
    assert lacks(capability, content) == lacking
    refusal = Routes({"radio": capability}).refuses("radio", content)
    assert (refusal and (refusal.code, refusal.rule)) == (
        lacking and ("not_supported", f"network radio: {lacking}")
    )


def test_a_network_that_is_not_configured() -> None:
    refusal = Routes({}).refuses("radio", text("hi"))
    assert refusal is not None
    assert (refusal.code, refusal.rule) == ("no_network", "network radio")
