"""Every seam on one page: Store and its Transaction, Outlet, Clock.

A flow is called with a transaction and a batch of requests and gives an answer to each, with the jobs that
it took for sending. It is a coroutine so that one text serves both engines: on SQLite it runs on the writer
thread and never suspends; on PostgreSQL it runs on the loop. It may be called again after a conflict, so it
touches nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from heliograph.core.batch import Batch
from heliograph.core.callback import Callback, CallbackSecret
from heliograph.core.changes import Changes, Reference
from heliograph.core.console import ConsoleLink, ConsoleUse
from heliograph.core.delivery import Job, Lane, LaneKey
from heliograph.core.device import Device, DeviceView, Quota
from heliograph.core.firewall.rules import RuleSet
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch
from heliograph.core.gate import Rooms
from heliograph.core.idempotency import KeptAnswer
from heliograph.core.message import Message
from heliograph.core.organisation import Account, Application, Organisation, Token
from heliograph.core.outcome import Outcome
from heliograph.core.policy import Policy
from heliograph.core.reassembly import Part
from heliograph.core.retention import Candidate, Kept, Walk
from heliograph.core.saved import SavedView, SmsTemplate
from heliograph.core.security.access import Invitation, MfaKey, Session, TrustedDevice
from heliograph.core.security.audit import Actor, Attempt, Simulated, SimulatedSms
from heliograph.core.security.sealed import KeyRing, SealedColumn, SealedRow
from heliograph.core.sim import AvoidedOperator, Sim
from heliograph.core.smpp_account import SmppAccount
from heliograph.core.tariff import Tariff
from heliograph.core.upstream import Route, Upstream
from heliograph.flow.ports.access import AccessTransaction
from heliograph.flow.ports.callbacks import CallbackTransaction
from heliograph.flow.ports.console import ConsoleTransaction
from heliograph.flow.ports.firewall import FirewallTransaction
from heliograph.flow.ports.smpp import SmppTransaction
from heliograph.flow.ports.upstreams import UpstreamTransaction

R = TypeVar("R")
A = TypeVar("A")
R_contra = TypeVar("R_contra", contravariant=True)


class Urgency(IntEnum):
    """Which flow goes first when several wait: ending what is under way frees room for what is new."""

    SETTLE = 0
    CONFIRM = 1  # what upstreams report is about what was settled, be it in the same round
    ACCEPT = 2
    TIMERS = 3
    BULK = 4


class Head(Struct, gc=False):
    """The first waiting delivery of a lane, ready to be taken, with what policy has to see."""

    job: Job
    device: Device | None  # None for applications' lanes


class LaneCount(Struct, gc=False):
    waiting: int
    under_way: bool


class ReferenceCount(Struct, gc=False):
    """Segments of a message that an upstream accepted: how many are not reported, and how one failed."""

    waiting: int
    failed: str | None


Managed = (
    Organisation
    | Application
    | Account
    | Token
    | Policy
    | Callback
    | CallbackSecret
    | Tariff
    | Device
    | MfaKey
    | TrustedDevice
    | Session
    | Invitation
    | Sim
    | AvoidedOperator
    | RuleSet
    | Suppression
    | StopWords
    | SmppAccount
    | Upstream
    | Route
    | SavedView
    | SmsTemplate
    | ConsoleLink
)
M = TypeVar("M", bound=Managed)


class AdminTransaction(Protocol):
    """Verbs for what people manage, and for retention. Found ids are by name, loaded rows by id."""

    async def audit(
        self, action: str, before: Managed | Quota | Watch | None, after: Managed | Quota | Watch | None
    ) -> None:
        """A change that no other verb of this page records by itself."""
        ...

    async def last_change(self, org: int) -> int:
        """The number of the organisation's last entry in the audit trail; 0: it has none."""
        ...

    async def add(self, rows: Sequence[Managed]) -> None: ...
    async def change(self, rows: Sequence[Managed]) -> None: ...
    async def load(self, kind: type[M], ids: Sequence[int]) -> dict[int, M]: ...
    async def find(self, kind: type[Managed], org: int, names: Sequence[str]) -> dict[str, int]:
        """Names of organisations and accounts are the whole platform's, whatever `org` says."""
        ...

    async def of_org(self, kind: type[M], org: int, limit: int) -> list[M]:
        """All that the organisation has of a kind that it has few of, by id."""
        ...

    async def drop(self, rows: Sequence[Managed]) -> None: ...
    async def load_sealed(self, column: SealedColumn, after: int, limit: int) -> list[SealedRow]:
        """The next rows that hold something sealed, by id."""
        ...

    async def replace_sealed(self, column: SealedColumn, rows: Sequence[SealedRow]) -> None: ...
    async def record_keys(self, action: str, before: KeyRing, after: KeyRing) -> None: ...
    async def record_login(self, action: str, attempt: Attempt) -> None: ...
    async def record_simulated(self, before: Simulated | None, after: Simulated | SimulatedSms) -> None: ...
    async def record_console(self, action: str, use: ConsoleUse) -> None: ...
    async def count_users(self, row: Policy | Application | Tariff) -> int:
        """Devices of a policy or tariff, policies of an application."""
        ...

    async def is_awaited(self, application: int) -> bool:
        """Does anything wait for this application?"""
        ...

    async def waiting_for_application(self, application: int, up_to: int, limit: int) -> list[int]:
        """Deliveries that wait in its lanes, by position."""
        ...

    async def drop_lanes_of_application(self, application: int) -> None: ...
    async def load_quotas(self, devices: Sequence[int]) -> dict[int, Quota]: ...
    async def ended_quotas(self, limit: int) -> list[Quota]:
        """Those that expired and of which nobody was told."""
        ...

    async def drop_quotas(self, devices: Sequence[int]) -> None: ...
    async def awaited(self, org: int, devices: Sequence[int]) -> set[int]:
        """Devices of which an SMS is under way, or segments of one wait for the others."""
        ...

    async def waiting_for(self, device: int, limit: int) -> list[int]:
        """Messages that wait for it."""
        ...

    async def drop_devices(self, devices: Sequence[int]) -> None: ...
    async def add_implied(self, sims: Sequence[Sim]) -> None:
        """They come with new devices, whose lines in the audit trail say it all."""
        ...

    async def find_sims(self, column: str, values: Sequence[int | str]) -> list[Sim]:
        """By `iccid`, `imsi`, `msisdn` or `device`, of all organisations: these are unique everywhere."""
        ...

    async def find_batch(self, org: int, bic: str, limit: int) -> list[Sim]: ...
    async def find_avoided(self, device: int) -> list[AvoidedOperator]: ...
    async def move_lane(self, device: int, gate: str) -> None:
        """The lane of a device leaves through another gate from now on."""
        ...

    async def walk(self, walk: Walk, until: int, limit: int) -> list[Candidate]:
        """The next messages accepted until then; the walk remembers how far it came."""
        ...

    async def kept(self, walk: Walk, until: int, limit: int) -> list[Candidate]:
        """Messages that an earlier step kept until then; they are forgotten by this."""
        ...

    async def keep(self, walk: Walk, kept: Sequence[Kept]) -> None: ...
    async def drop_bodies(self, messages: Sequence[int]) -> None: ...
    async def drop_messages(self, messages: Sequence[int]) -> None: ...
    async def drop_events(self, org: int, before: int, limit: int) -> int:
        """How many were dropped."""
        ...

    async def drop_kept_answers(self, org: int, before: int, limit: int) -> int:
        """Likewise, those under idempotency keys."""
        ...


class Transaction(Protocol):
    """The domain's verbs over the store. Loads see what this transaction has written."""

    now: int
    rooms: Rooms

    event_validity_ms: int  # how long an event waits for a callback

    @property
    def countries(self) -> Mapping[int, str]:
        """Those of organisations that have one of their own, by organisation."""
        ...

    def country_of(self, org: int, general: str) -> str:
        """Its own, or the general one."""
        ...

    def set_country(self, org: int, code: str) -> None:
        """From the commit on."""
        ...

    @property
    def admin(self) -> AdminTransaction: ...
    @property
    def callbacks(self) -> CallbackTransaction: ...
    @property
    def firewall(self) -> FirewallTransaction: ...

    @property
    def access(self) -> AccessTransaction: ...
    @property
    def smpp(self) -> SmppTransaction: ...
    @property
    def upstreams(self) -> UpstreamTransaction: ...
    @property
    def console(self) -> ConsoleTransaction: ...

    def next_id(self, shard: int) -> int: ...
    def next_position(self) -> int:
        """Grows in the order in which the transactions that touch one lane commit."""
        ...

    def next_delivery(self, shard: int) -> tuple[int, int]:
        """An id and a position."""
        ...

    async def load_devices(self, ids: Sequence[int]) -> dict[int, DeviceView]: ...
    async def find_numbers(self, numbers: Sequence[str]) -> dict[str, int]:
        """Ids of devices by MSISDN."""
        ...

    async def find_subscribers(self, imsis: Sequence[str]) -> dict[str, int]: ...
    async def load_policies(self, ids: Sequence[int]) -> dict[int, Policy]: ...
    async def load_heads(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, Head]: ...
    async def count_lanes(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, LaneCount]: ...
    async def load_messages(self, ids: Sequence[int]) -> dict[int, Message]: ...
    async def load_jobs(self, messages: Sequence[int]) -> dict[int, Job]:
        """The delivery to a device of each message, in its lane or scheduled, by message."""
        ...

    async def load_deliveries(self, ids: Sequence[int]) -> dict[int, Job]: ...

    async def load_replaceable(self, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Job]:
        """The pending message of a device with this replace key."""
        ...

    async def load_batches(self, ids: Sequence[int]) -> dict[int, Batch]: ...
    async def load_batch_messages(self, batch: int, after: int, limit: int) -> list[int]:
        """Ids of a batch's messages, in their order."""
        ...

    async def count_retries(self, batch: int) -> int:
        """Batches that send again to those of this one."""
        ...

    async def load_kept_answers(self, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KeptAnswer]:
        """What is kept under idempotency keys, by organisation and key."""
        ...

    async def load_parts(self, devices: Sequence[int]) -> list[Part]: ...
    async def load_old_parts(self, before: int, limit: int) -> list[Part]:
        """Whole sets, those whose first part arrived before then."""
        ...

    async def oldest_part(self) -> int | None:
        """When the part that has waited longest arrived."""
        ...

    async def due_lanes(self, gate: str, now: int, limit: int) -> list[Lane]: ...
    async def next_lane_due(self, gate: str) -> int | None: ...
    async def gates_due(self) -> dict[str, int]:
        """Gates with lanes that rest, and when the first of each is due."""
        ...

    async def due_entries(self, now: int, limit: int) -> list[Job]: ...
    async def load_turns(self, device: int) -> list[Job]:
        """The P2P SMS to this device that are not in its lane yet, in the order of their turns."""
        ...

    async def due_expiries(self, now: int, limit: int) -> list[Job]:
        """Whatever is not under way and past its time."""
        ...

    async def next_timer(self) -> int | None:
        """When the next entry or expiry is due."""
        ...

    async def left_under_way(self, after: int, up_to: int, limit: int) -> list[Job]:
        """Jobs that an earlier boot left under way, by delivery id."""
        ...

    async def load_references(self, gate: str, references: Sequence[str]) -> dict[str, Reference]: ...
    async def count_references(self, messages: Sequence[int]) -> dict[int, ReferenceCount]: ...

    async def wake_gate(self, gate: str, receiver: int, after: int, limit: int) -> int | None:
        """Lanes of this gate that wait without a clock are due now, a slice at a time; the last key of the
        slice.
        """
        ...

    async def set_attached(self, devices: Sequence[int], attached: bool) -> list[tuple[int, int]]:
        """Those that were not so before, each with its organisation."""
        ...

    async def wake_lanes(self, devices: Sequence[int], due_at: int, why: str) -> None:
        """The lanes of these devices that rest are due then, and their clocks start anew. `why` is kept
        with them until the next attempt.
        """
        ...

    async def write(self, changes: Changes) -> None: ...


class Answers(Struct, Generic[A]):
    """What a flow gives back: an answer per request, in order, and the jobs that now have to be sent."""

    answers: list[A]
    jobs: list[Job]


class Flow(Protocol[R_contra, A]):
    """A use case. `urgency` orders it among others that wait."""

    @property
    def urgency(self) -> Urgency: ...
    def __call__(self, tx: Transaction, requests: Sequence[R_contra]) -> Awaitable[Answers[A]]: ...


class Store(Protocol):
    """Runs flows, many callers in one transaction; nothing is answered before its commit."""

    def run(self, flow: Flow[R, A], requests: Sequence[R], by: Actor | None = None) -> Awaitable[list[A]]:
        """Handed in before it returns, so that what is asked in one turn of the loop shares a round. `by`
        is who is named in the audit trail; nobody: the program itself.
        """
        ...


class Outlet(Protocol):
    """Carries jobs away. It reports each job's outcome once, in any order, by the `report` given to it."""

    def send(self, jobs: Sequence[Job]) -> None: ...


Report = Callable[[Sequence[tuple[Job, Outcome]]], None]


class Clock(Protocol):
    """Wall time in milliseconds since the epoch."""

    def now(self) -> int: ...


class Full(Exception):
    """The store's queue is full, or it is stopping: nothing was accepted."""
