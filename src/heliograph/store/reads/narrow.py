"""A page of a list of many rows: counted and found, over one of the reader's connections."""

from heliograph.flow.reads.fleet_port import MOST_COUNTED, Found, Offset
from heliograph.store.reads.view import Row, View
from heliograph.store.sql.listing import Statement
from heliograph.store.sql.narrow import MANY, NarrowListing


def narrow_page(view: View, listing: NarrowListing, offset: Offset, limit: int) -> Found[Row]:
    """The first page is the same whatever the total: what is looked at row by row is looked at once then."""
    most = MOST_COUNTED
    if listing.is_costly and offset(most) == 0:
        rows = _all(view, listing.first(limit, most))
        total = rows[0][0] if rows else 0
        return Found([row[1:] for row in rows], min(total, most), total > most)
    total = _one(view, listing.count(most))
    start = offset(min(total, most))
    if total > most:
        return Found(_all(view, listing.page(start, limit)), most, True)
    everything = _one(view, listing.everything(most)) if total > MANY else most
    return Found(_all(view, listing.part(start, limit, total, everything)), total, False)


def narrow_keys(view: View, listing: NarrowListing, most: int) -> list[int]:
    return [row[0] for row in _all(view, listing.keys(most))]


def _all(view: View, statement: Statement) -> list[Row]:
    return view.connection.execute(statement.text, statement.values).fetchall()


def _one(view: View, statement: Statement) -> int:
    return int(_all(view, statement)[0][0])
