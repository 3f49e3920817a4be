"""An upstream that takes the place of another one, and one whose settings change while SMS are under way."""

from heliograph.core.message import State
from heliograph.wire.smpp.pdus import SubmitSm, SubmitSmResp
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Talk


def test_who_takes_a_name_over_sees_nothing_of_who_had_it(run: Run) -> None:
    async def work(lab: Lab) -> None:
        await lab.smsc()
        await lab.ends(await lab.send(await lab.device()))
        links = lab.app.upstreams.links
        lab.app.upstreams.remove(1)
        lab.put("acme", id=2)
        await lab.is_up()
        view = lab.view()
        assert (view.id, view.submitted, view.accepted, view.receipts) == (2, 0, 0, {})
        assert "submit_sm" not in {line.command for line in links.trace(2, True, 100)}
        assert links.view(1) is None

    run(work)


def test_what_was_under_way_of_the_one_before_still_ends(run: Run) -> None:
    """Its answer comes while the next one of its name is bound already."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(receipts="none")
        held: list[tuple[Talk, int, SubmitSm]] = []
        smsc.on_submit = lambda *told: held.append(told)
        message = await lab.send(await lab.device())
        await eventually(lambda: held)
        lab.app.upstreams.remove(1)
        lab.put("acme", id=2)
        await lab.is_up()
        talk, sequence, _ = held[0]
        talk.raw((SubmitSmResp(message_id="9"), sequence))
        assert (await lab.ends(message, State.DELIVERED)).attempts == 1
        smsc.on_submit = smsc.take
        lab.route("acme")
        await lab.ends(await lab.send(await lab.device()))

    run(work)


def test_the_news_of_a_removal_may_come_after_that_of_the_next_one(run: Run) -> None:
    async def work(lab: Lab) -> None:
        await lab.smsc()
        lab.put("acme", id=2)
        await lab.is_up()
        lab.app.upstreams.links.remove(1)
        await lab.ends(await lab.send(await lab.device()))
        assert [view.id for view in lab.app.upstreams.links.views()] == [2]

    run(work)


def test_one_that_was_switched_off_keeps_its_counts(run: Run) -> None:
    async def work(lab: Lab) -> None:
        await lab.smsc()
        await lab.ends(await lab.send(await lab.device()))
        lab.put("acme", enabled=0)
        lab.put("acme", enabled=1)
        await lab.is_up()
        assert lab.view().accepted == 1

    run(work)


def test_one_that_left_is_forgotten(run: Run) -> None:
    async def work(lab: Lab) -> None:
        links = lab.app.upstreams.links
        smsc = await lab.smsc()
        (talk,) = smsc.talks
        lab.app.upstreams.remove(1)
        await eventually(lambda: talk.ended)
        await eventually(lambda: not links.leaving)
        assert links.views() == []

    run(work)


def test_an_answer_may_take_as_long_as_the_row_now_says(run: Run) -> None:
    async def work(lab: Lab) -> None:
        await lab.smsc(response_seconds=5)
        port = lab.app.dispatcher._ports["upstream:acme"]
        before = port.timer_ms
        lab.put("acme", response_seconds=120)
        assert (before, port.timer_ms) == (20_000, 250_000)
        await lab.is_up()
        await lab.ends(await lab.send(await lab.device()))

    run(work)


def test_what_is_under_way_when_the_time_for_answers_changes_still_ends(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(receipts="none")
        held: list[tuple[Talk, int, SubmitSm]] = []
        smsc.on_submit = lambda *told: held.append(told)
        message = await lab.send(await lab.device())
        await eventually(lambda: held)
        lab.put("acme", response_seconds=120)
        talk, sequence, _ = held[0]
        talk.raw((SubmitSmResp(message_id="9"), sequence))
        assert (await lab.ends(message, State.DELIVERED)).attempts == 1

    run(work)
