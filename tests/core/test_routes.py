"""Routes: which upstream takes an SMS, and which ones are asked after it."""

from collections import Counter
from typing import Any

import pytest

from heliograph.core.content import Content, content_of_octets, content_of_text
from heliograph.core.delivery import gate_of_upstream, gate_of_via, receiver_of_gate, upstream_of_gate
from heliograph.core.routing import MOST_KNOWN, Capability, Routes, Table
from heliograph.core.upstream import Route, Upstream, is_upstream_name, serves

TEXT, OCTETS = content_of_text("hi"), content_of_octets(b"\0")
GERMAN, FRENCH = "491700000001", "33600000001"


def upstream(name: str, **fields: Any) -> Upstream:
    return Upstream(len(name), name, "127.0.0.1", 2775, **fields)


def routes(*rows: Route, upstreams: tuple[Upstream, ...] = ()) -> Routes:
    known = {one.name: one for one in upstreams}
    named = [known.pop(name, None) or upstream(name) for name in dict.fromkeys(row.upstream for row in rows)]
    return Routes({"simulator": Capability()}, Table([*named, *known.values()], rows))


def route(id: int, upstream: str, **fields: Any) -> Route:
    return Route(id, upstream, **fields)


@pytest.mark.parametrize(
    ("rows", "number", "order"),
    [
        ([route(1, "a")], GERMAN, ["a"]),
        ([route(1, "a", prefix="33")], GERMAN, []),
        ([route(1, "a", prefix="4917000000011")], GERMAN, []),  # longer than the number
        ([route(1, "a"), route(2, "b", prefix="49"), route(3, "c", prefix="4917")], GERMAN, ["c", "b", "a"]),
        ([route(1, "a"), route(2, "b", prefix="49")], FRENCH, ["a"]),
        ([route(1, "a", cost=2), route(2, "b", cost=1), route(3, "c", cost=3)], GERMAN, ["b", "a", "c"]),
        ([route(1, "a", cost=1), route(2, "b", cost=9, org=1)], GERMAN, ["b", "a"]),  # its own first
        ([route(1, "a", prefix="49"), route(2, "b", org=1)], GERMAN, ["a", "b"]),  # after the longest prefix
        ([route(1, "a", org=2), route(2, "b")], GERMAN, ["b"]),
        ([route(1, "a", enabled=0), route(2, "b")], GERMAN, ["b"]),
        ([route(1, "a", weight=0), route(2, "b")], GERMAN, ["b", "a"]),
        ([route(1, "a"), route(2, "a", prefix="49"), route(3, "b")], GERMAN, ["a", "b"]),  # each once
        ([route(1, "a", network="nbiot")], GERMAN, []),  # for devices alone
    ],
)
def test_the_order_for_a_phone(rows: list[Route], number: str, order: list[str]) -> None:
    assert routes(*rows).candidates(1, "", number, 7) == order


@pytest.mark.parametrize(
    ("network", "order"), [("nbiot", ["b", "c", "a"]), ("a", ["a"]), ("b", ["b"]), ("", ["a", "c"])]
)
def test_a_device_goes_by_what_names_its_network_first(network: str, order: list[str]) -> None:
    rows = [route(1, "a", prefix="49"), route(2, "b", network="nbiot"), route(3, "c", prefix="")]
    by_nbiot = [route(4, "c", network="nbiot", cost=5)]
    assert routes(*rows, *by_nbiot).candidates(1, network, GERMAN, 7) == order


def test_equal_routes_are_drawn_by_weight_and_the_same_message_finds_the_same_order() -> None:
    known = routes(route(1, "a", weight=3), route(2, "b", weight=1))
    drawn = [tuple(known.candidates(1, "", GERMAN, id)) for id in range(4000)]
    first = Counter(order[0] for order in drawn)
    assert 2850 < first["a"] < 3150
    assert all(set(order) == {"a", "b"} for order in drawn)
    assert drawn == [tuple(known.candidates(1, "", GERMAN, id)) for id in range(4000)]


def test_upstreams_that_are_down_come_last() -> None:
    known = routes(route(1, "a"), route(2, "b", cost=1), route(3, "c", cost=2))
    known.down = frozenset({"a"})
    assert known.candidates(1, "", GERMAN, 7) == ["b", "c", "a"]
    known.down = frozenset({"a", "b", "c"})
    assert known.candidates(1, "", GERMAN, 7) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("fields", "is_served"),
    [({}, True), ({"org": 2}, True), ({"org": 2, "shared": 0}, False), ({"org": 1, "shared": 0}, True)],
)
def test_an_upstream_of_another_organisation_is_used_while_it_is_shared(
    fields: dict[str, int], is_served: bool
) -> None:
    one = upstream("a", **fields)
    assert serves(one, 1) is is_served
    assert bool(routes(route(1, "a"), upstreams=(one,)).candidates(1, "", GERMAN, 7)) is is_served
    assert bool(routes(route(1, "a"), upstreams=(one,)).candidates(1, "a", GERMAN, 7)) is is_served


def test_an_upstream_that_somebody_names_as_our_network_gets_nothing_of_ours() -> None:
    theirs = upstream("nbiot", org=2, shared=1)
    ours = [route(1, "a", network="nbiot"), route(2, "b")]
    assert routes(*ours, upstreams=(theirs,)).candidates(1, "nbiot", GERMAN, 7) == ["a", "b"]
    assert routes(*ours, upstreams=(theirs,)).candidates(2, "nbiot", GERMAN, 7)[0] == "nbiot"


def test_one_that_is_off_is_no_upstream() -> None:
    known = routes(route(1, "a"), upstreams=(upstream("a", enabled=0),))
    assert known.candidates(1, "", GERMAN, 7) == []
    assert "a" not in known


@pytest.mark.parametrize(
    ("network", "content", "refused"),
    [
        ("simulator", TEXT, None),
        ("plain", TEXT, None),
        ("plain", OCTETS, ("not_supported", "upstream plain: binary")),
        ("nbiot", OCTETS, None),  # one of them can
        ("nowhere", TEXT, ("no_network", "network nowhere")),
        ("", TEXT, ("no_external_route", f"number {FRENCH}")),
    ],
)
def test_what_is_refused(network: str, content: Content, refused: tuple[str, str] | None) -> None:
    rows = (route(1, "plain", network="nbiot"), route(2, "b", network="nbiot"), route(3, "b", prefix="49"))
    known = routes(*rows, upstreams=(upstream("plain", octets=0),))
    refuses = known.refuses_way(1, "", FRENCH, content) if not network else None
    refusal = refuses or known.refuses(network or "simulator", content, 1, FRENCH)
    assert (refusal and (refusal.code, refusal.rule)) == refused
    ways = known.ways(1, network, FRENCH, 7, content)
    assert bool(ways) is (refused is None and network != "simulator")
    assert [way.upstream for way in ways] != ["plain", "b"] or content is TEXT


def test_the_names_that_a_device_may_have_as_its_network() -> None:
    known = routes(route(1, "acme", network="nbiot"))
    assert [name in known for name in ("simulator", "nbiot", "acme", "", "x")] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("name", ["", "a" * 33, "Acme", "a b", "ä", "a:b"])
def test_names_that_no_upstream_has(name: str) -> None:
    assert not is_upstream_name(name)
    assert is_upstream_name("acme-2")


def test_gates_of_upstreams() -> None:
    gate = gate_of_upstream("acme")
    assert (gate, upstream_of_gate(gate), receiver_of_gate(gate)) == ("upstream:acme", "acme", 0)
    assert [upstream_of_gate(name) for name in ("radio", "application:3")] == [None, None]
    assert [gate_of_via(via) for via in ("acme", "acme beta")] == ["upstream:acme", "upstream:beta"]


def test_what_is_remembered_is_bounded_and_of_each_organisation_its_own() -> None:
    rows = [route(1, "a", prefix="4917", org=1), route(2, "b", prefix="49"), route(3, "c")]
    known = routes(*rows)
    for _ in range(2):
        assert known.candidates(1, "", GERMAN, 7) == ["a", "b", "c"]
        assert known.candidates(2, "", GERMAN, 7) == ["b", "c"]
        assert known.candidates(1, "", "4915" + "0" * 8, 7) == ["b", "c"]
        assert known.candidates(1, "", FRENCH, 7) == ["c"]
        assert known.candidates(1, "", "49", 7) == ["b", "c"]
    for org in range(2 * MOST_KNOWN):
        known.candidates(org, "", GERMAN, 7)
    assert len(known.table._known) <= MOST_KNOWN
