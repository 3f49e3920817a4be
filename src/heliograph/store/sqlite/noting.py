"""Noting: what a transaction writes, for those who follow an organisation. In: changes that were written.
Out: news, in the order of the writes.

Nobody calls this while nobody listens: then a commit costs what it costs.
"""

from collections.abc import Iterator, Set
from typing import Any

import apsw
from msgspec import json

from heliograph.core.changes import Changes, Mark
from heliograph.core.message import Message
from heliograph.core.news import MessageNews, News
from heliograph.store.sql.catalogue import compile_sql, one_of

_OF_MESSAGE = "id, org, direction, device, origin, source, destination, segments, dcs"
_MARKED = compile_sql(f"SELECT {_OF_MESSAGE} FROM message WHERE {one_of('id', 'ids')}", "sqlite")

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


def news_of(connection: apsw.Connection, changes: Changes, watched: Set[int], now: int) -> Iterator[News]:
    for message in changes.messages:
        if message.org in watched:
            yield _accepted(message, now)
    if changes.marks:
        ids = json.encode(list({mark.id for mark in changes.marks})).decode()
        rows: list[Row] = connection.execute(_MARKED, (ids,)).fetchall()
        found = {row[0]: row for row in rows if row[1] in watched}
        for mark in changes.marks:
            if mark.id in found:
                yield _moved_on(mark, found[mark.id], now)
    for happening in changes.happenings:
        if happening.org in watched:
            yield happening


def _accepted(message: Message, now: int) -> MessageNews:
    return MessageNews(
        message.id,
        message.org,
        now,
        True,
        message.direction,
        message.device,
        message.origin,
        message.source,
        message.destination,
        message.segments,
        message.dcs,
        message.body,
        message.state,
        message.reason,
        message.attempts,
    )


def _moved_on(mark: Mark, row: Row, now: int) -> MessageNews:
    id, org, direction, device, origin, source, destination, segments, dcs = row
    return MessageNews(
        id,
        org,
        now,
        False,
        direction,
        device,
        origin,
        source,
        destination,
        segments,
        dcs,
        None,
        mark.state,
        mark.reason,
        mark.attempts,
    )
