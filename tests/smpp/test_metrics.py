"""What the SMPP server counts, as Prometheus reads it."""

from heliograph.app.metrics import renderer
from heliograph.wire.smpp.pdus import SubmitSm
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run


def test_binds_and_submits_are_counted(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        first, _ = await here.peer("acme"), await here.peer("acme", kind="rx")
        await first.ask(SubmitSm(source_addr="2020", destination_addr=device, short_message=b"x"))
        await first.ask(SubmitSm(destination_addr="4915"))
        lines = lines_of(here)
        assert "heliograph_smpp_connections 2.0" in lines
        assert 'heliograph_smpp_binds{bind="trx"} 1.0' in lines
        assert 'heliograph_smpp_binds{bind="rx"} 1.0' in lines
        assert "heliograph_smpp_submitted_total 1.0" in lines
        assert "heliograph_smpp_refused_total 1.0" in lines

    run(work)


def test_what_was_counted_stays_when_its_account_is_deleted(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        await peer.ask(SubmitSm(source_addr="2020", destination_addr=device, short_message=b"x"))
        await here.delete_account(account)
        assert here.server.desks() == []
        assert "heliograph_smpp_submitted_total 1.0" in lines_of(here)
        await here.new_account()
        other = await here.peer("acme")
        await other.ask(SubmitSm(source_addr="2020", destination_addr=device, short_message=b"x"))
        assert "heliograph_smpp_submitted_total 2.0" in lines_of(here)

    run(work)


def test_pdus_are_counted_by_command_both_ways(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        peer = await here.peer("acme")
        await peer.ask(SubmitSm(destination_addr="4915"))
        lines = lines_of(here)
        for way, command in (
            ("received", "bind_transceiver"),
            ("sent", "bind_transceiver_resp"),
            ("received", "submit_sm"),
            ("sent", "submit_sm_resp"),
        ):
            assert f'heliograph_smpp_pdus_total{{command="{command}",direction="{way}"}} 1.0' in lines
        assert not [line for line in lines if "query_sm" in line]

    run(work)


def lines_of(here: Centre) -> list[str]:
    return renderer(here.app)().decode().splitlines()
