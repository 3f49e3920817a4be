"""Routing: whether a network can carry this SMS, and the first thing that it lacks."""

import pytest

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.routing import Capability, Routes, lacks
from heliograph.core.upstream import EVERYONE, Route, Upstream, is_visible
from heliograph.flow.reads.ways import Way, refusal_of

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


@pytest.mark.parametrize(
    ("row", "sees"),
    [
        (Upstream(1, "own", "", 0, org=7, shared=0), True),
        (Upstream(1, "others", "", 0, org=8, shared=0), False),
        (Upstream(1, "shared", "", 0, org=8, shared=1), True),
        (Upstream(1, "everyone's", "", 0, org=EVERYONE, shared=0), True),
        (Route(1, "own", org=7), True),
        (Route(1, "others", org=8), False),
        (Route(1, "everyone's", org=EVERYONE), True),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "upstream", None),
)
def test_who_sees_an_upstream_or_a_route(row: Upstream | Route, sees: bool) -> None:
    assert is_visible(row, 7) is sees


def test_what_an_sms_that_no_way_takes_is_refused_by() -> None:
    takes, lacks_it = (Way(Upstream(1, "a", "", 0), Route(1, "a"), (), lacking) for lacking in ("", "ucs2"))
    assert refusal_of([], "nbiot") == "no_network"
    assert refusal_of([], "") == "no_external_route"
    assert refusal_of([lacks_it], "nbiot") == "not_supported"
    assert refusal_of([takes, lacks_it], "") is None
