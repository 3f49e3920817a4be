"""submit_sm, data_sm, submit_multi, query_sm, cancel_sm, replace_sm, over real sockets."""

from typing import Any

from msgspec import Raw, json

from heliograph.core.message import INTERIM, State
from heliograph.core.refusal import CODES
from heliograph.interfaces.control.frames import Request
from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.lists import DistributionList, SmeAddress
from heliograph.wire.smpp.numbers import MessageState, Status
from heliograph.wire.smpp.pdus import (
    AlertNotification,
    CancelSm,
    DataSm,
    DataSmResp,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from heliograph.wire.smpp.times import absolute_time, relative_time
from heliograph.wire.smpp.tlv import (
    ADDITIONAL_STATUS_INFO_TEXT,
    DPF_RESULT,
    MESSAGE_PAYLOAD,
    MS_AVAILABILITY_STATUS,
    SET_DPF,
)
from tests.rest.test_every_change import Deaf
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import Peer


def sm(to: str, text: bytes = b"hello", **more: Any) -> SubmitSm:
    return SubmitSm(source_addr="2020", destination_addr=to, short_message=text, **more)


async def submitted(peer: Peer, request: SubmitSm) -> str:
    answer = await peer.ask(request)
    assert isinstance(answer, SubmitSmResp)
    assert answer.status == Status.ROK, answer
    return answer.message_id


def test_the_id_is_the_one_that_everybody_sees(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account(source="4040")
        device = await here.new_device()
        peer = await here.peer("acme")
        id = await submitted(peer, sm(f"+{device}", dest_addr_ton=1, dest_addr_npi=1))
        assert await here.texts_at(device) == ["hello"]
        message = await here.message(account, id)
        assert (str(message.id), message.sender, message.source) == (id, f"account:{account.id}", "2020")
        unnamed = await submitted(peer, SubmitSm(destination_addr=device, short_message=b"x"))
        assert (await here.message(account, unnamed)).source == "4040"

    run(work)


def test_what_is_refused_is_said_by_status_and_in_words(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        closed = await here.new_device(mt=False)
        peer = await here.peer("acme")
        wrong = [
            (sm("49150000"), Status.RINVDSTADR),
            (sm("tracker"), Status.RINVDSTADR),
            (SubmitSm(source_addr="a name that is long", destination_addr=device), Status.RINVSRCADR),
            (sm(device, priority_flag=4), Status.RINVPRTFLG),
            (sm(device, replace_if_present_flag=2), Status.RINVREPFLAG),
            (sm(device, sm_default_msg_id=1), Status.RINVDFTMSGID),
            (sm(device, validity_period=absolute_time(1_000_000_000_000)), Status.RINVEXPIRY),
            (sm(device, validity_period="9" * 16), Status.RINVEXPIRY),
            (sm(device, schedule_delivery_time="990000000000000R"), Status.RINVSCHED),
            (sm(device, data_coding=0x09), Status.RSUBMITFAIL),
            (sm(device, b"\x09", esm_class=0x40), Status.RINVESMCLASS),
            (sm(device, tlvs=(MESSAGE_PAYLOAD(b"more"),)), Status.ROPTPARNOTALLWD),
            (sm(device, b"", tlvs=(MESSAGE_PAYLOAD(b"x" * 39_016),)), Status.RINVMSGLEN),
            (sm(closed), Status.RSUBMITFAIL),
        ]
        for request, status in wrong:
            answer = await peer.ask(request)
            assert isinstance(answer, SubmitSmResp)
            assert (answer.status, answer.message_id) == (status, ""), request
            assert bool(answer.tlvs) == (status == Status.RSUBMITFAIL)
        said = ADDITIONAL_STATUS_INFO_TEXT.of(answer.tlvs)
        assert said is not None
        assert said.startswith(CODES["mt_off"])
        assert here.server.desks()[0].counters.refused == len(wrong)

    run(work)


def test_a_message_is_queried_by_its_own_account_alone(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        await here.new_account("other")
        device = await here.new_device()
        here.set_state(device, "no_answer")
        peer = await here.peer("acme")
        id = await submitted(peer, sm(device))
        answer = await peer.ask(QuerySm(id, 0, 0, "2020"))
        assert answer == QuerySmResp(Status.ROK, id, "", MessageState.ENROUTE, 0)
        assert (await peer.ask(QuerySm(id, 0, 0, "2021"))).status == Status.RINVMSGID
        assert (await peer.ask(QuerySm("0x1f"))).status == Status.RINVMSGID
        assert (await peer.ask(QuerySm(str(int(id) + 256)))).status == Status.RINVMSGID
        stranger = await here.peer("other")
        assert (await stranger.ask(QuerySm(id))).status == Status.RINVMSGID
        assert (await stranger.ask(CancelSm("", id))).status == Status.RINVMSGID
        assert (await stranger.ask(ReplaceSm(id, short_message=b"x"))).status == Status.RINVMSGID

    run(work)


def test_cancel_by_id_and_by_likeness(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        later = absolute_time(here.app.clock.now() + 3_600_000)

        async def wait(**more: Any) -> str:
            return await submitted(peer, sm(device, schedule_delivery_time=later, **more))

        one = await wait()
        assert (await peer.ask(CancelSm("", one, source_addr="2020"))).status == Status.ROK
        assert (await peer.ask(CancelSm("", one))).status == Status.RCANCELFAIL
        cancelled = await peer.ask(QuerySm(one))
        assert isinstance(cancelled, QuerySmResp)
        assert cancelled.message_state == MessageState.DELETED
        assert cancelled.final_date.endswith("+")
        kept = await wait(service_type="CMT")
        others = [await wait(service_type="WAP") for _ in range(2)]
        alike = CancelSm("WAP", "", 0, 0, "2020", 1, 1, device)
        assert (await peer.ask(alike)).status == Status.ROK
        assert [(await here.message(account, id)).state for id in others] == [State.CANCELED] * 2
        assert (await here.message(account, kept)).state == State.PENDING
        assert (await peer.ask(alike)).status == Status.RINVMSGID
        assert (await peer.ask(CancelSm("", "", 0, 0, "2020", 1, 1, device))).status == Status.ROK
        assert (await here.message(account, kept)).state == State.CANCELED

    run(work)


def test_replace_says_something_else_in_the_same_coding(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        soon = relative_time(3600)
        id = await submitted(
            peer, sm(device, "Ы".encode("utf-16-be"), data_coding=8, schedule_delivery_time=soon)
        )
        new = ReplaceSm(id, 0, 0, "2020", "", relative_time(7200), 1, 0, "Ю".encode("utf-16-be"))
        assert (await peer.ask(new)).status == Status.ROK
        message = await here.message(account, id)
        assert (message.body, message.dcs, message.receipt) == ("Ю".encode(), 8, 1)
        assert (await peer.ask(ReplaceSm(id, 0, 0, "2021", short_message=b"xx"))).status == Status.RINVMSGID
        bad = ReplaceSm(id, validity_period="0" * 16, short_message=b"xx")
        assert (await peer.ask(bad)).status == Status.RINVEXPIRY
        now = await submitted(peer, sm(device))
        await here.texts_at(device)
        assert (await peer.ask(ReplaceSm(now, short_message=b"x"))).status == Status.RREPLACEFAIL

    run(work)


def test_replace_if_present_takes_the_place_of_its_like(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        later = relative_time(3600)
        first = await submitted(peer, sm(device, b"one", schedule_delivery_time=later, service_type="A"))
        other = await submitted(peer, sm(device, b"two", schedule_delivery_time=later, service_type="B"))
        await submitted(
            peer,
            sm(device, b"new", schedule_delivery_time=later, service_type="A", replace_if_present_flag=1),
        )
        assert (await here.message(account, first)).state == State.CANCELED
        assert (await here.message(account, other)).state == State.PENDING

    run(work)


def test_replace_without_words_keeps_them(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        peer = await here.peer("acme")
        id = await submitted(peer, sm(await here.new_device(), schedule_delivery_time=relative_time(3600)))
        new = ReplaceSm(id, 0, 0, "2020", relative_time(7200))
        assert (await peer.ask(new)).status == Status.ROK
        assert (await here.message(account, id)).body == b"hello"

    run(work)


def test_what_a_peer_says_wrongly(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device, peer = await here.new_device(), await here.peer("acme")
        now = here.app.clock.now()
        past, just_now = (absolute_time(now - passed) for passed in (120_000, 30_000))
        for more, status in [
            ({"schedule_delivery_time": past}, Status.RINVSCHED),
            ({"schedule_delivery_time": just_now}, Status.ROK),
            ({"source_addr_ton": 7}, Status.RINVSRCTON),
            ({"data_coding": 0x0B}, Status.RSUBMITFAIL),
        ]:
            assert (await peer.ask(sm(device, **more))).status == status, more
        named = SubmitSm(source_addr_ton=1, source_addr="abc", destination_addr=device, short_message=b"x")
        assert (await peer.ask(named)).status == Status.RINVSRCADR
        newer = await here.peer("acme", version=0x50)
        assert (await newer.ask(sm(device, data_coding=0x0B))).status == Status.RINVDCS

    run(work)


def test_one_more_than_3_4_has_room_for(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device, peer = await here.new_device(), await here.peer("acme")
        whole = encode(sm(device, b"x" * 254), 900)
        at = whole.index(b"\xfe" + b"x" * 254)
        longer = whole[:at] + b"\xff" + whole[at + 1 :] + b"x"
        peer.write(len(longer).to_bytes(4, "big") + longer[4:])
        assert (await peer.expect(SubmitSmResp)).status == Status.RINVMSGLEN
        many = SubmitMulti(dest_addresses=(SmeAddress(1, 1, device),) * 255, short_message=b"x")
        assert (await peer.ask(many)).status == Status.RINVNUMDESTS

    run(work)


def test_multi_has_an_answer_for_each_destination(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        devices = [await here.new_device() for _ in range(2)]
        peer = await here.peer("acme")
        to = (SmeAddress(1, 1, devices[0]), SmeAddress(1, 1, "4915"), DistributionList("all"))
        request = SubmitMulti(
            source_addr="2020", dest_addresses=(*to, SmeAddress(1, 1, devices[1])), short_message=b"to all"
        )
        answer = await peer.ask(request)
        assert isinstance(answer, SubmitMultiResp)
        assert answer.status == Status.ROK
        assert [(one.address, one.status) for one in answer.unsuccess_sme] == [
            ("4915", Status.RINVDSTADR),
            ("all", Status.RINVDLNAME),
        ]
        assert [await here.texts_at(device) for device in devices] == [["to all"], ["to all"]]
        nobody = await peer.ask(SubmitMulti(source_addr="2020", dest_addresses=to[1:], short_message=b"x"))
        assert isinstance(nobody, SubmitMultiResp)
        assert (nobody.status, nobody.message_id, len(nobody.unsuccess_sme)) == (Status.RINVDSTADR, "", 2)
        none = await peer.ask(SubmitMulti(source_addr="2020", short_message=b"x"))
        assert none.status == Status.RINVNUMDESTS

    run(work)


def test_data_sm_and_an_alert_when_the_device_is_back(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        here.set_state(device, "detached")
        peer = await here.peer("acme")
        request = DataSm(
            source_addr="2020", destination_addr=device, tlvs=(MESSAGE_PAYLOAD(b"by data sm"), SET_DPF(1))
        )
        answer = await peer.ask(request)
        assert isinstance(answer, DataSmResp)
        assert answer.status == Status.ROK
        assert DPF_RESULT.of(answer.tlvs) == 1
        plain = await peer.ask(DataSm(destination_addr=device, tlvs=(MESSAGE_PAYLOAD(b"x"),)))
        assert isinstance(plain, DataSmResp)
        assert plain.tlvs == ()
        here.set_state(device, "attached")
        alert = await peer.expect(AlertNotification)
        assert (alert.source_addr, alert.esme_addr) == (device, "2020")
        assert MS_AVAILABILITY_STATUS.of(alert.tlvs) == 0
        here.set_state(device, "detached")
        here.set_state(device, "attached")
        assert (await here.texts_at(device, 2))[0] == "by data sm"
        assert isinstance(await peer.ask(QuerySm("1")), QuerySmResp)  # no second alert came before

    run(work)


def test_beyond_the_rate_and_the_window_is_throttled(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(rate_per_s=3)
        await here.new_account("narrow", their_window=2)
        device = await here.new_device()
        peer = await here.peer("acme")
        peer.say(*[sm(device)] * 5)
        statuses = [(await peer.expect(SubmitSmResp)).status for _ in range(5)]
        assert sorted(statuses) == [Status.ROK] * 3 + [Status.RTHROTTLED] * 2
        many = SubmitMulti(dest_addresses=(SmeAddress(1, 1, device),) * 4, short_message=b"x")
        assert (await peer.ask(many)).status == Status.RTHROTTLED
        narrow = await here.peer("narrow")
        narrow.say(*[sm(device)] * 5)
        statuses = [(await narrow.expect(SubmitSmResp)).status for _ in range(5)]
        assert sorted(statuses) == [Status.ROK] * 2 + [Status.RTHROTTLED] * 3
        assert [desk.counters.throttled for desk in here.server.desks()] == [3, 3]

    run(work)


def test_a_full_store_says_that_it_is_full(run: Run, monkeypatch: Any) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        monkeypatch.setattr("heliograph.store.sqlite.writer.QUEUE_UNITS", 0)
        assert (await peer.ask(sm(device))).status == Status.RMSGQFUL
        assert (await peer.ask(CancelSm("", "256"))).status == Status.RMSGQFUL
        monkeypatch.setattr("heliograph.store.sqlite.writer.QUEUE_UNITS", 1000)
        assert (await peer.ask(sm(device))).status == Status.ROK

    run(work)


def test_wishes_for_receipts_are_kept_as_they_are(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        for wish, kept in ((0, 0), (1, 1), (2, 2), (3, 3), (0x11, 1 | INTERIM), (0x10, INTERIM)):
            id = await submitted(peer, sm(device, registered_delivery=wish))
            message = await here.message(account, id)
            assert message.receipt == kept
            assert message.application == (account.id if kept else None)

    run(work)


def test_a_national_number_is_in_the_country_of_the_organisation(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        national = device.removeprefix("49")
        assert (await peer.ask(sm(national, dest_addr_ton=2))).status == Status.RINVDSTADR
        name = (await here.app.browse.organisations())[0].name
        wish = {"name": name, "wish": {"country_code": "49"}}
        await here.app.run_verb(Request("org.set", arguments=Raw(json.encode(wish))), Deaf())
        await submitted(peer, sm(national, dest_addr_ton=2, dest_addr_npi=1))
        assert await here.texts_at(device) == ["hello"]

    run(work)
