"""Receipts that are held: asked about again when their message is known and at their ages, never too many."""

import asyncio
from typing import Any

from heliograph.core.outcome import DELIVERED
from heliograph.flow.confirm import Report
from heliograph.networks.smpp.holding import AGES_SECONDS, MOST_HELD, MOST_LATELY, Holding, Lately, Waiting
from heliograph.networks.smpp.inlet import Inlet, Tools
from heliograph.networks.smpp.translate.ids import Ids
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DeliverSmResp, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.session import SmppSession
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Talk, receipt


class _Line:
    def flush_soon(self) -> None:
        """Nothing leaves here."""


SESSION = SmppSession(Side.ESME, 0.0)


def waiting(*references: str, at: float = 0.0) -> Waiting:
    made = Waiting(SESSION, _Line(), 1, DeliverSmResp, references, references, DELIVERED, "delivered", at)
    made.asked = 1
    return made


def test_one_is_found_by_any_of_its_references_once() -> None:
    holding = Holding()
    one, other = waiting("a", "b"), waiting("b")
    assert holding.hold(one)
    assert holding.hold(other)
    assert holding.named("b") == [one, other]
    assert (holding.named("a"), len(holding)) == ([], 0)


def test_they_are_asked_about_at_their_ages() -> None:
    holding = Holding()
    one = waiting("a")
    for asked, age in enumerate(AGES_SECONDS, 1):
        one.asked = asked
        holding.hold(one)
        assert holding.due(age - 0.01) == []
        assert holding.due(age) == [one]


def test_there_are_never_too_many() -> None:
    holding, told = Holding(), Lately()
    assert all(holding.hold(waiting("same")) for _ in range(MOST_HELD))
    assert not holding.hold(waiting("same"))
    assert len(holding) == MOST_HELD
    for number in range(MOST_LATELY + 1):
        told.add(str(number))
    assert "0" not in told
    assert "1" in told


class _Store:
    """Knows a reference from the second question on."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, _: Any, reports: list[Report]) -> "asyncio.Future[list[bool]]":
        answer: asyncio.Future[list[bool]] = asyncio.get_running_loop().create_future()
        answer.set_result([one.reference in self.asked for one in reports])
        self.asked += [one.reference for one in reports]
        return answer


class _Session:
    def __init__(self) -> None:
        self.answers: list[Any] = []

    def answer(self, sequence: int, response: Any) -> None:
        self.answers.append((sequence, response))


def test_one_that_overtakes_its_own_settling_is_asked_about_at_once() -> None:
    """Its response comes while the store is asked: by the time of the answer it is handed in."""

    async def work() -> None:
        store, session = _Store(), _Session()
        tools: Any = Tools(store, None, None, lambda: 0.0, "")  # type: ignore[arg-type]  # what is used of it
        inlet = Inlet("acme", tools, Ids("as_is"), "gsm", lambda: True)
        said: Any = [Requested(9, receipt(SubmitSm(destination_addr="491"), "5"))]
        inlet.take(session, _Line(), said, 0.0)  # type: ignore[arg-type]  # as above
        await asyncio.sleep(0)
        assert inlet.names("5", 1)
        inlet.expect(["5"])
        for _ in range(4):
            await asyncio.sleep(0)
        assert (store.asked, inlet.held) == (["5", "5"], 0)
        assert session.answers == [(9, DeliverSmResp())]

    asyncio.run(work())


def test_a_receipt_of_nobodys_message_is_answered_in_the_end(run: Run) -> None:
    """Something is under way, so its name may still come; it does not."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(response_seconds=20)
        held: list[tuple[Talk, int, SubmitSm]] = []
        smsc.on_submit = lambda *told: held.append(told)
        message = await lab.send(await lab.device())
        await eventually(lambda: held)
        talk, sequence, pdu = held[0]
        said = talk.say(receipt(pdu, "nobody"))
        await eventually(lambda: lab.view().held_receipts == 1)
        assert said not in talk.answers
        await eventually(lambda: said in talk.answers)
        assert (talk.answers[said].status, lab.view().unknown_references) == (Status.ROK, 1)
        talk.answer(sequence, SubmitSmResp(message_id="5"))
        talk.say(receipt(pdu, "5"))
        await lab.ends(message)

    run(work)
