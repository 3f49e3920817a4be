"""Service profiles: the contract's words for our policies."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.json import Decoder, encode

from heliograph.core.policy import Interface, Policy
from heliograph.flow.manage.requests import PolicyWish
from heliograph.interfaces.rest.problem import out_of_range
from heliograph.interfaces.rest.translate.limits import (
    DATA,
    MO,
    MT,
    NAMES,
    OURS,
    USSD,
    LimitShown,
    TrafficType,
    shown_limit,
    shown_service,
)
from heliograph.interfaces.rest.translate.shapes import Description, Looked, Name, Reference
from heliograph.interfaces.rest.translate.times import shown

KIND = "ServiceProfile"
INTERFACES = {Interface.REST: "RestAPI", Interface.SMPP: "SMPP", Interface.CONSOLE: "Console"}
Flag = bool | UnsetType
Services = Annotated[list[Reference], Meta(max_length=len(NAMES))]


class ProfileChange(Struct, frozen=True, kw_only=True):
    """What may be changed. Fields that mean nothing here are kept and returned."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    allowed_3g: Flag = UNSET
    allowed_4g: Flag = UNSET
    allowed_nb_iot: Flag = UNSET
    apply_data_quota: Flag = UNSET
    apply_sms_quota: Flag = UNSET
    retail: Flag = UNSET
    prepaid: Flag = UNSET
    nipdp: Flag = UNSET
    sms_p2p_int: Flag = UNSET
    sms_p2p_ext: Flag = UNSET
    api_callback: Reference | UnsetType | None = UNSET
    api_secret: Reference | UnsetType | None = UNSET
    feed_consumer: Reference | UnsetType | None = UNSET  # ours: who fetches what a callback would be told
    smpp_account: Reference | UnsetType | None = UNSET  # ours: who hears while the interface is SMPP
    moc_callback: Reference | UnsetType | None = UNSET
    esme_interface_type: Reference | UnsetType | None = UNSET
    breakout_region: Reference | UnsetType | None = UNSET
    dns: Reference | UnsetType | None = UNSET
    service: Services | UnsetType = UNSET  # ours: all services at once
    sms_p2p_receive_rate: Annotated[int, Meta(ge=1, le=600)] | UnsetType = UNSET  # ours: a minute
    sms_p2p_send_cap: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET  # ours: in 24 hours
    sms_mo_per_part: Flag = UNSET  # ours: one call for each part of a long SMS


class NewProfile(ProfileChange, frozen=True, kw_only=True):
    name: Name


class Kept(Struct, frozen=True):
    """What a policy's extras hold."""

    allowed_3g: bool = True
    allowed_4g: bool = True
    allowed_nb_iot: bool = True
    apply_data_quota: bool = False
    retail: bool = False
    prepaid: bool = False
    nipdp: bool = False
    moc_callback: Reference | None = None
    breakout_region: Reference | None = None
    dns: Reference | None = None
    service_0: bool = False
    service_38: bool = False


_KEPT = Decoder(Kept).decode


class ServiceOfProfile(Struct, frozen=True, omit_defaults=True):
    id: int
    description: str
    traffic_type: TrafficType | None = None
    traffic_limit: LimitShown | None = None


class ProfileShown(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    description: str
    used_count: int
    allowed_3g: bool
    allowed_4g: bool
    allowed_nb_iot: bool
    apply_data_quota: bool
    apply_sms_quota: bool
    retail: bool
    prepaid: bool
    nipdp: bool
    sms_p2p_int: bool
    sms_p2p_ext: bool
    api_callback: Reference | None
    api_secret: Reference | None
    feed_consumer: Reference | None
    smpp_account: Reference | None
    moc_callback: Reference | None
    esme_interface_type: Looked
    breakout_region: Reference | None
    dns: Reference | None
    service: list[ServiceOfProfile]
    sms_p2p_receive_rate: int
    sms_p2p_send_cap: int
    sms_mo_per_part: bool
    created: str
    last_updated: str


def shown_profile(policy: Policy, used: int) -> ProfileShown:
    kept = _KEPT(policy.extras)
    return ProfileShown(
        id=policy.id,
        name=policy.name,
        description=policy.description,
        used_count=used,
        allowed_3g=kept.allowed_3g,
        allowed_4g=kept.allowed_4g,
        allowed_nb_iot=kept.allowed_nb_iot,
        apply_data_quota=kept.apply_data_quota,
        apply_sms_quota=bool(policy.quota),
        retail=kept.retail,
        prepaid=kept.prepaid,
        nipdp=kept.nipdp,
        sms_p2p_int=bool(policy.p2p_internal),
        sms_p2p_ext=bool(policy.p2p_external),
        api_callback=_reference(policy.api_callback),
        api_secret=_reference(policy.api_secret),
        feed_consumer=_reference(consumer_of(policy)),
        smpp_account=_reference(policy.smpp_account),
        moc_callback=kept.moc_callback,
        esme_interface_type=Looked(policy.interface, INTERFACES[Interface(policy.interface)]),
        breakout_region=kept.breakout_region,
        dns=kept.dns,
        service=_services(policy, kept),
        sms_p2p_receive_rate=policy.p2p_received_per_minute,
        sms_p2p_send_cap=policy.p2p_sent_per_day,
        sms_mo_per_part=bool(policy.mo_per_part),
        created=shown(policy.created_at),
        last_updated=shown(policy.updated_at),
    )


def consumer_of(policy: Policy) -> int | None:
    """The application that the policy names by itself: it fetches, or listens."""
    return None if policy.application in (policy.api_callback, policy.smpp_account) else policy.application


def _reference(id: int | None) -> Reference | None:
    return None if id is None else Reference(id)


def _services(policy: Policy, kept: Kept) -> list[ServiceOfProfile]:
    on = {USSD: kept.service_0, MT: policy.mt, MO: policy.mo, DATA: kept.service_38}
    volumes = {MT: policy.mt_limit, MO: policy.mo_limit}
    found = []
    for id in (id for id, is_on in on.items() if is_on):
        service, volume = shown_service(id), volumes.get(id)
        limit = None if volume is None else shown_limit(id, volume)
        found.append(ServiceOfProfile(id, service.description, service.traffic_type, limit))
    return found


def policy_wish(body: ProfileChange, starting: bool = False) -> PolicyWish:
    """A new profile starts with no services, as the contract's does: they are put in one by one."""
    on = None if body.service is UNSET else _asked(body.service)
    if on is None and starting:
        on = set()
    return PolicyWish(
        name=body.name,
        mo=UNSET if on is None else int(MO in on),
        mt=UNSET if on is None else int(MT in on),
        p2p_internal=_number(body.sms_p2p_int),
        p2p_external=_number(body.sms_p2p_ext),
        quota=_number(body.apply_sms_quota),
        p2p_received_per_minute=body.sms_p2p_receive_rate,
        p2p_sent_per_day=body.sms_p2p_send_cap,
        description=body.description or "" if body.description is not UNSET else UNSET,
        interface=_interface(body.esme_interface_type),
        api_callback=_named(body.api_callback),
        api_secret=_named(body.api_secret),
        smpp_account=_named(body.smpp_account),
        mo_per_part=_number(body.sms_mo_per_part),
        extras=_extras(body, on),
    )


def _number(flag: Flag) -> int | UnsetType:
    return UNSET if flag is UNSET else int(flag)


def _named(reference: Reference | UnsetType | None) -> int | UnsetType | None:
    if reference is UNSET or reference is None:
        return reference
    return reference.number


def _interface(wanted: Reference | UnsetType | None) -> int | UnsetType:
    id = _named(wanted)
    if id is UNSET:
        return UNSET
    if id is None:
        return Interface.REST
    if id not in INTERFACES:
        raise out_of_range(KIND, "esme_interface_type", f"must be one of {', '.join(map(str, INTERFACES))}")
    return id


def _asked(services: Sequence[Reference]) -> set[int]:
    ids = {service.number for service in services}
    if not ids <= NAMES.keys():
        raise out_of_range(KIND, "service", f"must be among {', '.join(map(str, NAMES))}")
    return {id for id in ids if id is not None}


def _extras(body: ProfileChange, on: set[int] | None) -> str | UnsetType:
    """Fields with no meaning here, as they shall be kept; null takes one away."""
    given: dict[str, Any] = {}
    for name in Kept.__struct_fields__:
        value = getattr(body, name, UNSET)
        if value is not UNSET:
            is_empty = isinstance(value, Reference) and value.id is None
            given[name] = None if is_empty else value
    if on is not None:
        given |= {OURS[id]: True if id in on else None for id in (USSD, DATA)}
    return encode(given).decode() if given else UNSET
