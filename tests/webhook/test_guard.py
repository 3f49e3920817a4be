"""Which addresses may be called, and that no name, form or rebinding gets around it."""

import asyncio
import socket
from typing import Any

import pytest

from heliograph.core.outcome import Temporary
from heliograph.interfaces.webhook.call import Answered, Client, Failed, target_of
from heliograph.runtime.guard import Guard
from heliograph.runtime.http.client import Limits
from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Receiver, Say

PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e")
REFUSED = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104  # called, not bound
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # metadata of most clouds
    "169.254.170.2",
    "168.63.129.16",  # of one more
    "100.64.0.1",  # RFC 6598, carrier-grade NAT
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",  # RFC 6052: 127.0.0.1 through a translator
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # RFC 3056: 127.0.0.1 through 6to4
    "2002:a9fe:a9fe::1",
    "2001::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "100::1",
    "no address",
    "",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    assert Guard().permits(address)


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_may_not(address: str) -> None:
    assert not Guard().permits(address)


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("10.1.0.0/16", "10.1.2.3"),
        ("10.1.0.0/16", "::ffff:10.1.2.3"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1/128", "::1"),
        ("fd00::/8", "fd00::1"),
    ],
)
def test_an_operator_may_allow_a_range(allowed: str, address: str) -> None:
    if address.startswith("::ffff:"):
        assert not Guard(["::/0"]).permits("10.1.2.3")
    assert Guard([allowed]).permits(address)
    assert not Guard([allowed]).permits("10.2.0.1")
    assert not Guard([allowed]).permits("127.0.0.2")


def test_a_public_address_is_public_when_mapped() -> None:
    assert Guard().permits("::ffff:8.8.8.8")
    assert Guard().permits("64:ff9b::808:808")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0", "[::1]"]
)
def test_no_spelling_of_loopback_gets_through(guarded: Site, receiver: Receiver, host: str) -> None:
    """In a running server, where the operator allows nothing."""
    desk = Desk(guarded, f"http://{host}:{receiver.port}/hook")
    answer = guarded.post(f"{desk.path}/test")
    assert answer.status == 200
    assert answer.body["result"] in ("address_refused", "receiver_down", "receiver_unresolved")
    assert answer.body["status"] is None
    if host in ("127.0.0.1", "localhost", "[::1]"):
        assert answer.body["result"] == "address_refused"
    assert not receiver.heard


def test_a_lane_behind_a_refused_address_waits_and_tells_why(guarded: Site, receiver: Receiver) -> None:
    desk = Desk(guarded, f"http://localhost:{receiver.port}/hook")
    (id,) = desk.send(0, "secret places")
    eventually(desk.log, "a line in the log")
    assert desk.log()[0]["result"] == "address_refused"
    assert "127.0.0.1" not in desk.log()[0]["answer"]  # where inner names lead is not told
    assert desk.state(id)[0] == "BUFFERED"
    assert not receiver.heard


class Rebinding:
    """A name whose addresses are others each time that it is asked for."""

    def __init__(self, *addresses: tuple[str, ...]) -> None:
        self._addresses = list(addresses)

    async def __call__(self, host: str, port: int) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, port)) for address in self._addresses.pop(0)]


def calls(receiver: Receiver, resolve: Rebinding, count: int) -> list[Answered | Failed]:
    async def call() -> list[Answered | Failed]:
        client = Client(Guard(["127.0.0.1/32"]), Limits(), resolve, names_seconds=0)
        target = target_of(f"http://rebinding.example:{receiver.port}/hook")
        try:
            return [await client.call("POST", target, b"{}", {}) for _ in range(count)]
        finally:
            await client.close()

    return asyncio.run(call())


def test_each_attempt_is_looked_at_anew(receiver: Receiver) -> None:
    """The same name leads to an allowed address first, then to one that is not."""
    # The far end closes the first connection, so that the second call needs a new one.
    receiver.script = lambda _: Say(headers={"connection": "close"})
    first, second = calls(receiver, Rebinding(("127.0.0.1",), ("127.0.0.2",)), 2)
    assert isinstance(first, Answered)
    assert isinstance(second, Failed)
    assert second.outcome == Temporary("address_refused")
    assert len(receiver.heard) == 1


def test_of_several_addresses_only_an_allowed_one_is_called(receiver: Receiver) -> None:
    (answered,) = calls(receiver, Rebinding(("10.255.255.1", "127.0.0.1")), 1)
    assert isinstance(answered, Answered)


def test_a_proxy_of_the_environment_is_not_used(
    api: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    desk = Desk(api, receiver.url)
    assert api.post(f"{desk.path}/test").body["result"] == "delivered"
