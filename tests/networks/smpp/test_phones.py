"""SMS to phones outside the fleet go by the routes that lead there."""

from heliograph.core.content import Content, content_of_text
from heliograph.flow.requests import Submission, Submitted
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab


def test_an_sms_to_a_phone_is_submitted_and_reported(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        content = content_of_text("for people")
        assert isinstance(content, Content)
        asked = Submission(lab.org, 0, content, "operator", "FLEET", number="4930123456", external=True)
        (answer,) = await lab.app.submit([asked])
        assert isinstance(answer, Submitted), answer
        await lab.ends(answer.id)
        assert smsc.submits[0].destination_addr == "4930123456"

    run(work)
