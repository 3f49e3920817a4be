"""Paging: which rows a list answers, and the headers that tell of the others (§3). Bodies are bare arrays.

In: what was asked, how many rows there are. Out: a page; a reply with its headers.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import asdict

from heliograph.flow.reads.listing import Read, Wanted, select
from heliograph.interfaces.rest.criteria import Fields, sort_shown, wanted
from heliograph.interfaces.rest.route import Call, Headers, Reply, reply

T = TypeVar("T")
DEFAULT_PER_PAGE = 100
MOST_PER_PAGE = 2_000


class PageQuery(Struct, frozen=True):
    """The query of a list that is neither filtered nor sorted."""

    page: int = 1
    per_page: int = 0


class ListQuery(Struct, frozen=True):
    """The query of a list. Derive from it for more parameters."""

    q: str = ""
    sort: str = ""
    page: int = 1
    per_page: int = 0


class Page(Struct, frozen=True):
    """Part of a list: `offset` rows lie before it."""

    number: int
    per_page: int
    total: int
    cut: bool = False  # there are more rows than `total`; older ones are not counted

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page


def per_page(query: ListQuery | PageQuery, default: int = DEFAULT_PER_PAGE, most: int = MOST_PER_PAGE) -> int:
    """Below 1 is the default, too big the most."""
    return default if query.per_page < 1 else min(query.per_page, most)


def page_of(
    query: ListQuery | PageQuery, total: int, default: int = DEFAULT_PER_PAGE, cut: bool = False
) -> Page:
    """Below 1 is the first, beyond the end the last."""
    size = per_page(query, default)
    last = Page(1, size, total).pages
    return Page(max(1, min(query.page, last)), size, total, cut)


def listed(
    call: Call[Any, Any], rows: Sequence[object], page: Page, sort: str = "", both: bool = False
) -> Reply:
    """`both`: under the second set of header names too, as `/v1/endpoint` has them."""
    return reply(rows, headers=headers(call, page, sort, both))


def headers(call: Call[Any, Any], page: Page, sort: str = "", both: bool = False) -> Headers:
    named = {
        b"x-total-count": page.total,
        b"x-total-pages": page.pages,
        b"x-current-page": page.number,
        b"x-count-per-page": page.per_page,
    }
    if both:
        named |= {
            b"x-count": page.total,
            b"x-pages": page.pages,
            b"x-page": page.number,
            b"x-per-page": page.per_page,
        }
    found = [(name, str(value).encode()) for name, value in named.items()]
    if sort:
        found.append((b"x-sort", sort.encode("ascii", "replace")))
    if page.cut:
        found.append((b"x-more", b"true"))
    return (*found, (b"link", _links(call, page).encode()))


def _links(call: Call[Any, Any], page: Page) -> str:
    places = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": page.pages}
    kept = {name: text for name in ("q", "sort") if (text := getattr(call.query, name, ""))}
    links = []
    for name, number in places.items():
        if 1 <= number <= page.pages:
            query = urlencode({"page": number, "per_page": page.per_page, **kept})
            links.append(f'<{call.site}{call.at}?{query}>; rel="{name}"')
    return ", ".join(links)


def next_link(call: Call[Any, Any], **place: object) -> tuple[bytes, bytes]:
    """The header that leads on: the same question, with where the next page begins."""
    asked = {name: value for name, value in asdict(call.query).items() if value not in (None, "")}
    return b"link", f'<{call.site}{call.at}?{urlencode(asked | place)}>; rel="next"'.encode()


def short_list(
    call: Call[Any, Any],
    rows: Sequence[T],
    fields: Fields,
    show: Callable[[T], object],
    default: int = DEFAULT_PER_PAGE,
    read: Read[T] = getattr,
    bare: str = "name",
) -> Reply:
    """A list that is in memory as a whole: filtered, sorted, paged, answered."""
    asked: Wanted = wanted(call.query.q, call.query.sort, fields, bare)
    found = select(rows, asked, read)
    page = page_of(call.query, len(found), default)
    shown = [show(row) for row in found[page.offset : page.offset + page.per_page]]
    return listed(call, shown, page, sort_shown(asked.orders, fields))
