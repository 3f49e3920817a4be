"""A change to many endpoints: the body into a wish, and what became of it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.fleet_changes import MOST_DEVICES, FleetWish
from heliograph.interfaces.rest.problem import RefusalShown, required
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.translate.batches import SmsRef as Ref
from heliograph.interfaces.rest.translate.devices import KIND, status_number
from heliograph.interfaces.rest.translate.shapes import Id, Reference

MOST_TAGS = 50
MOST_FAILURES = 1_000  # that are shown
Tag = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^,]*$")]


class EndpointsChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `endpoints`, or the list's own `q` with `expect`, how many of them the person saw."""

    endpoints: Annotated[list[Id], Meta(min_length=1, max_length=MOST_DEVICES)] | UnsetType = UNSET
    q: Annotated[str, Meta(max_length=2_048)] | UnsetType = UNSET
    expect: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    service_profile: Reference | UnsetType = UNSET
    status: Reference | UnsetType = UNSET
    add_tags: Annotated[list[Tag], Meta(max_length=MOST_TAGS)] = []
    remove_tags: Annotated[list[Tag], Meta(max_length=MOST_TAGS)] = []


class EndpointFailure(Struct, frozen=True):
    endpoint: Ref
    refusal: RefusalShown


class EndpointsChanged(Struct, frozen=True):
    """`failures` has the first of those that failed."""

    matched: int
    changed: int
    unchanged: int
    failed: int
    failures: list[EndpointFailure]


def fleet_wish(body: EndpointsChange) -> FleetWish:
    if body.service_profile is UNSET and body.status is UNSET and not (body.add_tags or body.remove_tags):
        raise nested(KIND, "body", "nothing to change: give service_profile, status, add_tags or remove_tags")
    policy = UNSET if body.service_profile is UNSET else body.service_profile.number
    if policy is None:
        raise required(KIND, "service_profile")
    return FleetWish(
        policy,
        UNSET if body.status is UNSET else status_number(body.status),
        tuple(tag.strip() for tag in body.add_tags),
        frozenset(tag.strip() for tag in body.remove_tags),
    )


def failure(endpoint: int, refusal: Refusal) -> EndpointFailure:
    return EndpointFailure(Ref(endpoint), RefusalShown(refusal.code, refusal.reason, refusal.rule))
