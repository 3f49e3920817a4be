"""Binds: they come, they go, they come back; what was under way on one that is lost."""

import asyncio

from heliograph.app.upstreams import PASSWORD
from heliograph.core.message import State
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import Bind, BindReceiver, BindTransmitter, SubmitSm, SubmitSmResp
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import SECRET, Lab, eventually
from tests.networks.smpp.smsc import Smsc, Talk


def test_it_binds_as_its_row_says(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(system_type="fleet", binds=2)
        await lab.is_up(binds=2)
        assert [(bind.system_id, bind.password, bind.system_type) for bind in smsc.binds] == [
            ("us", SECRET.decode(), "fleet")
        ] * 2
        assert [link.state for link in lab.view().links] == ["bound", "bound"]
        assert lab.view().window == 20

    run(work)


def test_transmitters_and_receivers_may_be_apart(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(bind_mode="tx+rx")
        await lab.is_up(binds=2)
        assert {type(bind) for bind in smsc.binds} == {BindTransmitter, BindReceiver}
        await lab.ends(await lab.send(await lab.device()))

    run(work)


def test_what_was_sent_when_the_link_was_lost_is_repeated_and_says_so(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = lambda talk, *_: talk.cut()
        message = await lab.send(await lab.device())
        await eventually(lambda: smsc.submits)
        smsc.on_submit = smsc.take
        await lab.ends(message)
        first, second = smsc.submits
        assert first.tlvs == second.tlvs != ()  # user_message_reference
        story = await lab.story(message)
        assert story.count("attempt") == 2
        timeline = (await lab.message(message)).timeline
        assert "link_lost" in timeline
        assert lab.view().unanswered == 1

    run(work)


def test_at_most_once_is_not_repeated(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = lambda talk, *_: talk.cut()
        message = await lab.send(await lab.device(), at_most_once=True)
        ended = await lab.ends(message, State.FAILED)
        assert (ended.reason, len(smsc.submits)) == ("unknown_outcome", 1)

    run(work)


def test_what_waited_for_a_window_was_never_sent(run: Run) -> None:
    """One bind of two is lost, with one submit on each and one waiting for room."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(window=1, binds=2)
        await lab.is_up(binds=2)
        held: list[tuple[Talk, int]] = []
        smsc.on_submit = lambda talk, sequence, _: held.append((talk, sequence))
        messages = await lab.send_all([await lab.device() for _ in range(2)])
        await eventually(lambda: len(held) == 2)
        lost, stays = held[0][0], held[1][0]
        smsc.on_bind = lambda talk, _: talk.refuse(Status.RBINDFAIL)
        lost.cut()
        await eventually(lambda: lab.view().window == 1)
        smsc.on_submit = smsc.take
        smsc.take(stays, held[1][1], smsc.submits[1])
        ends = [await lab.ends(message) for message in messages]
        assert sorted(end.attempts for end in ends) == [1, 2]

    run(work)


def test_a_bind_that_is_refused_is_tried_again(run: Run) -> None:
    async def work(lab: Lab) -> None:
        made = Smsc()
        await made.start()
        lab.smscs.append(made)
        made.on_bind = lambda talk, _: talk.refuse(Status.RINVPASWD)
        lab.put("acme", port=made.port)
        lab.route("acme")
        await eventually(lambda: len(made.binds) >= 2)
        view = lab.view()
        assert (view.is_up, view.links[0].error) == (False, "bind refused: ESME_RINVPASWD")
        message = await lab.send(await lab.device())
        made.on_bind = lambda talk, _: talk.accept()
        assert not made.submits
        ended = await lab.ends(message)
        assert ended.attempts == 1

    run(work)


def test_nobody_there_is_tried_again(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await smsc.stop()
        await lab.is_down()
        message = await lab.send(await lab.device())
        await eventually(lambda: lab.view().links[0].failures >= 3)
        await smsc.start()
        assert (await lab.ends(message)).attempts == 1

    run(work)


def test_one_that_never_answers_the_bind_is_left(run: Run) -> None:
    async def work(lab: Lab) -> None:
        made = Smsc()
        await made.start()
        lab.smscs.append(made)
        made.on_bind = lambda *_: None
        lab.put("acme", port=made.port, response_seconds=1)
        await eventually(lambda: len(made.binds) >= 2)
        assert not lab.view().is_up

    run(work)


def test_one_that_accepts_late_is_bound_late(run: Run) -> None:
    async def work(lab: Lab) -> None:
        made = Smsc()
        await made.start()
        lab.smscs.append(made)

        def late(talk: Talk, _: Bind) -> None:
            asyncio.get_running_loop().call_later(0.3, talk.accept)

        made.on_bind = late
        lab.put("acme", port=made.port)
        lab.route("acme")
        message = await lab.send(await lab.device())
        await lab.ends(message)
        assert len(made.binds) == 1

    run(work)


def test_silence_is_unknown_and_repeated(run: Run) -> None:
    """It answers enquire_link and no submit; then it answers again."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(response_seconds=1, enquire_link_seconds=1)
        smsc.on_submit = lambda *_: None
        message = await lab.send(await lab.device())
        await eventually(lambda: lab.view().unanswered == 1)
        smsc.on_submit = smsc.take
        await lab.ends(message)
        assert (
            "no_answer" in (await lab.message(message)).timeline
            or "link_lost" in (await lab.message(message)).timeline
        )

    run(work)


def test_a_clean_stop_takes_leave(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(binds=2)
        await lab.is_up(binds=2)
        talks = list(smsc.talks)
        lab.app.close_gates()
        await lab.app.upstreams.stop()
        await eventually(lambda: all(talk.ended for talk in talks))
        assert {talk.ended for talk in talks} == {"peer_unbound"}

    run(work)


def test_one_that_is_switched_off_leaves_and_comes_back(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        (talk,) = smsc.talks
        lab.put("acme", enabled=0)
        await eventually(lambda: talk.ended == "peer_unbound")
        assert lab.app.upstreams.links.views() == []
        lab.put("acme", enabled=1)
        await lab.is_up()
        await lab.ends(await lab.send(await lab.device()))

    run(work)


def test_what_is_under_way_when_it_is_switched_off_is_answered(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        held: list[tuple[Talk, int, SubmitSm]] = []
        smsc.on_submit = lambda *told: held.append(told)
        message = await lab.send(await lab.device())
        await eventually(lambda: held)
        lab.put("acme", enabled=0)
        talk, sequence, _ = held[0]
        talk.raw((SubmitSmResp(message_id="9"), sequence))
        await eventually(lambda: lab.app.gates.by_name["upstream:acme"].in_flight == 0)
        assert "taken_over" in await lab.story(message)

    run(work)


def test_other_binds_are_made_when_its_row_says_so(run: Run) -> None:
    async def work(lab: Lab) -> None:
        first = await lab.smsc()
        other = Smsc()
        await other.start()
        lab.smscs.append(other)
        lab.put("acme", port=other.port, updated_at=5)
        await eventually(lambda: other.bound)
        await eventually(lambda: not first.talks)
        await lab.is_up()
        await lab.ends(await lab.send(await lab.device()))
        lab.put("acme", destination_plus=1, updated_at=6)
        await lab.ends(await lab.send(await lab.device()))
        assert (len(other.binds), other.submits[-1].destination_addr[0]) == (1, "+")

    run(work)


def test_a_password_may_be_longer_than_the_specification_says(run: Run) -> None:
    async def work(lab: Lab) -> None:
        sealed = lab.app.vault.seal(b"p" * 64, PASSWORD.format(org=0))
        smsc = await lab.smsc(password=sealed)
        assert [bind.password for bind in smsc.binds] == ["p" * 64]

    run(work)


def test_a_password_that_cannot_be_opened_is_said(run: Run) -> None:
    async def work(lab: Lab) -> None:
        made = Smsc()
        await made.start()
        lab.smscs.append(made)
        lab.put("acme", port=made.port, password=b"no key of ours")
        await eventually(lambda: "password" in lab.view().links[0].error)
        assert not made.binds

    run(work)


def test_people_hear_that_it_is_up_and_down(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await smsc.stop()
        await lab.is_down()

        async def types() -> list[str]:
            rows = await lab.app.reader.ask(
                lambda view: view.connection.execute("SELECT type FROM event ORDER BY id").fetchall()
            )
            return [str(row[0]) for row in rows]

        async with asyncio.timeout(5):
            while len(await types()) < 2:  # noqa: ASYNC110  # the store tells nobody
                await asyncio.sleep(0.01)
        assert await types() == ["upstream_up", "upstream_down"]

    run(work)


def test_the_last_pdus_can_be_read(run: Run) -> None:
    async def work(lab: Lab) -> None:
        await lab.smsc()
        await lab.ends(await lab.send(await lab.device()))
        lines = lab.app.upstreams.links.trace(1, False, 100)
        assert [(line.command, line.is_ours) for line in lines][:4] == [
            ("bind_transceiver", True),
            ("bind_transceiver_resp", False),
            ("submit_sm", True),
            ("submit_sm_resp", False),
        ]
        assert lines[0].fields["password"] == "***"
        assert lines[2].fields["short_message"] == "5 octets"

    run(work)
