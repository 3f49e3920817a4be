"""The npm package `smpp` as a process: as many sessions as a test wants, client or message centre.

A session says PDUs as the package makes them, and hears them as it reads them. Buffers are bytes here.
"""

import json
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.program import LONGEST_LIFE_SECONDS, PATIENCE_SECONDS
from tests.interop.centre import SHORT_CODE
from tests.interop.needs import NODE, node

Pdu = dict[str, Any]
RECEIPT = 0x04  # esm_class
FINAL = {"registered_delivery": 1}


def _said(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {name: _said(one) for name, one in value.items()}
    return [_said(one) for one in value] if isinstance(value, list) else value


def _read(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["hex"]) if value.keys() == {"hex"} else value


class Session:
    """One connection of the package."""

    def __init__(self, npm: "Npm", number: int) -> None:
        self.npm = npm
        self.number = number
        self.heard: deque[Pdu] = deque()
        self.is_closed = False
        self._sequence = 0

    def say(self, command: str, **fields: Any) -> int:
        """Its sequence number: the next, unless `sequence_number` answers something."""
        if "sequence_number" not in fields:
            self._sequence += 1
            fields["sequence_number"] = self._sequence
        self.npm.tell(act="say", session=self.number, command=command, fields=fields)
        return int(fields["sequence_number"])

    def say_all(self, *pdus: tuple[str, dict[str, Any]]) -> None:
        """In one write: the other side reads them together. Each has its `sequence_number`."""
        listed = [{"command": command, "fields": fields} for command, fields in pdus]
        self.npm.tell(act="say_all", session=self.number, pdus=listed)

    def answer(self, request: Pdu, **fields: Any) -> None:
        self.say(f"{request['command']}_resp", sequence_number=request["sequence_number"], **fields)

    def hear(self, holds: Callable[[Pdu], bool], what: str) -> Pdu:
        """The first PDU that fits; others stay for later."""
        self.npm.until(lambda: self.is_closed or any(holds(pdu) for pdu in self.heard), what)
        found = next((pdu for pdu in self.heard if holds(pdu)), None)
        assert found is not None, f"closed; never came: {what}"
        self.heard.remove(found)
        return found

    def expect(self, command: str) -> Pdu:
        return self.hear(lambda pdu: pdu["command"] == command, command)

    def ask(self, command: str, **fields: Any) -> Pdu:
        """The answer to it."""
        number = self.say(command, **fields)
        return self.hear(
            lambda pdu: pdu["sequence_number"] == number and pdu["command_id"] & 0x8000_0000 != 0,
            f"answer to {command}",
        )

    def bind(self, system_id: str, password: str, kind: str = "transceiver") -> Pdu:
        return self.ask(f"bind_{kind}", system_id=system_id, password=password, interface_version=0x34)

    def delivered(self) -> Pdu:
        """The next deliver_sm that is no receipt, answered."""
        pdu = self.hear(lambda pdu: pdu["command"] == "deliver_sm" and not _is_receipt(pdu), "an SMS")
        self.answer(pdu)
        return pdu

    def receipt(self) -> Pdu:
        """The next receipt, answered."""
        pdu = self.hear(lambda pdu: pdu["command"] == "deliver_sm" and _is_receipt(pdu), "a receipt")
        self.answer(pdu)
        return pdu

    def close(self) -> None:
        self.npm.tell(act="close", session=self.number)

    def drop(self) -> None:
        """Without a word."""
        self.npm.tell(act="drop", session=self.number)


def _is_receipt(pdu: Pdu) -> bool:
    return bool(pdu["esm_class"] & 0x3C)


def to(device: str, **fields: Any) -> Pdu:
    """The fields of a submit_sm, with a receipt wanted."""
    return {
        "source_addr_ton": 3,
        "source_addr": SHORT_CODE,
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "destination_addr": device,
        **FINAL,
        **fields,
    }


def text_of(pdu: Pdu) -> Any:
    """Of a short_message: text, or octets."""
    return pdu["short_message"]["message"]


class Npm:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._told = threading.Condition()
        self._sessions: dict[int, Session] = {}
        self._new: deque[Session] = deque()
        self._ports: deque[int] = deque()
        self._failures: list[Any] = []
        self.errors: list[str] = []  # of sessions, as the package tells them
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def tell(self, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(_said(order)) + "\n")
        self._process.stdin.flush()

    def until(self, holds: Callable[[], Any], what: str) -> None:
        with self._told:
            came = self._told.wait_for(lambda: self._failures or holds(), PATIENCE_SECONDS)
            failures, self._failures = self._failures, []
        assert not failures, failures
        assert came, f"never came: {what}"

    def connect(self, port: int, ca: Path | None = None) -> Session:
        self.tell(act="connect", port=port, ca=str(ca) if ca else None)
        return self.session()

    def listen(self, **files: Path) -> int:
        """Its port. With `certificate` and `key` over TLS; with `ca`, clients have to show one of its."""
        self.tell(act="listen", **{name: str(file) for name, file in files.items()})
        self.until(lambda: self._ports, "a port")
        return self._ports.popleft()

    def session(self) -> Session:
        """The next that is there: it connected, or somebody came."""
        self.until(lambda: self._new, "a session")
        return self._new.popleft()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line, object_hook=_read)
            with self._told:
                self._take(event)
                self._told.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        number = event.get("session", 0)
        session = self._sessions.setdefault(number, Session(self, number)) if number else None
        match event["event"]:
            case "session":
                assert session is not None
                self._new.append(session)
            case "pdu":
                assert session is not None
                session.heard.append(event["pdu"])
            case "closed":
                assert session is not None
                session.is_closed = True
            case "listening":
                self._ports.append(event["port"])
            case "error":
                self.errors.append(event["why"])
            case _:
                self._failures.append(event)


@contextmanager
def npm() -> Iterator[Npm]:
    """Until the block ends. Skips where Node or the package is not there."""
    process = subprocess.Popen(
        [node(), "peer.js"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    end = threading.Timer(LONGEST_LIFE_SECONDS, process.kill)
    end.daemon = True
    end.start()
    with process:
        made = Npm(process)
        try:
            yield made
        finally:
            end.cancel()
            process.kill()
            made._reader.join(PATIENCE_SECONDS)
