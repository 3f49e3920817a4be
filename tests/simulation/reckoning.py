"""The reckoning: when nothing waits any more, the database has to tell the same story as the world's books.

In: the books and all messages as rows. Out: violations. Nothing here asks the engine's decisions.
"""

import apsw

from heliograph.core.delivery import Kind
from heliograph.core.message import FINAL, INTERIM, Direction, Message, State, wants_receipt
from heliograph.core.outcome import Delivered, Permanent
from heliograph.store.sql.catalogue import columns
from tests.simulation.books import Acked, Books, Fate, Send
from tests.simulation.fleet import Fleet
from tests.simulation.order import check_order
from tests.simulation.story import Story, replay
from tests.simulation.usage import check_heard, check_rates, check_usage

GRACE_MS = 3_600_000  # an upstream may report this long after the validity
NOT_SENT = ("mt_off", "device_disabled")


class Reckoning:
    def __init__(self, books: Books, fleet: Fleet, connection: apsw.Connection) -> None:
        self._books = books
        self._fleet = fleet
        text = f"SELECT {columns(Message)} FROM message ORDER BY id"  # noqa: S608 # no input
        rows = connection.execute(text).fetchall()
        self.messages = {message.id: message for message in (Message(*row) for row in rows)}
        self.stories: dict[int, Story] = {}
        self.sends: dict[int, list[Send]] = {}
        self.receipts: dict[int, list[Send]] = {}
        self.interims: dict[int, list[Send]] = {}
        for send in books.sends:
            self._sends_of(send.kind).setdefault(send.message, []).append(send)

    def _sends_of(self, kind: int) -> dict[int, list[Send]]:
        return {Kind.RECEIPT: self.receipts, Kind.INTERIM: self.interims}.get(Kind(kind), self.sends)

    def _violate(self, rule: str, message: Message, *words: object) -> None:
        token = (message.body or b"").partition(b".")[0].decode(errors="replace")
        self._books.violate(rule, message.id, token, State(message.state).name, message.reason, *words)

    def run(self) -> None:
        for message in self.messages.values():
            self._tell(message)
            self._final(message)
            self._arrivals(message)
            self._receipt(message)
            self._interim(message)
        for acked in self._books.acked.values():
            self._promise(acked)

    # Each message by itself.

    def _tell(self, message: Message) -> None:
        """Its timeline parses, and its steps are steps that the state table knows."""
        try:
            story = self.stories[message.id] = replay(message)
        except ValueError as error:
            self._violate("timelines parse", message, error)
            self.stories[message.id] = Story()
            return
        for state, event in story.transitions:
            self._books.coverage.transition(state, event)
        if story.state != message.state:
            self._violate("the timeline ends as the message did", message, story.state)
        told = sorted((line.number, line.segment, line.repeated) for line in story.attempts)
        for send in self.sends.get(message.id, ()):
            if (send.attempts, send.segment + 1, send.repeated) not in told:
                self._violate("each attempt is told", message, send.attempts, send.segment, told)

    def _final(self, message: Message) -> None:
        if message.state not in FINAL or message.final_at is None:
            self._violate("every message ends", message)
        elif message.state == State.EXPIRED and message.final_at < message.expires_at:
            self._violate("nothing expires early", message, message.expires_at - message.final_at)
        if message.state == State.FAILED and message.reason in NOT_SENT:
            self._books.coverage.hit("forbidden at the attempt")
        if message.reason == "replaced":
            self._books.coverage.hit("replaced")
        if message.reason == "p2p_cap_reached":
            self._books.coverage.hit("p2p cap reached")
        if self.stories[message.id].given_back:
            self._books.coverage.hit("given back")
            if any(send.fate != Fate.RETURNED for send in self.sends.get(message.id, ())):
                self._violate("only what was never sent is given back", message)

    def _arrivals(self, message: Message) -> None:
        """Delivered means arrived; and what arrived is not called failed, unless nobody could know."""
        sends = self.sends.get(message.id, [])
        arrived = {send.segment for send in sends if send.arrived}
        wanted = message.segments if message.direction != Direction.MO else 1
        whole = len(arrived) == wanted
        if message.state == State.DELIVERED and not whole and not self.stories[message.id].kept:
            self._violate("delivered means arrived", message, sorted(arrived), "of", wanted)
        known = [send for send in sends if send.fate == Fate.ANSWERED and isinstance(send.outcome, Delivered)]
        if message.state != State.DELIVERED and len({send.segment for send in known}) == wanted:
            self._violate("what was delivered is called so", message)
        after = [send for send in sends if send.number > self._books.number_of_last_backward_jump]
        if message.reason in NOT_SENT and any(send.sent_at > (message.final_at or 0) for send in after):
            self._violate("nothing follows the end", message)
        if message.state == State.FAILED and message.reason == "unknown_outcome" and not message.at_most_once:
            self._violate("unknown is never failed", message)
        if message.at_most_once:
            self._once(message, sends)

    def _once(self, message: Message, sends: list[Send]) -> None:
        for segment in sorted({send.segment for send in sends}):
            if len([send for send in sends if send.segment == segment and send.arrived]) > 1:
                self._violate("at most once", message, segment)

    def _receipt(self, message: Message) -> None:
        """One receipt for each end that its sender wanted to hear of; repeated only for a reason."""
        story, sends = self.stories[message.id], self.receipts.get(message.id, [])
        wanted = wants_receipt(message.receipt, message.state) and message.state != State.CANCELED
        arrived = [send for send in sends if send.arrived]
        if wanted and story.receipts != 1:
            self._violate("one receipt for one end", message, story.receipts)
        if not wanted and sends:
            self._violate("no receipt that nobody wanted", message)
        refused = any(isinstance(send.outcome, Permanent) for send in sends)
        if wanted and not arrived and not refused and story.receipt_lost != "validity":
            self._violate("no receipt is lost", message, story.receipt_lost, len(sends))
        if arrived:
            self._books.coverage.hit("receipt")

    def _interim(self, message: Message) -> None:
        """News of a delay, once, when there was one and its sender wanted to hear of it. That a device was
        away at acceptance is one; the engine alone knows that.
        """
        story, sends = self.stories[message.id], self.interims.get(message.id, [])
        wanted = bool(message.receipt & INTERIM) and (story.delayed or story.away)
        if story.interims != wanted:
            self._violate("news of a delay comes once", message, story.interims, wanted)
        if sends and not wanted:
            self._violate("no news that nobody wanted", message)
        refused = any(isinstance(send.outcome, Permanent) for send in sends)
        arrived = any(send.arrived for send in sends)
        if wanted and not arrived and not refused and story.interim_lost != "validity":
            self._violate("no news is lost", message, story.interim_lost, len(sends))
        if arrived:
            self._books.coverage.hit("news of a delay")

    # What was promised to those who were answered.

    def _promise(self, acked: Acked) -> None:
        message = self.messages.get(acked.message)
        if message is None:
            self._books.violate("what was acknowledged is there", acked.token)
            return
        token = (message.body or b"").partition(b".")[0].decode()
        maybe_changed = acked.message in self._books.changes_asked
        if token != acked.token and not (maybe_changed and token in self._books.asked):
            self._violate("it says what was asked", message, acked.token)
        if message.expires_at != acked.expires_at and not maybe_changed:
            self._violate("the validity is the one asked for", message, message.expires_at - acked.expires_at)
        if acked.canceled and message.state != State.CANCELED:
            self._violate("what was canceled stays so", message)
        if message.reason == "canceled" and acked.message not in self._books.cancels_asked:
            self._violate("nobody else cancels", message)
        if message.reason == "replaced" and acked.replace_key is None:
            self._violate("nothing is replaced unasked", message)


def reckon(books: Books, fleet: Fleet, connection: apsw.Connection) -> None:
    reckoning = Reckoning(books, fleet, connection)
    reckoning.run()
    if not books.violations:
        check_order(books)
        check_usage(books, fleet, reckoning.messages, reckoning.stories, connection)
        check_rates(books, reckoning.messages, reckoning.stories)
        check_heard(books, fleet, reckoning.messages)
