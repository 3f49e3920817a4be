"""Who may bind, and what the others hear."""

from typing import Any

from heliograph.core.smpp_account import SmppAccount
from heliograph.runtime.passwords import hash_of_password
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    BindReceiver,
    BindTransceiverResp,
    DeliverSm,
    EnquireLink,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from heliograph.wire.smpp.tlv import SC_INTERFACE_VERSION
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run


def test_each_kind_binds_and_hears_our_version(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        for kind in ("trx", "tx", "rx"):
            peer = await here.peer()
            answer = await peer.bind("acme", kind=kind)
            assert answer.status == Status.ROK
            assert answer.system_id == "heliograph"  # type: ignore[attr-defined]  # a bind_resp
            assert SC_INTERFACE_VERSION.of(answer.tlvs) == 0x34  # type: ignore[attr-defined]  # likewise
            assert (await peer.ask(EnquireLink())).status == Status.ROK
            assert isinstance(await peer.ask(Unbind()), UnbindResp)
            assert await peer.is_closed()

    run(work)


def test_what_is_wrong_is_said_by_its_status(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        await here.new_account("off", enabled=0)
        await here.new_account("far", networks=("10.0.0.0/8",))
        await here.new_account("near", networks=("127.0.0.0/8", "::1/128"))
        await here.new_account("blank", password="")
        await here.new_account("sender", binds="tx")
        peer = await here.peer()
        assert (await peer.bind("acme", "wrong")).status == Status.RINVPASWD
        assert (await peer.bind("nobody")).status == Status.RINVSYSID
        assert (await peer.bind("off")).status == Status.RINVSYSID
        other = await here.peer()
        assert (await other.bind("far")).status == Status.RINVSYSID
        assert (await other.bind("blank")).status == Status.RINVPASWD
        assert (await other.bind("sender", kind="trx")).status == Status.RBINDFAIL
        assert (await other.bind("sender", kind="tx")).status == Status.ROK
        assert (await other.ask(BindReceiver("acme", "secret"))).status == Status.RALYBND
        assert (await (await here.peer()).bind("near")).status == Status.ROK

    run(work)


def test_an_account_has_so_many_binds_and_no_more(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(most_binds=2)
        first = await here.peer("acme")
        await here.peer("acme")
        third = await here.peer()
        assert (await third.bind("acme")).status == Status.RBINDFAIL
        await first.ask(Unbind())
        assert await first.is_closed()
        assert (await third.bind("acme")).status == Status.ROK

    run(work)


def test_commands_belong_to_their_states(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        peer = await here.peer()
        assert (await peer.ask(SubmitSm(destination_addr="4915"))).status == Status.RINVBNDSTS
        assert (await peer.bind("acme", kind="rx")).status == Status.ROK
        assert (await peer.ask(SubmitSm(destination_addr="4915"))).status == Status.RINVBNDSTS
        assert (await peer.ask(DeliverSm())).status == Status.RINVBNDSTS

    run(work)


def test_an_old_peer_sees_no_tlvs(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device(account)
        peer = await here.peer()
        answer = await peer.bind("acme", version=0x33)
        assert isinstance(answer, BindTransceiverResp)
        assert (answer.status, answer.tlvs) == (Status.ROK, ())
        refused = await peer.ask(SubmitSm(destination_addr=device, short_message=b"x", data_coding=9))
        assert isinstance(refused, SubmitSmResp)
        assert (refused.status, refused.tlvs) == (Status.RSUBMITFAIL, ())
        await peer.ask(SubmitSm(destination_addr=device, short_message=b"x", registered_delivery=1))
        receipt = await peer.delivered()
        assert receipt.tlvs == ()
        assert b"stat:DELIVRD" in receipt.short_message

    run(work)


def test_a_change_that_ends_binds_ends_them(run: Run) -> None:
    async def changed(here: Centre, account: SmppAccount, **wish: object) -> None:
        peer = await here.peer("acme")
        await here.set_account(account, window=7)
        assert (await peer.ask(EnquireLink())).status == Status.ROK
        await here.set_account(account, **wish)
        assert isinstance((await peer.hear()).pdu, Unbind)
        await peer.close()

    async def work(here: Centre) -> None:
        account = await here.new_account()
        await changed(here, account, password=hash_of_password("secret"))
        await changed(here, account, networks=("127.0.0.1",))
        await changed(here, account, enabled=0)
        assert (await (await here.peer()).bind("acme")).status == Status.RINVSYSID
        await here.set_account(account, enabled=1)
        peer = await here.peer("acme")
        await here.delete_account(account)
        assert isinstance((await peer.hear()).pdu, Unbind)
        assert (await (await here.peer()).bind("acme")).status == Status.RINVSYSID

    run(work)


def test_who_may_not_bind_any_more_submits_nothing_either(run: Run) -> None:
    """It was told to leave, and stays."""

    async def work(here: Centre) -> None:
        device = await here.new_device()
        changes: list[dict[str, Any]] = [{"enabled": 0}, {"password": hash_of_password("another")}, {}]
        for number, change in enumerate(changes):
            account = await here.new_account(f"acme{number}")
            peer = await here.peer(f"acme{number}")
            request = SubmitSm(destination_addr=device, short_message=b"x")
            assert (await peer.ask(request)).status == Status.ROK
            if change:
                await here.set_account(account, **change)
            else:
                await here.delete_account(account)
            assert (await peer.ask(request)).status == Status.RINVBNDSTS
            assert (await peer.ask(EnquireLink())).status == Status.ROK

    run(work)


def test_an_old_password_is_forgotten_with_its_hash(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        await here.peer("acme")
        await here.set_account(account, password=hash_of_password("another"))
        peer = await here.peer()
        assert (await peer.bind("acme", "secret")).status == Status.RINVPASWD
        assert (await peer.bind("acme", "another")).status == Status.ROK

    run(work)


def test_a_password_may_be_longer_than_the_specification_says(run: Run) -> None:
    """§5.2.2 ends at 8 characters."""
    longest = "p" * 64

    async def work(here: Centre) -> None:
        await here.new_account(password=hash_of_password(longest))
        peer = await here.peer()
        assert (await peer.bind("acme", longest[:8])).status == Status.RINVPASWD
        assert (await peer.bind("acme", longest)).status == Status.ROK

    run(work)


def test_a_connection_that_goes_on_guessing_is_closed(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        peer = await here.peer()
        for _ in range(5):
            assert (await peer.bind("acme", "wrong")).status == Status.RINVPASWD
        assert await peer.is_closed()

    run(work)
