"""What waits for a callback while people delete a device, a profile, the callback itself."""

from typing import Any

from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import SECRET, Desk
from tests.webhook.receiver import receiving
from tests.webhook.test_calls import is_signed_with
from tests.webhook.test_log_and_replay import iso

HOUR_MS = 3_600_000


def delete(api: Site, path: str) -> int:
    return api.call("DELETE", path).status


def release_sim(api: Site, desk: Desk, index: int) -> str:
    path = f"/v1/endpoint/{desk.devices[index]}"
    assert api.call("PATCH", path, {"sim": {"id": None}}).status in (200, 204)
    return path


def test_a_device_goes_while_its_callback_is_dead_and_all_is_told_as_before(api: Site, port: int) -> None:
    desk = Desk(api, f"http://127.0.0.1:{port}/hook", events=["device_disabled", "sim_released"])
    (id,) = desk.send(0, "the last words")
    path = f"/v1/endpoint/{desk.devices[0]}"
    assert api.call("PATCH", path, {"status": {"id": 1}}).status in (200, 204)
    release_sim(api, desk, 0)
    assert delete(api, path) == 204
    assert api.get(path).status == 404
    with receiving(port) as back:
        heard = back.wait(3)
        eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    bodies = [one.body for one in heard]
    assert [body.get("type", body.get("payload")) for body in bodies] == [
        "the last words",
        "device_disabled",
        "sim_released",
    ]
    for one in heard:  # in order, by its name, and signed with the secret of its profile
        assert one.body["endpoint"] == {"id": desk.devices[0], "name": desk.name_of(0)}
        assert is_signed_with(one, SECRET)


def test_the_profile_may_go_too(api: Site, port: int) -> None:
    desk = Desk(api, f"http://127.0.0.1:{port}/hook", devices=1)
    desk.send(0, "of a profile that is gone")
    assert delete(api, release_sim(api, desk, 0)) == 204
    assert delete(api, f"/v1/service_profile/{desk.policy}") == 204
    with receiving(port) as back:
        (heard,) = back.wait(1)
    assert is_signed_with(heard, SECRET)


def test_of_sms_that_a_deleted_device_takes_along_the_callback_hears(api: Site, port: int) -> None:
    desk = Desk(api, f"http://127.0.0.1:{port}/hook", devices=1)
    path = f"/v1/endpoint/{desk.devices[0]}"
    later = {"payload": "later", "not_before": iso(api.app.clock.now() + HOUR_MS)}
    id = int(api.post(f"{path}/sms", later).headers["location"].rpartition("/")[2])
    release_sim(api, desk, 0)
    assert delete(api, path) == 204
    assert desk.state(id) == ("CANCELED", "device_deleted")
    with receiving(port) as back:
        (heard,) = back.wait()
    assert (heard.method, heard.body["id"], heard.body["status"]) == (
        "PATCH",
        id,
        {"status": "CANCELED", "id": 7},
    )
    assert heard.body["endpoint"] == {"id": desk.devices[0], "name": desk.name_of(0)}
    assert is_signed_with(heard, SECRET)


def test_a_callback_with_all_that_waits_for_it_ends_by_wish(api: Site, port: int) -> None:
    desk = Desk(api, f"http://127.0.0.1:{port}/hook", events=["device_disabled"], devices=1)
    ids = desk.send(0, *[f"number {number}" for number in range(300)])  # more than a slice
    assert api.call("PATCH", f"/v1/endpoint/{desk.devices[0]}", {"status": {"id": 1}}).status in (200, 204)
    eventually(lambda: bool(desk.log()), "a call")
    assert delete(api, f"{desk.path}?waiting=fail") == 409  # the profile names it; nothing ended
    assert not [id for id in ids if desk.state(id)[0] == "FAILED"]
    desk.set_policy(application=None, api_callback=None)
    refused: Any = api.call("DELETE", desk.path)
    assert (refused.status, refused.body["error_code"]) == (409, 1407)
    assert "waiting=fail" in refused.body["message"]
    assert delete(api, f"{desk.path}?waiting=all") in (400, 422)
    assert delete(api, f"{desk.path}?waiting=fail") == 204
    assert api.get(desk.path).status == 404
    assert {desk.state(id) for id in ids[1:]} == {("FAILED", "callback_deleted")}
    assert desk.timeline(ids[-1])[-2]["code"] == "rejected"
