"""`q`, `sort` and pages, with all that known clients send."""

import pytest
from msgspec import Struct

from heliograph.flow.reads.listing import Condition, Operator, Order, Wanted, select
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.criteria import Field, conditions, orders, sort_shown
from heliograph.interfaces.rest.paging import ListQuery, headers, page_of, short_list
from heliograph.interfaces.rest.problem import Problem
from heliograph.interfaces.rest.route import Call

FIELDS = {
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "status": Field("status", "number", {"enabled": 0, "disabled": 1}),
    "tags": Field("tags", "tag"),
    "created": Field("created_at", "time"),
    "from": Field("created_at", "since", sorts=False),
    "until": Field("created_at", "until", sorts=False),
    "iccid": Field("iccid", "text"),
    "endpoint": Field("device", "number"),
}
IS, SINCE, BEFORE = Operator.IS, Operator.SINCE, Operator.BEFORE
CONTAINS, TAGGED = Operator.CONTAINS, Operator.TAGGED
DAY = 1659571200000  # 2022-08-04T00:00:00Z
AT = 1659577524000  # 2022-08-04T01:45:24Z


class Row(Struct):
    id: int
    name: str
    created_at: int | None = None


def _call(query: ListQuery) -> Call[ListQuery, None]:
    return Call(Caller(1, "test", frozenset()), {}, query, None, {}, "http://site", "", "/api/v1/thing")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", []),
        ("id:7", [("id", IS, 7)]),
        ("status:0.0", [("status", IS, 0)]),
        ("status:Disabled", [("status", IS, 1)]),
        ("STATUS: 1 , name:pump", [("status", IS, 1), ("name", CONTAINS, "pump")]),
        ("iccid:123,endpoint:null", [("iccid", CONTAINS, "123"), ("device", IS, None)]),
        ("iccid:123endpoint:null", [("iccid", CONTAINS, "123"), ("device", IS, None)]),
        ("endpoint:null", [("device", IS, None)]),
        ("pump 7", [("name", CONTAINS, "pump 7")]),
        ("2022:7", [("name", CONTAINS, "2022:7")]),
        ("name:a:b c", [("name", CONTAINS, "a:b c")]),
        ("name:left, right", [("name", CONTAINS, "left, right")]),
        ("tags:red,blue", [("tags", TAGGED, "red"), ("tags", TAGGED, "blue")]),
        ("created:2022-08-04", [("created_at", SINCE, DAY), ("created_at", BEFORE, DAY + 86_400_000)]),
        (
            "created:2022-08-04 01:45",
            [("created_at", SINCE, AT - 24_000), ("created_at", BEFORE, AT + 36_000)],
        ),
        ("created:2022-08-04 01:45:24+00:00", [("created_at", SINCE, AT), ("created_at", BEFORE, AT + 1000)]),
        ("created:2022-08-04T01:45:24.000 0000", [("created_at", SINCE, AT), ("created_at", BEFORE, AT + 1)]),
        ("created:>2022-08-04", [("created_at", SINCE, DAY + 86_400_000)]),
        ("created:<2022-08-04", [("created_at", BEFORE, DAY)]),
        (
            "from:2022-08-04T01:45:24Z,until:2022-08-04",
            [("created_at", SINCE, AT), ("created_at", BEFORE, DAY + 86_400_000)],
        ),
    ],
)
def test_q_is_read_as_clients_write_it(q: str, found: list[tuple[str, Operator, object]]) -> None:
    assert [(one.column, one.operator, one.value) for one in conditions(q, FIELDS)] == found


@pytest.mark.parametrize(
    "q", ["colour:red", "id:seven", "created:yesterday", "id:1," * 30, "n" * 2_049, "id:1.5"]
)
def test_what_q_cannot_mean_is_refused(q: str) -> None:
    with pytest.raises(Problem) as refused:
        conditions(q, FIELDS)
    assert (refused.value.status, refused.value.body.error_code) == (422, 1301)


@pytest.mark.parametrize(
    ("sort", "found", "shown"),
    [
        ("", [], ""),
        ("name,-id", [Order("name"), Order("id", True)], "name,-id"),
        ("ID", [Order("id")], "id"),
        ("-created,created", [Order("created_at", True)], "-created"),
        ("DeviceSort.LAST_UPDATED", [], ""),
        ("SimSort.iccid, name", [Order("name")], "name"),
    ],
)
def test_sort_is_read_as_clients_write_it(sort: str, found: list[Order], shown: str) -> None:
    asked = orders(sort, FIELDS)
    assert (list(asked), sort_shown(asked, FIELDS)) == (found, shown)


def test_an_unknown_sort_is_refused() -> None:
    for sort in ("colour", "from"):
        with pytest.raises(Problem) as refused:
            orders(sort, FIELDS)
        assert (refused.value.status, refused.value.body.error_code) == (422, 1302)


@pytest.mark.parametrize(
    ("page", "per_page", "total", "number", "size", "pages"),
    [
        (1, 0, 250, 1, 100, 3),
        (0, -5, 250, 1, 100, 3),
        (9, 100, 250, 3, 100, 3),
        (2**70, 10, 250, 25, 10, 25),
        (1, 10**9, 250, 1, 2_000, 1),
        (5, 10, 0, 1, 10, 1),
        (2, 125, 250, 2, 125, 2),
    ],
)
def test_pages_beyond_either_end(
    page: int, per_page: int, total: int, number: int, size: int, pages: int
) -> None:
    found = page_of(ListQuery(page=page, per_page=per_page), total)
    assert (found.number, found.per_page, found.pages, found.offset) == (
        number,
        size,
        pages,
        (number - 1) * size,
    )


def test_headers_tell_of_the_other_pages() -> None:
    call = _call(ListQuery("name:a b", "-id", 2, 10))
    named = dict(headers(call, page_of(call.query, 25), "-id", both=True))
    link = named.pop(b"link").decode().split(", ")
    assert named == {
        b"x-total-count": b"25",
        b"x-total-pages": b"3",
        b"x-current-page": b"2",
        b"x-count-per-page": b"10",
        b"x-count": b"25",
        b"x-pages": b"3",
        b"x-page": b"2",
        b"x-per-page": b"10",
        b"x-sort": b"-id",
    }
    place = "http://site/api/v1/thing?page={}&per_page=10&q=name%3Aa+b&sort=-id"
    names = [("first", 1), ("prev", 1), ("next", 3), ("last", 3)]
    assert link == [f'<{place.format(number)}>; rel="{name}"' for name, number in names]


def test_a_list_in_memory_is_filtered_sorted_and_paged() -> None:
    rows = [Row(id, f"n{id % 3}", id if id % 2 else None) for id in range(1, 13)]
    call = _call(ListQuery("name:n1", "-created,-id", 1, 3))
    answer = short_list(call, rows, FIELDS, lambda row: row.id)
    assert answer.body == b"[7,1,10]"
    assert dict(answer.headers)[b"x-total-count"] == b"4"
    wanted = Wanted((Condition("created_at", SINCE, 5), Condition("created_at", BEFORE, 9)))
    assert [row.id for row in select(rows, wanted, getattr)] == [5, 7]
