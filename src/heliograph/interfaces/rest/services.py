"""What routes work with. Put together by `app`."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from heliograph.core.batch import Batch
from heliograph.core.device import Device
from heliograph.flow.auditing import AuditReader
from heliograph.flow.batch_port import BatchReader
from heliograph.flow.browse import Browse
from heliograph.flow.callback_port import CallbackDesk, CallbackReader
from heliograph.flow.cancel import Cancel
from heliograph.flow.change import Change
from heliograph.flow.feeding import AcknowledgeFeed, FeedReader
from heliograph.flow.fleet_port import FleetReader
from heliograph.flow.inbound import Receive
from heliograph.flow.manage_callbacks import ManageCallbacks, ManageSecrets
from heliograph.flow.manage_deletion import DeletePolicies
from heliograph.flow.manage_devices import AddDevices, DeleteDevices, SetDevices
from heliograph.flow.manage_firewall import ReleaseHolds, SetFirewalls
from heliograph.flow.manage_operators import AvoidOperators, ResetDevices
from heliograph.flow.manage_policies import CreatePolicies, SetPolicies
from heliograph.flow.manage_quotas import ManageQuotas
from heliograph.flow.manage_services import ManageServices
from heliograph.flow.manage_sims import AddSims, SetBatches, SetSims
from heliograph.flow.manage_suppression import ManageStopWords, ManageSuppression
from heliograph.flow.manage_tariffs import ManageTariffs
from heliograph.flow.once import Once
from heliograph.flow.policy_port import PolicyReader
from heliograph.flow.ports import Clock, Store
from heliograph.flow.preview import Preview
from heliograph.flow.replay import Replay
from heliograph.flow.requests import Inbound, Received, Submission, Submitted
from heliograph.flow.send_many import BeginBatches, DecideRecipients, MoveBatches, NewBatch
from heliograph.flow.sms_browsing import SmsBrowse
from heliograph.flow.sms_reading import SmsReader
from heliograph.flow.steer_batch import SteerBatches
from heliograph.flow.submit import Submit
from heliograph.flow.what_if import WhatIf
from heliograph.flow.what_if_port import FirewallReader
from heliograph.interfaces.rest.access_services import AccessServices
from heliograph.interfaces.rest.batch_desk import BatchDesk
from heliograph.interfaces.rest.following import Following


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
    set_devices: SetDevices
    delete_devices: DeleteDevices
    add_sims: AddSims
    set_sims: SetSims
    set_batches: SetBatches
    reset: ResetDevices
    avoid: AvoidOperators
    enrol: Callable[[Sequence[Device]], None]  # virtual devices learn what their tags say


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
    desk: CallbackDesk
    seal: Callable[[int, str], bytes]  # a secret of an organisation


class BatchServices(Struct, frozen=True):
    reader: BatchReader
    devices: SmsReader
    begin: BeginBatches
    begin_once: Once[NewBatch, Batch]
    decide: DecideRecipients
    move: MoveBatches
    steer: SteerBatches
    desk: BatchDesk


class FeedServices(Struct, frozen=True):
    reader: FeedReader
    acknowledge: AcknowledgeFeed


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
    firewall: FirewallServices
    following: Following
    feed: FeedServices
    batches: BatchServices
