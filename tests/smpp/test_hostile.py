"""Peers that are broken or mean: each costs itself, and nobody else."""

import asyncio
import struct

from heliograph.interfaces.smpp.link import MOST_PDUS
from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    BindTransceiver,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    SubmitSm,
    SubmitSmResp,
    Unbind,
)
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD
from tests.smpp.centre import Centre, eventually
from tests.smpp.conftest import Run
from tests.smpp.peer import Peer

HEADER = struct.Struct(">IIII")


async def is_well(here: Centre, other: Peer) -> None:
    assert isinstance(await other.ask(EnquireLink()), EnquireLinkResp)
    assert here.app.dispatcher.counters.dropped == 0


def test_garbage_and_giant_lengths_are_answered_and_closed(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        good = await here.peer("acme")
        for octets, status in (
            (HEADER.pack(15, 4, 0, 1), Status.RINVCMDLEN),
            (HEADER.pack(70_001, 4, 0, 1), Status.RINVCMDLEN),
            (HEADER.pack(0xFFFFFFFF, 0x80000009, 0, 1), Status.RINVCMDLEN),
            (b"GET / HTTP/1.1\r\nHost: sms\r\n\r\n", Status.RINVCMDLEN),
        ):
            peer = await here.peer()
            peer.write(octets)
            assert (await peer.expect(GenericNack)).status == status
            assert await peer.is_closed()
        odd = await here.peer("acme")
        odd.write(HEADER.pack(16, 0x77, 0, 9))
        assert (await odd.expect(GenericNack)).status == Status.RINVCMDID
        odd.write(HEADER.pack(16, 0x111, 0, 10))
        assert (await odd.expect(GenericNack)).status == Status.RINVCMDID
        odd.write(HEADER.pack(20, 4, 0, 11) + b"\xff" * 4)
        assert (await odd.expect(SubmitSmResp)).status != Status.ROK
        await is_well(here, odd)
        await is_well(here, good)

    run(work)


def test_a_stream_split_anywhere_and_glued_is_read(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer()
        submit = SubmitSm(source_addr="2020", destination_addr=device, short_message=b"x")
        octets = encode(BindTransceiver("acme", "secret"), 1)
        for octet in octets:
            peer.write(bytes((octet,)))
            await peer.writer.drain()
        assert (await peer.hear()).sequence == 1
        glued = b"".join(encode(submit, sequence) for sequence in range(2, 12))
        peer.write(glued[:777])
        await peer.writer.drain()
        await asyncio.wait_for(asyncio.to_thread(here.app.clock.now), 1)
        peer.write(glued[777:])
        assert sorted([(await peer.hear()).sequence for _ in range(10)]) == list(range(2, 12))

    run(work)


def test_who_does_not_bind_in_time_is_closed(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        silent, slow = await here.peer(), await here.peer()
        slow.write(encode(BindTransceiver("acme", "secret"), 1)[:-1])
        assert await silent.is_closed()
        assert await slow.is_closed()
        await eventually(lambda: not here.server.connections)

    run(work, smpp__bind_seconds="1")


def test_a_peer_that_stops_answering_is_dropped_and_its_receipts_come_again(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        dead, sender = await here.peer("acme", kind="rx"), await here.peer("acme", kind="tx")
        submit = SubmitSm(
            source_addr="2020", destination_addr=device, short_message=b"x", registered_delivery=1
        )
        assert (await sender.ask(submit)).status == Status.ROK
        first = await dead.expect(DeliverSm)
        alive = asyncio.ensure_future(here.peer("acme", kind="rx"))
        assert await dead.is_closed()
        again = await (await alive).delivered()
        assert again.short_message[:8] == first.short_message[:8]

    run(work, smpp__response_seconds="1", smpp__enquire_link_seconds="1")


def test_a_peer_that_lives_and_answers_no_delivery_is_told_to_leave(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer, sender = await here.peer("acme", kind="rx"), await here.peer("acme", kind="tx")
        submit = SubmitSm(
            source_addr="2020", destination_addr=device, short_message=b"x", registered_delivery=1
        )
        assert (await sender.ask(submit)).status == Status.ROK
        heard = [await peer.hear()]
        while not isinstance(heard[-1].pdu, Unbind):
            if isinstance(heard[-1].pdu, EnquireLink):
                peer.answer(heard[-1], EnquireLinkResp())
            peer.say(EnquireLink())
            heard.append(await peer.hear())
        assert isinstance(heard[0].pdu, DeliverSm)

    run(work, smpp__response_seconds="1")


def test_a_peer_that_never_reads_is_cut_off_and_holds_little(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(their_window=10_000)
        good, peer = await here.peer("acme"), await here.peer("acme")
        number = max(here.server.connections)
        flood = encode(EnquireLink(), 1) * 4096
        try:
            for _ in range(4096):
                if number not in here.server.connections:
                    break
                peer.write(flood)
                async with asyncio.timeout(0.05):
                    await peer.writer.drain()
        except TimeoutError:
            pass  # the server reads no more, since nobody reads its answers
        except ConnectionError:
            pass  # it was cut off
        await is_well(here, good)
        connection = here.server.connections.get(number)
        if connection is not None:
            assert connection.link.unread_octets < 5 << 20
        peer.writer.transport.abort()
        await eventually(lambda: number not in here.server.connections)

    run(work)


def test_a_flood_of_pdus_has_its_share_and_waits(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        good, flooder = await here.peer("acme"), await here.peer("acme")
        stranger = await here.peer()
        bound, unbound = list(here.server.connections.values())[1:]
        stranger.write(encode(EnquireLink(), 1) * 300)
        await eventually(lambda: unbound.link.is_held)
        flood = encode(EnquireLink(), 1) * (MOST_PDUS // 2 + 1)
        flooder.write(flood)
        drained = 0
        while not bound.link.is_held:
            drained += len(await flooder.reader.read(1 << 20))
        assert isinstance(await good.ask(EnquireLink()), EnquireLinkResp)
        while drained < len(flood):
            drained += len(await flooder.reader.read(1 << 20))
        await eventually(lambda: not bound.link.is_held)
        assert isinstance(await flooder.ask(EnquireLink()), EnquireLinkResp)

    run(work)


def test_a_flood_of_binds_leaves_the_others_alone(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        good = await here.peer("acme")
        flood = [await here.peer(address=f"127.0.1.{number}") for number in range(1, 30)]
        for number, peer in enumerate(flood):
            peer.say(*[BindTransceiver("acme", f"w{number}.{turn}") for turn in range(3)])
        began = asyncio.get_running_loop().time()
        late = await here.peer("acme")  # its password is known to be good
        assert asyncio.get_running_loop().time() - began < 2.0
        await is_well(here, good)
        await is_well(here, late)
        statuses = {(await peer.hear()).pdu.status for peer in flood}  # type: ignore[union-attr]  # responses
        assert statuses <= {Status.RINVPASWD, Status.RBINDFAIL, Status.RALYBND}

    run(work)


def test_a_window_of_giants_is_throttled(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(their_window=10_000)
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        giant = SubmitSm(source_addr="2020", destination_addr=device, tlvs=(MESSAGE_PAYLOAD(b"x" * 39_000),))
        octets = b"".join(encode(giant, sequence) for sequence in range(10, 410))
        peer.write(octets)
        statuses = [(await peer.expect(SubmitSmResp)).status for _ in range(400)]
        assert set(statuses) <= {Status.ROK, Status.RTHROTTLED, Status.RMSGQFUL}
        (connection,) = here.server.connections.values()
        assert connection.octets == 0

    run(work)


def test_one_address_has_so_many_connections(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        kept = [await here.peer("acme", address="127.0.2.1") for _ in range(3)]
        extra = await here.peer(address="127.0.2.1")
        assert await extra.is_closed()
        await here.peer("acme", address="127.0.2.2")
        await kept[0].close()
        await eventually(lambda: len(here.server.connections) == 3)
        assert (await (await here.peer(address="127.0.2.1")).bind("acme")).status == Status.ROK

    run(work, smpp__connections_per_address="3")
