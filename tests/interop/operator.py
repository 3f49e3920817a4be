"""The npm package `smpp` as an operator's message centre: what tests of our client have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.interop.centre import PASSWORD, Centre
from tests.interop.npm import RECEIPT, Npm, Pdu, Session


class Operator(NamedTuple):
    npm: Npm
    port: int
    row: dict[str, Any]
    session: Session  # the first bind

    @property
    def name(self) -> str:
        return str(self.row["name"])


@contextmanager
def operator(
    here: Centre, peers: Npm, listen: dict[str, Path] | None = None, **fields: Any
) -> Iterator[Operator]:
    port = peers.listen(**(listen or {}))
    row = here.new_upstream(port, **fields)
    yield Operator(peers, port, row, bound(peers))
    here.switch_off(row)


def bound(peers: Npm) -> Session:
    """The next of ours that binds, answered."""
    session = peers.session()
    request = session.hear(lambda pdu: pdu["command"].startswith("bind_"), "a bind")
    assert (request["system_id"], request["password"]) == ("heliograph", PASSWORD)
    session.answer(request, system_id="operator", sc_interface_version=0x34)
    return session


def receipt_of(submit: Pdu, id: str, stat: str = "DELIVRD", **fields: Any) -> dict[str, Any]:
    text = (
        f"id:{id} sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:{stat} "
        f"err:000 text:{str(submit['short_message'].get('message', ''))[:20]}"
    )
    return {
        "source_addr_ton": 1,
        "source_addr_npi": 1,
        "source_addr": submit["destination_addr"],
        "destination_addr": submit["source_addr"],
        "esm_class": RECEIPT,
        "short_message": text,
        **fields,
    }


def tell(session: Session, submit: Pdu, id: str, stat: str = "DELIVRD", **fields: Any) -> None:
    """A receipt, and its answer."""
    answer = session.ask("deliver_sm", **receipt_of(submit, id, stat, **fields))
    assert answer["command_status"] == 0


@contextmanager
def listening(here: Centre, peers: Npm, account: str) -> Iterator[Session]:
    """An application, by the same package."""
    session = peers.connect(here.port)
    assert session.bind(account, PASSWORD)["command_status"] == 0
    yield session
    session.close()
