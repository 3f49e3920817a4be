"""Upstreams and routes that the settings name: `[upstreams.NAME]`, and `[[routes]]`, as many as there are.

In: what the file has there, and variables such as HELIOGRAPH_UPSTREAMS__NAME__PASSWORD. Out: values with the
explanation of each. Whether senders' rules and numbers make sense is `core/upstream_values`' to say.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from heliograph.config.setting import (
    ConfigError,
    Given,
    Secret,
    Setting,
    check_known,
    convert,
    hints_of,
    setting,
)

PREFIX = "HELIOGRAPH_"
_OF_UPSTREAM = re.compile(r"HELIOGRAPH_UPSTREAMS__([A-Z0-9_]{1,32}?)__([A-Z0-9_]+)")
_NAME = re.compile(r"[a-z0-9-]{1,32}")
NEEDED = "none: it is needed"
LONGEST_PASSWORD_FILE = 1_000
MOST_ROUTES = 10_000

Text = Annotated[str, Meta(max_length=500)]


class UpstreamSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: Annotated[Text, Meta(description="Name or address of the operator's SMS centre.")]
    port: Annotated[int, Meta(ge=1, le=65_535, description="Its port.")] = 2775
    organisation: Annotated[
        Text, Meta(description="Name of the one organisation that may use it; empty: all may.")
    ] = ""
    enabled: Annotated[bool, Meta(description="Off: it is not connected, and no route leads there.")] = True
    tls: Annotated[bool, Meta(description="Whether the connection is over TLS.")] = False
    tls_verify: Annotated[
        bool, Meta(description="Whether its certificate must be valid; off is for tests alone.")
    ] = True
    tls_ca: Annotated[
        Text, Meta(description="File with the authorities to trust (PEM); empty: the machine's own.")
    ] = ""
    tls_server_name: Annotated[Text, Meta(description="Name in its certificate; empty: the host.")] = ""
    tls_certificate: Annotated[
        Text, Meta(description="File with our own certificate, where it asks for one (PEM).")
    ] = ""
    tls_key: Annotated[Text, Meta(description="File with the key of our certificate (PEM).")] = ""
    system_id: Annotated[str, Meta(max_length=15, description="Our login there.")] = ""
    password: Annotated[
        str,
        Meta(max_length=64, description="Our password there; better in password_file or a variable."),
        Secret,
    ] = ""
    password_file: Annotated[
        Text, Meta(description="File whose first line is the password; instead of password.")
    ] = ""
    system_type: Annotated[str, Meta(max_length=12, description="The system_type of the bind.")] = ""
    bind_mode: Annotated[
        Literal["trx", "tx+rx"],
        Meta(description="Transceivers, or a transmitter and a receiver for each bind."),
    ] = "trx"
    binds: Annotated[int, Meta(ge=1, le=32, description="Binds at a time.")] = 1
    window: Annotated[int, Meta(ge=1, le=10_000, description="Unanswered submits of each bind.")] = 10
    rate_per_s: Annotated[
        int, Meta(ge=0, le=100_000, description="Submits a second at most; 0: what its window allows.")
    ] = 0
    interface_version: Annotated[
        int, Meta(ge=0x33, le=0x50, description="SMPP version of the bind: 52 is 3.4, 80 is 5.0.")
    ] = 0x34
    senders: Annotated[
        tuple[Text, ...],
        Meta(max_length=100, description="Rules that rewrite senders, the first that fits: `49* -> +49*`."),
    ] = ()
    destination_ton: Annotated[int, Meta(ge=0, le=6, description="Type of number of destinations.")] = 1
    destination_npi: Annotated[int, Meta(ge=0, le=18, description="Numbering plan of destinations.")] = 1
    destination_plus: Annotated[bool, Meta(description="Whether destinations begin with a +.")] = False
    long_form: Annotated[
        Literal["udh", "sar", "sar8", "sar16", "payload"],
        Meta(description="How long SMS travel: with a header, with sar_* TLVs, or in message_payload."),
    ] = "udh"
    receipts: Annotated[
        Literal["receipt", "none", "transaction"],
        Meta(description="How it tells of the end: by receipts, not at all, or in its answer."),
    ] = "receipt"
    id_format: Annotated[
        Literal["as_is", "hex_to_decimal", "decimal_to_hex", "tolerant"],
        Meta(description="How receipts write the ids of answers: as they are, in another base, or either."),
    ] = "as_is"
    service_type: Annotated[str, Meta(max_length=5, description="Where an SMS names none.")] = ""
    repeats: Annotated[
        Literal["reference", "plain"],
        Meta(description="Whether a repeat can be told by its user_message_reference."),
    ] = "reference"
    submit_fail: Annotated[
        Literal["temporary", "permanent"], Meta(description="What ESME_RSUBMITFAIL means here.")
    ] = "temporary"
    coding_0: Annotated[
        Literal["gsm", "ascii", "latin1"], Meta(description="What data_coding 0 means here.")
    ] = "gsm"
    enquire_link_seconds: Annotated[
        int, Meta(ge=0, le=3_600, description="It is asked after so long a silence; 0: never.")
    ] = 30
    response_seconds: Annotated[int, Meta(ge=1, le=600, description="How long it may take to answer.")] = 30
    reconnect_seconds: Annotated[
        int, Meta(ge=1, le=3_600, description="First pause before a lost bind is tried again; it doubles.")
    ] = 1
    numbers: Annotated[
        tuple[Text, ...],
        Meta(max_length=200, description="Numbers that lead to the organisation's applications: 12345=7."),
    ] = ()
    octets: Annotated[bool, Meta(description="Whether it carries 8-bit data.")] = True
    ucs2: Annotated[bool, Meta(description="Whether it carries UCS-2 text.")] = True
    user_data_header: Annotated[bool, Meta(description="Whether it carries user data headers.")] = True
    segments: Annotated[
        int, Meta(ge=1, le=255, description="Segments of the longest SMS that it carries.")
    ] = 255
    failover_seconds: Annotated[
        int, Meta(ge=1, le=86_400, description="After so long away, others carry what waits for it.")
    ] = 60


class RouteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    upstream: Annotated[Text, Meta(min_length=1, description="The upstream that it leads to.")]
    organisation: Annotated[
        Text, Meta(description="Name of the organisation whose SMS go there; empty: everyone's.")
    ] = ""
    network: Annotated[
        Text, Meta(description="Network of the devices; empty: any, and phones outside the fleet.")
    ] = ""
    prefix: Annotated[
        str,
        Meta(
            pattern=r"^(\+?[1-9][0-9]{0,14})?$",
            description="Beginning of the international number; empty: any.",
        ),
    ] = ""
    cost: Annotated[
        int, Meta(ge=0, le=10**12, description="Price of a segment, in millionths of the currency.")
    ] = 0
    weight: Annotated[int, Meta(ge=0, le=10**6, description="Share among routes that are equally good.")] = 1
    enabled: Annotated[bool, Meta(description="Off: it leads nowhere.")] = True


Upstreams = tuple[dict[str, UpstreamSettings], list[Setting]]
_UPSTREAM, _ROUTE = hints_of(UpstreamSettings), hints_of(RouteSettings)
_DEFAULTS = UpstreamSettings(host="")


def offered() -> list[Setting]:
    """What an upstream and a route may say, whether there are some or none."""
    kinds = (
        ("upstreams.NAME", _UPSTREAM, _DEFAULTS, "host"),
        ("routes", _ROUTE, RouteSettings(upstream=""), "upstream"),
    )
    return [
        setting(f"{place}.{field}", hint, NEEDED if field == needed else getattr(defaults, field), "", "")
        for place, hints, defaults, needed in kinds
        for field, hint in hints.items()
    ]


def is_of_upstream(variable: str) -> bool:
    return variable.startswith(f"{PREFIX}UPSTREAMS__")


def read_upstreams(tables: Any, file: str, environment: Mapping[str, str]) -> Upstreams:
    given: dict[str, dict[str, Given]] = {}
    for name, table in _tables(tables, file).items():
        place = f"upstreams.{name}"
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{file}: {place}: a name has 1 to 32 small letters, digits and -.")
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {place}: is an upstream and needs a table, as [{place}].")
        given[name] = {field: Given(value, file, True) for field, value in table.items()}
    _add_variables(given, environment)
    found, settings = {}, []
    for name, fields in given.items():
        values = _converted(fields, _UPSTREAM, f"upstreams.{name}")
        if "host" not in values:
            raise ConfigError(f"{_origin(fields, file)}: upstreams.{name}.host: is missing.")
        settings += _explained(fields, values, _UPSTREAM, f"upstreams.{name}", _DEFAULTS)
        found[name] = _with_password(UpstreamSettings(**values), fields, f"upstreams.{name}")
    return found, settings


def read_routes(tables: Any, file: str) -> tuple[tuple[RouteSettings, ...], list[Setting]]:
    if tables is None:
        return (), []
    if not isinstance(tables, list) or len(tables) > MOST_ROUTES:
        raise ConfigError(f"{file}: routes: are up to {MOST_ROUTES} tables, each as [[routes]].")
    found, settings = [], []
    for number, table in enumerate(tables, 1):
        place = f"routes.{number}"
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {place}: is a route and needs a table, as [[routes]].")
        fields = {field: Given(value, file, True) for field, value in table.items()}
        values = _converted(fields, _ROUTE, place)
        if "upstream" not in values:
            raise ConfigError(f"{file}: {place}.upstream: is missing.")
        settings += _explained(fields, values, _ROUTE, place, RouteSettings(upstream=""))
        found.append(RouteSettings(**values))
    return tuple(found), settings


def _tables(tables: Any, file: str) -> dict[str, Any]:
    if tables is None:
        return {}
    if not isinstance(tables, dict):
        raise ConfigError(f"{file}: upstreams: needs a table for each, as [upstreams.NAME].")
    return tables


def _add_variables(given: dict[str, dict[str, Given]], environment: Mapping[str, str]) -> None:
    """A variable has no - in its name: _ stands for it."""
    for variable, text in sorted(environment.items()):
        if not is_of_upstream(variable):
            continue
        origin, named = f"environment {variable}", _OF_UPSTREAM.fullmatch(variable)
        if named is None:
            raise ConfigError(f"{origin}: names no setting; write {PREFIX}UPSTREAMS__NAME__FIELD.")
        name, field = named[1].lower().replace("_", "-"), named[2].lower()
        check_known(field, _UPSTREAM, origin, f"upstreams.{name}.")
        is_list = isinstance(getattr(_DEFAULTS, field), tuple)
        value: Any = [part.strip() for part in text.split(",")] if is_list else text
        given.setdefault(name, {})[field] = Given(value, origin, False)


def _converted(fields: Mapping[str, Given], hints: Mapping[str, Any], place: str) -> dict[str, Any]:
    for field, given in fields.items():
        check_known(field, hints, given.origin, f"{place}.")
    return {field: convert(given, hints[field], f"{place}.{field}") for field, given in fields.items()}


def _explained(
    fields: Mapping[str, Given],
    values: Mapping[str, Any],
    hints: Mapping[str, Any],
    place: str,
    defaults: Struct,
) -> list[Setting]:
    """Those that somebody set."""
    return [
        setting(f"{place}.{field}", hints[field], getattr(defaults, field), values[field], given.origin)
        for field, given in fields.items()
    ]


def _origin(fields: Mapping[str, Given], file: str) -> str:
    return next((given.origin for given in fields.values()), file)


def _with_password(upstream: UpstreamSettings, fields: Mapping[str, Given], place: str) -> UpstreamSettings:
    if not upstream.password_file:
        return upstream
    origin = fields["password_file"].origin
    if upstream.password:
        raise ConfigError(f"{origin}: {place}: name password or password_file, not both.")
    try:
        with Path(upstream.password_file).open(encoding="utf-8") as file:
            password = file.readline(LONGEST_PASSWORD_FILE).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin}: {place}.password_file: cannot be read: {error}.") from None
    given = Given(password, origin, True)
    return replace(upstream, password=convert(given, _UPSTREAM["password"], f"{place}.password_file"))
