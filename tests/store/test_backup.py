"""Backups: a whole copy while the server writes, or nothing."""

import asyncio
import os
from pathlib import Path

import apsw
import pytest

from heliograph.store.migrate import migrate
from heliograph.store.sqlite.backup import Backup, BackupFailed, backup
from heliograph.store.sqlite.engine import Call
from heliograph.store.sqlite.writer import Writer
from tests.engine import START_MS, Lab, make_lab

NAME = "heliograph-20260310T120000000Z.sqlite"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make_lab(path=tmp_path / "heliograph.sqlite")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def messages(path: Path) -> list[int]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    ids = [row[0] for row in connection.execute("SELECT id FROM message ORDER BY id")]
    connection.close()
    return ids  # type: ignore[return-value]  # an INTEGER column


def test_what_was_accepted_is_in_the_copy(lab: Lab, folder: Path) -> None:
    ids = [lab.accept() for _ in range(20)]
    made = backup(Path(lab.path), folder, START_MS)
    target = folder / NAME
    assert made == Backup(str(target), target.stat().st_size)
    assert messages(target) == sorted(ids)
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_copy_is_a_database_to_go_on_with(lab: Lab, folder: Path) -> None:
    id = lab.accept()
    lab.engine.close()
    copy = Path(backup(Path(lab.path), folder, START_MS).path)
    restored = Lab(copy)
    assert restored.restart() == 1  # the attempt that was under way
    restored.gate()
    restored.advance(5)
    assert restored.one().message.id == id
    migrate(restored.connection, copy, START_MS)
    assert sorted(path.name for path in folder.iterdir() if "before" in path.name) == []


async def written_while(lab: Lab, folder: Path) -> tuple[list[int], Path, list[int]]:
    """Submits without a pause while the copy is made: what was acknowledged before it began, the copy, and
    all that was acknowledged."""
    store = Writer(lab.engine)
    done, enough = asyncio.Event(), asyncio.Event()
    ids: list[int] = []

    async def write() -> None:
        while not done.is_set() or len(ids) < 400:
            answers = await store.run(lab.flows.submit, [lab.submission(device=1 + len(ids) % 3)])
            ids.append(answers[0].id)  # type: ignore[union-attr]  # nothing here refuses it
            if len(ids) == 200:
                enough.set()

    task = asyncio.create_task(write())
    await enough.wait()
    before = list(ids)
    made = await asyncio.to_thread(backup, Path(lab.path), folder, START_MS)
    done.set()
    await task
    await store.stop()
    return before, Path(made.path), ids


def test_a_copy_made_under_load_is_consistent(tmp_path: Path, folder: Path) -> None:
    lab = make_lab(path=tmp_path / "busy.sqlite")
    lab.settings = type(lab.settings)(lane_limit=100_000)
    before, copy, ids = asyncio.run(written_while(lab, folder))
    found = messages(copy)
    assert set(before) <= set(found) <= set(ids)
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)
    orphans = "SELECT count(*) FROM delivery WHERE message NOT IN (SELECT id FROM message)"
    assert connection.execute(orphans).fetchall() == [(0,)]
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_backup_is_never_overwritten(lab: Lab, folder: Path) -> None:
    lab.accept()
    backup(Path(lab.path), folder, START_MS)
    kept = (folder / NAME).read_bytes()
    lab.accept(device=2)
    with pytest.raises(BackupFailed, match="never overwritten"):
        backup(Path(lab.path), folder, START_MS)
    assert (folder / NAME).read_bytes() == kept
    assert backup(Path(lab.path), folder, START_MS + 1).path.endswith("20260310T120000001Z.sqlite")


def test_a_backup_that_fails_leaves_nothing(lab: Lab, folder: Path, tmp_path: Path) -> None:
    lab.accept()
    lab.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    lab.engine.close()
    damaged = tmp_path / "damaged.sqlite"
    octets = bytearray(Path(lab.path).read_bytes())
    octets[4096 * 3 : 4096 * 30] = b"\xff" * (4096 * 27)
    damaged.write_bytes(octets)
    with pytest.raises(BackupFailed):
        backup(damaged, folder, START_MS)
    assert list(folder.iterdir()) == []


def test_no_database_no_folder_no_room(lab: Lab, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="no database"):
        backup(tmp_path / "none.sqlite", folder, START_MS)
    with pytest.raises(BackupFailed, match="no folder"):
        backup(Path(lab.path), tmp_path / "none", START_MS)
    other = tmp_path / "text.sqlite"
    other.write_text("not a database at all, but long enough to look like one" * 100)
    with pytest.raises(BackupFailed, match="failed"):
        backup(other, folder, START_MS)
    assert list(folder.iterdir()) == []


def test_what_another_backup_is_writing_is_left_alone(lab: Lab, folder: Path) -> None:
    partial = folder / f".{NAME}.partial"
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY))
    with pytest.raises(BackupFailed, match="failed"):
        backup(Path(lab.path), folder, START_MS)
    assert partial.exists()


def test_a_round_goes_on_while_a_copy_holds_its_snapshot(lab: Lab) -> None:
    lab.accept()
    reader = apsw.Connection(str(lab.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN").fetchall()
    assert reader.execute("SELECT count(*) FROM message").fetchall() == [(1,)]
    lab.round(Call(lab.flows.submit, [lab.submission(device=2)]))
    assert reader.execute("SELECT count(*) FROM message").fetchall() == [(1,)]
    reader.close()
    assert lab.count("message") == 2
