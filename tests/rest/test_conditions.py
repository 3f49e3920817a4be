"""ETags: what is known need not be read again, and what has changed since is not changed by mistake."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from heliograph.core.upstream import EVERYONE
from heliograph.flow.manage.requests import NewPolicy, PolicyWish, SetPolicy
from heliograph.flow.manage.upstreams import ManageUpstreams, SetUpstream, UpstreamWish
from heliograph.flow.unchanged import Unchanged
from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.estate import Estate, path_of
from tests.rest.site import Answered, Site

_names = count(1)
STALE = '"000000000000000000"'
PROFILE = "/v1/service_profile"
CHANGING = [route for route in ROUTES if route.method in ("PATCH", "PUT", "DELETE")]


@pytest.fixture
def profile(api: Site) -> str:
    return f"{PROFILE}/{api.new_policy(f'conditional-{next(_names)}')}"


@pytest.fixture(scope="module")
def estate(api: Site) -> Estate:
    return Estate(api, api.org)


def change(api: Site, path: str, name: str, tag: str | None) -> Answered:
    headers = {} if tag is None else {"If_Match": tag}
    return api.call("PATCH", path, {"description": name}, **headers)


def stands(api: Site, path: str) -> tuple[str, str]:
    found = api.get(path)
    return found.body["description"], found.headers["etag"]


def test_only_what_the_client_saw_is_changed(api: Site, profile: str) -> None:
    _, first = stands(api, profile)
    assert change(api, profile, "one", first).status in (201, 204)
    refused = change(api, profile, "two", first)
    assert (refused.status, refused.body["error_token"]) == (412, "PreconditionFailed")
    text, second = stands(api, profile)
    assert (text, second == first) == ("one", False)
    assert change(api, profile, "three", f"{STALE}, {second}").status in (201, 204)
    assert change(api, profile, "four", "*").status in (201, 204)
    assert change(api, profile, "five", f"W/{stands(api, profile)[1]}").status == 412
    assert change(api, profile, "six", None).status in (201, 204)
    assert stands(api, profile)[0] == "six"


def test_what_is_known_is_not_read_again(api: Site, profile: str) -> None:
    _, tag = stands(api, profile)
    for known in (tag, f"W/{tag}", f"{STALE}, {tag}", "*"):
        answer = api.get(profile, If_None_Match=known)
        assert (answer.status, answer.text, answer.headers["etag"]) == (304, "", tag)
    assert api.get(profile, If_None_Match=STALE).status == 200


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: f"{route.method} {route.path}")
def test_every_change_asks_what_the_client_saw(api: Site, estate: Estate, route: Route) -> None:
    sample = estate.sample(route)
    path = path_of(route, {**estate.ids, **sample.ids})
    before = api.get("/v1/audit?per_page=1").text
    answer = api.call(route.method, path, sample.body, sample.token or estate.token, If_Match=STALE)
    assert (answer.status, answer.body["error_code"]) == (412, 1503)
    assert api.get("/v1/audit?per_page=1").text == before


def test_of_many_who_saw_the_same_one_changes_it(api: Site, profile: str) -> None:
    _, tag = stands(api, profile)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: change(api, profile, f"racer {n}", tag).status, range(60)))
    assert sorted(set(answers)) in ([201, 412], [204, 412])
    assert answers.count(412) == 59


@contextmanager
def between_look_and_change(api: Site, flow: Any, request: Any) -> Iterator[None]:
    """Somebody else is faster, once; not over the API, where changes of one resource wait for each other."""
    real, late = api.app.store.run, [request]

    async def run(asked: Any, requests: Any, by: Any = None) -> Any:
        if isinstance(asked, Unchanged) and late:
            await real(flow, [late.pop()])
        return await real(asked, requests, by)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.app.store, "run", run)
        yield
    assert not late


def test_what_others_change_between_the_look_and_the_change_is_seen(api: Site, profile: str) -> None:
    faster = SetPolicy(api.org, int(profile.rsplit("/", 1)[1]), PolicyWish(description="faster"))
    _, tag = stands(api, profile)
    with between_look_and_change(api, api.app.flows.set_policies, faster):
        assert change(api, profile, "slower", tag).status == 412
    assert stands(api, profile)[0] == "faster"


def test_so_it_is_with_what_all_organisations_share(api: Site) -> None:
    """Its changes are in no organisation's trail."""
    new = {"name": f"conditional-{next(_names)}", "host": "127.0.0.1", "port": 9, "platform": True}
    made = api.post("/v1/upstream", {**new, "status": {"id": 1}}).body
    path, real, late = f"/v1/upstream/{made['id']}", api.app.store.run, [UpstreamWish(rate_per_s=7)]
    tag = api.get(path).headers["etag"]

    async def run(asked: Any, requests: Any, by: Any = None) -> Any:
        if isinstance(asked, Unchanged) and late:
            faster = SetUpstream(EVERYONE, made["id"], late.pop())
            api.app.upstreams.put((await real(ManageUpstreams(), [faster]))[0])
        return await real(asked, requests, by)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.app.store, "run", run)
        assert api.call("PATCH", path, {"rate_per_s": 9}, If_Match=tag).status == 412
    assert api.get(path).body["rate_per_s"] == 7
    assert api.call("DELETE", path, If_Match=api.get(path).headers["etag"]).status == 204


def test_what_others_change_elsewhere_refuses_nothing(api: Site, profile: str) -> None:
    other = NewPolicy(api.org, f"elsewhere-{next(_names)}", PolicyWish())
    with between_look_and_change(api, api.app.flows.create_policies, other):
        assert change(api, profile, "mine", stands(api, profile)[1]).status in (201, 204)
    assert stands(api, profile)[0] == "mine"


def test_a_part_asks_for_the_tag_of_what_it_belongs_to(api: Site, profile: str) -> None:
    _, tag = stands(api, profile)
    assert api.call("DELETE", f"{profile}/service/6", If_Match=STALE).status == 412
    assert api.call("DELETE", f"{profile}/service/6", If_Match=tag).status == 204
    assert api.call("DELETE", f"{profile}/service/32", If_Match=tag).status == 412


def test_a_change_that_answers_with_the_resource_tells_its_new_tag(api: Site, profile: str) -> None:
    path = f"{profile}/firewall"
    tag = api.get(path).headers["etag"]
    for pending in (1, 2, 3):
        answer = api.call("PUT", path, {"pending": pending}, If_Match=tag)
        assert answer.status == 200
        tag = answer.headers["etag"]
        assert api.get(path).headers["etag"] == tag


def test_an_sms_that_waits_is_changed_by_one_of_many(api: Site) -> None:
    device = api.new_device("conditional-1", msisdn="491510000801", imsi="901280000000801")
    body = {"payload": "first", "not_before": "2027-03-01T00:00:00Z"}
    path = "/v1" + api.post(f"/v1/endpoint/{device}/sms", body).headers["location"].split("/v1")[1]
    tag = api.get(path).headers["etag"]

    def edit(number: int) -> int:
        return api.call("PATCH", path, {"payload": f"edit {number}"}, If_Match=tag).status

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(edit, range(20)))
    assert (answers.count(200), answers.count(412)) == (1, 19)
    assert api.call("DELETE", path, If_Match=tag).status == 412
    assert api.call("DELETE", path, If_Match=api.get(path).headers["etag"]).status == 200


def test_what_is_not_there_is_404_whatever_is_asked(api: Site) -> None:
    assert api.call("PATCH", f"{PROFILE}/77", {"description": "x"}, If_Match=STALE).status == 404


def test_browsers_may_ask(api: Site) -> None:
    allowed = api.call("OPTIONS", PROFILE, token=None).headers
    assert "If-Match" in allowed["access-control-allow-headers"]
    assert "ETag" in allowed["access-control-expose-headers"]
