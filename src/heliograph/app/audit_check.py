"""Checking the audit trail of a store: of a data folder, while a server runs or not, and of a backup.

In: the file. Out: what a walk along the whole chain came to. The file is read beside whoever writes it, so
that the answer does not depend on what a running server says of itself.
"""

import asyncio
from pathlib import Path

import apsw

from heliograph.core.security.audit_chain import Head
from heliograph.flow.reads.audit import Verified, verify
from heliograph.runtime.unavailable import Unavailable
from heliograph.store.reads.audit import SqliteAuditReader
from heliograph.store.reads.reader import Reader


def verify_file(path: Path, noted: Head | None) -> Verified:
    if not path.is_file():
        raise Unavailable(f"There is no store at {path}.")
    try:
        reader = Reader(path)
    except apsw.Error as error:
        raise Unavailable(f"{path} cannot be read: {error}") from error
    try:
        return asyncio.run(verify(SqliteAuditReader(reader), noted))
    except apsw.Error as error:
        raise Unavailable(f"{path} has no audit trail that can be read: {error}") from error
    finally:
        reader.close()
