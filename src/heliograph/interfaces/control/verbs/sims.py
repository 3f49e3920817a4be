"""The commands about SIMs."""

from functools import partial

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import Sim, SimStatus
from heliograph.flow.manage.sims import NewSim
from heliograph.flow.reads.fleet_port import SimRow
from heliograph.flow.reads.listing import Condition, Operator, Wanted
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Verb

ROWS_LIMIT = 512  # of one request: they share a transaction
PAGE = 500


class Row(Struct, forbid_unknown_fields=True):
    """One SIM to add, as a line of a file has it."""

    iccid: str
    imsi: str = ""
    msisdn: str = ""
    bic: str = ""
    status: str = ""


class Add(Struct, forbid_unknown_fields=True):
    rows: list[Row]


class List(Struct, forbid_unknown_fields=True):
    search: str | None = None
    bic: str | None = None
    free: bool = False
    limit: int | None = None


async def add(call: Call[Add]) -> list[object] | Refusal:
    """Per row: the new SIM's id, or why not. A bad row harms no other."""
    rows, services = call.arguments.rows, call.services
    if len(rows) > ROWS_LIMIT:
        return refuse("bad_value", "rows", f"At most {ROWS_LIMIT} rows in a request.")
    wanted = [_wanted(call.org, row) for row in rows]
    good = [one for one in wanted if isinstance(one, NewSim)]
    answers = iter(await services.store.run(services.flows.add_sims, good))
    found = [next(answers) if isinstance(one, NewSim) else one for one in wanted]
    return [answer.id if isinstance(answer, Sim) else answer for answer in found]


def _wanted(org: int, row: Row) -> NewSim | Refusal:
    status = SimStatus.__members__.get(row.status.upper().replace(" ", "_") or SimStatus.ISSUED.name)
    if status is None:
        return refuse("bad_value", "status", f"{row.status!r} is no status of a SIM.")
    return NewSim(org, row.iccid, row.imsi, row.msisdn.removeprefix("+"), row.bic, status)


async def list_sims(call: Call[List]) -> Document:
    wish, count, total = call.arguments, 0, 0
    wanted = Wanted(tuple(_conditions(wish)))
    while wish.limit is None or count < wish.limit:
        room = PAGE if wish.limit is None else min(PAGE, wish.limit - count)
        page = await call.services.fleet.sims(call.org, wanted, partial(_begin, count), room)
        for row in page.rows:
            await call.item(sim_document(row))
        count, total = count + len(page.rows), page.total
        if len(page.rows) < room:
            break
    return {"count": count, "more": max(0, total - count)}


def _begin(count: int, _: int) -> int:
    return count


def _conditions(wish: List) -> list[Condition]:
    found = []
    if wish.search is not None:
        found.append(Condition("iccid", Operator.CONTAINS, wish.search))
    if wish.bic is not None:
        found.append(Condition("bic", Operator.IS, wish.bic))
    if wish.free:
        found.append(Condition("device", Operator.IS, None))
    return found


def sim_document(row: SimRow) -> Document:
    sim = row.sim
    return {
        "id": sim.id,
        "iccid": sim.iccid,
        "imsi": sim.imsi,
        "msisdn": sim.msisdn,
        "bic": sim.bic,
        "status": SimStatus(sim.status).name.replace("_", " ").lower(),
        "device": row.device.name if row.device is not None else None,
    }


VERBS = {"sim.add": Verb(Add, add), "sim.list": Verb(List, list_sims)}
