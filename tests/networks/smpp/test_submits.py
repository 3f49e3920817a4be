"""SMS to devices of a routed network: submitted, accepted, reported."""

from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab


def test_an_sms_is_submitted_and_its_receipt_ends_it(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        message = await lab.send(await lab.device())
        await lab.ends(message)
        assert "taken_over" in await lab.story(message)
        (pdu,) = smsc.submits
        assert (pdu.destination_addr, pdu.short_message, pdu.registered_delivery) == (
            "4915000000001",
            b"hello",
            1,
        )
        view = lab.view()
        assert (view.submitted, view.accepted, view.receipts) == (1, 1, {"delivered": 1})

    run(work)
