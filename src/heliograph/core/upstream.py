"""Upstreams and routes: the operators' SMS centres that we bind to, and which SMS goes to which of them.

Rows that people manage, or that the configuration names. How they are chosen is `routing`; how they are
spoken to is `networks/smpp`.
"""

import re
from hashlib import blake2b

from msgspec import Struct

EVERYONE = 0  # the organisation of what belongs to the platform, and of a route for every organisation
DEFAULT_FAILOVER_SECONDS = 60
CONFIGURED = "The settings name this: it is changed there."
CONFIGURED_FROM = 2**52  # ids of rows that the settings name: no row of the store comes so far
_NAME = re.compile(r"[a-z0-9-]{1,32}")


class Upstream(Struct, gc=False, frozen=True):
    """One row of the upstream table, in its column order."""

    id: int
    name: str  # unique on the platform; its gate is `upstream:<name>`
    host: str
    port: int
    org: int = EVERYONE  # whose it is
    tls: int = 0
    tls_verify: int = 1
    tls_ca: str = ""  # a file of certificates to trust; empty: the machine's own
    tls_server_name: str = ""  # empty: the host
    tls_certificate: str = ""  # ours, where it asks for one: a file, and its key's
    tls_key: str = ""
    system_id: str = ""
    password: bytes | None = None  # sealed by the vault
    system_type: str = ""
    bind_mode: str = "trx"  # trx | tx+rx
    binds: int = 1
    window: int = 10  # unanswered submit_sm per bind
    rate_per_s: int | None = None
    interface_version: int = 0x34
    source: str = ""  # rules that rewrite the sender, one per line: see `core/sender_rules`
    destination_ton: int = 1
    destination_npi: int = 1
    destination_plus: int = 0  # 1: with a leading +
    long_form: str = "udh"  # udh | sar | sar8 | sar16 | payload
    receipts: str = "receipt"  # receipt | none | transaction
    id_format: str = "as_is"  # of receipts: as_is | hex_to_decimal | decimal_to_hex | tolerant (found out)
    service_type: str = ""  # where an SMS names none
    repeats: str = "reference"  # a repeat is told by user_message_reference | plain: by nothing
    submit_fail: str = "temporary"  # what ESME_RSUBMITFAIL means: temporary | permanent
    coding_0: str = "gsm"  # what its data_coding 0 is: gsm | ascii | latin1
    enquire_link_seconds: int = 30
    response_seconds: int = 30
    reconnect_seconds: int = 1
    numbers: str = ""  # that lead to the organisation, separated by spaces; SMS to them are its applications'
    octets: int = 1  # what it carries: 8-bit data, …
    ucs2: int = 1
    user_data_header: int = 1
    segments: int = 255
    failover_seconds: int = DEFAULT_FAILOVER_SECONDS  # after so long away, others carry what waits
    shared: int = 1  # 1: routes of other organisations may lead to it as well
    enabled: int = 1
    created_at: int = 0
    updated_at: int = 0


class Route(Struct, gc=False, frozen=True):
    """One row of the route table, in its column order."""

    id: int
    upstream: str
    org: int = EVERYONE
    network: str = ""  # of devices; empty: any, and phones outside the fleet
    prefix: str = ""  # of the destination, in international digits; empty: any
    cost: int = 0  # of a segment, in millionths of the organisation's currency
    weight: int = 1  # among routes that are equally good; 0: only where no other is left
    enabled: int = 1
    created_at: int = 0
    updated_at: int = 0


def configured_id(*what: str) -> int:
    """Of a row that the settings name: the same at each start."""
    digest = blake2b("\n".join(what).encode(), digest_size=8).digest()
    return CONFIGURED_FROM + int.from_bytes(digest) % CONFIGURED_FROM


def is_configured(id: int) -> bool:
    return id >= CONFIGURED_FROM


def is_upstream_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def numbers_of(text: str) -> dict[str, int | None]:
    """An upstream's numbers, each with the application that hears of SMS to it: `12345=7 4930123456`."""
    named = (one.partition("=") for one in text.split())
    return {number: int(application) if application else None for number, _, application in named}


def is_visible(row: Upstream | Route, org: int) -> bool:
    """Their own, what is everybody's, and upstreams that others share."""
    return row.org in (EVERYONE, org) or (isinstance(row, Upstream) and bool(row.shared))


def place_of_route(route: Route) -> tuple[str, str, int, int]:
    """Where people find it in a list."""
    return route.network, route.prefix, route.cost, route.id


def serves(upstream: Upstream, org: int) -> bool:
    """May this organisation's SMS go there?"""
    return bool(upstream.enabled and (upstream.org in (EVERYONE, org) or upstream.shared))
