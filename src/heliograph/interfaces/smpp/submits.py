"""The submits of one read on their way to the store, and their answers.

In: submit_sm, data_sm, submit_multi of one session. Out: submissions with what answers each, handed over
together; what cannot be a submission is answered at once.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.requests import Submission, SubmitAnswer, Submitted
from heliograph.interfaces.smpp.desk import Desk
from heliograph.interfaces.smpp.joining import Segment, joined
from heliograph.interfaces.smpp.link import Connection
from heliograph.interfaces.smpp.translate import requests as words
from heliograph.interfaces.smpp.translate.statuses import status_of, words_of
from heliograph.interfaces.smpp.translate.text import Said
from heliograph.wire.smpp.lists import SmeAddress, Unsuccessful
from heliograph.wire.smpp.numbers import InterfaceVersion, Status
from heliograph.wire.smpp.pdus import DataSm, DataSmResp, SubmitMulti, SubmitMultiResp, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.tlv import DPF_RESULT, SET_DPF

MOST_OCTETS = 4 << 20  # of texts that one session has on the way to the store, whatever its window
MOST_OF_3_4 = 254  # octets of short_message, and destinations (SMPP 3.4 §5.2.22, §5.2.24); 5.0 has 255
TOO_LONG = refuse("too_long", "sm_length")
EMPTY = Content(b"", 0, 0, b"", 0, 1)

Answer = Callable[[SubmitAnswer], None]
Ticket = int | Answer  # the sequence number of a submit_sm, or what answers something else


class Load(Struct, eq=False):
    """Submissions of one session, what answers each, and the octets that it has on their way with them."""

    connection: Connection
    desk: Desk
    submissions: list[Submission]
    tickets: list[Ticket]
    octets: int = 0


class Inlet(Protocol):
    """Where submits go from here."""

    def store(self, load: Load) -> None: ...
    def alert(self, account: SmppAccount, number: str, source: str) -> None: ...


class Batch:
    """The submits of one read, on their way to the store."""

    def __init__(self, inlet: Inlet, connection: Connection, desk: Desk, now: int, time: float) -> None:
        self._inlet = inlet
        self._connection = connection
        self._desk = desk
        self._now = now
        self._time = time
        self._load = Load(connection, desk, [], [])

    def send(self) -> None:
        load = self._load
        if load.tickets:
            self._connection.octets += load.octets
            self._load = Load(self._connection, self._desk, [], [])
            self._inlet.store(load)

    def throttles(self, units: int = 1) -> bool:
        rate = self._desk.account.rate_per_s
        is_slow = rate is None or self._desk.rate.take(rate, self._time, units)
        if is_slow and self._connection.octets + self._load.octets <= MOST_OCTETS:
            return False
        self._desk.counters.throttled += 1
        self._connection.throttled += 1
        return True

    def _add(self, submission: Submission, ticket: Ticket) -> None:
        load = self._load
        load.octets += len(submission.content.body)
        load.submissions.append(submission)
        load.tickets.append(ticket)

    def _refuse(self, sequence: int, refusal: Refusal) -> None:
        self._desk.counters.refused += 1
        self._connection.answer(sequence, submitted(refusal, self._connection.version))

    def submit(self, sequence: int, pdu: SubmitSm) -> None:
        if self.throttles():
            self._connection.answer(sequence, SubmitSmResp(Status.RTHROTTLED))
            return
        if len(pdu.short_message) > MOST_OF_3_4 and self._connection.version < InterfaceVersion.V5_0:
            self._refuse(sequence, TOO_LONG)
            return
        said = words.said_by(pdu)
        if type(said) is Said and said.place is not None:
            self._hold(sequence, pdu, said)
            return
        made = words.submission_of(pdu, words.read(said), self._desk.asker, self._now)
        if isinstance(made, Refusal):
            self._refuse(sequence, made)
        elif pdu.tlvs and SET_DPF.of(pdu.tlvs):
            self._add(made, partial(self._dpf, sequence, made))
        else:
            self._add(made, sequence)

    def _dpf(self, sequence: int, made: Submission, answer: SubmitAnswer) -> None:
        if isinstance(answer, Submitted):
            self._inlet.alert(self._desk.account, made.number, made.source)
        self._connection.answer(sequence, submitted(answer))

    def _hold(self, sequence: int, pdu: SubmitSm, said: Said) -> None:
        """A segment: with the others of its message, unless its peer waits for answers before those."""
        holds = self._desk.joins
        content = EMPTY if holds else words.read(said)
        made = words.submission_of(pdu, content, self._desk.asker, self._now)
        if isinstance(made, Refusal):
            self._refuse(sequence, made)
            return
        if not holds:
            self._add(made, sequence)
            return
        whole = self._desk.joiner.take(Segment(self._connection, sequence, said, made))
        if whole is None:
            return
        submission = joined(whole)
        answer = partial(answer_segments, whole)
        if isinstance(submission, Refusal):
            answer(submission)
        else:
            self._add(submission, answer)

    def data(self, sequence: int, pdu: DataSm) -> None:
        if self.throttles():
            self._connection.answer(sequence, DataSmResp(Status.RTHROTTLED))
            return
        content = words.read(words.said_by(pdu))
        made = words.data_submission_of(pdu, content, self._desk.asker, self._now)
        wants_dpf = SET_DPF.of(pdu.tlvs) == 1
        if isinstance(made, Refusal):
            self._connection.answer(sequence, _data_answer(made, wants_dpf, self._connection.version))
        else:
            self._add(made, partial(self._data_stored, sequence, made, wants_dpf))

    def _data_stored(self, sequence: int, made: Submission, wants_dpf: bool, answer: SubmitAnswer) -> None:
        if wants_dpf and isinstance(answer, Submitted):
            self._inlet.alert(self._desk.account, made.number, made.source)
        self._connection.answer(sequence, _data_answer(answer, wants_dpf))

    def multi(self, sequence: int, pdu: SubmitMulti) -> None:
        if self.throttles(len(pdu.dest_addresses)):
            self._connection.answer(sequence, SubmitMultiResp(Status.RTHROTTLED))
            return
        is_old = self._connection.version < InterfaceVersion.V5_0
        if is_old and max(len(pdu.short_message), len(pdu.dest_addresses)) > MOST_OF_3_4:
            too_long = len(pdu.short_message) > MOST_OF_3_4
            status = Status.RINVMSGLEN if too_long else Status.RINVNUMDESTS
            self._connection.answer(sequence, SubmitMultiResp(status))
            return
        content = words.read(words.said_by(pdu))
        if isinstance(content, Refusal) or not pdu.dest_addresses:
            refusal = content if isinstance(content, Refusal) else refuse("bad_value", "number_of_dests")
            self._connection.answer(sequence, SubmitMultiResp(status_of(refusal, self._connection.version)))
            return
        made = words.submissions_of(pdu, content, self._desk.asker, self._now)
        answers = _Multi(self._connection, sequence, pdu, made)
        for index, one in enumerate(made):
            if isinstance(one, Submission):
                self._add(one, partial(answers.hear, index))
        answers.end_if_complete()


class _Multi:
    """The destinations of a submit_multi: answered when all of them are known."""

    def __init__(
        self, connection: Connection, sequence: int, pdu: SubmitMulti, made: list[Submission | Refusal]
    ) -> None:
        self._connection = connection
        self._sequence = sequence
        self._pdu = pdu
        self._answers: list[Submission | SubmitAnswer] = list(made)

    def hear(self, index: int, answer: SubmitAnswer) -> None:
        self._answers[index] = answer
        self.end_if_complete()

    def end_if_complete(self) -> None:
        """The id is that of the first message; each of the others has its own, which its receipt names."""
        if any(isinstance(answer, Submission) for answer in self._answers):
            return
        ids = [answer.id for answer in self._answers if isinstance(answer, Submitted)]
        refused = tuple(self._unsuccessful())
        status = Status.ROK
        if not ids:
            first = next(answer for answer in self._answers if isinstance(answer, Refusal))
            status = status_of(first)
        response = SubmitMultiResp(status, str(ids[0]) if ids else "", refused)
        self._connection.answer(self._sequence, response)

    def _unsuccessful(self) -> list[Unsuccessful]:
        found = []
        for destination, answer in zip(self._pdu.dest_addresses, self._answers, strict=True):
            if not isinstance(answer, Refusal):
                continue
            if isinstance(destination, SmeAddress):
                place = (destination.ton, destination.npi, destination.address)
            else:
                place = (0, 0, destination.name)
            found.append(Unsuccessful(*place, status_of(answer)))
        return found


def answer_segments(segments: Sequence[Segment], answer: SubmitAnswer) -> None:
    """All submit_sm of one long SMS hear the same: it is one message."""
    response = submitted(answer)
    for one in segments:
        for segment in (one, *one.repeats):
            segment.origin.answer(segment.sequence, response)
            segment.origin.flush_soon()


def _data_answer(answer: SubmitAnswer, wants_dpf: bool, version: int = 0) -> DataSmResp:
    if isinstance(answer, Refusal):
        return DataSmResp(status_of(answer, version), "", words_of(answer))
    return DataSmResp(Status.ROK, str(answer.id), (DPF_RESULT(1),) if wants_dpf else ())


def submitted(answer: SubmitAnswer, version: int = 0) -> SubmitSmResp:
    """`version` is the session's, where it matters."""
    if type(answer) is Submitted:
        return SubmitSmResp(Status.ROK, str(answer.id))
    assert isinstance(answer, Refusal)
    status = status_of(answer, version)
    # TLVs are 5.0's in this PDU, and some clients of 3.4 cannot read them: only where the status says little.
    return SubmitSmResp(status, "", words_of(answer) if status == Status.RSUBMITFAIL else ())
