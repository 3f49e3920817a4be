"""Two operators: what one does not carry the other one does, and its sender hears of one end."""

from heliograph.core.message import State
from heliograph.wire.smpp.numbers import MessageState, Status
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import refusing


def test_a_refusal_about_the_route_goes_by_the_other_one(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        first.on_submit = refusing(Status.RINVDSTADR)
        message = await lab.send(await lab.device())
        await lab.ends(message)
        assert (len(first.submits), len(second.submits)) == (1, 1)
        assert "rerouted" in await lab.story(message)

    run(work)


def test_after_an_undelivered_receipt_the_other_one_carries_it(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        first.state = MessageState.UNDELIVERABLE
        message = await lab.ends(await lab.send(await lab.device()))
        assert (len(first.submits), len(second.submits)) == (1, 1)
        assert (await lab.story(message.id)).count("final") == 1

    run(work)


def test_when_both_do_not_want_it_it_failed(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        first.on_submit = second.on_submit = refusing(Status.RINVDSTADR)
        message = await lab.ends(await lab.send(await lab.device()), State.FAILED)
        assert message.reason == "bad_destination"

    run(work)


def test_what_waits_for_one_that_stays_away_goes_to_the_other_one(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        await first.stop()
        await lab.is_down("acme")
        message = await lab.send(await lab.device())
        assert not second.submits
        await lab.ends(message)
        assert len(second.submits) == 1

    run(work)


def test_what_may_have_arrived_goes_nowhere_else(run: Run) -> None:
    """The link is lost after sending: its upstream alone may get it twice."""

    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        first.on_submit = lambda talk, *_: talk.cut()
        message = await lab.send(await lab.device())
        await eventually(lambda: len(first.submits) >= 2)
        first.on_submit = first.take
        await lab.ends(message)
        assert not second.submits

    run(work)


def test_one_that_throttles_for_too_long_is_left(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first, second = await lab.smsc("acme"), await lab.smsc("beta")
        first.on_submit = refusing(Status.RTHROTTLED)
        await lab.ends(await lab.send(await lab.device()))
        assert len(second.submits) == 1

    run(work)
