"""`GET /v1/sms`: a search across devices, page after page by an opaque cursor."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.rest.sending import later, send
from tests.rest.site import Answered, Site


@pytest.fixture(scope="module")
def devices(api: Site) -> list[int]:
    return [
        api.new_device(f"search-{number}", msisdn=f"49151000040{number}", imsi=f"90128000000040{number}")
        for number in range(2)
    ]


@pytest.fixture(scope="module")
def sent(api: Site, devices: list[int]) -> dict[str, int]:
    """One of each kind, oldest first."""
    one, two = devices
    at = later(api)
    return {
        "red": send(api, one, "Red alert", not_before=at, tags="red,night", client_reference="order-1"),
        "blue": send(api, two, "blue", not_before=at, tags=["blue"], client_reference="order-2"),
        "plain": send(api, one, "plain words", not_before=at),
        "again": send(api, two, "order again", not_before=at, client_reference="order-1"),
        "heard": send(api, one, "22 degrees", dest_address="2020"),
        "canceled": send(api, two, "never mind", not_before=at, tags="red"),
    }


@pytest.fixture(scope="module", autouse=True)
def one_is_canceled(api: Site, devices: list[int], sent: dict[str, int]) -> None:
    assert api.call("DELETE", f"/v1/endpoint/{devices[1]}/sms/{sent['canceled']}").status == 200


def search(api: Site, token: str = "", **query: Any) -> Answered:
    return api.get(f"/v1/sms?{urlencode(query)}", token=token)


def found(answer: Answered, sent: dict[str, int]) -> list[str]:
    assert answer.status == 200, answer
    names = {id: name for name, id in sent.items()}
    return [names[row["id"]] for row in answer.body]


def walk(api: Site, first: Answered) -> list[Answered]:
    """The pages, by their links."""
    pages = [first]
    while link := pages[-1].headers.get("link"):
        url, _, rel = link.partition("; ")
        assert rel == 'rel="next"'
        target = urlsplit(url.strip("<>"))
        assert target.path == "/api/v1/sms"
        pages.append(api.get(f"{target.path.removeprefix('/api')}?{target.query}"))
    return pages


NEWEST_FIRST = ["canceled", "heard", "again", "plain", "blue", "red"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, NEWEST_FIRST),
        ({"direction": "MO"}, ["heard"]),
        ({"direction": "mt"}, ["canceled", "again", "plain", "blue", "red"]),
        ({"state": "CANCELED"}, ["canceled"]),
        ({"state": "7"}, ["canceled"]),
        ({"state": "delivery attempt pending", "direction": "MT"}, ["again", "plain", "blue", "red"]),
        ({"text": "ORDER"}, ["again"]),
        ({"text": "2020"}, ["heard"]),
        ({"tag": "red"}, ["canceled", "red"]),
        ({"tag": "red", "state": "PENDING"}, ["red"]),
        ({"tag": "re"}, []),
        ({"reference": "order-1"}, ["again", "red"]),
        ({"reference": "order-1", "text": "alert"}, ["red"]),
        ({"reference": "order-1", "tag": "night"}, ["red"]),
        ({"reference": "nobody"}, []),
        ({"since": "2000-01-01"}, NEWEST_FIRST),
        ({"until": "2000-01-01"}, []),
        ({"since": "2199-01-01T00:00:00.000+0000"}, []),
        ({"until": "2199-01-01"}, NEWEST_FIRST),
    ],
)
def test_each_criterion_narrows(
    api: Site, sent: dict[str, int], query: dict[str, str], expected: list[str]
) -> None:
    assert found(search(api, **query), sent) == expected


def test_by_endpoint_sent_and_received(api: Site, devices: list[int], sent: dict[str, int]) -> None:
    assert found(search(api, endpoint=devices[0]), sent) == ["heard", "plain", "red"]
    assert found(search(api, endpoint=devices[1], reference="order-1"), sent) == ["again"]
    assert found(search(api, endpoint=devices[1], tag="blue"), sent) == ["blue"]
    assert found(search(api, endpoint=999_999), sent) == []


def test_what_is_found_is_what_is_shown(api: Site, devices: list[int], sent: dict[str, int]) -> None:
    (row,) = search(api, text="Red alert").body
    assert row == api.get(f"/v1/endpoint/{devices[0]}/sms/{sent['red']}").body
    assert (row["tags"], row["client_reference"]) == ("red,night", "order-1")


def test_between_two_moments(api: Site, sent: dict[str, int], devices: list[int]) -> None:
    at = api.get(f"/v1/endpoint/{devices[0]}/sms/{sent['plain']}").body["submit_date"]
    assert "plain" in found(search(api, since=at, until=at), sent)
    assert (
        "red" not in found(search(api, since=at), sent)
        or at == search(api, text="Red alert").body[0]["submit_date"]
    )


@pytest.mark.parametrize(
    "query", [{}, {"tag": "red"}, {"reference": "order-1"}, {"direction": "MT"}, {"text": "e"}]
)
def test_pages_give_everything_once_and_in_order(
    api: Site, sent: dict[str, int], query: dict[str, str]
) -> None:
    whole = found(search(api, **query), sent)
    pages = walk(api, search(api, per_page=1, **query))
    assert [name for page in pages for name in found(page, sent)] == whole
    assert all(len(page.body) <= 1 for page in pages)
    assert {page.headers["x-count-per-page"] for page in pages} == {"1"}


def test_a_new_sms_moves_no_page(api: Site, devices: list[int], sent: dict[str, int]) -> None:
    other = api.new_device("search-later", msisdn="491510000409")
    first = search(api, per_page=2)
    send(api, other, "came between", not_before=later(api))
    rest = [name for page in walk(api, first)[1:] for name in found(page, sent)]
    assert rest == NEWEST_FIRST[2:]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "LOST"},
        {"direction": "up"},
        {"since": "yesterday"},
        {"until": "never"},
        {"cursor": "%%%"},
        {"cursor": "aGVsbG8"},
        {"cursor": "é"},
        {"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTktMQ"},
    ],
)
def test_a_bad_criterion_is_named(api: Site, query: dict[str, str]) -> None:
    answer = search(api, **query)
    assert (answer.status, answer.body["error_code"]) == (422, 1301)
    assert next(iter(query)) in answer.body["message"]


@pytest.mark.parametrize(
    "query", [{"endpoint": "all"}, {"endpoint": 0}, {"per_page": "many"}, {"text": "x" * 201}]
)
def test_a_query_that_cannot_be_read_is_400(api: Site, query: dict[str, Any]) -> None:
    assert search(api, **query).status == 400


def test_sizes_are_bounded(api: Site) -> None:
    assert search(api, per_page=100_000).headers["x-count-per-page"] == "500"
    assert search(api, per_page=-1).headers["x-count-per-page"] == "100"


def test_another_organisation_finds_nothing_of_it(
    api: Site, devices: list[int], sent: dict[str, int]
) -> None:
    token = api.new_token("admin", org=api.new_organisation("searchers").id)
    for query in ({}, {"tag": "red"}, {"reference": "order-1"}, {"endpoint": devices[0]}, {"text": "plain"}):
        assert search(api, token, **query).body == []
    assert sent


def test_it_needs_the_scope(api: Site) -> None:
    assert search(api, api.new_token("sms:send")).status == 403
