"""What came of calls, as Prometheus reads it."""

from heliograph.app.metrics import renderer
from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Receiver


def test_calls_stay_counted_when_their_callback_is_deleted(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url, devices=1)
    (id,) = desk.send(0, "hello")
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    before = delivered(api)
    assert before >= 1
    desk.set_policy(application=None, api_callback=None)
    assert api.call("DELETE", desk.path).status == 204
    assert delivered(api) == before


def delivered(api: Site) -> float:
    lines = renderer(api.app)().decode().splitlines()
    beginning = 'heliograph_webhook_calls_total{outcome="delivered"} '
    return sum(float(line.removeprefix(beginning)) for line in lines if line.startswith(beginning))
