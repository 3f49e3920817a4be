"""Lists that people filter, sort and page: what is wanted becomes one statement that counts and one that
reads a page.

In: conditions and orders on columns that the list knows. Out: SQL with its values. Nothing that a caller
wrote stands in the SQL itself.
"""

from collections.abc import Mapping

from msgspec import Struct

from heliograph.flow.reads.listing import Condition, Operator, Value, Wanted
from heliograph.store.sql.catalogue import compile_sql

_FIND = "[[sqlite:instr]][[pg:strpos]]"
_TESTS = {
    Operator.IS: "{column} = :{name}",
    Operator.CONTAINS: _FIND + "(lower({column}), lower(:{name})) > 0",
    Operator.TAGGED: _FIND + "(',' || {column} || ',', ',' || :{name} || ',') > 0",
    Operator.AMONG: _FIND + "(',' || :{name} || ',', ',' || {column} || ',') > 0",
    Operator.SINCE: "{column} >= :{name}",
    Operator.BEFORE: "{column} < :{name}",
}
_NONE = "({column} IS NULL OR CAST({column} AS TEXT) = '')"


class Source(Struct, frozen=True):
    """A table with what is joined to it when a condition or an order asks for that."""

    table: str
    row: str  # what is read
    columns: Mapping[str, str]  # the list's names, as SQL
    joins: Mapping[str, str]  # by the alias that needs it
    order: str  # when none is asked for
    key: str  # what is the same otherwise goes by it, so that pages never overlap
    through: Mapping[str, str] = {}  # by the alias: a condition on it finds the few rows that lead here
    tests: Mapping[str, str] = {}  # by the list's name: the whole test, where it is more than a column's
    none: Mapping[str, str] = {}  # by the alias: that there is no such row
    narrow: str = ""  # see `narrow`
    walks: Mapping[str, str] = {}
    costly: tuple[str, ...] = ()  # by the list's names: what takes so long to look at that it is done once


class Statement(Struct, frozen=True):
    text: str
    values: tuple[Value, ...]


class Listing:
    """One list, with its conditions."""

    def __init__(self, source: Source, wanted: Wanted, where: str, values: tuple[Value, ...]) -> None:
        """`where` names its values :v1, :v2 … in the order of `values`; :v1 is the organisation."""
        self._source = source
        self._orders = wanted.orders
        self._values = list(values)
        self._by = ""  # the index that is used, when the engine is not left to choose
        tests = [where, *(self._test(one) for one in wanted.conditions)]
        self._where = " AND ".join(filter(None, tests))

    def _test(self, condition: Condition) -> str:
        column = self._source.columns[condition.column]
        alias = column.partition(".")[0]
        through = self._source.through.get(alias, "{test}")
        if condition.value is None:
            return self._source.none.get(alias) or through.format(test=_NONE.format(column=column))
        self._values.append(condition.value)
        text = self._source.tests.get(condition.column) or _TESTS[condition.operator]
        return through.format(test=text.format(column=column, name=f"v{len(self._values)}"))

    def _from(self, texts: str) -> str:
        joins = [join for alias, join in self._source.joins.items() if f"{alias}." in texts]
        return " ".join([f"FROM {self._source.table} {self._by}", *joins, f"WHERE {self._where}"])

    def _joined(self, orders: str = "") -> str:
        """What has to be joined: conditions that go through another table bring it themselves."""
        return orders if self._source.through else self._where + orders

    def count(self, most: int) -> Statement:
        """How many there are, up to one more than `most`."""
        name = f"v{len(self._values) + 1}"
        text = f"SELECT count(*) FROM (SELECT 1 {self._from(self._joined())} LIMIT :{name}) counted"
        return self._statement(text, most + 1)

    def page(self, offset: int, limit: int) -> Statement:
        orders = self._order()
        first, second = (f"v{len(self._values) + place}" for place in (1, 2))
        text = f"""SELECT {self._source.row} {self._from(self._joined(orders))}
            ORDER BY {orders} LIMIT :{first} OFFSET :{second}"""
        return self._statement(text, limit, offset)

    def _order(self, reverse: bool = False) -> str:
        if not self._orders:
            return self._source.order + " DESC" * reverse
        asked = [(self._source.columns[order.column], order.descending) for order in self._orders]
        asked.append((self._source.key, asked[-1][1]))
        return ", ".join(column + " DESC" * (descending != reverse) for column, descending in asked)

    def _statement(self, text: str, *more: Value) -> Statement:
        """Each value is named once, in the order in which the text has them."""
        given = [*self._values, *more]
        names = [f"v{place}" for place in range(1, len(given) + 1)]
        found = sorted(range(len(given)), key=lambda place: _place(text, names[place]))
        return Statement(compile_sql(text, "sqlite"), tuple(given[place] for place in found))


def _place(text: str, name: str) -> int:
    """Where a name first stands; :v1 is not :v10."""
    at = text.find(f":{name}")
    while at >= 0 and text[at + len(name) + 1 : at + len(name) + 2].isdigit():
        at = text.find(f":{name}", at + 1)
    return at
