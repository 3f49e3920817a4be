"""The catalogue: one text for two engines, and no read without an index."""

import re
from pathlib import Path

import apsw
import pytest

from heliograph.core.changes import Changes
from heliograph.store.migrate import migrate
from heliograph.store.sql.catalogue import READS, WRITES, compile_sql, one_of

HOT = {"message", "delivery", "device", "lane", "tally", "part", "reference"}
EVERYTHING = {**READS, **WRITES}
# Asked when nothing is there but a few sets of parts, and answered from the end of an index.
_ENDS_OF_AN_INDEX = re.compile(r"SELECT min\(\w+\) FROM part")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> apsw.Connection:
    path = Path(tmp_path_factory.mktemp("catalogue")) / "db"
    opened = apsw.Connection(str(path))
    migrate(opened, path, 0)
    return opened


@pytest.mark.parametrize(
    ("text", "sqlite", "pg"),
    [
        ("a = :b", "a = ?1", "a = $1"),
        (":b, :c, :b", "?1, ?2, ?1", "$1, $2, $1"),
        ("x [[sqlite:one :a]][[pg:two :b]] y :c", "x one ?1 y ?2", "x two $1 y $2"),
        (":keys::bigint[]", "?1::bigint[]", "$1::bigint[]"),
        (":p2p_sent", "?1", "$1"),
        (one_of("d.id", "ids"), "d.id IN (SELECT value FROM json_each(?1))", "d.id = ANY($1)"),
    ],
)
def test_names_become_places(text: str, sqlite: str, pg: str) -> None:
    assert (compile_sql(text, "sqlite"), compile_sql(text, "pg")) == (sqlite, pg)


@pytest.mark.parametrize("name", sorted(EVERYTHING))
@pytest.mark.parametrize("engine", ["sqlite", "pg"])
def test_every_statement_compiles_for_both_engines(name: str, engine: str) -> None:
    text = compile_sql(EVERYTHING[name], engine)
    assert not re.search(r"\[\[|\]\]|(?<!:):[a-z]", text)
    places = [int(number) for number in re.findall(r"[?$](\d+)", text)]
    assert sorted(set(places)) == list(range(1, len(set(places)) + 1))
    other = "json_each" if engine == "pg" else "ANY("
    assert other not in text


def plan(connection: apsw.Connection, text: str) -> list[str]:
    # A null for every place: the plan does not depend on values, since nothing was analysed.
    count = len(set(re.findall(r"\?(\d+)", text)))
    return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [None] * count)]


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_no_statement_reads_a_whole_table(connection: apsw.Connection, name: str) -> None:
    text = compile_sql(EVERYTHING[name], "sqlite")
    if _ENDS_OF_AN_INDEX.search(text):
        return
    aliases = {alias: table for table, alias in re.findall(r"(?:FROM|JOIN) (\w+) ([a-z])\b", text)}
    for step in plan(connection, text):
        scanned = re.match(r"SCAN (\w+)", step)
        table = aliases.get(scanned[1], scanned[1]) if scanned else ""
        assert table not in HOT or "USING" in step, step
        assert not re.search(r"AUTOMATIC", step), step


@pytest.mark.parametrize("name", sorted(READS))
def test_reads_of_what_grows_search_by_a_key(connection: apsw.Connection, name: str) -> None:
    """An index that is read from end to end would be found by the time it takes, not by its plan."""
    steps = plan(connection, compile_sql(READS[name], "sqlite"))
    # The first row of an index, or of each of its gates; and what is read once, at the start.
    ordered = {"next_entry", "next_expiry", "next_lane", "oldest_part", "gates_due", "countries"}
    scans = [step for step in steps if re.match(r"SCAN (?!json_each|counted|k\b|\(|o\b|h\b|oldest)", step)]
    assert not scans or name in ordered, scans


def test_every_change_is_written_by_a_statement() -> None:
    assert set(WRITES) == set(vars(Changes()))
