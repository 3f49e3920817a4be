"""Outcomes: what one attempt came to. A value that a network or an application adapter gives to
`flow/settle`.

`Unknown` means sent with the answer lost: never "failed". `Returned` means that it never left us (the
gate's fault), so no attempt is spent. The words of a carrier are turned into these in its `translate.py`
and nowhere else.
"""

from msgspec import Struct


class Delivered(Struct, frozen=True):
    """The receiver has it; `whole`: all its segments, which went as one. `unnamed`: an upstream took it under
    no name of its own, so that nobody will ever hear more.
    """

    whole: bool = False
    unnamed: bool = False


class Accepted(Struct, frozen=True):
    """An upstream took it over and will report later under this reference; `whole`: all its segments, which
    went as one.
    """

    reference: str
    whole: bool = False


class Temporary(Struct, frozen=True):
    """Not now. `retry_after_seconds` is the network's own word and wins over our schedule."""

    code: str
    retry_after_seconds: int | None = None


class Permanent(Struct, frozen=True):
    """Never, by the network's word."""

    code: str


class Unknown(Struct, frozen=True):
    """Sent; whether it arrived, nobody knows."""

    code: str


class Returned(Struct, frozen=True):
    """Not sent: the gate closed under it."""

    code: str


Outcome = Delivered | Accepted | Temporary | Permanent | Unknown | Returned

DELIVERED = Delivered()
GATE_CLOSED = Returned("gate_closed")
LINK_LOST = Unknown("link_lost")
NO_ANSWER = Unknown("no_answer")


# Whom a code is about, where an upstream says it. Empty: neither.
SUBSCRIBER = "subscriber"  # no other upstream would fare better
ROUTE = "route"  # this upstream does not carry it: another one may, at once
BUSY = "busy"  # this upstream cannot now: another one may, if it goes on for too long


class Meaning(Struct, frozen=True):
    """What a code says in words, which retry schedule it follows, and whom it is about."""

    sentence: str
    retry: str
    about: str = ""


# 3GPP TS 24.011 §8.2.5.4 and TS 23.040 §9.2.3.22, as classes; the adapters map their numbers to these names.
MEANINGS: dict[str, Meaning] = {
    "absent": Meaning(
        "the device did not answer; it is out of coverage or switched off", "absent", SUBSCRIBER
    ),
    "detached": Meaning(
        "the device has left the network and will be tried when it attaches", "absent", SUBSCRIBER
    ),
    "sleeping": Meaning(
        "the device sleeps and the network said when it may be reached", "absent", SUBSCRIBER
    ),
    "memory_full": Meaning("the device's SMS memory is full", "memory_full", SUBSCRIBER),
    "busy": Meaning("the device is busy with another SMS", "congestion", SUBSCRIBER),
    "congestion": Meaning("the network is congested", "congestion", BUSY),
    "network_failure": Meaning("the network is out of order", "congestion", BUSY),
    "temporary_failure": Meaning("the network reports a temporary failure", "congestion", BUSY),
    "resources": Meaning("the network has no resources left", "congestion", BUSY),
    "interworking": Meaning("the networks did not understand each other this time", "congestion", BUSY),
    "no_answer": Meaning("no answer came in time", "absent"),
    "receiver_error": Meaning("the application answered that it cannot take it now", "application"),
    "receiver_gone": Meaning("the application went away before it answered", "application"),
    "receiver_down": Meaning("the application's server could not be reached", "application"),
    "receiver_timeout": Meaning("the application's server did not answer in time", "application"),
    "receiver_failing": Meaning("the application's server is out of order", "application"),
    "receiver_busy": Meaning("the application's server asked to be left alone for a while", "application"),
    "receiver_full": Meaning("the application takes no more for now", "application"),
    "receiver_refused": Meaning("the application's server refused the call", "application"),
    "receiver_moved": Meaning(
        "the application's server answered with a redirect, and none is followed", "application"
    ),
    "receiver_unresolved": Meaning("the name of the application's server has no address", "application"),
    "receiver_untrusted": Meaning(
        "the application's server did not prove who it is: no TLS, or a certificate that does not hold",
        "application",
    ),
    "address_refused": Meaning("the URL leads to an address that may not be called", "application"),
    "secret_sealed": Meaning("the secret that signs it cannot be opened with this key", "application"),
    "callback_disabled": Meaning("the application wants no more calls: its callback is off", "application"),
    "store_busy": Meaning("the store was too busy to say what belongs to it", "congestion"),
    "gate_closed": Meaning("the link was down before anything was sent", "congestion"),
    "restart": Meaning("Heliograph stopped while the attempt was under way", "unknown"),
    "link_lost": Meaning("the link was lost after sending", "unknown"),
    "unknown_subscriber": Meaning("the network does not know the subscriber", "permanent", SUBSCRIBER),
    "barred": Meaning("the subscriber is barred from receiving SMS", "permanent", SUBSCRIBER),
    "rejected": Meaning("the device rejected the SMS", "permanent", SUBSCRIBER),
    "facility": Meaning("the network does not offer this service to the subscriber", "permanent", SUBSCRIBER),
    "protocol": Meaning("the network found the SMS to be wrongly formed", "permanent", ROUTE),
    "illegal_equipment": Meaning("the network refuses this equipment", "permanent", SUBSCRIBER),
    "not_provisioned": Meaning("the subscription has no SMS service", "permanent", SUBSCRIBER),
    # What an upstream answers, and what it reports later.
    "throttled": Meaning("the upstream takes no more for now", "congestion", BUSY),
    "upstream_full": Meaning("the upstream's queue is full", "congestion", BUSY),
    "upstream_error": Meaning("the upstream is out of order", "congestion", ROUTE),
    "submit_failed": Meaning("the upstream could not take it", "congestion", ROUTE),
    "upstream_down": Meaning("the upstream was not connected for too long", "congestion", ROUTE),
    "bad_destination": Meaning("the upstream does not know the way to this number", "permanent", ROUTE),
    "bad_source": Meaning("the upstream does not take this sender", "permanent", ROUTE),
    "refused": Meaning("the upstream refuses it", "permanent", ROUTE),
    "undeliverable": Meaning("the upstream could not deliver it, and does not say why", "permanent", ROUTE),
    "deleted": Meaning("it was deleted at the upstream", "permanent", ROUTE),
    "expired": Meaning("its validity ended at the upstream", "permanent", SUBSCRIBER),
    "unknown_state": Meaning("the upstream does not know what became of it", "permanent"),
    "application_rejected": Meaning("the application rejected it for good", "permanent"),
}


# Faults of the gate, not of the one delivery: its circuit counts them.
GATE_FAULTS = frozenset(
    {
        "receiver_down",
        "receiver_timeout",
        "receiver_failing",
        "receiver_busy",
        "receiver_full",
        "receiver_moved",
        "receiver_unresolved",
        "receiver_untrusted",
        "address_refused",
        "upstream_error",
    }
)
# Lanes that rest for these are due when the gate works again. One that was asked to wait waits.
HEALED = (
    "receiver_error",
    "receiver_full",
    "receiver_down",
    "receiver_timeout",
    "receiver_failing",
    "receiver_moved",
    "receiver_unresolved",
    "receiver_untrusted",
    "address_refused",
    "callback_disabled",
    "receiver_gone",
    "link_lost",
    "no_answer",
)


def meaning(code: str) -> Meaning:
    """An unlisted code is shown as it is and retried like congestion."""
    return MEANINGS.get(code) or Meaning(f"the far end answered {code!r}", "congestion")
