"""The audit trail at the command line: listed, and its chain verified, also on a backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.cli.program import Folder


@contextmanager
def tampered(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file)) as store:
        yield store
        store.commit()


def test_a_change_is_listed_with_who_made_it(both: Folder) -> None:
    rows = both.rows("audit", "list", "--kind", "device")
    assert [(row["action"], row["actor"]) for row in rows] == [("create", "command line")]
    assert "command line" in both.ok("audit", "list").out


def test_a_kind_that_is_none_is_told_of_those_that_there_are(both: Folder) -> None:
    said = both.run("audit", "list", "--kind", "bogus", "--json")
    assert said.code != 0
    assert "policy, " in said.error["reason"]


def test_a_whole_chain_is_verified_with_and_without_a_server(both: Folder) -> None:
    found = both.document("audit", "verify")
    assert (found["whole"], found["faults"]) == (True, [])
    both.ok("device", "set", "one", "--tags", "a")
    assert both.document("audit", "verify", "--since", found["head"])["entries"] == found["entries"] + 1


def test_the_wrong_entry_is_named(folder: Folder) -> None:
    folder.ok("device", "add", "one")
    head = folder.document("audit", "verify")["head"]
    with tampered(folder.data / "heliograph.db") as store:
        store.execute("UPDATE audit SET actor = 'somebody else' WHERE number = 2")
    said = folder.run("audit", "verify")
    assert (said.code, "entry 2 does not fit its hash" in said.out) == (1, True)
    assert head in said.out


def test_a_cut_tail_is_found_by_the_sealed_head(folder: Folder) -> None:
    """Nobody noted a head, and new entries grew where others were cut."""
    folder.ok("device", "add", "one")
    last = int(folder.document("audit", "verify")["head"].partition(":")[0])
    with tampered(folder.data / "heliograph.db") as store:
        store.execute("DELETE FROM audit WHERE number = ?", (last,))
    said = folder.run("audit", "verify")
    assert (said.code, f"entry {last} is missing" in said.out) == (1, True)
    folder.ok("device", "add", "two")
    said = folder.run("audit", "verify")
    assert (said.code, f"entry {last} is not the one that was noted" in said.out) == (1, True)


def test_a_trail_that_is_gone_altogether_is_found(folder: Folder) -> None:
    folder.ok("device", "add", "one")
    with tampered(folder.data / "heliograph.db") as store:
        store.execute("DELETE FROM audit")
    assert "entry 1 and all others up to" in folder.run("audit", "verify").out
    with tampered(folder.data / "heliograph.db") as store:
        store.execute("DELETE FROM audit_head")
    assert folder.run("audit", "verify").code == 1
    folder.ok("device", "add", "two")
    said = folder.run("audit", "verify")
    assert (said.code, "the sealed head is gone" in said.out) == (1, True)


def test_a_trail_is_proven_with_the_keys_of_a_rotation(folder: Folder) -> None:
    folder.ok("device", "add", "one")
    folder.ok("key", "rotate")
    folder.ok("key", "prune")
    found = folder.document("audit", "verify")
    assert (found["whole"], found["end_checked"]) == (True, True)


def test_a_cut_tail_is_found_by_the_noted_head(folder: Folder) -> None:
    """Also where the keys are not: on a backup that lies elsewhere."""
    folder.ok("device", "add", "one")
    head = folder.document("audit", "verify")["head"]
    last = int(head.partition(":")[0])
    with tampered(folder.data / "heliograph.db") as store:
        store.execute("DELETE FROM audit WHERE number = ?", (last,))
    (folder.data / "secret.key").unlink()
    assert folder.document("audit", "verify")["whole"]
    assert "not checked" in folder.ok("audit", "verify").out
    said = folder.run("audit", "verify", "--since", head)
    assert (said.code, f"entry {last} is missing" in said.out) == (1, True)


def test_a_backup_is_verified(folder: Folder, tmp_path: Path) -> None:
    folder.ok("device", "add", "one")
    copy = folder.document("backup", tmp_path / "copies")["path"]
    whole = folder.document("audit", "verify")
    assert folder.document("audit", "verify", "--backup", copy) == whole
    with tampered(Path(copy)) as store:
        store.execute("UPDATE audit SET after = '{}' WHERE number = 1")
    assert folder.run("audit", "verify", "--backup", copy).code == 1


def test_what_cannot_be_verified_says_why(folder: Folder, tmp_path: Path) -> None:
    assert folder.run("audit", "verify").code == 3
    assert folder.run("audit", "verify", "--since", "5:zz").code == 2
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    said = folder.run("audit", "verify", "--backup", empty)
    assert (said.code, "no audit trail" in said.err) == (3, True)
