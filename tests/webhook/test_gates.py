"""The gates of callbacks: opened at the start, shared fairly, and none where nothing is sent."""

from pathlib import Path

from tests.rest.site import Site, site
from tests.webhook.desk import Desk
from tests.webhook.receiver import receiving

SETTINGS = {"WEBHOOKS__ALLOW": "127.0.0.0/8", "WEBHOOKS__WINDOW": "30", "WEBHOOKS__CONNECTIONS": "60"}


def window(api: Site, desk: Desk) -> int:
    return int(api.app.gates.by_name[f"application:{desk.callback}"].window)


def test_what_waited_goes_after_a_restart_and_windows_are_shared(tmp_path: Path) -> None:
    with receiving() as receiver:
        with site(tmp_path / "data", SETTINGS, engine=False) as resting:
            desk = Desk(resting, receiver.url)
            desk.send(0, "first", "second")
            assert f"application:{desk.callback}" not in resting.app.gates.by_name
        assert not receiver.heard
        with site(tmp_path / "data", SETTINGS) as running:
            assert [heard.text for heard in receiver.wait(2)] == ["first", "second"]
            assert window(running, desk) == 30
            others = [Desk(running, receiver.url, None, 0, window=25) for _ in range(3)]
            assert [window(running, one) for one in (desk, *others)] == [15, 15, 15, 15]
            for other in others[:2]:
                other.set_policy(application=None, api_callback=None)
                assert running.call("DELETE", other.path).status == 204
            assert [window(running, one) for one in (desk, others[2])] == [30, 25]
