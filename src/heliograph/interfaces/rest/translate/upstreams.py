"""Upstreams: what people say of them, how they are shown. Their passwords go in and never come out."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from heliograph.core.upstream import EVERYONE, Upstream, is_configured
from heliograph.core.upstream_values import LONGEST_NUMBERS, LONGEST_RULES, LONGEST_SECRET, SWITCHES
from heliograph.flow.manage.upstreams import UpstreamWish
from heliograph.interfaces.rest.problem import out_of_range
from heliograph.interfaces.rest.translate.shapes import Looked, Reference
from heliograph.interfaces.rest.translate.smpp_accounts import ENABLED, STATUSES
from heliograph.interfaces.rest.translate.times import shown

KIND = "Upstream"
MOST_RULES = 100
MOST_NUMBERS = 200

Text = Annotated[str, Meta(max_length=255)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
Rules = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=MOST_RULES)]
Numbers = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=MOST_NUMBERS)]
Password = Annotated[str, Meta(max_length=LONGEST_SECRET)]


class UpstreamChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed. Files with certificates are named by the settings or the command line alone."""

    host: Text | UnsetType = UNSET
    port: Count | UnsetType = UNSET
    tls: bool | UnsetType = UNSET
    tls_verify: bool | UnsetType = UNSET
    tls_server_name: Text | UnsetType = UNSET
    system_id: Text | UnsetType = UNSET
    password: Password | UnsetType | None = UNSET  # null: none is asked for
    system_type: Text | UnsetType = UNSET
    bind_mode: Literal["trx", "tx+rx"] | UnsetType = UNSET
    binds: Count | UnsetType = UNSET
    window: Count | UnsetType = UNSET
    rate_per_s: Count | UnsetType | None = UNSET  # null: as fast as its window allows
    interface_version: Count | UnsetType = UNSET
    senders: Rules | UnsetType = UNSET
    destination_ton: Count | UnsetType = UNSET
    destination_npi: Count | UnsetType = UNSET
    destination_plus: bool | UnsetType = UNSET
    long_form: Literal["udh", "sar", "sar8", "sar16", "payload"] | UnsetType = UNSET
    receipts: Literal["receipt", "none", "transaction"] | UnsetType = UNSET
    id_format: Literal["as_is", "hex_to_decimal", "decimal_to_hex", "tolerant"] | UnsetType = UNSET
    service_type: Text | UnsetType = UNSET
    repeats: Literal["reference", "plain"] | UnsetType = UNSET
    submit_fail: Literal["temporary", "permanent"] | UnsetType = UNSET
    coding_0: Literal["gsm", "ascii", "latin1"] | UnsetType = UNSET
    enquire_link_seconds: Count | UnsetType = UNSET
    response_seconds: Count | UnsetType = UNSET
    reconnect_seconds: Count | UnsetType = UNSET
    numbers: Numbers | UnsetType = UNSET
    octets: bool | UnsetType = UNSET
    ucs2: bool | UnsetType = UNSET
    user_data_header: bool | UnsetType = UNSET
    segments: Count | UnsetType = UNSET
    failover_seconds: Count | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    status: Reference | UnsetType = UNSET


class NewUpstreamBody(UpstreamChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")]
    host: Text
    port: Count = 2775
    shared: bool = False
    platform: bool = False  # for every organisation; for the installation's own organisation to say


class Deletion(Struct, frozen=True):
    force: bool = False  # also while routes lead there and SMS wait: others carry these, or they fail


class UpstreamShown(Struct, frozen=True, kw_only=True):
    """Of what all share, an organisation that it does not belong to sees no more than it needs: what is told
    to the owner alone is null.
    """

    id: int
    name: str
    origin: str  # api or settings; the latter is changed there
    platform: bool  # all organisations share it
    shared: bool
    status: Looked
    up: bool  # SMS may go there now
    host: str | None
    port: int | None
    tls: bool
    tls_verify: bool
    tls_server_name: str | None
    system_id: str | None
    has_password: bool
    system_type: str | None
    bind_mode: str
    binds: int
    window: int
    rate_per_s: int | None
    interface_version: int
    senders: list[str] | None
    destination_ton: int
    destination_npi: int
    destination_plus: bool
    long_form: str
    receipts: str
    id_format: str
    service_type: str
    repeats: str
    submit_fail: str
    coding_0: str
    enquire_link_seconds: int
    response_seconds: int
    reconnect_seconds: int
    numbers: list[str] | None
    octets: bool
    ucs2: bool
    user_data_header: bool
    segments: int
    failover_seconds: int
    created: str | None
    last_updated: str | None


_OWNERS = ("host", "port", "tls_server_name", "system_id", "system_type", "senders", "numbers")
_APART = (
    *("status", "up", "origin", "platform", "has_password", "senders", "numbers", "created", "last_updated"),
)
_AS_THEY_ARE = tuple(name for name in UpstreamShown.__struct_fields__ if name not in _APART)


def shown_upstream(upstream: Upstream, is_up: bool, is_owner: bool) -> UpstreamShown:
    row = asdict(upstream)
    fields: dict[str, Any] = {
        name: bool(row[name]) if name in SWITCHES else row[name] for name in _AS_THEY_ARE
    }
    fields |= {"senders": upstream.source.splitlines(), "numbers": upstream.numbers.split()}
    if not is_owner:
        fields |= dict.fromkeys(_OWNERS)
    status = ENABLED if upstream.enabled else 1
    return UpstreamShown(
        **fields,
        origin="settings" if is_configured(upstream.id) else "api",
        platform=upstream.org == EVERYONE,
        status=Looked(status, STATUSES[status]),
        up=is_up,
        has_password=upstream.password is not None,
        created=shown(upstream.created_at) if upstream.created_at else None,
        last_updated=shown(upstream.updated_at) if upstream.updated_at else None,
    )


def wish(body: UpstreamChange, password: bytes | UnsetType | None) -> UpstreamWish:
    """`password`: sealed."""
    given: dict[str, Any] = {name: value for name, value in asdict(body).items() if value is not UNSET}
    for name in ("name", "platform", "password", "status"):
        given.pop(name, None)
    if "senders" in given:
        given["source"] = _joined("senders", given.pop("senders"), "\n", LONGEST_RULES)
    if "numbers" in given:
        given["numbers"] = _joined("numbers", given["numbers"], " ", LONGEST_NUMBERS)
    fields: dict[str, Any] = {
        name: int(value) if isinstance(value, bool) else value for name, value in given.items()
    }
    return UpstreamWish(**fields, password=password, enabled=_enabled(body.status))


def _joined(field: str, lines: list[str], separator: str, longest: int) -> str:
    if any(len(line.splitlines()) > 1 for line in lines):
        raise out_of_range(KIND, field, "each is one line")
    text = separator.join(lines)
    if len(text) > longest:
        raise out_of_range(KIND, field, f"all together have at most {longest} characters")
    return text


def _enabled(status: Reference | UnsetType) -> int | UnsetType:
    if status is UNSET:
        return UNSET
    if status.number not in STATUSES:
        raise out_of_range(KIND, "status", "must be 0 (Enabled) or 1 (Disabled)")
    return int(status.number == ENABLED)
