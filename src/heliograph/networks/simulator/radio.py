"""The radio side of a virtual device: coverage, memory, sleep, faults; what the network answers to one SMS
for it. Pure: time and chance come in.

In: commands ("attached", "memory_full", a fault) and pages. Out: what a real network would notice of a
command (a `Presence` or nothing), and a `Page`: its answer, in the simulator's own words (`Answer`).
"""

from enum import IntEnum, StrEnum
from random import Random

from msgspec import Struct

from heliograph.flow.attach import Presence
from heliograph.networks.simulator.profile import Network, Profile, Sleep, draw_ms


class Answer(StrEnum):
    """What the simulated network says of one SMS to a device."""

    DELIVERED = "delivered"
    ABSENT = "absent"
    DETACHED = "detached"
    SLEEPING = "sleeping"
    MEMORY_FULL = "memory_full"
    BUSY = "busy"
    CONGESTION = "congestion"
    NETWORK_FAILURE = "network_failure"
    TEMPORARY_FAILURE = "temporary_failure"
    RESOURCES = "resources"
    INTERWORKING = "interworking"
    ANSWER_LOST = "answer_lost"  # the device has it, and the network's answer never comes
    UNKNOWN_SUBSCRIBER = "unknown_subscriber"
    BARRED = "barred"
    REJECTED = "rejected"
    FACILITY = "facility"
    PROTOCOL = "protocol"
    ILLEGAL_EQUIPMENT = "illegal_equipment"
    NOT_PROVISIONED = "not_provisioned"


REACHED = frozenset({Answer.DELIVERED, Answer.ANSWER_LOST})
FAULTS = frozenset(Answer) - {
    Answer.DELIVERED,
    Answer.ABSENT,
    Answer.DETACHED,
    Answer.SLEEPING,
    Answer.MEMORY_FULL,
}


class Coverage(IntEnum):
    ATTACHED = 1
    DETACHED = 2  # it said goodbye, or the network noticed
    NO_ANSWER = 3  # lost without a word; the network pages in vain
    ASLEEP = 4  # put to sleep by a person, until a person wakes it


class Command(StrEnum):
    ATTACHED = "attached"  # a location update: it was switched on, or came into another cell
    DETACHED = "detached"
    NO_ANSWER = "no_answer"
    IN_COVERAGE = "in_coverage"  # back in the same cell: the network notices nothing
    ASLEEP = "asleep"  # `attached` wakes it, which the network notices
    MEMORY_FULL = "memory_full"
    MEMORY_FREE = "memory_free"
    HEALTHY = "healthy"  # ends a fault


# A device that has left cannot be lost, nor come back without a location update. One that was lost and then
# detaches was detached by the network's own timer.
MOVES: dict[tuple[Coverage, Command], tuple[Coverage, Presence | None]] = {
    (Coverage.ATTACHED, Command.ATTACHED): (Coverage.ATTACHED, Presence.ATTACHED),
    (Coverage.ATTACHED, Command.DETACHED): (Coverage.DETACHED, Presence.DETACHED),
    (Coverage.ATTACHED, Command.NO_ANSWER): (Coverage.NO_ANSWER, None),
    (Coverage.ATTACHED, Command.IN_COVERAGE): (Coverage.ATTACHED, None),
    (Coverage.DETACHED, Command.ATTACHED): (Coverage.ATTACHED, Presence.ATTACHED),
    (Coverage.DETACHED, Command.DETACHED): (Coverage.DETACHED, None),
    (Coverage.DETACHED, Command.NO_ANSWER): (Coverage.DETACHED, None),
    (Coverage.DETACHED, Command.IN_COVERAGE): (Coverage.DETACHED, None),
    (Coverage.NO_ANSWER, Command.ATTACHED): (Coverage.ATTACHED, Presence.ATTACHED),
    (Coverage.NO_ANSWER, Command.DETACHED): (Coverage.DETACHED, Presence.DETACHED),
    (Coverage.NO_ANSWER, Command.NO_ANSWER): (Coverage.NO_ANSWER, None),
    (Coverage.NO_ANSWER, Command.IN_COVERAGE): (Coverage.ATTACHED, None),
    (Coverage.ATTACHED, Command.ASLEEP): (Coverage.ASLEEP, None),
    (Coverage.DETACHED, Command.ASLEEP): (Coverage.DETACHED, None),
    (Coverage.NO_ANSWER, Command.ASLEEP): (Coverage.NO_ANSWER, None),
    (Coverage.ASLEEP, Command.ATTACHED): (Coverage.ATTACHED, Presence.ATTACHED),
    (Coverage.ASLEEP, Command.DETACHED): (Coverage.DETACHED, Presence.DETACHED),
    (Coverage.ASLEEP, Command.NO_ANSWER): (Coverage.NO_ANSWER, None),
    (Coverage.ASLEEP, Command.IN_COVERAGE): (Coverage.ASLEEP, None),
    (Coverage.ASLEEP, Command.ASLEEP): (Coverage.ASLEEP, None),
}

STATES = (*Command, *sorted(FAULTS))
"""Every word that a person may set."""


ANSWER_LOST_MS = 5_000  # until the link to the network counts as lost


class Page(Struct, frozen=True):
    """The network's answer to one SMS."""

    answer: Answer
    delay_ms: int = 0
    retry_after_ms: int | None = None


AT_ONCE = Page(Answer.DELIVERED)


class Radio(Struct, gc=False):
    coverage: Coverage = Coverage.ATTACHED
    memory_full: bool = False
    memory_free_untold: bool = False  # freed while nobody could hear it
    stored: int = 0  # SMS in the memory, where the profile counts them
    fault: Answer | None = None
    awake_until: int = 0  # it attached or sent something, so it listens for a while
    phase_ms: int = 0  # where in the sleep cycle this device is
    lost: tuple[int, int] = (0, 0)  # message and segment that were lost once


def command(radio: Radio, word: str) -> Presence | None:
    """Changes the state. Out: what the network notices. Raises ValueError for a word that nobody knows."""
    if word in FAULTS:
        radio.fault = Answer(word)
        return None
    known = Command(word)
    match known:
        case Command.HEALTHY:
            radio.fault = None
        case Command.MEMORY_FULL:
            radio.memory_full = True
        case Command.MEMORY_FREE:
            radio.memory_full, radio.stored, radio.memory_free_untold = False, 0, True
            return _tell_memory(radio)
        case _:
            radio.coverage, presence = MOVES[radio.coverage, known]
            if presence == Presence.ATTACHED:
                radio.memory_free_untold = False  # the location update says as much, and more
            return presence if presence is not None else _tell_memory(radio)
    return None


def _tell_memory(radio: Radio) -> Presence | None:
    """SMMA, once there is somebody to hear it. 3GPP TS 24.011 §2.1."""
    if not radio.memory_free_untold or radio.coverage != Coverage.ATTACHED:
        return None
    radio.memory_free_untold = False
    return Presence.MEMORY_FREE


def page(radio: Radio, profile: Profile, message: int, segment: int, now: int, chance: Random) -> Page:
    """What the network answers to this segment. An SMS that reaches the device takes memory."""
    network = profile.network
    answer = _network_answer(radio, network, chance) or _device_answer(radio, profile, message, segment, now)
    if answer == Answer.DELIVERED and chance.random() < network.answer_lost_chance:
        answer = Answer.ANSWER_LOST
    if answer in REACHED and profile.memory is not None:
        radio.stored += 1
        radio.memory_full |= radio.stored >= profile.memory.slots
    match answer:
        case Answer.ABSENT:
            return Page(answer, round(network.paging_seconds * 1000))
        case Answer.SLEEPING if profile.sleep is not None and radio.coverage != Coverage.ASLEEP:
            return Page(answer, 0, next_window(profile.sleep, radio.phase_ms, now) - now)
        case Answer.ANSWER_LOST:
            return Page(answer, ANSWER_LOST_MS)
    return Page(answer, draw_ms(network.answer_seconds, chance))


def _network_answer(radio: Radio, network: Network, chance: Random) -> Answer | None:
    """Faults that show before anybody looks for the device."""
    if radio.fault is not None and radio.fault != Answer.ANSWER_LOST:
        return radio.fault
    for fault in network.faults:
        if chance.random() < fault.chance:
            return Answer(fault.answer)
    return None


_AWAY = {
    Coverage.DETACHED: Answer.DETACHED,
    Coverage.NO_ANSWER: Answer.ABSENT,
    Coverage.ASLEEP: Answer.SLEEPING,
}


def _device_answer(radio: Radio, profile: Profile, message: int, segment: int, now: int) -> Answer:
    if radio.coverage != Coverage.ATTACHED:
        return _AWAY[radio.coverage]
    if asleep(radio, profile.sleep, now):
        return Answer.SLEEPING
    if segment == profile.network.lose_segment and radio.lost != (message, segment):
        radio.lost = (message, segment)
        return Answer.ABSENT
    if radio.memory_full:
        return Answer.MEMORY_FULL
    return Answer.ANSWER_LOST if radio.fault == Answer.ANSWER_LOST else Answer.DELIVERED


def asleep(radio: Radio, sleep: Sleep | None, now: int) -> bool:
    if sleep is None or now < radio.awake_until:
        return False
    return (now + radio.phase_ms) % sleep.every_ms >= sleep.awake_ms


def next_window(sleep: Sleep, phase_ms: int, now: int) -> int:
    """When it next begins to listen."""
    return now + sleep.every_ms - (now + phase_ms) % sleep.every_ms
