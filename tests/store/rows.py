"""Rows to write in tests of the store, and what a test reads of them."""

from typing import Any

from heliograph.core.changes import Changes
from heliograph.core.delivery import Delivery, Kind, Lane, Place
from heliograph.core.device import Device
from heliograph.core.message import Message, State
from heliograph.core.policy import Policy
from heliograph.core.reassembly import Part
from heliograph.flow.ports import Transaction
from tests.engine import RADIO, START_MS, imsi_of, msisdn_of
from tests.store.engines import Bench

APP = 9


def message(id: int, **fields: Any) -> Message:
    known: dict[str, Any] = dict.fromkeys(Message.__struct_fields__, 0)
    known |= {"org": 1, "direction": 1, "device": 1, "origin": None, "application": None, "replace_key": None}
    known |= {"sender": "token:1", "source": "", "destination": "123", "body": b"hello", "udh": b""}
    known |= {"segments": 1, "state": State.PENDING, "reason": None, "accepted_at": START_MS}
    known |= {"not_before": None, "expires_at": START_MS + 1000, "final_at": None, "timeline": "accepted 1\n"}
    known |= {"service_type": ""}
    return Message(**{**known, "id": id, **fields})


def delivery(id: int, **fields: Any) -> Delivery:
    known: dict[str, Any] = dict.fromkeys(Delivery.__struct_fields__, 0)
    known |= {"kind": Kind.SMS, "message": id, "key": 1, "position": id, "place": Place.WAITING}
    known |= {"enter_at": None, "expires_at": START_MS + 1000, "via": ""}
    return Delivery(**{**known, "id": id, **fields})


def part(id: int, **fields: Any) -> Part:
    known: dict[str, Any] = {"org": 1, "device": 1, "destination": "123", "reference": 7, "total": 3}
    known |= {
        "number": 1,
        "arrived_at": START_MS,
        "dcs": 0,
        "pid": 0,
        "udh": b"",
        "body": b"a",
        "raw_ucs2": 0,
    }
    return Part(**{**known, "id": id, **fields})


def device(id: int, **fields: Any) -> Device:
    known = {"org": 1, "name": f"d{id}", "msisdn": msisdn_of(id), "imsi": imsi_of(id), "policy": 1}
    return Device(**{"id": id, "network": RADIO, **known, **fields})


def lane(key: int = 1, due_at: int | None = START_MS, **fields: Any) -> Lane:
    known = {"receiver": 0, "key": key, "gate": RADIO, "due_at": due_at, "attempts": 0, "code": ""}
    return Lane(**{**known, **fields})


def changes(**rows: Any) -> Changes:
    made = Changes()
    for name, values in rows.items():
        getattr(made, name).extend(values)
    return made


def write(bench: Bench, **rows: Any) -> None:
    """One transaction that writes these."""

    async def work(tx: Transaction) -> None:
        await tx.write(changes(**rows))

    bench.do(work)


def add(bench: Bench, *rows: Policy | Device) -> None:
    async def work(tx: Transaction) -> None:
        await tx.admin.add(rows)

    bench.do(work)


def waiting(*ids: int, **fields: Any) -> dict[str, list[Any]]:
    """Messages that wait, each with its delivery of the same id."""
    return {
        "messages": [message(id, device=fields.get("key", 1)) for id in ids],
        "deliveries": [delivery(id, **fields) for id in ids],
    }
