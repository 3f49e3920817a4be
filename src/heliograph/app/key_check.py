"""Looking at the keys of an installation: are they there, ours alone, and do they open what is sealed?

In: the data folder. Out: a finding, good or bad, in words; for a start, the vault. A key is made where none
is missed, or where somebody asks for one.
"""

import os
import stat
from pathlib import Path

import apsw

from heliograph.core.security.sealed import SEALED
from heliograph.runtime.unavailable import Unavailable
from heliograph.runtime.vault import KEY_NAME, VARIABLE, BadKeys, Vault, open_vault, read_keys

MOST_LOOKED_AT = 1_000  # of each column: newest first
BUSY_MS = 1_000


def key_words(folder: Path, store: Path) -> tuple[bool, str]:
    """Whether all is well, and what there is to say."""
    path, given = folder / KEY_NAME, os.environ.get(VARIABLE)
    if given is None and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return False, f"{path} is open to others; chmod 600 it"
    try:
        text = given if given is not None else path.read_text("ascii") if path.exists() else None
        vault = None if text is None else Vault(read_keys(text))
    except (BadKeys, OSError, UnicodeError) as error:
        return False, f"{VARIABLE if given is not None else path}: {error}"
    sealed, lost = _count(store, vault)
    if lost:
        whose = "no key is there" if vault is None else "no key of this installation opens them"
        return False, f"{lost} of {sealed} stored secrets are lost: {whose}; put the old {KEY_NAME} back"
    if vault is None:
        return True, "none yet; the first start makes one"
    return True, f"{len(vault.keys)}, newest {vault.newest}, in {VARIABLE if given is not None else path}"


def open_keys(folder: Path, store: Path) -> Vault:
    """For a start. The first one makes a key; none is made where secrets wait for one that is gone."""
    if os.environ.get(VARIABLE) is None and not (folder / KEY_NAME).exists():
        sealed, _ = _count(store, None)
        if sealed:
            raise BadKeys(
                f"{KEY_NAME} is gone, and {sealed} stored secrets are sealed with it. Put it back. If it is "
                "lost for good, `heliograph key new` makes another one; then set those secrets anew."
            )
    return open_vault(folder)


def lost_words(store: Path, vault: Vault) -> str | None:
    """What a start says of secrets that its keys do not open."""
    sealed, lost = _count(store, vault)
    return f"{lost} of {sealed} stored secrets cannot be opened with these keys" if lost else None


def make_key(folder: Path) -> str:
    """Where there is none. Its mark; what an older key sealed stays closed."""
    if os.environ.get(VARIABLE) is not None:
        raise Unavailable(f"The keys are in {VARIABLE}: change them there.")
    if (folder / KEY_NAME).exists():
        raise Unavailable(f"There is a {KEY_NAME}: `key rotate` puts a new key in front.")
    return open_vault(folder).newest


def _count(store: Path, vault: Vault | None) -> tuple[int, int]:
    """How many are sealed, and how many of them nothing opens."""
    sealed = lost = 0
    if not store.is_file():
        return 0, 0
    connection = apsw.Connection(str(store), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(BUSY_MS)
        for column in SEALED:
            text = f"""SELECT org, {column.column} FROM {column.table}
                WHERE {column.column} IS NOT NULL ORDER BY id DESC LIMIT ?"""  # noqa: S608  # of the registry
            for org, octets in connection.execute(text, (MOST_LOOKED_AT,)):
                sealed += 1
                lost += vault is None or vault.renewed(octets, column.purpose_of(org)) is None
    except apsw.Error:
        return 0, 0  # a store that is older than its tables, or damaged: others say so
    finally:
        connection.close()
    return sealed, lost
