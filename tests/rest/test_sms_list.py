"""The SMS of a device as a list: bare, newest first, bounded, and in pages when asked for."""

from pathlib import Path
from typing import Any

import pytest

from heliograph.core.content import Content, content_of_text
from heliograph.flow.manage.requests import NewDevice
from heliograph.flow.requests import Submission, Submitted
from heliograph.interfaces.rest.routes.sms import MOST_LISTED
from tests.rest.sending import later, send
from tests.rest.site import Site, site

PAGING = ("link", "x-total-count", "x-total-pages", "x-current-page", "x-count-per-page")
BATCH = 500


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("list-1", msisdn="491510000300", imsi="901280000000300")


@pytest.fixture(scope="module")
def many(api: Site) -> list[int]:
    return [send(api, api_device(api), f"number {number}", not_before=later(api)) for number in range(7)]


def api_device(api: Site) -> int:
    found = api.ask(api.app.browse.device(api.org, "list-7"))
    return getattr(found, "id", 0) or api.new_device("list-7", msisdn="491510000301", imsi="901280000000301")


def ids(rows: Any) -> list[int]:
    return [row["id"] for row in rows]


def test_an_empty_list_is_an_empty_array(api: Site, device: int) -> None:
    answer = api.get(f"/v1/endpoint/{device}/sms")
    assert (answer.status, answer.text) == (200, "[]")
    assert answer.headers["content-type"] == "application/json"


def test_sent_and_received_newest_first_without_paging_headers(api: Site) -> None:
    device = api.new_device("list-both", msisdn="491510000302", imsi="901280000000302")
    sent = [send(api, device, f"{number}") for number in range(3)]
    heard = send(api, device, "from it", dest_address="2020")
    answer = api.get(f"/v1/endpoint/{device}/sms")
    assert ids(answer.body) == [heard, *reversed(sent)]
    assert not [name for name in (*PAGING, "x-more") if name in answer.headers]


def test_an_sms_to_itself_is_listed_once(api: Site) -> None:
    device = api.new_device("list-self", msisdn="491510000303", imsi="901280000000303")
    sms = send(api, device, "note", dest_address="491510000303")
    assert ids(api.get(f"/v1/endpoint/{device}/sms").body) == [sms]
    paged = api.get(f"/v1/endpoint/{device}/sms?page=1")
    assert (ids(paged.body), paged.headers["x-total-count"]) == ([sms], "1")


def test_what_is_listed_is_what_is_shown(api: Site) -> None:
    device = api.new_device("list-same", msisdn="491510000304")
    sms = send(api, device, not_before=later(api), tags="a,b", client_reference="r")
    (listed,) = api.get(f"/v1/endpoint/{device}/sms").body
    assert listed == api.get(f"/v1/endpoint/{device}/sms/{sms}").body


@pytest.mark.parametrize(
    ("query", "page", "pages", "rows"),
    [
        ("page=1&per_page=3", 1, 3, [6, 5, 4]),
        ("page=3&per_page=3", 3, 3, [0]),
        ("per_page=2", 1, 4, [6, 5]),
        ("page=2&per_page=5", 2, 2, [1, 0]),
        ("page=0&per_page=3", 1, 3, [6, 5, 4]),
        ("page=-4&per_page=3", 1, 3, [6, 5, 4]),
        ("page=99&per_page=3", 3, 3, [0]),
        ("page=1&per_page=0", 1, 1, [6, 5, 4, 3, 2, 1, 0]),
        ("page=1", 1, 1, [6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_paging_is_switched_on_by_asking_for_it(
    api: Site, many: list[int], query: str, page: int, pages: int, rows: list[int]
) -> None:
    answer = api.get(f"/v1/endpoint/{api_device(api)}/sms?{query}")
    assert ids(answer.body) == [many[row] for row in rows]
    assert (answer.headers["x-total-count"], answer.headers["x-current-page"]) == ("7", str(page))
    assert answer.headers["x-total-pages"] == str(pages)


def test_pages_lead_to_each_other(api: Site, many: list[int]) -> None:
    link = api.get(f"/v1/endpoint/{api_device(api)}/sms?page=2&per_page=3").headers["link"]
    start = f"http://127.0.0.1:{api.port}/api/v1/endpoint/{api_device(api)}/sms?page="
    assert [
        f'<{start}{number}&per_page=3>; rel="{name}"' in link
        for name, number in (("first", 1), ("prev", 1), ("next", 3), ("last", 3))
    ] == [True] * 4
    assert many


def test_a_page_that_is_no_number_is_400(api: Site, device: int) -> None:
    assert api.get(f"/v1/endpoint/{device}/sms?page=first").status == 400


def fill(api: Site, device: int, count: int) -> list[int]:
    """Past the API, in batches. The ids, oldest first."""
    content = content_of_text("one of many")
    assert isinstance(content, Content)

    async def submit(size: int) -> list[int]:
        wishes = [Submission(api.org, device, content, "token:1") for _ in range(size)]
        answers = await api.app.store.run(api.app.traffic.submit_bulk, wishes)
        return [answer.id for answer in answers if isinstance(answer, Submitted)]

    made = [id for start in range(0, count, BATCH) for id in api.ask(submit(min(BATCH, count - start)))]
    assert len(made) == count
    return made


def test_the_newest_ten_thousand_and_a_header_that_there_are_more(tmp_path: Path) -> None:
    with site(tmp_path / "data", {"MESSAGES__LANE_LIMIT": "20000"}, engine=False) as api:
        device = int(api.run(api.app.flows.add_devices, NewDevice(api.org, "d", "default", "simulator")).id)
        made = fill(api, device, MOST_LISTED)
        answer = api.get(f"/v1/endpoint/{device}/sms")
        assert (len(answer.body), answer.headers.get("x-more")) == (MOST_LISTED, None)
        made += fill(api, device, 1)
        answer = api.get(f"/v1/endpoint/{device}/sms")
        assert answer.headers["x-more"] == "true"
        assert ids(answer.body) == list(reversed(made))[:MOST_LISTED]
        assert answer.headers["transfer-encoding"] == "chunked"
