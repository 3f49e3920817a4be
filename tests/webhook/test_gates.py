"""The gates of callbacks: opened at the start, shared fairly, and none where nothing is sent."""

import threading
from pathlib import Path
from time import monotonic

from heliograph.core.far_end import FarEnd
from tests.cli.program import eventually
from tests.rest.site import Site, site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Heard, Say, dead_port, receiving

SETTINGS = {"WEBHOOKS__ALLOW": "127.0.0.0/8", "WEBHOOKS__WINDOW": "30", "WEBHOOKS__CONNECTIONS": "60"}


def window(api: Site, desk: Desk) -> int:
    return int(api.app.gates.by_name[f"application:{desk.callback}"].far.window)


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
            others = [Desk(running, f"{receiver.url}/{one}", None, 0, window=25) for one in range(3)]
            assert [window(running, one) for one in (desk, *others)] == [15, 15, 15, 15]
            for other in others[:2]:
                other.set_policy(application=None, api_callback=None)
                assert running.call("DELETE", other.path).status == 204
            assert [window(running, one) for one in (desk, others[2])] == [30, 25]


def far_end(api: Site, callback: int) -> FarEnd:
    return api.app.gates.by_name[f"application:{callback}"].far


def test_callbacks_to_one_url_share_the_smallest_window(tmp_path: Path) -> None:
    with receiving() as receiver, site(tmp_path / "data", SETTINGS) as api:
        together = threading.Barrier(4, timeout=10)

        def meet(_: Heard) -> Say:
            together.wait()  # four calls have to be under way, or nobody is answered
            return Say()

        receiver.script = meet
        desks = [Desk(api, receiver.url, None, 4, window=window) for window in (9, 4, None)]
        inbound = [desk.inbound(index, f"{index}") for desk in desks for index in range(4)]
        desks[0].send_all(inbound)
        receiver.wait(12)
        assert receiver.most_at_once == 4
        assert [window(api, desk) for desk in desks] == [4, 4, 4]


def test_one_url_is_one_far_end_however_it_is_written(tmp_path: Path) -> None:
    with site(tmp_path / "data", SETTINGS) as api:
        urls = ("http://h.example", "HTTP://H.example:80/", "http://h.example/a", "https://h.example/")
        same, written, path, scheme = (Desk(api, url, None, 0).callback for url in urls)
        assert far_end(api, same) is far_end(api, written)
        assert len({id(far_end(api, one)) for one in (same, path, scheme)}) == 3
        assert api.call("PATCH", f"/v1/api_callback/{path}", {"url": urls[0]}).status == 200
        assert far_end(api, path) is far_end(api, same)


def test_no_organisation_holds_up_another(tmp_path: Path) -> None:
    with site(tmp_path / "data", SETTINGS) as api:
        ours = Desk(api, "http://h.example/", None, 0).callback
        token = api.new_token("admin", org=api.new_organisation("another").id)
        made = api.post("/v1/api_callback", {"url": "http://h.example/"}, token=token)
        assert far_end(api, made.body["id"]) is not far_end(api, ours)


def test_what_was_refused_by_410_comes_at_once_when_the_callback_is_on_again(tmp_path: Path) -> None:
    """Though its lane rests: by default the first time for five seconds."""
    with receiving() as receiver, site(tmp_path / "data", SETTINGS) as api:
        desk = Desk(api, receiver.url)
        receiver.script = lambda _: Say(410)
        desk.send(0, "gone")
        eventually(lambda: api.get(desk.path).body["status"]["id"] == 1, "switched off")
        receiver.script = lambda _: Say()
        switched_on = monotonic()
        assert api.call("PATCH", desk.path, {"status": {"id": 0}}).status == 200
        receiver.wait(2)
        assert monotonic() - switched_on < 4
        assert receiver.texts == ["gone", "gone"]


def test_a_test_that_is_accepted_brings_what_rests(tmp_path: Path) -> None:
    with dead_port() as port, site(tmp_path / "data", SETTINGS) as api:
        desks = [Desk(api, f"http://127.0.0.1:{port}/hook", None, 1) for _ in range(2)]
        for desk in desks:
            desk.send(0, f"of {desk.callback}")
        eventually(lambda: all(desk.log() for desk in desks), "a failed call of each")
        with receiving(port) as back:
            switched_on = monotonic()
            assert api.post(f"{desks[0].path}/test").body["result"] == "delivered"
            heard = back.wait(3)
            assert monotonic() - switched_on < 4  # and not after five seconds
        texts = {one.text for one in heard}
        assert texts >= {f"of {desk.callback}" for desk in desks}  # the other one leads there, too
