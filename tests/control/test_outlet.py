"""Listeners of an application: the gate opens with the first and closes with the last, and every job has
one outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from heliograph.core.content import Content, content_of_text
from heliograph.core.delivery import Delivery, Job, Kind, Place
from heliograph.core.gate import Gate
from heliograph.core.message import Direction, Message, State
from heliograph.core.outcome import DELIVERED, Outcome, Returned, Temporary, Unknown
from heliograph.flow.ports import Outlet
from heliograph.interfaces.control.outlet import WINDOW, Applications

APPLICATION = 3
GATE = "application:3"


class Board:
    """What the dispatcher would hear."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[int, Outcome]] = []
        self.gates: dict[str, tuple[Gate, Outlet]] = {}
        self.open: set[str] = set()
        self.applications = Applications(self.report, self.add, self.open.add, self.open.discard)

    def report(self, outcomes: Sequence[tuple[Job, Outcome]]) -> None:
        self.outcomes += [(job.delivery.id, outcome) for job, outcome in outcomes]

    def add(self, name: str, gate: Gate, outlet: Outlet) -> None:
        self.gates[name] = (gate, outlet)

    def send(self, *ids: int) -> None:
        self.gates[GATE][1].send([job(id) for id in ids])


def job(id: int) -> Job:
    content = content_of_text("x")
    assert isinstance(content, Content)
    message = Message(
        id=id,
        org=1,
        direction=Direction.MO,
        device=None,
        origin=7,
        application=APPLICATION,
        sender="device:7",
        source="99900000001",
        destination="2020",
        body=content.body,
        dcs=0,
        pid=0,
        udh=b"",
        languages=0,
        segments=1,
        priority=0,
        receipt=0,
        at_most_once=0,
        replace_key=None,
        price=0,
        state=State.IN_PROGRESS,
        reason=None,
        accepted_at=0,
        not_before=None,
        expires_at=10,
        final_at=None,
        attempts=1,
        timeline="",
    )
    delivery = Delivery(id, Kind.MO, id, APPLICATION, 7, 0, id, Place.TAKEN, 0, 1, 0, None, 10)
    return Job(delivery, message, GATE, "99900000001", "")


def run(talk: Callable[[Board], Awaitable[None]]) -> None:
    async def main() -> None:
        await talk(Board())

    asyncio.run(main())


def test_the_gate_is_open_while_somebody_listens() -> None:
    async def talk(board: Board) -> None:
        first = board.applications.join(APPLICATION)
        assert board.open == {GATE}
        assert board.gates[GATE][0].far.window == WINDOW
        second = board.applications.join(APPLICATION)
        board.applications.leave(APPLICATION, first)
        assert board.open == {GATE}
        board.applications.leave(APPLICATION, second)
        assert board.open == set()

    run(talk)


def test_a_job_is_over_when_its_listener_says_so() -> None:
    async def talk(board: Board) -> None:
        listener = board.applications.join(APPLICATION)
        board.send(1, 2)
        assert [(await listener.next()).delivery.id for _ in range(2)] == [1, 2]
        listener.heard(2, accepted=False)
        listener.heard(1, accepted=True)
        listener.heard(1, accepted=True)
        listener.heard(99, accepted=True)
        assert board.outcomes == [(2, Temporary("receiver_error")), (1, DELIVERED)]

    run(talk)


def test_what_was_sent_is_unknown_and_what_was_not_returns() -> None:
    async def talk(board: Board) -> None:
        listener = board.applications.join(APPLICATION)
        board.send(1, 2, 3)
        await listener.next()
        board.applications.leave(APPLICATION, listener)
        assert sorted(board.outcomes) == [
            (1, Unknown("link_lost")),
            (2, Returned("gate_closed")),
            (3, Returned("gate_closed")),
        ]
        board.send(4)
        assert board.outcomes[-1] == (4, Returned("gate_closed"))

    run(talk)


def test_listeners_take_turns_and_one_that_leaves_is_passed_over() -> None:
    async def talk(board: Board) -> None:
        first, second = board.applications.join(APPLICATION), board.applications.join(APPLICATION)
        board.send(1, 2, 3, 4)
        assert [(await first.next()).delivery.id for _ in range(2)] == [1, 3]
        assert [(await second.next()).delivery.id for _ in range(2)] == [2, 4]
        board.applications.leave(APPLICATION, first)
        board.send(5, 6)
        assert [(await second.next()).delivery.id for _ in range(2)] == [5, 6]

    run(talk)
