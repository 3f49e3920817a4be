"""Sequences: leased in blocks, never repeated, whatever happens to a transaction or the process."""

from pathlib import Path

import apsw
import pytest

from heliograph.core.ids import LARGEST_ID, SHARDS, make_id, shard_of
from heliograph.store.sequences import BLOCK, Sequences


@pytest.fixture
def connection(tmp_path: Path) -> apsw.Connection:
    opened = apsw.Connection(str(tmp_path / "db"))
    opened.execute("CREATE TABLE sequence(name TEXT PRIMARY KEY, next INTEGER NOT NULL)").fetchall()
    return opened


def leased(connection: apsw.Connection) -> int:
    ((number,),) = connection.execute("SELECT next FROM sequence").fetchall()
    assert isinstance(number, int)
    return number


def test_a_block_is_leased_once_and_numbers_grow(connection: apsw.Connection) -> None:
    sequences = Sequences()
    numbers = [sequences.next(connection) for _ in range(BLOCK)]
    assert numbers == list(range(1, BLOCK + 1))
    assert leased(connection) == BLOCK + 1
    assert sequences.next(connection) == BLOCK + 1
    assert leased(connection) == 2 * BLOCK + 1


def test_a_new_process_repeats_nothing(connection: apsw.Connection) -> None:
    first = Sequences()
    used = [first.next(connection) for _ in range(10)]
    assert Sequences().next(connection) > max(used)


def test_two_that_lease_in_turn_never_meet(connection: apsw.Connection) -> None:
    one, other = Sequences(), Sequences()
    numbers = [sequences.next(connection) for _ in range(BLOCK + 5) for sequences in (one, other)]
    assert len(set(numbers)) == len(numbers)


def test_a_rolled_back_lease_is_leased_again(connection: apsw.Connection) -> None:
    sequences = Sequences()
    kept = sequences.next(connection)
    for _ in range(BLOCK - 1):
        sequences.next(connection)
    connection.execute("BEGIN").fetchall()
    lost = sequences.next(connection)
    connection.execute("ROLLBACK").fetchall()
    sequences.forget()
    again = sequences.next(connection)
    assert kept < lost <= again  # nobody has seen `lost`
    assert leased(connection) > again


def test_a_roll_back_within_a_block_repeats_nothing(connection: apsw.Connection) -> None:
    sequences = Sequences()
    used = sequences.next(connection)
    sequences.forget()
    assert sequences.next(connection) > used


@pytest.mark.parametrize("shard", [0, 1, 255])
def test_an_id_names_its_shard(shard: int) -> None:
    id = make_id(77, shard)
    assert (id // SHARDS, shard_of(id)) == (77, shard)
    assert make_id(LARGEST_ID // SHARDS, 255) == LARGEST_ID
