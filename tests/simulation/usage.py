"""Usage: the counts of every device beside what was accepted and given back; rates and caps beside the
times at which SMS between devices were taken; and that everything acknowledged to a device is there.
"""

from datetime import UTC, datetime

import apsw

from heliograph.core.message import DAY_MS, MINUTE_MS, Direction, Message
from tests.simulation.books import Books
from tests.simulation.fleet import Fleet
from tests.simulation.story import Story

P2P_IN_A_MINUTE = 6
P2P_IN_A_DAY = 5


def _month(at: int) -> int:
    date = datetime.fromtimestamp(at / 1000, UTC)
    return date.year * 100 + date.month


def _never_let_in(message: Message, story: Story) -> bool:
    """An SMS between devices that was refused when it came; its sender's network heard "accepted"."""
    return message.direction == Direction.P2P and story.forbidden and message.final_at == message.accepted_at


def check_usage(
    books: Books,
    fleet: Fleet,
    messages: dict[int, Message],
    stories: dict[int, Story],
    connection: apsw.Connection,
) -> None:
    """Counted is what was accepted less what was given back, and both agree with what was sent."""
    counted: dict[int, int] = {}
    for message in messages.values():
        if message.device is None or _never_let_in(message, stories[message.id]):
            continue
        sent = bool(message.attempts)
        given_back = stories[message.id].given_back
        if message.reason == "replaced":
            given_back = 0 if sent else message.segments
        if given_back != (0 if sent else message.segments):
            books.violate("what was never sent is given back", message.id, message.reason, given_back)
        counted[message.device] = counted.get(message.device, 0) + message.segments - given_back
    tallies = dict(connection.execute("SELECT device, mt FROM tally").fetchall())
    for id, device in fleet.devices.items():
        if tallies.get(id, 0) != counted.get(id, 0):
            books.violate("usage is what was accepted", device.name, tallies.get(id, 0), counted.get(id, 0))
    _check_limits(books, fleet, connection, counted)


def _check_limits(books: Books, fleet: Fleet, connection: apsw.Connection, counted: dict[int, int]) -> None:
    heard: dict[int, set[str]] = {}
    for one in books.heard:
        heard.setdefault(one.device, set()).add(one.token)
    used = dict(connection.execute("SELECT device, mo FROM tally").fetchall())
    left = dict(connection.execute("SELECT device, remaining FROM quota").fetchall())
    for id, device in fleet.devices.items():
        policy, mo = fleet.policy_of(id), int(str(used.get(id, 0)))
        if mo < len(heard.get(id, ())):
            books.violate("every segment from a device is counted", device.name, mo, len(heard[id]))
        if policy.mo_limit is not None and mo > policy.mo_limit:
            books.violate("limits are never passed", device.name, "mo", mo)
        if policy.mt_limit is not None and counted.get(id, 0) > policy.mt_limit:
            books.violate("limits are never passed", device.name, "mt", counted[id])
        if id in left:
            remaining = fleet.quotas[id].volume - counted.get(id, 0) - mo
            if left[id] != remaining or remaining < 0:
                books.violate("a quota is what is left", device.name, left[id], remaining)


def check_rates(books: Books, messages: dict[int, Message], stories: dict[int, Story]) -> None:
    """At most six SMS of other devices in any minute, and at most five sent in any day."""
    entered: dict[int, list[int]] = {}
    sent: dict[int, list[int]] = {}
    for message in sorted(messages.values(), key=lambda message: message.id // 256):
        if message.direction != Direction.P2P or message.origin is None:
            continue
        story = stories[message.id]
        if message.reason != "p2p_cap_reached":
            sent.setdefault(message.origin, []).append(message.accepted_at)
        if message.device is not None and not _never_let_in(message, story):
            entered.setdefault(message.device, []).append(story.enter_at or message.accepted_at)
            if story.enter_at:
                books.coverage.hit("p2p waits for its rate")
    for device, times in entered.items():
        _at_most(books, "p2p rate", device, times, P2P_IN_A_MINUTE, MINUTE_MS)
    for device, times in sent.items():
        _at_most(books, "p2p cap", device, times, P2P_IN_A_DAY, DAY_MS)


def _at_most(books: Books, rule: str, device: int, times: list[int], most: int, within_ms: int) -> None:
    """In any window; where the clock went back the window is not one, so it is passed over."""
    for index in range(len(times) - most):
        window = times[index : index + most + 1]
        if window == sorted(window) and window[-1] - window[0] < within_ms:
            books.violate(rule, device, window)


def check_heard(books: Books, fleet: Fleet, messages: dict[int, Message]) -> None:
    """Each segment that the network was told we have is in a message of its device, and in one only."""
    found: dict[tuple[int, str], int] = {}
    for message in messages.values():
        if message.origin is not None:
            for token in (message.body or b"").decode().replace("[…]", "").split(".")[:-1]:
                found[message.origin, token] = found.get((message.origin, token), 0) + 1
    for heard in books.heard:
        times = found.get((heard.device, heard.token), 0)
        if not times:
            books.violate("what a device was acknowledged is there", heard.token, heard.device)
        elif times > 1 and not heard.again:
            books.violate("a device's SMS is one message", heard.token, times)
