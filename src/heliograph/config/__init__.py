"""The settings: one frozen tree, parsed and validated once, from defaults, a TOML file and the environment.

In: a file and the variables of the process. Out: a `Config` with the origin of every value, or a
`ConfigError` that names the place, the setting and the reason. What a setting does is said here, once.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from heliograph.config.oidc import Oidc
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
from heliograph.config.upstreams import (
    PREFIX,
    RouteSettings,
    UpstreamSettings,
    is_of_upstream,
    read_routes,
    read_upstreams,
)

__all__ = ["Config", "ConfigError", "Loaded", "Setting", "load"]

# These variables choose the folder and the file and hold the keys; they are no settings.
NOT_SETTINGS = {"HELIOGRAPH_DATA", "HELIOGRAPH_CONFIG", "HELIOGRAPH_KEY"}
YEAR_SECONDS = 366 * 24 * 3600

Seconds = Annotated[int, Meta(ge=1, le=YEAR_SECONDS)]
Range = Annotated[str, Meta(pattern="^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")]  # of addresses
Delays = Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=32)]


class Messages(Struct, frozen=True, forbid_unknown_fields=True):
    lane_limit: Annotated[int, Meta(ge=1, le=100_000, description="Messages that may wait for one device.")]
    a2p_longest_digits: Annotated[
        int, Meta(ge=1, le=15, description="Digits up to which a dialled number means the application.")
    ]
    country_code: Annotated[
        str,
        Meta(
            pattern="^([1-9][0-9]{0,2})?$",
            description="Country of national numbers, as 49, for organisations that name none; "
            "empty: left as they are.",
        ),
    ]
    mo_validity_seconds: Annotated[
        Seconds, Meta(description="How long an SMS from a device waits for its application.")
    ]
    receipt_validity_seconds: Annotated[
        Seconds, Meta(description="How long a receipt waits for its application.")
    ]
    part_timeout_seconds: Annotated[
        Seconds, Meta(description="How long a long SMS from a device waits for a missing segment.")
    ]


class Retry(Struct, frozen=True, forbid_unknown_fields=True):
    absent: Annotated[
        Delays, Meta(description="Delays in seconds when a device does not answer; last repeats.")
    ]
    memory_full: Annotated[Delays, Meta(description="Delays in seconds when a device's memory is full.")]
    congestion: Annotated[Delays, Meta(description="Delays in seconds when the network has trouble.")]
    application: Annotated[Delays, Meta(description="Delays in seconds when an application fails.")]
    unknown: Annotated[Delays, Meta(description="Delays in seconds when nobody knows whether it arrived.")]
    settling_seconds: Annotated[
        int, Meta(ge=0, le=3600, description="After a device attaches, wait so long: it is still booting.")
    ]


class Simulator(Struct, frozen=True, forbid_unknown_fields=True):
    window: Annotated[int, Meta(ge=1, le=100_000, description="SMS in flight to virtual devices at a time.")]
    rate_per_s: Annotated[
        int, Meta(ge=0, le=1_000_000, description="SMS to virtual devices a second at most; 0 is no limit.")
    ]
    timer_seconds: Annotated[
        Seconds, Meta(description="After so long without an answer an attempt counts as unknown.")
    ]
    profiles: Annotated[
        str, Meta(description="A folder with more profiles (*.toml); empty: the shipped ones.")
    ]
    default_profile: Annotated[str, Meta(min_length=1, description="Profile of devices that have no other.")]
    journal: Annotated[
        str, Meta(description="A file where the far end notes what it received, for tests; empty: none.")
    ]


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    message_days: Annotated[
        int, Meta(ge=0, le=36_500, description="Final messages go after so many days; 0: never.")
    ]
    body_days: Annotated[
        int, Meta(ge=0, le=36_500, description="Their texts go after so many days; 0: with the message.")
    ]
    event_days: Annotated[int, Meta(ge=0, le=36_500, description="Events go after so many days; 0: never.")]


class Store(Struct, frozen=True, forbid_unknown_fields=True):
    free_mib: Annotated[
        int, Meta(ge=0, le=1_000_000, description="`check` complains when the disk has less free than this.")
    ]


class Http(Struct, frozen=True, forbid_unknown_fields=True):
    host: Annotated[str, Meta(description="Address on which the API is served; 0.0.0.0 is every one.")]
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port of the API; 0 takes any that is free.")]
    public_url: Annotated[
        str,
        Meta(
            pattern="^(https?://[^/]+)?$",
            description="How clients reach the API, as https://sms.example.com; empty: as they call.",
        ),
    ]
    calls_per_second: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Calls that one token or user may make in a second.")
    ]
    calls_at_once: Annotated[
        int, Meta(ge=1, le=10_000_000, description="Calls that it may make at once after a pause.")
    ]
    logins_per_address: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Logins that one address may try in five minutes.")
    ]
    certificate: Annotated[
        str, Meta(description="File with the TLS certificate and its chain (PEM); empty: HTTP without TLS.")
    ]
    key: Annotated[str, Meta(description="File with the private key of the certificate (PEM).")]
    trusted_proxies: Annotated[
        tuple[Range, ...],
        Meta(
            max_length=64,
            description="Networks of proxies whose X-Forwarded-For, -Proto and -Host are believed.",
        ),
    ]
    connections_per_address: Annotated[
        int, Meta(ge=1, le=100_000, description="Connections that one address may hold; proxies more.")
    ]


class Webhooks(Struct, frozen=True, forbid_unknown_fields=True):
    allow: Annotated[
        tuple[Range, ...],
        Meta(
            max_length=64,
            description="Ranges that callbacks may lead to beside public addresses, as 10.1.0.0/16; "
            "loopback, private, link-local and metadata addresses are refused without it.",
        ),
    ]
    window: Annotated[int, Meta(ge=1, le=1_000, description="Calls to one URL at a time.")]
    drain_per_s: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="Calls a second to a URL that works again, until none is late; 0 is no limit.",
        ),
    ]
    connections: Annotated[
        int, Meta(ge=1, le=60_000, description="Connections to all URLs together, shared evenly.")
    ]
    connect_seconds: Annotated[
        int, Meta(ge=1, le=60, description="How long opening a connection to a callback may take.")
    ]
    total_seconds: Annotated[int, Meta(ge=1, le=300, description="How long a callback may take to answer.")]
    log_rows: Annotated[
        int, Meta(ge=0, le=10_000_000, description="Calls that the log of one callback keeps.")
    ]
    log_days: Annotated[int, Meta(ge=1, le=36_500, description="Calls leave the log after so many days.")]


class Smpp(Struct, frozen=True, forbid_unknown_fields=True):
    host: Annotated[str, Meta(description="Address on which SMPP is served; 0.0.0.0 is every one.")]
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port of SMPP without TLS; 0 is off.")]
    tls_port: Annotated[
        int, Meta(ge=0, le=65_535, description="Port of SMPP over TLS; 0, or no certificate, is off.")
    ]
    certificate: Annotated[str, Meta(description="File with the TLS certificate and its chain (PEM).")]
    key: Annotated[str, Meta(description="File with the private key of the certificate (PEM).")]
    more_certificates: Annotated[
        tuple[Annotated[str, Meta(pattern="^[^=]+=[^=]+$")], ...],
        Meta(
            max_length=256,
            description="Certificates for clients that ask for another name, each with its key, "
            "as b.pem=b.key.",
        ),
    ]
    client_ca: Annotated[
        str, Meta(description="File with the authorities of clients' certificates (PEM); empty: none wanted.")
    ]
    client_certificates: Annotated[
        Literal["required", "optional"], Meta(description="Whether a client has to show one of these.")
    ]
    system_id: Annotated[
        str, Meta(pattern="^[!-~]{1,15}$", description="How the message centre names itself to peers.")
    ]
    connections: Annotated[int, Meta(ge=1, le=60_000, description="Connections of all peers together.")]
    connections_per_address: Annotated[
        int, Meta(ge=1, le=60_000, description="Connections that one address may hold.")
    ]
    bind_seconds: Annotated[Seconds, Meta(description="A connection that has not bound by then is closed.")]
    enquire_link_seconds: Annotated[
        Seconds, Meta(description="A peer that is silent for so long is asked whether it is there.")
    ]
    inactivity_seconds: Annotated[
        int, Meta(ge=0, le=YEAR_SECONDS, description="A session without traffic for so long ends; 0: never.")
    ]
    response_seconds: Annotated[
        int, Meta(ge=1, le=600, description="How long a peer may take to answer what we send.")
    ]
    join_seconds: Annotated[
        int,
        Meta(
            ge=0,
            le=60,
            description="How long segments that a peer sends by themselves wait for the others of their SMS; "
            "0: each is an SMS of its own.",
        ),
    ]
    trace_pdus: Annotated[
        int, Meta(ge=0, le=100_000, description="PDUs of each account that are kept in memory for its trace.")
    ]
    outbind: Annotated[
        tuple[Annotated[str, Meta(pattern="^[!-~]{1,15}@.+:[0-9]{1,5}$")], ...],
        Meta(
            max_length=256,
            description="Accounts to call while no receiver of theirs is bound, as acme@10.0.0.5:2776.",
        ),
    ]
    allow: Annotated[
        tuple[Range, ...],
        Meta(
            max_length=64,
            description="Ranges that upstreams of other organisations than the first may lead to beside "
            "public addresses, as 10.1.0.0/16; inner ones are refused without it.",
        ),
    ]
    outbind_password: Annotated[
        str,
        Meta(
            max_length=64,
            pattern=r"^[ -~]*\Z",
            description="What we say to accounts that we call, for them to know us.",
        ),
        Secret,
    ]


class Metrics(Struct, frozen=True, forbid_unknown_fields=True):
    access: Annotated[
        Literal["loopback", "token", "off"],
        Meta(
            description="Who may read /metrics: this machine without a token and others with one; "
            "with a token alone; nobody."
        ),
    ]


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least important lines shown.")
    ]


_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
DEFAULT_DELAYS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR)


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole tree. A section is a table of the file."""

    messages: Messages = Messages(1000, 7, "", 7 * _DAY, 7 * _DAY, 600)
    retry: Retry = Retry(
        DEFAULT_DELAYS,
        (15 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR),
        (30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR),
        (5, 30, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR),
        (5, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR),
        2,
    )
    simulator: Simulator = Simulator(1000, 0, 30, "", "plain", "")
    retention: Retention = Retention(90, 0, 90)
    store: Store = Store(256)
    webhooks: Webhooks = Webhooks((), 256, 500, 8_000, 5, 15, 100_000, 7)
    http: Http = Http("127.0.0.1", 8080, "", 20_000, 40_000, 100, "", "", (), 1_000)
    smpp: Smpp = Smpp(
        host="127.0.0.1",
        port=2775,
        tls_port=3550,
        certificate="",
        key="",
        more_certificates=(),
        client_ca="",
        client_certificates="required",
        system_id="heliograph",
        connections=10_000,
        connections_per_address=1_000,
        bind_seconds=10,
        enquire_link_seconds=30,
        inactivity_seconds=0,
        response_seconds=30,
        join_seconds=2,
        trace_pdus=200,
        outbind=(),
        allow=(),
        outbind_password="",
    )
    oidc: Oidc = Oidc()
    metrics: Metrics = Metrics("loopback")
    log: Log = Log("info")
    upstreams: dict[str, UpstreamSettings] = {}
    routes: tuple[RouteSettings, ...] = ()


TABLES = ("upstreams", "routes")  # as many as there are, each with its own name or place
SECTIONS = tuple(name for name in Config.__struct_fields__ if name not in TABLES)


class Loaded(Struct, frozen=True):
    config: Config
    settings: tuple[Setting, ...]


def load(file: Path | None, environment: Mapping[str, str]) -> Loaded:
    """The file is over the defaults, the environment over both."""
    hints = {name: hints_of(type(getattr(Config(), name))) for name in SECTIONS}
    tree = _read(file) if file is not None else {}
    given = dict(_from_file(tree, str(file), hints))
    given.update(_from_environment(environment, hints))
    defaults = Config()
    sections: dict[str, Any] = {}
    settings = []
    for section, fields in hints.items():
        before = getattr(defaults, section)
        values: dict[str, Any] = {}
        for field, hint in fields.items():
            default = getattr(before, field)
            found = given.get((section, field))
            values[field] = default if found is None else convert(found, hint, f"{section}.{field}")
            origin = "default" if found is None else found.origin
            settings.append(setting(f"{section}.{field}", hint, default, values[field], origin))
        sections[section] = type(before)(**values)
    upstreams, of_upstreams = read_upstreams(tree.get("upstreams"), str(file), environment)
    ways, of_routes = read_routes(tree.get("routes"), str(file))
    settings += [*of_upstreams, *of_routes]
    return Loaded(Config(**sections, upstreams=upstreams, routes=ways), tuple(settings))


Hints = dict[str, dict[str, Any]]
Key = tuple[str, str]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is no valid TOML: {error}.") from None


def _from_file(tree: Mapping[str, Any], file: str, hints: Hints) -> Iterator[tuple[Key, Given]]:
    for section, table in tree.items():
        check_known(section, (*hints, *TABLES), file, "")
        if section in TABLES:
            continue
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {section}: is a section and needs a table, as [{section}].")
        for field, value in table.items():
            check_known(field, hints[section], file, f"{section}.")
            yield (section, field), Given(value, file, True)


def _from_environment(environment: Mapping[str, str], hints: Hints) -> Iterator[tuple[Key, Given]]:
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or is_of_upstream(variable):
            continue
        section, separator, field = variable.removeprefix(PREFIX).lower().partition("__")
        place = f"environment {variable}"
        check_known(section, hints, place, "")
        if not separator:
            raise ConfigError(f"{place}: names no setting; write {PREFIX}{section.upper()}__FIELD.")
        check_known(field, hints[section], place, f"{section}.")
        is_list = isinstance(getattr(getattr(Config(), section), field), tuple)
        value: Any = [part.strip() for part in text.split(",")] if is_list else text
        yield (section, field), Given(value, f"environment {variable}", False)
