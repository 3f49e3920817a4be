"""Lists of many rows: a page is found by keys alone, from an index that has all that is filtered by, and only
its own rows are read.

In: a list whose source names that index (`narrow`) and the indexes that are its orders (`walks`, by their
first column). Out: statements, each by the way that is the quickest for it. Measured with 100,000 rows.
"""

from heliograph.flow.reads.listing import Value, Wanted
from heliograph.store.sql.listing import Listing, Source, Statement

DEEP = 2_000  # rows before a page: with more, sorting all is quicker than keeping the first ones
MANY = 10_000  # rows: with more, going along an order may be quicker than sorting


class NarrowListing(Listing):
    def __init__(self, source: Source, wanted: Wanted, where: str, values: tuple[Value, ...]) -> None:
        super().__init__(source, wanted, where, values)
        self.is_costly = any(one.column in source.costly for one in wanted.conditions)
        self._by = f"[[sqlite:INDEXED BY {source.narrow}]]" if wanted.conditions else ""
        self._whole = (where, values)

    def everything(self, most: int) -> Statement:
        """How many there are without any condition."""
        return Listing(self._source, Wanted(), *self._whole).count(most)

    def first(self, limit: int, most: int) -> Statement:
        """The first page; before each row, how many there are, up to one more than `most`."""
        orders = self._order()
        one, two = (f"v{len(self._values) + place}" for place in (1, 2))
        text = f"""WITH found AS [[sqlite:MATERIALIZED]] (
            SELECT {self._source.key} AS id {self._from(self._joined(orders))} ORDER BY {orders})
            SELECT (SELECT count(*) FROM (SELECT 1 FROM found LIMIT :{one}) counted), {self._source.row}
            {self._rows_by(orders)} IN (SELECT id FROM found LIMIT :{two}) ORDER BY {orders}"""
        return self._statement(text, most + 1, limit)

    def part(self, offset: int, limit: int, total: int, everything: int) -> Statement:
        """A page that has so many rows before it, found from whichever end is nearer."""
        from_end = offset > total // 2
        if from_end:
            limit = max(0, min(limit, total - offset))
            offset = total - offset - limit if limit else total
        walk = self._source.walks.get(self._leading)
        is_sorted = offset > DEEP and not self._is_joined
        if walk is not None and total * 2 > everything:
            self._by, is_sorted = f"[[sqlite:INDEXED BY {walk}]]", False
        elif is_sorted:
            self._by = f"[[sqlite:INDEXED BY {self._source.narrow}]]"
        keys = self._keys(self._order(reverse=from_end), is_sorted)
        self._by = ""
        orders = self._order()
        text = f"SELECT {self._source.row} {self._rows_by(orders)} IN ({keys}) ORDER BY {orders}"
        return self._statement(text, limit, offset)

    def keys(self, most: int) -> Statement:
        """Of all rows, in their order."""
        orders = self._order()
        text = f"""SELECT {self._source.key} {self._from(self._joined(orders))}
            ORDER BY {orders} LIMIT :v{len(self._values) + 1}"""
        return self._statement(text, most)

    @property
    def _leading(self) -> str:
        """The one column that it is ordered by; empty: there are several."""
        if not self._orders:
            return self._source.order
        return self._source.columns[self._orders[0].column] if len(self._orders) == 1 else ""

    @property
    def _is_joined(self) -> bool:
        ordered = (self._source.columns[order.column].partition(".")[0] for order in self._orders)
        return any(alias in self._source.joins for alias in ordered)

    def _keys(self, orders: str, is_sorted: bool) -> str:
        first, second = (f"v{len(self._values) + place}" for place in (1, 2))
        some = f"LIMIT :{first} OFFSET :{second}"
        found = f"SELECT {self._source.key} AS id {self._from(self._joined(orders))} ORDER BY {orders}"
        if not is_sorted:
            return f"{found} {some}"
        return f"WITH found AS [[sqlite:MATERIALIZED]] ({found}) SELECT id FROM found {some}"

    def _rows_by(self, orders: str) -> str:
        joins = [join for alias, join in self._source.joins.items() if f"{alias}." in orders]
        return " ".join([f"FROM {self._source.table}", *joins, f"WHERE {self._source.key}"])
