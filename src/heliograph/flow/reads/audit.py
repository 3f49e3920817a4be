"""Reading the audit trail: what was changed in an organisation, and whether the whole chain holds.

In: an `AuditReader`. Out: pages of entries, newest first; what a walk along all entries came to. Entries are
written by the store's admin verbs, never here.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.security.audit import Entry
from heliograph.core.security.audit_chain import Fault, Head, Walk
from heliograph.flow.reads.port import LONGEST_SLICE, Slice

SLICES = 50  # that one page looks at; a filter that finds little gives a short page with a mark to go on
NEWEST = 2**62
BEFORE_ALL = -(2**63)


class AuditFilter(Struct, frozen=True):
    kind: str | None = None  # the table
    row: int | None = None
    actor: str | None = None
    action: str | None = None


ANYTHING = AuditFilter()


class AuditPage(Struct, frozen=True):
    items: list[Entry]
    next: int | None  # ask for the entries before this number


class Verified(Struct, frozen=True):
    entries: int
    head: Head
    count: int  # of faults
    faults: list[Fault]  # the first of them
    end_checked: bool = False  # against the sealed head


class AuditReader(Protocol):
    async def chain(self, after: int, limit: int) -> list[Entry]:
        """The next entries of all organisations."""
        ...

    async def sealed_head(self) -> tuple[Head, bytes] | None:
        """The last entry as the installation sealed it, and the proof."""
        ...

    async def last_change(self, org: int) -> int:
        """The number of the organisation's newest entry; 0: it has none."""
        ...

    async def entries(
        self, org: int | None, wanted: AuditFilter, before: int, limit: int
    ) -> Slice[Entry, int]:
        """Of one organisation, or of all and of the installation, newest first."""
        ...


async def verify(
    reader: AuditReader, noted: Head | None = None, proves: Callable[[Head, bytes], bool] | None = None
) -> Verified:
    """The whole chain, a slice at a time. `proves` tells a head that the installation sealed from any other;
    None: there are no keys. Who writes meanwhile brings entry and head at once, so the head is read first for
    what has to be there, and last for what may be.
    """
    first = await reader.sealed_head()
    sealed = first[0] if first is not None and proves is not None and proves(*first) else None
    walk, after = Walk(tuple(head for head in (noted, sealed) if head is not None)), BEFORE_ALL
    while found := await reader.chain(after, LONGEST_SLICE):
        walk.follow(found)
        after = found[-1].number
    walk.end()
    if proves is not None:
        last = await reader.sealed_head()
        walk.compare_end(last[0] if last is not None and proves(*last) else None)
    return Verified(walk.entries, walk.head, walk.count, walk.faults, proves is not None)


async def audit_page(
    reader: AuditReader,
    orgs: Sequence[int] | None,
    wanted: AuditFilter = ANYTHING,
    before: int = NEWEST,
    limit: int = 100,
) -> AuditPage:
    """Of these organisations, or of all and of the installation."""
    limit = max(1, min(limit, LONGEST_SLICE))
    found: list[Entry] = []
    mark: int | None = before
    for _ in range(SLICES):
        if mark is None or len(found) == limit:
            break
        part = await _entries(reader, orgs, wanted, mark, limit - len(found))
        found += part.rows
        mark = part.end
    return AuditPage(found, mark)


async def _entries(
    reader: AuditReader, orgs: Sequence[int] | None, wanted: AuditFilter, before: int, limit: int
) -> Slice[Entry, int]:
    if orgs is None:
        return await reader.entries(None, wanted, before, limit)
    parts = [await reader.entries(org, wanted, before, limit) for org in orgs]
    # Down to there all trails were looked through.
    end = max((part.end for part in parts if part.end is not None), default=None)
    rows = [row for part in parts for row in part.rows if end is None or row.number >= end]
    rows = sorted(rows, key=lambda row: -row.number)
    if len(rows) > limit:
        rows, end = rows[:limit], rows[limit - 1].number
    return Slice(rows, end)
