"""The HTTP client's requests, and answers of every form there is, over real sockets."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.runtime.http import answer as http_answer
from heliograph.runtime.http.answer import (
    MOST_ANSWER,
    MOST_HEAD,
    Answer,
    BadAnswer,
    CallFailed,
    Connection,
    LinkLost,
)
from heliograph.runtime.http.client import Target
from tests.runtime.http_far_end import FINE, FarEnd, played, post, post_twice


class Deaf:
    """A transport that leads nowhere."""

    def write(self, octets: bytes) -> None:
        """Gone."""

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        """Gone."""


def test_a_request_is_whole_and_says_what_it_is() -> None:
    far = FarEnd(FINE)
    assert played(far, lambda client, far: post(client, far, b'{"a":1}')).status == 204
    ((head, body),) = far.requests
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /hook HTTP/1.1"
    assert f"host: 127.0.0.1:{far.port}" in lines
    assert {"content-type: application/json", "content-length: 7", "x-name: value"} <= set(lines)
    assert body == b'{"a":1}'


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("http://h.example", "POST / HTTP/1.1", "h.example"),
        ("HTTP://H.example:80?a=b", "POST /?a=b HTTP/1.1", "H.example:80"),
        ("https://h.example/a/%2e?x=%20&y", "POST /a/%2e?x=%20&y HTTP/1.1", "h.example"),
        ("http://[::1]:81/;p?", "POST /;p? HTTP/1.1", "[::1]:81"),
    ],
)
def test_a_url_goes_as_it_is_written(url: str, line: str, host: str) -> None:
    head = Target(url, "Test").request("POST", b"", {}).decode().split("\r\n")
    assert head[0] == line
    assert f"host: {host}" in head


@pytest.mark.parametrize(
    ("answer", "status", "first"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, b""),
        (
            b"HTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            201,
            b"abcde",
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: t\r\n\r\n",
            200,
            b"a",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FINE, 204, b""),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + FINE, 204, b""),
        (b"HTTP/1.1 500 Oh\r\ncontent-length: 600\r\n\r\n" + b"x" * 600, 500, b"x" * 512),
    ],
)
def test_answers_of_every_form_leave_a_connection_that_is_used_again(
    answer: bytes, status: int, first: bytes
) -> None:
    far = FarEnd(answer)
    for made in played(far, post_twice):
        assert (made.status, made.first) == (status, first)
    assert far.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + FINE,  # more than was asked
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
    ],
)
def test_after_these_answers_no_request_follows_on_the_connection(answer: bytes) -> None:
    far = FarEnd(answer)
    for made in played(far, post_twice):
        assert (made.status, made.first) == (200, b"ok")
    assert far.connections == 2


def test_an_answer_in_the_smallest_pieces() -> None:
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nok"

    class Trickle(FarEnd):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n{}")
            for octet in answer:
                writer.write(bytes([octet]))
                await writer.drain()
                await asyncio.sleep(0)
            await reader.read()
            writer.close()

    made = played(Trickle(), post)
    assert (made.status, made.first, made.headers[b"retry-after"]) == (200, b"ok", b"7")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nuntil the end\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nuntil the end\r\nno chunk\r\n",
    ],
)
def test_a_body_that_breaks_off_counts_by_its_status(answer: bytes) -> None:
    far = FarEnd(answer, closes=True)
    for made in played(far, post_twice):
        assert (made.status, made.first) == (200, b"until the end")
    assert far.connections == 2


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_answer, "BODY_SECONDS", 0.05)
    far = FarEnd(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    assert [made.first for made in played(far, post_twice)] == [b"abc", b"abc"]
    assert far.connections == 2


def test_a_huge_body_is_read_up_to_a_limit() -> None:
    size = 100 * MOST_ANSWER
    far = FarEnd(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert [made.status for made in played(far, post_twice)] == [200, 200]
    assert far.connections == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (MOST_HEAD + 1) + b"\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000, BadAnswer),
        (b"", LinkLost),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n", LinkLost),
        (b"HTTP/1.1 100 Continue\r\n\r\n", LinkLost),
    ],
)
def test_what_is_no_answer_is_none(answer: bytes, failure: type[CallFailed]) -> None:
    far = FarEnd(answer, closes=True)
    made = played(far, post)
    assert type(made) is failure
    assert str(made)


@given(st.lists(st.integers(1, 60), max_size=20))
def test_how_octets_are_cut_changes_nothing(cuts: list[int]) -> None:
    """No socket: the same answer in pieces of every size."""
    said = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
    )

    async def main() -> tuple[Answer, bool]:
        connection = Connection(asyncio.get_running_loop())
        connection.connection_made(Deaf())
        answer = connection.ask(b"")
        rest = said
        for cut in [*cuts, len(said)]:
            if rest:
                connection.data_received(rest[:cut])
                rest = rest[cut:]
        return await answer, connection.usable

    made, usable = asyncio.run(main())
    assert (made.status, made.first, made.headers[b"retry-after"], usable) == (200, b"hello!", b"7", True)
