"""The workload: what people, applications and devices want, one step at a time, as a seed says.

It never looks into the database; it knows what it was answered.
"""

from functools import partial
from random import Random
from zlib import crc32

from heliograph.core.content import Content, content_of_octets, content_of_text
from heliograph.core.message import ANY_END, FAILURE, INTERIM, SUCCESS
from heliograph.flow.requests import Cancel, Change, Submission, Submitted
from tests.simulation.books import Acked, Books
from tests.simulation.fleet import PHONES, Fleet, application_of
from tests.simulation.phones import Phones
from tests.simulation.process import Process

SECOND, MINUTE, HOUR = 1, 60, 3600
VALIDITIES = (1, 2, 10, 45, 3 * MINUTE, 20 * MINUTE, 2 * HOUR, 12 * HOUR, 24 * HOUR, 72 * HOUR)
RECENT = 60

# Drawn by the token, so that a seed's story stays what it was.
RECEIPTS = (ANY_END, ANY_END | INTERIM, ANY_END, ANY_END | INTERIM, FAILURE, FAILURE | INTERIM, SUCCESS)


class Workload:
    def __init__(self, books: Books, fleet: Fleet, rng: Random, phones: Phones) -> None:
        self._books = books
        self._coverage = books.coverage
        self._fleet = fleet
        self._rng = rng
        self._phones = phones
        self._tokens = 0
        self._devices = list(fleet.devices)
        self._hot = self._devices[:12]
        self._recent: list[int] = []

    def receiver(self) -> int:
        """A device, or a phone outside the fleet."""
        return self._rng.choice(list(PHONES)) if self._rng.random() < 0.12 else self.device()

    def device(self) -> int:
        return self._rng.choice(self._hot if self._rng.random() < 0.5 else self._devices)

    def _token(self, kind: str) -> str:
        self._tokens += 1
        return f"{kind}{self._tokens}"

    def _content(self, token: str) -> Content:
        rng = self._rng
        draw = rng.random()
        if draw < 0.1:
            self._coverage.hit("long text")
            made = content_of_text(f"{token}." + "x" * rng.randint(160, 700))
        elif draw < 0.13:
            made = content_of_text(f"{token}.Привет")
        elif draw < 0.16:
            made = content_of_octets(f"{token}.".encode() + bytes(rng.randrange(256) for _ in range(8)))
        else:
            made = content_of_text(f"{token}.")
        assert isinstance(made, Content)
        return made

    def submit(self, process: Process) -> None:
        rng = self._rng
        count = 1
        if rng.random() < 0.08:
            self._coverage.hit("submit many at once")
            count = rng.randint(2, 12)
        same = self.receiver() if rng.random() < 0.6 else None
        submissions, tokens = [], []
        for _ in range(count):
            token = self._token("m")
            tokens.append(token)
            submissions.append(self._submission(same or self.receiver(), token))
        self._books.asked.update(tokens)
        self._coverage.hit("submit", count)
        process.ask(process.flows.submit, submissions, partial(self._submitted, submissions, tokens))

    def _submission(self, device: int, token: str) -> Submission:
        rng = self._rng
        org = self._fleet.org_of(device)
        submission = Submission(org, device, self._content(token), f"token {org}", "4711")
        if device in PHONES:
            self._coverage.hit("to a phone")
            submission.device, submission.number, submission.external = 0, str(device), True
        submission.validity_seconds = rng.choice(VALIDITIES)
        submission.priority = rng.choice((0, 0, 0, 0, 1, 2, 3))
        if submission.validity_seconds < MINUTE:
            self._coverage.hit("short validity")
        if rng.random() < 0.12:
            self._coverage.hit("scheduled")
            ahead_seconds = rng.choice((3, 30, 5 * MINUTE, HOUR, 26 * HOUR))
            submission.not_before = self._books.clock.now() + ahead_seconds * 1000 + rng.randrange(1000)
        if rng.random() < 0.1:
            submission.replace_key = rng.choice("ab")
        if rng.random() < 0.5:
            submission.receipt_to = application_of(org)
            submission.receipt = RECEIPTS[crc32(token.encode()) % len(RECEIPTS)]
        if rng.random() < 0.1:
            self._coverage.hit("at most once")
            submission.at_most_once = True
        return submission

    def _submitted(self, submissions: list[Submission], tokens: list[str], answers: list[object]) -> None:
        now = self._books.clock.now()
        for asked, token, answer in zip(submissions, tokens, answers, strict=True):
            if not isinstance(answer, Submitted):
                self._refused("submit", token, answer)
                continue
            due_at = max(now, asked.not_before or 0)
            self._books.tell(
                "acked",
                token,
                "as",
                answer.id,
                "to",
                asked.device or asked.number,
                "priority",
                asked.priority,
            )
            self._books.acked[answer.id] = Acked(
                order=self._books.next(),
                message=answer.id,
                device=asked.device or int(asked.number),
                token=token,
                segments=asked.content.segments,
                priority=asked.priority,
                accepted_at=now,
                expires_at=due_at + asked.validity_seconds * 1000,
                receipt_to=asked.receipt_to,
                at_most_once=asked.at_most_once,
                replace_key=asked.replace_key,
                plain=due_at == now and asked.replace_key is None,
            )
            self._recent.append(answer.id)
        del self._recent[:-RECENT]

    def _refused(self, what: str, token: str, answer: object) -> None:
        code = getattr(answer, "code", "")
        self._books.tell(what, "refused", token, code)
        self._coverage.hit(f"{what} refused")
        if code.endswith("limit_reached"):
            self._coverage.hit("limit reached")
        if code == "quota_exhausted":
            self._coverage.hit("quota used up")

    def cancel(self, process: Process) -> None:
        if self._recent:
            acked = self._books.acked[self._rng.choice(self._recent)]
            org = self._fleet.org_of(acked.device)
            self._books.cancels_asked.add(acked.message)
            request = Cancel(org, acked.message, f"token {org}")
            process.ask(process.flows.cancel, [request], partial(self._canceled, acked))

    def _canceled(self, acked: Acked, answers: list[object]) -> None:
        if isinstance(answers[0], Submitted):
            self._books.tell("canceled", acked.token)
            self._coverage.hit("canceled")
            acked.canceled = True
        else:
            self._refused("cancel", acked.token, answers[0])

    def change(self, process: Process) -> None:
        if not self._recent:
            return
        rng, now = self._rng, self._books.clock.now()
        acked = self._books.acked[rng.choice(self._recent)]
        org = self._fleet.org_of(acked.device)
        request = Change(org, acked.message, f"token {org}")
        token = acked.token
        if rng.random() < 0.5:
            token = self._token("m")
            self._books.asked.add(token)
            request.content = self._content(token)
        if rng.random() < 0.4:
            request.not_before = now + rng.choice((-5, 10, 20 * MINUTE, 3 * HOUR)) * 1000
        if rng.random() < 0.3:
            request.priority = rng.randrange(4)
        if rng.random() < 0.3:
            request.validity_seconds = rng.choice(VALIDITIES)
        self._books.changes_asked.add(acked.message)
        process.ask(process.flows.change, [request], partial(self._changed, acked, request, token))

    def _changed(self, acked: Acked, request: Change, token: str, answers: list[object]) -> None:
        answer = answers[0]
        if not isinstance(answer, Submitted):
            self._refused("change", acked.token, answer)
            return
        self._coverage.hit("changed")
        self._books.tell("changed", acked.token, "to", token)
        acked.token, acked.segments, acked.changed, acked.plain = token, answer.segments, True, False

    def mo(self) -> None:
        rng, device = self._rng, self.device()
        token = self._token("o")
        self._coverage.hit("mo")
        if rng.random() < 0.7:
            self._phones.say(device, "4711", token, [1], 1)
            return
        self._coverage.hit("mo in parts")
        total = rng.randint(2, 4)
        parts = list(range(1, total + 1))
        rng.shuffle(parts)
        if rng.random() < 0.25:
            self._coverage.hit("mo part missing")
            parts.pop()
        if rng.random() < 0.25:
            self._coverage.hit("mo part twice")
            parts.insert(rng.randrange(len(parts)), parts[-1])
        self._phones.say(device, "4711", token, parts, total)

    def p2p(self) -> None:
        rng, sender = self._rng, self.device()
        if rng.random() < 0.1:
            self._coverage.hit("p2p to a phone")
            self._phones.say(sender, f"+{rng.choice(list(PHONES))}", self._token("p"), [1], 1)
            return
        org = self._fleet.devices[sender].org
        others = [id for id in self._hot if rng.random() < 0.1 or self._fleet.devices[id].org == org]
        receiver = self._fleet.devices[rng.choice(others or self._hot)]
        senders = [sender] * rng.choice((1, 1, 2, 4))
        if rng.random() < 0.2:  # a crowd, beyond what one may receive in a minute
            senders = [id for id in self._devices if self._fleet.devices[id].org == receiver.org][:24]
        for one in senders:
            self._coverage.hit("p2p")
            self._phones.say(one, receiver.msisdn, self._token("p"), [1], 1)
