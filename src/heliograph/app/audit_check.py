"""Checking the audit trail of a store: of a data folder, while a server runs or not, and of a backup.

In: the file, and the keys of the installation. Out: what a walk along the whole chain came to, and whether it
ends where the sealed head says. The file is read beside whoever writes it, so that the answer does not depend
on what a running server says of itself.
"""

import asyncio
import hmac
from pathlib import Path

import apsw

from heliograph.core.security.audit_chain import Head
from heliograph.flow.reads.audit import Verified, verify
from heliograph.runtime.unavailable import Unavailable
from heliograph.runtime.vault import BadKeys, Vault, present_vault
from heliograph.store.reads.audit import SqliteAuditReader
from heliograph.store.reads.reader import Reader
from heliograph.store.sqlite.audit_head import is_ours

PURPOSE = "audit head"


def tags_of(vault: Vault, head: Head) -> list[bytes]:
    """The proof that it was us who saw this head, by every key of the ring."""
    return [hmac.digest(key, str(head).encode(), "sha256") for key in vault.derive(PURPOSE)]


def verify_file(path: Path, noted: Head | None, folder: Path | None = None) -> Verified:
    """`folder` has the keys; without keys the end of the trail is not checked."""
    if not path.is_file():
        raise Unavailable(f"There is no store at {path}.")
    try:
        vault = present_vault(folder) if folder is not None else None
    except (BadKeys, OSError) as error:
        raise Unavailable(f"The keys of {folder}: {error}") from error
    try:
        reader = Reader(path)
    except apsw.Error as error:
        raise Unavailable(f"{path} cannot be read: {error}") from error

    def proves(head: Head, tag: bytes) -> bool:
        return vault is not None and is_ours(head, tag, lambda one: tags_of(vault, one))

    try:
        audit = SqliteAuditReader(reader)
        return asyncio.run(verify(audit, noted, proves if vault is not None else None))
    except apsw.Error as error:
        raise Unavailable(f"{path} has no audit trail that can be read: {error}") from error
    finally:
        reader.close()
