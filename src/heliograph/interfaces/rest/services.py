"""What routes work with. Put together by `app`."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from heliograph.core.batch import Batch
from heliograph.core.device import Device
from heliograph.core.routing import Routes
from heliograph.flow.applications.deleted import EndWaiting
from heliograph.flow.batches.send import BeginBatches, DecideRecipients, MoveBatches, NewBatch
from heliograph.flow.batches.steer import SteerBatches
from heliograph.flow.callbacks.feeding import AcknowledgeFeed, FeedReader
from heliograph.flow.callbacks.replay import Replay
from heliograph.flow.cancel import Cancel
from heliograph.flow.change import Change
from heliograph.flow.inbound import Receive
from heliograph.flow.manage.callbacks import ManageCallbacks, ManageSecrets
from heliograph.flow.manage.deletion import DeleteApplications, DeletePolicies
from heliograph.flow.manage.devices import AddDevices, DeleteDevices, SetDevices
from heliograph.flow.manage.firewall import ReleaseHolds, SetFirewalls
from heliograph.flow.manage.fleet_changes import ChangeDevices
from heliograph.flow.manage.importing import ImportDevices
from heliograph.flow.manage.operators import AvoidOperators, ResetDevices
from heliograph.flow.manage.organisations import CreateApplications
from heliograph.flow.manage.policies import CreatePolicies, SetPolicies
from heliograph.flow.manage.quotas import ManageQuotas
from heliograph.flow.manage.routes import ManageRoutes
from heliograph.flow.manage.saved import ManageTemplates, ManageViews
from heliograph.flow.manage.services import ManageServices
from heliograph.flow.manage.sims import AddSims, SetBatches, SetSims
from heliograph.flow.manage.simulated import NoteSimulatedDevices
from heliograph.flow.manage.smpp_accounts import ManageSmppAccounts
from heliograph.flow.manage.suppression import ManageStopWords, ManageSuppression
from heliograph.flow.manage.tariffs import ManageTariffs
from heliograph.flow.manage.upstreams import ManageUpstreams
from heliograph.flow.once import Once
from heliograph.flow.ports import Clock, Store
from heliograph.flow.ports.callbacks import CallbackDesk, CallbackReader
from heliograph.flow.ports.smpp import SmppDirectory, SmppReader
from heliograph.flow.ports.upstreams import UpstreamDirectory
from heliograph.flow.preview import Preview
from heliograph.flow.reads.audit import AuditReader
from heliograph.flow.reads.batch_port import BatchReader
from heliograph.flow.reads.browse import Browse
from heliograph.flow.reads.fleet_port import FleetReader
from heliograph.flow.reads.network_port import GateDesk, NetworkReader
from heliograph.flow.reads.policy_port import PolicyReader
from heliograph.flow.reads.saved_port import SavedReader
from heliograph.flow.reads.smpp_port import SmppDesk
from heliograph.flow.reads.sms import SmsBrowse
from heliograph.flow.reads.sms_port import SmsReader
from heliograph.flow.reads.upstream_port import UpstreamLinks, UpstreamProbe
from heliograph.flow.reads.what_if import WhatIf
from heliograph.flow.reads.what_if_port import FirewallReader
from heliograph.flow.requests import Inbound, Received, Submission, Submitted
from heliograph.flow.stranded import FreeStranded
from heliograph.flow.submit import Submit
from heliograph.interfaces.rest.access_services import AccessServices
from heliograph.interfaces.rest.batch_desk import BatchDesk
from heliograph.interfaces.rest.console_services import ConsoleServices
from heliograph.interfaces.rest.following import Following
from heliograph.interfaces.rest.simulator_desk import SimulatorDesk


class SmsServices(Struct, frozen=True):
    """What is done with SMS beside sending them, and sending under an idempotency key."""

    browse: SmsBrowse
    submit_once: Once[Submission, Submitted]
    receive: Receive
    receive_once: Once[Inbound, Received]
    cancel: Cancel
    change: Change
    preview: Preview


class PolicyServices(Struct, frozen=True):
    reader: PolicyReader
    create: CreatePolicies
    change: SetPolicies
    delete: DeletePolicies
    services: ManageServices
    tariffs: ManageTariffs
    quotas: ManageQuotas


class FleetServices(Struct, frozen=True):
    """Devices, their SIMs, and where they are."""

    reader: FleetReader
    add_devices: AddDevices
    import_devices: ImportDevices
    change_devices: ChangeDevices
    set_devices: SetDevices
    delete_devices: DeleteDevices
    add_sims: AddSims
    set_sims: SetSims
    set_batches: SetBatches
    reset: ResetDevices
    avoid: AvoidOperators
    enrol: Callable[[Sequence[Device]], None]  # virtual devices learn what their tags say


class SavedServices(Struct, frozen=True):
    """What people keep to use again."""

    reader: SavedReader
    views: ManageViews
    templates: ManageTemplates


class FirewallServices(Struct, frozen=True):
    reader: FirewallReader
    set: SetFirewalls
    release: ReleaseHolds
    suppression: ManageSuppression
    words: ManageStopWords
    what_if: WhatIf


class CallbackServices(Struct, frozen=True):
    reader: CallbackReader
    manage: ManageCallbacks
    secrets: ManageSecrets
    replay: Replay
    end_waiting: EndWaiting
    desk: CallbackDesk
    seal: Callable[[int, str], bytes]  # a secret of an organisation


class SmppServices(Struct, frozen=True):
    reader: SmppReader
    manage: ManageSmppAccounts
    directory: SmppDirectory
    desk: SmppDesk
    end_waiting: EndWaiting


class UpstreamServices(Struct, frozen=True):
    manage: ManageUpstreams
    routes: ManageRoutes
    stranded: FreeStranded
    directory: UpstreamDirectory
    links: UpstreamLinks
    probe: UpstreamProbe
    table: Routes
    is_host: Callable[[int], bool]  # is this the organisation that the installation belongs to?


class BatchServices(Struct, frozen=True):
    reader: BatchReader
    devices: SmsReader
    begin: BeginBatches
    begin_once: Once[NewBatch, Batch]
    decide: DecideRecipients
    move: MoveBatches
    steer: SteerBatches
    preview: Preview
    desk: BatchDesk


class NetworkServices(Struct, frozen=True):
    reader: NetworkReader
    gates: GateDesk


class SimulatorServices(Struct, frozen=True):
    desk: SimulatorDesk
    note: NoteSimulatedDevices


class FeedServices(Struct, frozen=True):
    reader: FeedReader
    acknowledge: AcknowledgeFeed
    create: CreateApplications
    delete: DeleteApplications


class Services(Struct, frozen=True):
    access: AccessServices
    store: Store
    browse: Browse
    clock: Clock
    submit: Submit
    audit: AuditReader
    policies: PolicyServices
    sms: SmsServices
    callbacks: CallbackServices
    fleet: FleetServices
    saved: SavedServices
    firewall: FirewallServices
    following: Following
    feed: FeedServices
    batches: BatchServices
    smpp: SmppServices
    upstreams: UpstreamServices
    console: ConsoleServices
    simulator: SimulatorServices
    network: NetworkServices
