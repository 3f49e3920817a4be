"""What the SMPP server counts, as Prometheus reads it."""

from heliograph.app.metrics import renderer
from heliograph.wire.smpp.pdus import SubmitSm
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run


def test_binds_and_submits_are_counted(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        here.app.smpp_server = here.server
        first, _ = await here.peer("acme"), await here.peer("acme", kind="rx")
        await first.ask(SubmitSm(source_addr="2020", destination_addr=device, short_message=b"x"))
        await first.ask(SubmitSm(destination_addr="4915"))
        lines = renderer(here.app)().decode().splitlines()
        assert "heliograph_smpp_connections 2.0" in lines
        assert 'heliograph_smpp_binds{bind="trx"} 1.0' in lines
        assert 'heliograph_smpp_binds{bind="rx"} 1.0' in lines
        assert "heliograph_smpp_submitted_total 1.0" in lines
        assert "heliograph_smpp_refused_total 1.0" in lines

    run(work)
