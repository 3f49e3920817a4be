"""Ports as the check finds them: real sockets, open, closed and taken."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from heliograph.app.health import Finding, findings, ports
from heliograph.app.listeners import Heard, Listener, listen_check, reason_of
from heliograph.config import Config, load

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with closing(socket.create_server((HERE, 0))) as other:
        yield other.getsockname()[1]


@pytest.fixture
def free() -> int:
    with closing(socket.create_server((HERE, 0))) as other:
        port: int = other.getsockname()[1]
    return port


def test_without_a_server_a_port_has_to_be_free(taken: int, free: int) -> None:
    assert listen_check([Listener("http", HERE, free), Listener("smpp", HERE, taken)], is_running=False) == [
        Heard(True, f"http: {free} on {HERE} is free"),
        Heard(False, f"smpp: {taken} on {HERE} is taken by another program"),
    ]


def test_with_a_server_a_port_has_to_answer(taken: int, free: int) -> None:
    answers, silent = listen_check([Listener("http", HERE, taken), Listener("smpp", HERE, free)], True)
    assert answers == Heard(True, f"http: {taken} on {HERE} answers")
    assert not silent.ok
    assert silent.words.startswith(f"smpp: {free} on {HERE} does not answer: ")


@pytest.mark.parametrize("host", ["", "0.0.0.0"])  # noqa: S104  # looked at, not bound for long
def test_a_port_on_all_addresses_is_taken_when_it_is_on_one(taken: int, host: str) -> None:
    (free,) = listen_check([Listener("http", host, taken)], is_running=False)
    (answers,) = listen_check([Listener("http", host, taken)], is_running=True)
    assert (free.ok, answers.ok) == (False, True)


def test_the_look_leaves_the_port_free(free: int) -> None:
    listener = [Listener("http", HERE, free)]
    assert listen_check(listener, False) == listen_check(listener, False)
    with closing(socket.create_server((HERE, free))):
        assert not listen_check(listener, False)[0].ok


def test_a_connection_that_is_long_closed_does_not_take_a_port(free: int) -> None:
    with (
        closing(socket.create_server((HERE, free))) as server,
        closing(socket.create_connection((HERE, free))) as client,
        closing(server.accept()[0]) as accepted,
    ):
        accepted.shutdown(socket.SHUT_WR)  # who closes first has the port in TIME_WAIT
        assert client.recv(1) == b""
    assert listen_check([Listener("http", HERE, free)], False)[0].ok


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EACCES, "Permission denied"), "needs a right that this user has not"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "cannot be opened: this machine has no such address"),
        (OSError(errno.ENOBUFS, "No buffer space"), "cannot be opened: No buffer space"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "cannot be opened: nobody knows this host"),
    ],
)
def test_why_a_port_cannot_be_opened(error: OSError, words: str) -> None:
    assert reason_of(error) == words


def test_an_address_that_is_not_ours_is_bad(free: int) -> None:
    (heard,) = listen_check([Listener("http", "192.0.2.1", free)], is_running=False)  # RFC 5737: nobody's
    assert heard == Heard(
        False, f"http: {free} on 192.0.2.1 cannot be opened: this machine has no such address"
    )


def test_the_finding_has_the_control_socket_and_every_port(tmp_path: Path, taken: int, free: int) -> None:
    path = tmp_path / "control.sock"
    assert ports((), tmp_path, is_running=False, answers=False) == Finding(
        "ports", True, f"none configured; commands come by the socket {path} when a server runs"
    )
    assert ports((), tmp_path, is_running=True, answers=False) == Finding(
        "ports", False, f"none configured; commands come by the socket {path}, where no server answers"
    )
    listeners = (Listener("http", HERE, free), Listener("smpp", HERE, taken))
    found = ports(listeners, tmp_path, is_running=False)
    assert not found.ok
    assert found.finding == (
        f"http: {free} on {HERE} is free; smpp: {taken} on {HERE} is taken by another program; "
        f"commands come by the socket {path} when a server runs"
    )


def test_the_check_looks_at_the_ports_of_the_settings(tmp_path: Path, taken: int, free: int) -> None:
    """The folder is no installation, and no server runs on it."""
    config = Config()
    for port, ok in ((taken, False), (free, True)):
        there = replace(config, http=replace(config.http, host=HERE, port=port))
        found = {one.what: one for one in findings(there, tmp_path)}["ports"]
        assert (found.ok, f"{port} on {HERE} is " in found.finding) == (ok, True)


def test_the_check_finds_what_the_simulator_could_not_start_with(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "x.toml").write_text("[")
    for settings, words in (
        ({"PROFILES": str(tmp_path / "nowhere")}, "is not there"),
        ({"PROFILES": str(tmp_path / "broken")}, "x.toml"),
        ({"DEFAULT_PROFILE": "nope"}, "there is no profile 'nope'"),
        ({"JOURNAL": str(tmp_path / "nowhere" / "j")}, "folder"),
        ({}, "can be used"),
    ):
        variables = {f"HELIOGRAPH_SIMULATOR__{name}": value for name, value in settings.items()}
        config = load(None, variables).config
        (found,) = [one for one in findings(config, tmp_path) if one.what == "simulator"]
        assert words in found.finding
        assert found.ok == (not settings)
