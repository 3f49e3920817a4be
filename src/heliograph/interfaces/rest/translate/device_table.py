"""Endpoints as a table: lines of an export, and rows of an import as what they wish.

An export may be imported again: columns that say what is, and not what shall be, are passed over.
"""

from collections.abc import Sequence

from msgspec import UNSET, Struct

from heliograph.core.device import Device, DeviceStatus
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import iccid_with_check
from heliograph.flow.manage.importing import ImportAnswer, ImportRow, Verdict, doubled
from heliograph.flow.manage.requests import DeviceWish, NewDevice
from heliograph.flow.reads.fleet_port import DeviceRow
from heliograph.interfaces.rest.table import cell_meant
from heliograph.interfaces.rest.translate.batches import SmsRef as Ref
from heliograph.interfaces.rest.translate.devices import DEFAULT_NETWORK, LABELS
from heliograph.interfaces.rest.translate.times import shown
from heliograph.runtime.csv_rows import Row

DEFAULT_PROFILE = "default"
NO_TARIFF = "none"
WISHES = (
    *("name", "status", "service_profile", "tariff_profile", "network", "tags"),
    *("msisdn", "imsi", "imei", "ip_address"),
)
SAME = {"policy": "service_profile", "tariff": "tariff_profile"}  # as the command line calls them
TOLD = ("id", "iccid", "attached", "sms_waiting", "created", "last_updated")
COLUMNS = ("id", *WISHES, *TOLD[1:])  # of an export
KNOWN = (*WISHES, *SAME, *TOLD)
NEEDED = ("name",)
_UNIQUE = ("name", "msisdn", "imsi")
_STATUS = {str(number): number for number in DeviceStatus} | {
    label.description.lower(): int(status) for status, label in LABELS.items()
}
_SHOWN = {"policy": "service_profile", "tariff": "tariff_profile"}  # fields of ours


class RowVerdict(Struct, frozen=True, omit_defaults=True):
    """Of one line. `new`, `changed` (which `fields`) and `unchanged` are good; `bad` names its `field`."""

    line: int
    verdict: str
    name: str = ""
    endpoint: Ref | None = None
    fields: list[str] = []
    field: str | None = None
    code: str | None = None
    reason: str | None = None


class Imported(Struct, frozen=True):
    dry_run: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    bad: int
    ignored_columns: list[str]
    verdicts: list[RowVerdict]


class Seen:
    """What earlier rows of the file took, each with its line."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], int] = {}

    def doubles(self, line: int, wanted: ImportRow) -> Refusal | None:
        for field in _UNIQUE:
            value: str = getattr(wanted.new, field)
            if value and (first := self._lines.setdefault((field, value), line)) != line:
                return doubled(field, value, first)
        return None


def row_wish(org: int, row: Row, dry: bool, ceiling: frozenset[str]) -> ImportRow | Refusal:
    """An empty cell of a new endpoint is the default; of one that is there, it changes nothing."""
    if row.problem is not None:
        return refuse("bad_value", None, f"The line {row.problem}.")
    cells = {SAME.get(name, name): cell_meant(cell) for name, cell in row.values.items()}
    cells["msisdn"] = cells.get("msisdn", "").removeprefix("+")
    given = cells.get("status", "").lower()
    status = _STATUS.get(given)
    if given and status is None:
        return refuse("bad_value", "status", "status is enabled or disabled.")
    tariff, tags = cells.get("tariff_profile", ""), _tidy(cells.get("tags", ""))
    named = None if tariff == NO_TARIFF else tariff
    new = NewDevice(
        org,
        cells["name"],
        cells.get("service_profile") or DEFAULT_PROFILE,
        cells.get("network") or DEFAULT_NETWORK,
        cells["msisdn"],
        cells.get("imsi", ""),
        status or 0,
        tags,
        named or None,
        imei=cells.get("imei", ""),
        ip_address=cells.get("ip_address", ""),
        any_name=True,
        ceiling=ceiling,
    )
    change = DeviceWish(
        msisdn=new.msisdn or UNSET,
        imsi=new.imsi or UNSET,
        policy=cells.get("service_profile") or UNSET,
        network=cells.get("network") or UNSET,
        status=UNSET if status is None else status,
        tags=tags or UNSET,
        tariff=named if tariff else UNSET,
        imei=new.imei or UNSET,
        ip_address=new.ip_address or UNSET,
        any_name=True,
    )
    return ImportRow(new, change, dry)


def _tidy(tags: str) -> str:
    return ",".join(filter(None, map(str.strip, tags.split(","))))


def verdict(line: int, name: str, answer: ImportAnswer) -> RowVerdict:
    if isinstance(answer, Verdict):
        id = answer.device.id
        fields = [_SHOWN.get(field, field) for field in answer.fields]
        return RowVerdict(line, answer.fate.value, name, Ref(id) if id else None, fields)
    field = _SHOWN.get(answer.rule or "", answer.rule)
    known = field if field in KNOWN else None
    return RowVerdict(line, "bad", name, field=known, code=answer.code, reason=answer.reason)


def device_line(row: DeviceRow) -> Sequence[object]:
    device: Device = row.device
    return (
        device.id,
        device.name,
        LABELS[DeviceStatus(device.status)].description.lower(),
        row.policy,
        row.tariff or "",
        device.network,
        device.tags,
        device.msisdn,
        device.imsi,
        device.imei,
        device.ip_address,
        "" if row.sim is None else iccid_with_check(row.sim.iccid),
        "true" if device.attached else "false",
        row.waiting,
        shown(device.created_at),
        shown(device.updated_at),
    )
