"""Guessing what opens a console: whatever is wrong costs the same work and gets the same answer, and nobody
is heard for long.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from heliograph.core import console
from heliograph.core.console import MOST_IDENTIFIERS, ConsoleLink, opens
from heliograph.core.device import Device
from heliograph.core.security.audit import PROGRAM
from heliograph.flow.acting import ActingStore
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.rest.callers.console import (
    FREE_OF_ADDRESS,
    FREE_OF_TARGET,
    MOST_OPENED,
    WRONG_SECONDS,
    Door,
    Opened,
)
from heliograph.interfaces.rest.callers.guesses import (
    FIRST_SECONDS,
    FORGOTTEN_SECONDS,
    LONGEST_SECONDS,
    Guesses,
)
from heliograph.interfaces.rest.problem import Problem
from heliograph.runtime import passwords
from heliograph.runtime.door import neighbourhood
from heliograph.store.reads.console import SqliteConsoleReader
from tests.rest.people import new_address, passing
from tests.rest.site import Answered, Site
from tests.rest.test_console import (
    Pump,
    entries,
    later,
    let_in,
    new_identifier,
    new_link,
    open_console,
    token_of,
)

UNKNOWN_NUMBER = "4915799999999"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wrong_ways(api: Site) -> dict[str, dict[str, str]]:
    """All that may be wrong with an attempt."""
    identifier = new_identifier()
    pump, bare = Pump(api, f"sms-{identifier}"), Pump(api)
    pinned, ended = new_link(api, pump.id, pin="4711"), new_link(api, pump.id)
    api.call("PATCH", f"/v1/console_link/{ended['id']}", {"revoked": True})
    return {
        "unknown number": {"identifier": identifier, "msisdn": UNKNOWN_NUMBER},
        "no number": {"identifier": identifier, "msisdn": "pump"},
        "wrong identifier": {"identifier": new_identifier(), "msisdn": pump.msisdn},
        "no identifier there": {"identifier": identifier, "msisdn": bare.msisdn},
        "unknown link": {"link": "hgl_" + "A" * 43},
        "unknown link with a PIN": {"link": "hgl_" + "B" * 43, "pin": "4711"},
        "wrong PIN": {"link": pinned["secret"], "pin": "4712"},
        "no PIN": {"link": pinned["secret"]},
        "revoked link": {"link": ended["secret"]},
    }


def test_whatever_is_wrong_is_answered_alike(api: Site) -> None:
    answers = {why: open_console(api, **body) for why, body in wrong_ways(api).items()}
    assert {answer.status for answer in answers.values()} == {401}
    assert len({answer.text for answer in answers.values()}) == 1
    for answer in answers.values():
        answer.headers.pop("date")
    assert len({frozenset(answer.headers.items()) for answer in answers.values()}) == 1


class Watched:
    """A door of its own, and what it does: its questions, its hashing, what it writes, how long it rests."""

    def __init__(self, api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.api = api
        self.done: list[str] = []
        self.rests: list[float] = []
        self.reader, self.store = SqliteConsoleReader(api.app.reader), ActingStore(api.app.store, PROGRAM)
        self.door = Door(self.reader, self.store, api.app.vault, api.app.clock, self._rest)
        for owner, names in (
            (self.reader, ("device_numbered", "link_of", "device", "link")),
            (self.store, ("run",)),
        ):
            for name in names:
                self._watch(monkeypatch, owner, name)
        self._watch(monkeypatch, passwords, "is_password")

    async def _rest(self, seconds: float) -> None:
        self.rests.append(seconds)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        plain: Callable[..., Any] = getattr(owner, name)

        def watched(*given: Any, **more: Any) -> Any:
            self.done.append(name)
            return plain(*given, **more)

        monkeypatch.setattr(owner, name, watched)

    def open(self, body: dict[str, str]) -> tuple[str, ...]:
        """What was done for it."""
        self.done.clear()
        with suppress(Problem):
            self.api.ask(self._open(body))
        return tuple(self.done)

    async def _open(self, body: dict[str, str]) -> Opened:
        address = new_address()
        if "link" in body:
            return await self.door.by_link(body["link"], body.get("pin", ""), address)
        return await self.door.by_identifier(body["identifier"], body["msisdn"], address)


def test_whatever_is_wrong_costs_the_same_work(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, since time on a busy machine proves nothing: a link that nobody has is hashed for as well, and
    all rest for what is left until the same moment.
    """
    ways, watched = wrong_ways(api), Watched(api, monkeypatch)
    done: dict[str, set[tuple[str, ...]]] = {"identifier": set(), "link": set()}
    for body in ways.values():
        done["link" if "link" in body else "identifier"].add(watched.open(body))
    assert done == {"identifier": {("device_numbered", "run")}, "link": {("link_of", "is_password", "run")}}
    assert len(watched.rests) == len(ways)
    assert all(0 <= rest <= WRONG_SECONDS for rest in watched.rests)


def test_a_link_without_a_pin_costs_the_same_too(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    link = new_link(api, Pump(api).id)
    assert Watched(api, monkeypatch).open({"link": link["secret"]}) == ("link_of", "is_password", "run")


def test_as_many_identifiers_are_compared_whatever_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    plain = console.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return plain(one, other)

    monkeypatch.setattr(console, "compare_digest", watched)
    many = ",".join(f"sms-IDENTIFIER{number}" for number in range(MOST_IDENTIFIERS + 3))
    devices = [None, *(Device(1, 1, "d", "", "", 1, "n", tags=tags) for tags in ("", "sms-ABCDE", many))]
    for device in devices:
        for given in ("", "x", "ABCDE", "IDENTIFIER0", "y" * 10_000, "\ud800"):
            compared.clear()
            opens(device, given)
            assert compared == [(32, 32)] * MOST_IDENTIFIERS
    assert opens(devices[-1], "IDENTIFIER0") == "IDENTIFIER0"
    assert opens(devices[-1], f"IDENTIFIER{MOST_IDENTIFIERS}") is None
    assert opens(devices[1], "") is None


def guess(api: Site, times: int, **body: str) -> list[Answered]:
    return [open_console(api, **body) for _ in range(times)]


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_what_is_guessed_at_is_locked_whether_or_not_it_is_there(api: Site, known: bool) -> None:
    identifier = new_identifier()
    pump = Pump(api, f"sms-{identifier}")
    msisdn = pump.msisdn if known else f"49158{pump.id:08}"
    answers = guess(api, FREE_OF_TARGET + 1, identifier=new_identifier(), msisdn=msisdn)
    assert [answer.status for answer in answers] == [401] * FREE_OF_TARGET + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= FIRST_SECONDS
    right = open_console(api, identifier=identifier, msisdn=pump.msisdn)
    assert right.status == (429 if known else 200), "it is not even looked at"
    if known:
        assert right.text == answers[-1].text


def test_a_lock_is_an_event_and_in_the_audit_trail(api: Site) -> None:
    pump = Pump(api, f"sms-{new_identifier()}")
    guess(api, FREE_OF_TARGET, identifier=new_identifier(), msisdn=pump.msisdn)
    found = api.get(f"/v1/endpoint/{pump.id}/event").body
    (locked,) = [one for one in found if one["event_type"]["description"] == "Console locked"]
    assert locked["alert"] is True
    assert len(entries(api, action="console_failed", id=pump.id)) == FREE_OF_TARGET
    assert len(entries(api, action="console_locked", id=pump.id)) == 1
    link = new_link(api, pump.id, pin="4711")
    guess(api, FREE_OF_TARGET, link=link["secret"], pin="1174")
    assert open_console(api, link=link["secret"], pin="4711").status == 429
    assert len(entries(api, action="console_locked", id=link["id"])) == 1
    said = [one["description"] for one in api.get("/v1/event?per_page=500").body]
    assert any(f"link {link['id']} from IP" in text and "it is locked" in text for text in said)


def test_an_address_that_is_locked_is_told_to_whom_it_tried_last(api: Site) -> None:
    pump, address = Pump(api, f"sms-{new_identifier()}"), new_address()
    for number in range(FREE_OF_ADDRESS - 1):
        open_console(api, address, identifier=new_identifier(), msisdn=f"4918{number:09}")
    open_console(api, address, identifier=new_identifier(), msisdn=pump.msisdn)
    (told,) = api.get(f"/v1/endpoint/{pump.id}/event").body[:1]
    assert f"at device {pump.id} from IP {address}: nobody there is heard for 30" in told["description"]


def test_a_right_one_is_no_guess(api: Site) -> None:
    link = new_link(api, Pump(api).id, pin="4711")
    for _ in range(FREE_OF_TARGET):
        guess(api, FREE_OF_TARGET - 1, link=link["secret"], pin="0000")
        assert let_in(api, link, pin="4711")


def test_an_address_that_guesses_is_not_heard_and_others_are(api: Site) -> None:
    address = new_address()
    answers = [
        open_console(api, address, identifier=new_identifier(), msisdn=f"4915{number:09}")
        for number in range(FREE_OF_ADDRESS + 1)
    ]
    assert [answer.status for answer in answers] == [401] * FREE_OF_ADDRESS + [429]
    link = new_link(api, Pump(api).id)
    assert open_console(api, address, link=link["secret"]).status == 429
    assert let_in(api, link)


def test_somebody_with_a_console_of_their_own_guesses_no_better(api: Site) -> None:
    """What was wrong from an address counts on, whatever was right meanwhile."""
    address, link = new_address(), new_link(api, Pump(api).id)
    for number in range(FREE_OF_ADDRESS - 1):
        open_console(api, address, identifier=new_identifier(), msisdn=f"4916{number:09}")
        assert token_of(open_console(api, address, link=link["secret"]))
    assert open_console(api, address, identifier="ABCDE", msisdn="4917000000001").status == 401
    assert open_console(api, address, link=link["secret"]).status == 429


def test_a_server_that_is_busy_counts_no_guess(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    link, watched, busy = new_link(api, Pump(api).id), Watched(api, monkeypatch), [True] * 20

    async def link_of(digest: bytes) -> ConsoleLink | None:
        if busy and busy.pop():
            raise TooSlow("late")
        return await SqliteConsoleReader(api.app.reader).link_of(digest)

    monkeypatch.setattr(watched.reader, "link_of", link_of)
    address = new_address()
    for _ in range(20):
        with pytest.raises(Problem, match="wait their turn"):
            api.ask(watched.door.by_link(link["secret"], "", address))
    assert api.ask(watched.door.by_link(link["secret"], "", address)).token


def test_a_console_is_opened_so_often_in_an_hour(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is an entry in the audit trail."""
    link, watched = new_link(api, Pump(api).id), Watched(api, monkeypatch)

    async def match(kept: str | None, password: str) -> bool:
        return False

    monkeypatch.setattr(watched.door._passwords, "match", match)
    for _ in range(MOST_OPENED):
        api.ask(watched.door.by_link(link["secret"], "", new_address()))
    with pytest.raises(Problem, match="too often") as found:
        api.ask(watched.door.by_link(link["secret"], "", new_address()))
    assert found.value.status == 429
    assert len(entries(api, action="console_open", id=link["id"])) == MOST_OPENED


def test_a_network_of_ipv6_counts_as_one() -> None:
    guesses = Guesses(2, Clock())
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::7"):
        guesses.begin(neighbourhood(host))
    assert guesses.wait_seconds(neighbourhood("2001:db8:1:2:3:4:5:6")) == FIRST_SECONDS
    assert guesses.wait_seconds(neighbourhood("2001:db8:1:3::1")) == 0


def test_waits_double_up_to_the_longest() -> None:
    clock = Clock()
    guesses = Guesses(3, clock)
    waits = []
    for _ in range(14):
        waits.append(guesses.begin("who"))
        clock.now += guesses.wait_seconds("who")
    assert waits[:6] == [0, 0, 30, 60, 120, 240]
    assert waits[-1] == LONGEST_SECONDS
    assert waits == sorted(waits)
    tried_in_a_day = len([at for at in waits if at < LONGEST_SECONDS]) + 86_400 / LONGEST_SECONDS
    assert tried_in_a_day < 40, "of 62^5 identifiers of five characters"


def test_guesses_are_forgotten_and_many_at_a_time_count_as_many() -> None:
    clock = Clock()
    guesses = Guesses(3, clock)
    assert [guesses.begin("who") for _ in range(4)][2:] == [FIRST_SECONDS, FIRST_SECONDS * 2]
    clock.now += FORGOTTEN_SECONDS
    assert guesses.wait_seconds("who") == 0
    assert guesses.begin("who") == 0


def test_memory_is_bounded_and_what_is_locked_stays_longest() -> None:
    clock = Clock()
    guesses = Guesses(3, clock, most=50)
    for _ in range(3):
        guesses.begin("locked")
    for number in range(1_000):
        guesses.begin(number)
    assert len(guesses) == 50
    assert guesses.wait_seconds("locked") > 0


def test_a_link_that_has_ended_is_as_wrong_as_any(api: Site) -> None:
    link = new_link(api, Pump(api).id, expiry_date=later(api, 60_000))
    unknown = open_console(api, link="hgl_unknown")
    with passing(api, 2):
        ended = open_console(api, link=link["secret"])
    assert (ended.status, ended.text) == (unknown.status, unknown.text)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"identifier": "ABCDE"},
        {"msisdn": "491570000"},
        {"link": "x", "identifier": "ABCDE", "msisdn": "4915"},
        {"identifier": "ABCDE", "msisdn": "4915", "pin": "1234"},
        {"pin": "1234"},
        {"link": "x" * 201},
        {"link": 5},
    ],
)
def test_neither_of_the_forms_is_no_guess(api: Site, body: dict[str, Any]) -> None:
    assert open_console(api, **body).status == 422
