"""SMPP accounts: what people say of them, who is bound, what was traced. In words beside the contract's."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from heliograph.core.security.access import MOST_NETWORKS
from heliograph.core.smpp_account import LONGEST_PASSWORD, SmppAccount
from heliograph.flow.manage.smpp_accounts import SmppAccountWish
from heliograph.flow.reads.smpp_port import BindView, TraceLine
from heliograph.interfaces.rest.problem import out_of_range
from heliograph.interfaces.rest.translate.shapes import Looked, Reference
from heliograph.interfaces.rest.translate.times import maybe_shown, shown

KIND = "SMPP Account"
ENABLED, DISABLED = 0, 1
STATUSES = {ENABLED: "Enabled", DISABLED: "Disabled"}
DEFAULT_TRACE, MOST_TRACE = 100, 1_000
_BINDS = {"trx": "transceiver", "tx": "transmitter", "rx": "receiver"}
_OURS = {word: name for name, word in _BINDS.items()}

BindType = Literal["transceiver", "transmitter", "receiver"]
SystemId = Annotated[str, Meta(min_length=1, max_length=15)]
Password = Annotated[str, Meta(min_length=1, max_length=LONGEST_PASSWORD)]
Ranges = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=MOST_NETWORKS)]
Coding = Literal["ascii", "latin1", "ucs2"]
Parts = Literal["no", "udh", "sar"]
Limit = Annotated[int, Meta(ge=1, le=2**31)]


class AccountChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed."""

    system_id: SystemId | UnsetType = UNSET
    ip: Ranges | UnsetType = UNSET
    bind_types: Annotated[list[BindType], Meta(min_length=1, max_length=3)] | UnsetType = UNSET
    max_binds: Limit | UnsetType = UNSET
    window: Limit | UnsetType = UNSET
    submit_window: Limit | UnsetType = UNSET
    throughput: Limit | UnsetType | None = UNSET  # submits a second; null: no limit
    source_address: Annotated[str, Meta(max_length=30)] | UnsetType = UNSET
    receipt_coding: Coding | UnsetType = UNSET
    mo_per_part: Parts | UnsetType = UNSET
    payload_from: Annotated[int, Meta(ge=0, le=254)] | UnsetType = UNSET
    max_waiting: Limit | UnsetType = UNSET
    external: bool | UnsetType = UNSET
    status: Reference | UnsetType = UNSET


class NewAccountBody(AccountChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    system_id: SystemId
    password: Password | None = None  # none: one is made


class PasswordBody(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password | None = None  # none: one is made


class AccountShown(Struct, frozen=True, kw_only=True):
    id: int
    system_id: str
    status: Looked
    ip: list[str]
    bind_types: list[str]
    max_binds: int
    window: int
    submit_window: int
    throughput: int | None
    source_address: str
    receipt_coding: str
    mo_per_part: str
    payload_from: int
    max_waiting: int
    external: bool
    created: str
    last_updated: str


class AccountListed(AccountShown, frozen=True, kw_only=True):
    """What changes without anybody's doing is in lists alone: an ETag would change with it."""

    binds: int  # sessions that are bound now


class AccountMade(AccountShown, frozen=True, kw_only=True):
    """With its password, this once."""

    password: str


class PasswordShown(Struct, frozen=True):
    """This once."""

    system_id: str
    password: str


class BindShown(Struct, frozen=True, kw_only=True):
    id: int
    bind_type: str
    ip: str
    port: int
    tls: bool
    interface_version: str
    since: str
    unanswered: int
    window: int
    submit_unanswered: int
    submit_window: int
    last_received: str | None
    last_received_at: str | None
    last_sent: str | None
    last_sent_at: str | None
    submitted: int
    delivered: int
    errors: int
    last_error: str | None


class AccountDeletion(Struct, frozen=True):
    """`fail`: what waits for the account ends, and may not be told any more."""

    waiting: Literal["keep", "fail"] = "keep"


class TraceQuery(Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=MOST_TRACE)] = DEFAULT_TRACE
    text: bool = False  # with the words of messages; this needs sms:read


class PduShown(Struct, frozen=True):
    date: str
    bind: int
    direction: str
    command: str
    status: str
    sequence: int
    length: int
    fields: dict[str, str | int | list[str]]


def shown_account(account: SmppAccount) -> AccountShown:
    status = ENABLED if account.enabled else DISABLED
    return AccountShown(
        id=account.id,
        system_id=account.system_id,
        status=Looked(status, STATUSES[status]),
        ip=account.networks.split(",") if account.networks else [],
        bind_types=[_BINDS[one] for one in account.binds.split()],
        max_binds=account.most_binds,
        window=account.window,
        submit_window=account.their_window,
        throughput=account.rate_per_s,
        source_address=account.source,
        receipt_coding=account.receipt_coding,
        mo_per_part=account.mo_per_part,
        payload_from=account.payload_from,
        max_waiting=account.most_waiting,
        external=bool(account.external),
        created=shown(account.created_at),
        last_updated=shown(account.updated_at),
    )


def made_account(account: SmppAccount, password: str) -> AccountMade:
    return AccountMade(**asdict(shown_account(account)), password=password)


def listed_account(account: SmppAccount, binds: int) -> AccountListed:
    return AccountListed(**asdict(shown_account(account)), binds=binds)


def wish(body: AccountChange, password: str | UnsetType = UNSET) -> SmppAccountWish:
    """`password`: its hash."""
    binds = body.bind_types
    return SmppAccountWish(
        system_id=body.system_id,
        password=password,
        networks=UNSET if body.ip is UNSET else tuple(body.ip),
        binds=UNSET if binds is UNSET else " ".join(_OURS[word] for word in binds),
        most_binds=body.max_binds,
        window=body.window,
        their_window=body.submit_window,
        rate_per_s=body.throughput,
        source=body.source_address,
        receipt_coding=body.receipt_coding,
        mo_per_part=body.mo_per_part,
        payload_from=body.payload_from,
        most_waiting=body.max_waiting,
        enabled=_enabled(body.status),
        external=_number(body.external),
    )


def _number(flag: bool | UnsetType) -> int | UnsetType:
    return UNSET if flag is UNSET else int(flag)


def _enabled(status: Reference | UnsetType) -> int | UnsetType:
    if status is UNSET:
        return UNSET
    if status.number not in STATUSES:
        raise out_of_range(KIND, "status", "must be 0 (Enabled) or 1 (Disabled)")
    return int(status.number == ENABLED)


def shown_bind(bind: BindView) -> BindShown:
    return BindShown(
        id=bind.number,
        bind_type=_BINDS.get(bind.bind, bind.bind),
        ip=bind.address,
        port=bind.port,
        tls=bind.tls,
        interface_version=f"{bind.version >> 4}.{bind.version & 0xF}",  # SMPP 3.4 §5.2.4
        since=shown(bind.since),
        unanswered=bind.unanswered,
        window=bind.window,
        submit_unanswered=bind.their_unanswered,
        submit_window=bind.their_window,
        last_received=bind.received or None,
        last_received_at=maybe_shown(bind.received_at),
        last_sent=bind.sent or None,
        last_sent_at=maybe_shown(bind.sent_at),
        submitted=bind.submitted,
        delivered=bind.delivered,
        errors=bind.errors,
        last_error=bind.error or None,
    )


def shown_pdu(line: TraceLine) -> PduShown:
    return PduShown(
        shown(line.at),
        line.bind,
        "sent" if line.is_ours else "received",
        line.command,
        line.status,
        line.sequence,
        line.length,
        line.fields,
    )
