"""From the configuration's words to the flows' own: the one place where the two meet."""

from secrets import token_bytes

from msgspec import Struct

from heliograph.app.listeners import Listener
from heliograph.config import Config
from heliograph.core.gate import Gate
from heliograph.core.retention import Retention
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.dispatcher import Flows
from heliograph.flow.accept import Settings
from heliograph.flow.applications.deleted import EndWaiting
from heliograph.flow.attach import Attach
from heliograph.flow.cancel import Cancel, CancelAlike
from heliograph.flow.change import Change
from heliograph.flow.deliver import Deliver
from heliograph.flow.expire import Expire
from heliograph.flow.inbound import Receive
from heliograph.flow.manage.console import ManageLinks
from heliograph.flow.manage.deletion import DeleteApplications, DeletePolicies
from heliograph.flow.manage.devices import AddDevices, DeleteDevices, SetDevices
from heliograph.flow.manage.firewall import ReleaseHolds, SetFirewalls
from heliograph.flow.manage.mfa import ForgetMfa
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations, SetOrganisations
from heliograph.flow.manage.policies import CreatePolicies, SetPolicies
from heliograph.flow.manage.quotas import ManageQuotas
from heliograph.flow.manage.sims import AddSims
from heliograph.flow.manage.smpp_accounts import ManageSmppAccounts
from heliograph.flow.manage.tariffs import ManageTariffs
from heliograph.flow.manage.tokens import CreateTokens, RevokeTokens
from heliograph.flow.manage.users import CreateAccounts, SetPasswords
from heliograph.flow.overdue import Overdue
from heliograph.flow.ports import Urgency
from heliograph.flow.recover import Recover
from heliograph.flow.retain import Retain
from heliograph.flow.settle import Settle
from heliograph.flow.submit import Submit
from heliograph.flow.wake import Wake
from heliograph.interfaces.control.services import Flows as CommandFlows

SIMULATOR = "simulator"
SMPP = "SMPP"
OVER_TLS = " over TLS"


def listeners(config: Config) -> tuple[Listener, ...]:
    """The TCP ports that a server opens; one that takes any free port has none to look at."""
    api = Listener("API", config.http.host, config.http.port)
    return (*([api] if api.port else []), *smpp_listeners(config))


def smpp_listeners(config: Config) -> tuple[Listener, ...]:
    smpp = config.smpp
    named = (
        Listener(SMPP, smpp.host, smpp.port),
        Listener(SMPP + OVER_TLS, smpp.host, smpp.tls_port if smpp.certificate else 0),
    )
    return tuple(one for one in named if one.port)


class Traffic(Struct, frozen=True):
    """The flows that callers and networks ask."""

    submit: Submit
    submit_bulk: Submit
    receive: Receive
    attach: Attach
    cancel: Cancel
    change: Change
    receipt_validity_seconds: int


def accept_settings(config: Config) -> Settings:
    messages = config.messages
    return Settings(
        lane_limit=messages.lane_limit,
        a2p_longest_digits=messages.a2p_longest_digits,
        mo_validity_seconds=messages.mo_validity_seconds,
        receipt_validity_seconds=messages.receipt_validity_seconds,
        part_timeout_seconds=messages.part_timeout_seconds,
        country_code=messages.country_code,
    )


def retry_schedule(config: Config) -> RetrySchedule:
    retry = config.retry
    return RetrySchedule(
        absent=retry.absent,
        memory_full=retry.memory_full,
        congestion=retry.congestion,
        application=retry.application,
        unknown=retry.unknown,
        settling_seconds=retry.settling_seconds,
    )


def simulator_gate(config: Config) -> Gate:
    simulator = config.simulator
    return Gate(window=simulator.window, rate_per_s=simulator.rate_per_s or None)


def routes() -> Routes:
    """The networks that there are, one for all flows. The simulator carries everything; what leads to
    upstreams comes into its table later.
    """
    return Routes({SIMULATOR: Capability()})


def dispatcher_flows(config: Config, known: Routes) -> Flows:
    settings, schedule = accept_settings(config), retry_schedule(config)
    receipt_validity_seconds = settings.receipt_validity_seconds
    return Flows(
        Settle(schedule, receipt_validity_seconds, known),
        Deliver(receipt_validity_seconds),
        Expire(settings, known),
        Overdue(settings, known),
        Recover(schedule, receipt_validity_seconds),
        Wake(),
    )


def traffic_flows(config: Config, known: Routes) -> Traffic:
    settings = accept_settings(config)
    return Traffic(
        Submit(settings, known),
        Submit(settings, known, Urgency.BULK),
        Receive(settings, known),
        Attach(retry_schedule(config)),
        Cancel(settings, known),
        Change(settings, known),
        settings.receipt_validity_seconds,
    )


def cancel_alike(traffic: Traffic) -> CancelAlike:
    return CancelAlike(traffic.cancel)


def command_flows(traffic: Traffic, networks: Routes, config: Config) -> CommandFlows:
    """The flows that commands ask."""
    return CommandFlows(
        submit=traffic.submit,
        cancel=traffic.cancel,
        change=traffic.change,
        add_devices=AddDevices(networks=networks),
        import_devices=AddDevices(Urgency.BULK, networks),
        set_devices=SetDevices(networks, traffic.receipt_validity_seconds),
        delete_devices=DeleteDevices(traffic.receipt_validity_seconds),
        add_sims=AddSims(),
        quotas=ManageQuotas(),
        create_policies=CreatePolicies(),
        delete_policies=DeletePolicies(),
        set_policies=SetPolicies(),
        tariffs=ManageTariffs(),
        create_organisations=CreateOrganisations(),
        set_organisations=SetOrganisations(_organisations(config)),
        create_applications=CreateApplications(),
        delete_applications=DeleteApplications(),
        create_accounts=CreateAccounts(),
        set_passwords=SetPasswords(),
        forget_mfa=ForgetMfa(),
        create_tokens=CreateTokens(token_bytes),
        revoke_tokens=RevokeTokens(),
        set_firewalls=SetFirewalls(),
        release_holds=ReleaseHolds(),
        smpp_accounts=ManageSmppAccounts(),
        end_waiting=EndWaiting(),
        console_links=ManageLinks(token_bytes),
    )


def _organisations(config: Config) -> set[str]:
    """That the settings name."""
    named = {one.organisation for one in config.upstreams.values()}
    named |= {one.organisation for one in config.routes}
    return {name for name in (*named, config.oidc.organisation) if name}


def retain_flow(config: Config) -> Retain:
    retention = config.retention
    return Retain(
        Retention(
            message_days=retention.message_days or None,
            body_days=retention.body_days or None,
            event_days=retention.event_days or None,
        )
    )
