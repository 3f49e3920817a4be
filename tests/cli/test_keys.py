"""New keys: everything is sealed anew, a kill loses nothing, and old keys go when nothing needs them."""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from heliograph.app import running
from heliograph.config import load
from heliograph.core.security.sealed import SEALED, SealedColumn
from heliograph.interfaces.rest.callers.authentication import SEED_PURPOSE
from heliograph.interfaces.webhook.directory import purpose_of
from heliograph.runtime.vault import Sealed, Vault, read_keys
from tests.cli.program import Folder, eventually

ORG = 77
FILLERS = {"TEXT": "'x' || :id", "INTEGER": "0"}


def ring(folder: Folder) -> list[bytes]:
    return read_keys((folder.data / "secret.key").read_text())


def store(folder: Folder) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(folder.data / "heliograph.db", timeout=10))


def tables() -> dict[str, list[SealedColumn]]:
    found: dict[str, list[SealedColumn]] = {}
    for column in SEALED:
        found.setdefault(column.table, []).append(column)
    return found


def put(folder: Folder, rows: int) -> None:
    """So many rows in each table of the registry, sealed with the newest key."""
    vault = Vault(ring(folder))
    with store(folder) as connection:
        for table, columns in tables().items():
            described = connection.execute(f"PRAGMA table_info({table})").fetchall()
            own = {column.column: column.purpose_of(ORG) for column in columns}
            names = [row[1] for row in described]
            fillers = [
                {"id": ":id", "org": str(ORG)}.get(
                    row[1], f":{row[1]}" if row[1] in own else FILLERS.get(row[2], "x''")
                )
                for row in described
            ]
            text = f"INSERT INTO {table}({', '.join(names)}) VALUES({', '.join(fillers)})"
            for id in range(1, rows + 1):
                sealed = {name: vault.seal(f"secret {id}".encode(), purpose) for name, purpose in own.items()}
                connection.execute(text, {"id": id, **sealed})
        connection.commit()


def opened(folder: Folder, keys: list[bytes]) -> int:
    """How many a vault with these keys opens; each has to be what it was."""
    vault, count = Vault(keys), 0
    with store(folder) as connection:
        for column in SEALED:
            text = f"SELECT id, {column.column} FROM {column.table}"  # noqa: S608  # names of the registry
            for id, octets in connection.execute(text):
                try:
                    assert vault.unseal(octets, column.purpose_of(ORG)) == f"secret {id}".encode()
                    count += 1
                except Sealed:
                    pass
    return count


@pytest.fixture
def founded(folder: Folder) -> Folder:
    folder.ok("device", "add", "one")
    return folder


def test_the_registry_knows_all_sealed_columns(founded: Folder) -> None:
    known = {(column.table, column.column) for column in SEALED}
    with store(founded) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        described = {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
    found = {
        (table, row[1])
        for table, rows in described.items()
        for row in rows
        if row[2] == "BLOB" and row[1].startswith(("sealed", "seed", "secret", "password"))
    }
    assert found == known


def test_the_registry_has_the_purposes_of_those_who_seal() -> None:
    purposes = {column.table: column.purpose_of(ORG) for column in SEALED}
    assert purposes["callback_secret"] == purpose_of(ORG)
    assert purposes["mfa_key"] == SEED_PURPOSE


def test_all_is_sealed_anew_and_the_old_key_goes(founded: Folder) -> None:
    put(founded, 250)
    old = ring(founded)
    told = founded.document("key", "rotate")
    assert (told["resealed"], told["old"], told["keys"], told["resumed"]) == (250 * len(SEALED), 0, 2, False)
    new = ring(founded)
    assert new[1:] == old
    assert opened(founded, new[:1]) == 250 * len(SEALED)
    assert opened(founded, old) == 0
    assert founded.document("key", "prune")["pruned"] == 1
    assert ring(founded) == new[:1]
    assert founded.document("key", "show")["secrets"] == 250 * len(SEALED)


def test_it_works_while_a_server_runs_and_is_in_the_trail(founded: Folder) -> None:
    put(founded, 5)
    with founded.serving() as server:
        told = founded.document("key", "rotate")
        assert told["resealed"] == 5 * len(SEALED)
        assert founded.document("key", "prune")["keys"] == 1
        assert founded.document("key", "show")["newest"] == told["newest"]
        server.stop()
    assert opened(founded, ring(founded)) == 5 * len(SEALED)
    entries = founded.rows("audit", "list", "--all", "--kind", "key")
    assert [(entry["action"], entry["actor"]) for entry in entries] == [
        ("prune", "command line"),
        ("rotate", "command line"),
    ]
    assert told["newest"] in entries[1]["after"]
    assert founded.document("audit", "verify")["whole"]


def test_a_kill_loses_nothing_and_it_goes_on_where_it_was(founded: Folder) -> None:
    rows = 12_000
    put(founded, rows)
    old = ring(founded)
    with founded.start("key", "rotate") as process:
        eventually(lambda: (founded.data / "secret.key").read_text().count("\n") == 2, "the new key")
        eventually(lambda: _current(founded) > 0, "something sealed anew")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    new = ring(founded)
    assert new[1:] == old
    done = opened(founded, new[:1])
    assert 0 < done < rows * len(SEALED), "it was killed too late to show anything"
    assert opened(founded, new) == rows * len(SEALED)
    told = founded.document("key", "rotate")
    assert (told["resumed"], told["resealed"], told["keys"]) == (True, rows * len(SEALED) - done, 2)
    assert opened(founded, ring(founded)[:1]) == rows * len(SEALED)


def _current(folder: Folder) -> int:
    """Rows of the first column that are sealed with the newest key."""
    mark = bytes.fromhex(Vault(ring(folder)).newest)
    column = SEALED[0]
    with store(folder) as connection:
        names = f"{column.table} WHERE substr({column.column}, 1, 4) = ?"
        text = f"SELECT count(*) FROM {names}"  # noqa: S608  # names of the registry
        found: int = connection.execute(text, (mark,)).fetchone()[0]
    return found


def test_a_second_rotation_makes_another_key(founded: Folder) -> None:
    founded.ok("key", "rotate")
    assert founded.document("key", "rotate")["keys"] == 3


def test_a_full_ring_is_pruned_first(founded: Folder) -> None:
    for _ in range(15):
        (founded.data / "secret.key").write_text(_with_one_more(founded))
    said = founded.run("key", "rotate")
    assert (said.code, "key prune" in said.err) == (1, True)


def _with_one_more(folder: Folder) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(os.urandom(32)).decode() + "\n" + (folder.data / "secret.key").read_text()


def test_keys_of_the_environment_are_the_operators(founded: Folder, tmp_path: Path) -> None:
    put(founded, 3)
    variables = {"HELIOGRAPH_KEY": _with_one_more(founded)}
    (founded.data / "secret.key").rename(tmp_path / "gone.key")
    said = founded.ok("key", "rotate", "--json", **variables)
    assert (said.document["resealed"], said.document["keys"]) == (3 * len(SEALED), 2)
    assert opened(founded, read_keys(variables["HELIOGRAPH_KEY"])[:1]) == 3 * len(SEALED)
    said = founded.run("key", "prune", **variables)
    assert (said.code, "HELIOGRAPH_KEY" in said.err) == (1, True)


def test_what_no_key_opens_is_told_and_left_alone(founded: Folder) -> None:
    put(founded, 2)
    (founded.data / "secret.key").unlink()
    said = founded.run("key", "rotate")
    assert said.code != 0
    assert f"{2 * len(SEALED)} stored secrets are sealed with it" in said.err
    assert not (founded.data / "secret.key").exists(), "a new key would hide that the old one is missed"
    founded.ok("key", "new")
    assert "key rotate" in founded.run("key", "new").err
    assert founded.document("key", "rotate")["lost"] == 2 * len(SEALED)
    assert founded.document("key", "show")["lost"] == 2 * len(SEALED)


def test_a_start_warns_of_what_its_keys_do_not_open(founded: Folder) -> None:
    put(founded, 1)
    (founded.data / "secret.key").write_text(_with_one_more(founded).split()[0])

    async def start() -> None:
        async with running(load(None, {}).config, founded.data):
            pass

    with capture_logs() as lines:
        asyncio.run(start())
    (finding,) = [line["finding"] for line in lines if line["event"] == "keys"]
    assert finding == f"{len(SEALED)} of {len(SEALED)} stored secrets cannot be opened with these keys"


def keys_found(folder: Folder, **variables: str) -> tuple[bool, str]:
    findings = folder.run("check", "--json", **variables).document["findings"]
    return next((one["ok"], one["finding"]) for one in findings if one["what"] == "keys")


def test_check_tells_of_keys_that_are_open_to_others_or_open_nothing(founded: Folder) -> None:
    put(founded, 3)
    key = founded.data / "secret.key"
    assert keys_found(founded)[0]
    key.chmod(0o644)
    assert keys_found(founded) == (False, f"{key} is open to others; chmod 600 it")
    key.chmod(0o600)
    whole = key.read_text()
    key.write_text(_with_one_more(founded).split()[0])
    ok, words = keys_found(founded)
    assert (ok, f"{3 * len(SEALED)} of {3 * len(SEALED)} stored secrets are lost" in words) == (False, True)
    assert keys_found(founded, HELIOGRAPH_KEY=whole)[0]
    key.write_text("nonsense")
    assert not keys_found(founded)[0]
    key.unlink()
    assert "no key is there" in keys_found(founded)[1]


def test_no_key_is_shown(founded: Folder) -> None:
    words = (founded.data / "secret.key").read_text().split()
    said = founded.ok("key", "show").out + founded.ok("key", "rotate").out
    assert not [word for word in words if word.rstrip("=") in said]
