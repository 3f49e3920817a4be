"""A Heliograph as somebody runs it: a process of its own, asked over its control socket and its API."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from heliograph.cli.ask import asking
from heliograph.cli.where import Where
from heliograph.runtime.passwords import hash_of_password
from tests.cli.program import PATIENCE_SECONDS, Folder, Server, eventually, free_port
from tests.runtime.wire_server import make_certificate

PASSWORD = "s3cret12"
HASH = hash_of_password(PASSWORD)
SHORT_CODE = "2020"
HOST = "127.0.0.1"
FINAL = ("DELIVERED", "FAILED", "EXPIRED", "CANCELED")
# What would be waited for in real life comes soon here.
QUICK = {
    "RETRY__ABSENT": "1",
    "RETRY__APPLICATION": "1",
    "RETRY__CONGESTION": "1",
    "RETRY__MEMORY_FULL": "1",
    "RETRY__UNKNOWN": "1",
    "RETRY__SETTLING_SECONDS": "0",
}


class Centre:
    """What tests hold on to."""

    def __init__(self, folder: Folder, server: Server, port: int, tls_port: int, certificate: Path) -> None:
        self.server = server
        self.port = port
        self.tls_port = tls_port
        self.certificate = certificate
        self._where = Where(folder.data, None, None, True)
        self._api = urlsplit(server.started["api"])
        self._token = folder.run("token", "create", "--name", "interop", "--scope", "admin").out.strip()
        self._made = 0

    def ask(self, verb: str, **arguments: Any) -> Any:
        with asking(self._where) as ask:
            return ask(verb, **arguments)

    def items(self, verb: str, **arguments: Any) -> list[Any]:
        with asking(self._where) as ask:
            return ask.items(verb, **arguments)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The API's answer, which has to be a good one."""
        connection = http.client.HTTPConnection(HOST, self._api.port or 80, timeout=PATIENCE_SECONDS)
        try:
            sent = None if body is None else json.dumps(body)
            headers = {"Authorization": f"Bearer {self._token}"}
            connection.request(method, f"{self._api.path}/v1{path}", sent, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert 200 <= answer.status < 300, (answer.status, text)
            return json.loads(text) if text else None
        finally:
            connection.close()

    # What there is.

    def new_account(self, **wish: Any) -> str:
        """Its system_id; every account has the same password."""
        self._made += 1
        system_id = f"peer-{self._made}"
        wished = {"system_id": system_id, "password": HASH, **wish}
        self.ask("account.create", account=system_id, wish=wished)
        return system_id

    def new_device(self, account: str = "", profile: str = "", **row: str) -> str:
        """Its number. What it sends goes to the account."""
        self._made += 1
        number = f"4915{self._made:09}"
        policy = "default"
        if account:
            policy = f"policy of {number}"
            id = self.ask("account.show", account=account)["id"]
            self.ask("policy.create", policy=policy, wish={"interface": 2, "smpp_account": id})
        device = {
            "name": f"device {self._made}",
            "msisdn": number,
            "imsi": f"90128{self._made:010}",
            "policy": policy,
        }
        (made,) = self.ask("device.add", rows=[{**device, **row}])
        assert isinstance(made, int), made
        if profile:
            self.ask("simulator.assign", device=number, profile=profile)
        return number

    # Operators.

    def new_upstream(self, port: int, host: str = HOST, **fields: Any) -> dict[str, Any]:
        """Its row, with the name that devices have as their network. It binds at once."""
        self._made += 1
        named = {"name": f"operator-{self._made}", "host": host, "port": port}
        login = {"system_id": "heliograph", "password": PASSWORD}
        made: dict[str, Any] = self.call("POST", "/upstream", {**named, **login, **fields})
        return made

    def new_route(self, upstream: dict[str, Any], **fields: Any) -> None:
        self.call("POST", "/sms_route", {"upstream": {"id": upstream["id"]}, **fields})

    def health(self, upstream: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/upstream/{upstream['id']}/health")
        return found

    def switch_off(self, upstream: dict[str, Any]) -> None:
        self.call("PATCH", f"/upstream/{upstream['id']}", {"status": {"id": 1}})

    # The far end.

    def inbox(self, device: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("simulator.inbox", device=device)["inbox"]
        return found

    def read(self, device: str, count: int = 1) -> list[Any]:
        """What the device has read once it is so many: texts, or octets in hex."""
        eventually(lambda: len(self.inbox(device)) >= count, f"{count} SMS at {device}")
        return [one.get("text", one.get("hex")) for one in self.inbox(device)]

    def send_from(self, device: str, text: str, to: str = SHORT_CODE) -> None:
        sent = self.ask("simulator.send", device=device, to=to, text=text)
        assert sent["sms"]["state"] == "accepted", sent

    def put_into(self, device: str, state: str) -> None:
        self.ask("simulator.state", device=device, state=state)

    # Who is bound.

    def until_answered(self, account: str) -> None:
        """What its sessions were given was answered, and the answers came here."""
        eventually(
            lambda: not any(bind["unanswered"] for bind in self.items("account.binds", account=account)),
            f"answers of {account}",
        )

    # What became of it.

    def send_to(self, device: str, text: str, **more: Any) -> int:
        """By the command line; its id."""
        said = {"device": device, "text": text, "source": SHORT_CODE, **more}
        return int(self.ask("message.send", **said)["id"])

    def end_of(self, message: int) -> dict[str, Any]:
        """Once it has one."""

        def final() -> dict[str, Any] | None:
            found: dict[str, Any] = self.ask("message.explain", message=message)
            return found if found["state"] in FINAL else None

        try:
            return dict(eventually(final, "the end"))
        except AssertionError:
            raise AssertionError(f"no end: {self.ask('message.explain', message=message)}") from None

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """The first true answer. What the far end says is seen by looking."""
        return eventually(condition, what)


@contextmanager
def centre(folder: Path, **settings: str) -> Iterator[Centre]:
    """Runs until the block ends. `settings` are environment variables without their prefix."""
    (folder / "tls").mkdir()
    certificate, key = make_certificate(folder / "tls")
    port, tls_port = free_port(), free_port()
    ours = {
        "SMPP__PORT": str(port),
        "SMPP__TLS_PORT": str(tls_port),
        "SMPP__CERTIFICATE": str(certificate),
        "SMPP__KEY": str(key),
    }
    variables = {f"HELIOGRAPH_{name}": value for name, value in {**QUICK, **ours, **settings}.items()}
    place = Folder(folder / "data")
    with place.serving(**variables) as server:
        yield Centre(place, server, port, tls_port, certificate)
