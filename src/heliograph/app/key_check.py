"""Looking at the keys of an installation: are they there, ours alone, and do they open what is sealed?

In: the data folder. Out: a finding, good or bad, in words. Nothing is made and nothing is changed.
"""

import os
import stat
from pathlib import Path

import apsw

from heliograph.core.security.sealed import SEALED
from heliograph.runtime.vault import KEY_NAME, VARIABLE, BadKeys, Vault, read_keys

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
