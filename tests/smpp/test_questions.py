"""query_sm, cancel_sm and replace_sm are answered whatever becomes of them, and so is a bind."""

from typing import Any

import pytest

from heliograph.flow.ports import Full
from heliograph.flow.reads.port import TooSlow
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import CancelSm, QuerySm, ReplaceSm, Request, SubmitSm
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run

QUERY, CANCEL, REPLACE = QuerySm("256"), CancelSm("", "256"), ReplaceSm("256", short_message=b"x")
ASKS = [(QUERY, Status.RQUERYFAIL), (CANCEL, Status.RCANCELFAIL), (REPLACE, Status.RREPLACEFAIL)]


class Broken:
    """A store, and a reader of it, that answer everything by an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def run(self, *_: object) -> None:
        raise self.error

    async def message(self, *_: object) -> None:
        raise self.error


async def answered(here: Centre, request: Request, error: Exception) -> list[int]:
    """More often than the window of the peer is wide."""
    account = await here.new_account(their_window=2)
    peer = await here.peer(account.system_id)
    questions = here.server._inlet._questions
    questions._store = questions._reader = Broken(error)  # type: ignore[assignment]  # as far as it goes
    return [(await peer.ask(request)).status for _ in range(3)]


@pytest.mark.parametrize(("request_", "failure"), ASKS, ids=["query", "cancel", "replace"])
def test_a_bug_is_the_failure_of_the_command(run: Run, request_: Request, failure: Status) -> None:
    async def work(here: Centre) -> None:
        assert await answered(here, request_, RuntimeError("a bug")) == [failure] * 3

    run(work)


@pytest.mark.parametrize(("request_", "failure"), ASKS, ids=["query", "cancel", "replace"])
def test_a_store_that_is_full_or_too_slow_says_so(run: Run, request_: Request, failure: Status) -> None:
    async def work(here: Centre) -> None:
        assert await answered(here, request_, Full()) == [Status.RMSGQFUL] * 3
        here.server._inlet._questions._reader = Broken(TooSlow())  # type: ignore[assignment]  # likewise
        here.server._inlet._questions._store = Broken(TooSlow())  # type: ignore[assignment]  # likewise
        peer = await here.peer("acme")
        assert (await peer.ask(request_)).status == failure

    run(work)


def test_questions_count_against_the_rate_of_their_account(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(rate_per_s=3)
        peer = await here.peer("acme")
        peer.say(QUERY, CANCEL, REPLACE, QUERY, CANCEL, REPLACE, SubmitSm(destination_addr="49"))
        statuses = [(await peer.hear()).pdu.status for _ in range(7)]  # type: ignore[attr-defined]  # answers
        assert statuses.count(Status.RTHROTTLED) == 4
        (desk,) = here.server.desks()
        assert desk.counters.throttled == 4

    run(work)


def test_a_bug_where_a_bind_is_decided_is_said(run: Run, monkeypatch: Any) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()

        async def breaks(*_: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(here.server._judge, "decide", breaks)
        peer = await here.peer()
        assert (await peer.bind("acme", "wrong")).status == Status.RSYSERR
        monkeypatch.undo()
        assert (await peer.bind("acme")).status == Status.ROK

    run(work)
