"""Who is bound, unbinding one, and the trace of an account."""

import pytest

from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import EnquireLink, SubmitSm, Unbind
from tests.smpp.centre import Centre, eventually
from tests.smpp.conftest import Run


def test_a_bind_is_seen_as_it_stands(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account(window=9, their_window=11)
        device = await here.new_device()
        desk = here.app.smpp_desk
        assert desk.binds(account) == []
        before = here.app.clock.now()
        first, second = await here.peer("acme"), await here.peer("acme", kind="rx", version=0x50)
        one, two = desk.binds(account)
        assert (one.bind, one.address, one.tls, one.version) == ("trx", "127.0.0.1", False, 0x34)
        assert (one.window, one.their_window, one.port) == (9, 11, first.writer.get_extra_info("sockname")[1])
        assert before <= one.since <= here.app.clock.now()
        assert (two.bind, two.version, two.received) == ("rx", 0x50, "bind_receiver")
        submit = SubmitSm(
            source_addr="2020", destination_addr=device, short_message=b"x", registered_delivery=1
        )
        await first.ask(submit)
        await eventually(lambda: sum(bind.unanswered for bind in desk.binds(account)) == 1)
        await first.ask(SubmitSm(destination_addr="4915"))
        one, two = desk.binds(account)
        assert (one.submitted, one.errors, one.error) == (1, 1, "submit_sm ESME_RINVDSTADR")
        assert one.received == "submit_sm"
        assert one.received_at is not None
        assert abs(one.received_at - here.app.clock.now()) < 5_000
        assert [bind.unanswered for bind in (one, two)] in ([0, 1], [1, 0])
        await (first if one.unanswered else second).delivered()
        await eventually(lambda: sum(bind.delivered for bind in desk.binds(account)) == 1)

    run(work)


def test_one_is_told_to_leave(run: Run) -> None:
    async def work(here: Centre) -> None:
        account, other = await here.new_account(), await here.new_account("other")
        kept, peer = await here.peer("acme"), await here.peer("acme")
        desk = here.app.smpp_desk
        number = desk.binds(account)[1].number
        assert not desk.unbind(other, number)
        assert desk.unbind(account, number)
        heard = await peer.hear()
        assert isinstance(heard.pdu, Unbind)
        assert heard.pdu.answer is not None
        peer.answer(heard, heard.pdu.answer())
        assert await peer.is_closed()
        assert (await kept.ask(EnquireLink())).status == Status.ROK
        assert not desk.unbind(account, number)
        assert len(desk.binds(account)) == 1

    run(work)


def test_who_was_told_to_leave_is_given_nothing_more(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        devices = [await here.new_device() for _ in range(4)]
        leaving, staying = await here.peer("acme", kind="rx"), await here.peer("acme")
        here.app.smpp_desk.unbind(account, here.app.smpp_desk.binds(account)[0].number)
        for device in devices:
            submit = SubmitSm(
                source_addr="2020", destination_addr=device, short_message=b"x", registered_delivery=1
            )
            await staying.ask(submit)
            assert b"stat:DELIVRD" in (await staying.delivered()).short_message
        assert isinstance((await leaving.hear()).pdu, Unbind)

    run(work)


def test_a_bug_over_one_session_leaves_its_account_as_it_was(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account(most_binds=2)
        peer, kept = await here.peer("acme"), await here.peer("acme")
        (broken, _) = here.server.connections.values()

        def bug(*_: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(broken, "_other", bug)
        monkeypatch.setattr(broken, "_answered", bug)
        peer.write(b"\0" * 16)
        assert await peer.is_closed()
        await eventually(lambda: len(here.app.smpp_desk.binds(account)) == 1)
        assert (await kept.ask(EnquireLink())).status == Status.ROK
        await here.peer("acme")

    run(work)


def test_the_trace_shows_fields_and_hides_text(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        refused = await here.peer()
        await refused.bind("acme", "wrong")
        peer = await here.peer("acme", kind="tx")
        await peer.ask(SubmitSm(source_addr="2020", destination_addr=device, short_message=b"a word"))
        lines = here.app.smpp_desk.trace(account, False, 100)
        assert [(line.command, line.status, line.is_ours) for line in lines] == [
            ("bind_transceiver", "ESME_ROK", False),
            ("bind_transceiver_resp", "ESME_RINVPASWD", True),
            ("bind_transmitter", "ESME_ROK", False),
            ("bind_transmitter_resp", "ESME_ROK", True),
            ("submit_sm", "ESME_ROK", False),
            ("submit_sm_resp", "ESME_ROK", True),
        ]
        assert lines[0].fields["password"] == "***"
        assert (lines[4].fields["short_message"], lines[4].fields["destination_addr"]) == ("6 octets", device)
        shown = here.app.smpp_desk.trace(account, True, 2)
        assert shown[0].fields["short_message"] == b"a word".hex()
        assert lines[2].bind == lines[5].bind != lines[0].bind
        for _ in range(20):
            await peer.ask(EnquireLink())
        assert len(here.app.smpp_desk.trace(account, False, 100)) == 8

    run(work, smpp__trace_pdus="8")
