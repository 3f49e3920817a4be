"""One virtual device: radio, inbox, firmware, outbox, and its agenda of things to do later. Pure: time and
chance come in.

In: commands, pages, segments that reach it, the network's word on what it sent, and timeouts. Out: effects:
a segment to send, or what the network notices of it. `next_timeout` says when it wants to be called.
"""

from enum import IntEnum
from heapq import heapify, heappop, heappush
from random import Random
from typing import NamedTuple
from zlib import crc32

from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.attach import Presence
from heliograph.networks.simulator import firmware as wares
from heliograph.networks.simulator import radio as radios
from heliograph.networks.simulator.firmware import Firmware, Owner, Reaction
from heliograph.networks.simulator.inbox import Inbox
from heliograph.networks.simulator.kept import Kept
from heliograph.networks.simulator.outbox import OUTBOX_LIMIT, Letter, Outbox, Stage
from heliograph.networks.simulator.profile import Profile
from heliograph.networks.simulator.radio import Command, Coverage, Page, Radio
from heliograph.networks.simulator.sms import REFERENCES, Incoming, Outgoing, outgoing

AGENDA_LIMIT = 64  # with so much to do, a device forgets new answers, as small firmware does


class Do(IntEnum):
    """What an agenda may hold. The first three belong to the profile."""

    WAKE = 1  # PSM: a tracking area update opens the window
    REPORT = 2
    LOOK = 3  # at the readings
    REACT = 4
    COMMAND = 5
    TRANSMIT = 6


_OF_PROFILE = frozenset({Do.WAKE, Do.REPORT, Do.LOOK})
_ONCE = frozenset({Do.COMMAND, Do.TRANSMIT})


class Transmission(NamedTuple):
    """A segment on its way to us."""

    to: str
    segment: Outgoing


Effect = Transmission | Presence
Duty = tuple[int, int, Do, Reaction | str | int]


class Device:
    __slots__ = (
        "_firmware",
        "_letters",
        "_order",
        "agenda",
        "armed_at",
        "imsi",
        "inbox",
        "msisdn",
        "outbox",
        "profile",
        "radio",
        "received",
        "watched",
    )

    def __init__(self, imsi: str, msisdn: str, profile: Profile) -> None:
        self.imsi = imsi
        self.msisdn = msisdn
        self.profile = profile
        self.radio = Radio()
        self.inbox: Inbox | None = None
        self.outbox: Outbox | None = None
        self.agenda: list[Duty] | None = None
        self.armed_at: int | None = None  # whoever drives timers notes here when it will call
        self.received = 0
        self.watched = False  # somebody asked for its inbox
        self._firmware: Firmware | None = None
        self._letters = 0
        self._order = 0

    @property
    def key(self) -> str:
        return self.imsi or self.msisdn

    @property
    def owner(self) -> Owner:
        return Owner(self.imsi, self.msisdn)

    @property
    def firmware(self) -> Firmware:
        if self._firmware is None:
            self._firmware = Firmware(0, {}, set())
        return self._firmware

    def is_pristine(self) -> bool:
        """As every device begins, with nothing to remember."""
        idle = not self.agenda and not (self.outbox and (self.outbox.waiting or self.outbox.refused))
        quiet = self.inbox is None or self.inbox.is_empty
        return idle and quiet and not self.watched and self.profile.is_plain and self.radio == Radio()

    def next_timeout(self) -> int | None:
        return self.agenda[0][0] if self.agenda else None

    # A profile.

    def use(self, profile: Profile, now: int, chance: Random) -> None:
        """Behaves like this from now on. What was begun is finished."""
        self.profile = profile
        kept = [duty for duty in self.agenda or () if duty[2] not in _OF_PROFILE]
        heapify(kept)
        self.agenda = kept or None
        self.radio.phase_ms = crc32(self.key.encode()) % profile.sleep.every_ms if profile.sleep else 0
        if profile.sleep is not None and profile.sleep.mode == "psm":
            self._plan(radios.next_window(profile.sleep, self.radio.phase_ms, now), Do.WAKE, 0)
        for index, timed in enumerate(profile.reports):
            self._plan(now + round(chance.uniform(0, timed.every_seconds) * 1000), Do.REPORT, index)
        if profile.readings:
            wares.start_readings(self.firmware, profile, chance)
            if profile.alerts:
                self._plan(now + round(chance.uniform(0, profile.readings_every_seconds) * 1000), Do.LOOK, 0)

    def _plan(self, at: int, do: Do, what: Reaction | str | int) -> None:
        if self.agenda is None:
            self.agenda = []
        if do == Do.REACT and len(self.agenda) >= AGENDA_LIMIT:
            return
        if do in _ONCE and any(duty[2:] == (do, what) for duty in self.agenda):
            return  # when that one comes, it looks what is left to do
        self._order += 1
        heappush(self.agenda, (at, self._order, do, what))

    # From the network.

    def page(self, message: int, segment: int, now: int, chance: Random) -> Page:
        """An SMS for it: what does the network answer?"""
        was_full = self.radio.memory_full
        page = radios.page(self.radio, self.profile, message, segment, now, chance)
        if self.radio.memory_full and not was_full:
            self._empty_later(now)
        return page

    def _empty_later(self, now: int) -> None:
        memory = self.profile.memory
        if memory is not None and memory.free_after_seconds is not None:
            self._plan(now + round(memory.free_after_seconds * 1000), Do.COMMAND, Command.MEMORY_FREE)

    def take(self, segment: Incoming, now: int, chance: Random) -> None:
        """An SMS reached it. Its firmware will react."""
        self.received += 1
        if self.inbox is None:
            self.inbox = Inbox()
        sms = self.inbox.put(segment, now)
        if sms is None or not self.profile.answers or sms.binary:
            return
        reactions = wares.hear(self.firmware, self.profile, self.owner, sms.source, sms.text, now, chance)
        for reaction in reactions:
            self._plan(now + reaction.after_ms, Do.REACT, reaction)

    def remember(self, inbox: Inbox) -> None:
        """What reached it while it had no object."""
        if self.inbox is None:
            self.inbox = inbox
        else:
            self.inbox.merge(inbox.read)

    def command(self, word: str, now: int) -> list[Effect]:
        """A person or its own firmware changes its state."""
        was_full = self.radio.memory_full
        presence = radios.command(self.radio, word)
        if self.radio.memory_full and not was_full:
            self._empty_later(now)
        if presence is not None and presence != Presence.DETACHED:
            self._listen(now)
        effects: list[Effect] = [] if presence is None else [presence]
        return effects + self.transmit(now)

    def restore(self, kept: Kept, now: int) -> None:
        """As people left it before this start."""
        kept.put_on(self.radio)
        if self.radio.memory_full:
            self._empty_later(now)

    def heard(self, cause: int | None, now: int) -> list[Effect]:
        """RP-ACK (None) or the cause in RP-ERROR, for the segment that it sent."""
        if self.outbox is None:
            return []
        self.outbox.heard(cause, now)
        return self.transmit(now)

    # Time passes.

    def timeout(self, now: int, chance: Random) -> list[Effect]:
        """Does what is due."""
        effects: list[Effect] = []
        while self.agenda and self.agenda[0][0] <= now:
            at, _, do, what = heappop(self.agenda)
            effects += self._perform(at, do, what, now, chance)
        return effects

    def _perform(self, at: int, do: Do, what: Reaction | str | int, now: int, chance: Random) -> list[Effect]:
        match do, what:
            case Do.WAKE, _:
                return self._wake(now)
            case Do.REPORT, int(index):
                timed = self.profile.reports[index]
                self._plan(max(now, at + round(timed.every_seconds * 1000)), Do.REPORT, index)
                return self._say(now, [wares.report(self.firmware, self.profile, self.owner, timed, now)])
            case Do.LOOK, _:
                self._plan(max(now, at + round(self.profile.readings_every_seconds * 1000)), Do.LOOK, 0)
                wares.drift(self.firmware, self.profile, chance)
                return self.look(now)
            case Do.REACT, Reaction() as reaction:
                return self._react(reaction, now)
            case Do.COMMAND, str(word):
                return self.command(word, now)
        return self.transmit(now)

    def _wake(self, now: int) -> list[Effect]:
        sleep = self.profile.sleep
        if sleep is None:
            return []
        self._plan(radios.next_window(sleep, self.radio.phase_ms, now), Do.WAKE, 0)
        return [Presence.ATTACHED] if self.radio.coverage == Coverage.ATTACHED else []

    def readings(self) -> dict[str, float]:
        return dict(self._firmware.readings) if self._firmware is not None else {}

    def measure(self, name: str, value: float, now: int) -> list[Effect]:
        """A reading as somebody wants it. The alerts follow at once."""
        self.firmware.readings[name] = value
        return self.look(now)

    def look(self, now: int) -> list[Effect]:
        """Are readings over their thresholds?"""
        return self._say(now, wares.alerts(self.firmware, self.profile, self.owner, now))

    def _say(self, now: int, reactions: list[Reaction]) -> list[Effect]:
        """A device that is switched off says nothing."""
        if self.radio.coverage == Coverage.DETACHED:
            return []
        return [effect for reaction in reactions for effect in self._react(reaction, now)]

    def _react(self, reaction: Reaction, now: int) -> list[Effect]:
        if reaction.restart_ms is not None:
            self._plan(now + reaction.restart_ms, Do.COMMAND, Command.ATTACHED)
            return self.command(Command.DETACHED, now)
        self.post(reaction.to, reaction.text, reaction.gap_ms, reaction.lose_segment)
        return self.transmit(now)

    # To the network.

    def post(self, to: str, text: str, gap_ms: int = 0, lose_segment: int = 0) -> Refusal | None:
        """Into the outbox. A full outbox forgets it."""
        segments = outgoing(text, self._letters % REFERENCES)
        if isinstance(segments, Refusal):
            return segments
        self._letters += 1
        if self.outbox is None:
            self.outbox = Outbox()
        posted = self.outbox.push(Letter(to, text, segments, gap_ms, lose_segment))
        return None if posted else refuse("queue_full", f"outbox limit {OUTBOX_LIMIT}")

    def transmit(self, now: int) -> list[Effect]:
        """What can be sent now: one segment at a time. A sleeping device wakes up for it."""
        if self.outbox is None or self.radio.coverage != Coverage.ATTACHED:
            return []
        ready = self.outbox.next(now)
        if ready is None:
            if self.outbox.stage == Stage.RESTING and self.outbox.waiting:
                self._plan(self.outbox.resume_at, Do.TRANSMIT, 0)
            return []
        return [*self._stay_awake(now), Transmission(*ready)]

    def _stay_awake(self, now: int) -> list[Effect]:
        """The network notices that a device in PSM became active; in eDRX it only answers sooner."""
        sleep = self.profile.sleep
        if sleep is None:
            return []
        was_asleep = radios.asleep(self.radio, sleep, now)
        self._listen(now)
        return [Presence.ATTACHED] if was_asleep and sleep.mode == "psm" else []

    def _listen(self, now: int) -> None:
        """It signalled, so it listens for as long as in a window. 3GPP TS 24.008 §4.7.2.8: T3324 starts when
        it goes idle after an attach or an update.
        """
        if self.profile.sleep is not None:
            self.radio.awake_until = now + self.profile.sleep.awake_ms
