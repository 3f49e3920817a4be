"""Many gates are polled as few are: what is due goes, what is not is told, and it costs what is due."""

from heliograph.core.delivery import gate_of_application
from heliograph.core.outcome import Temporary
from heliograph.flow.deliver import FEW
from tests.engine import START_MS, Lab, make_lab

CALLBACKS = range(100, 100 + FEW * 4)


def many() -> Lab:
    lab = make_lab(devices=range(1, len(CALLBACKS) + 1))
    for index, callback in enumerate(CALLBACKS):
        lab.policy(callback, name=f"of {callback}", application=callback)
        lab.sql("UPDATE device SET policy = ? WHERE id = ?", callback, index + 1)
        lab.application(callback)
    return lab


def test_what_is_due_goes_and_the_rest_is_told() -> None:
    lab = many()
    for index in range(len(CALLBACKS)):
        lab.receive(index + 1)
    jobs = lab.take()
    assert len(jobs) == len(CALLBACKS)
    for wait_seconds, job in enumerate(jobs, 1):
        lab.settle(Temporary("receiver_busy", wait_seconds * 10), job)
    names = [gate_of_application(callback) for callback in CALLBACKS]
    polled = lab.run(lab.flows.deliver, *names)
    due = [answer.next_due_at - START_MS for answer in polled]
    assert due == [seconds * 10_000 for seconds in range(1, len(CALLBACKS) + 1)]
    assert not lab.take()
    lab.advance(25, poll=False)
    polled = lab.run(lab.flows.deliver, *names)
    assert [job.gate for job in lab.take()] == names[:2]
    assert [answer.next_due_at for answer in polled[:2]] == [None, None]
    assert not any(answer.crowded for answer in polled)


def test_a_thousand_gates_with_nothing_due_cost_little() -> None:
    lab = many()
    names = [gate_of_application(callback) for callback in CALLBACKS]
    more = names + [gate_of_application(1_000 + number) for number in range(1_000)]
    for name in more[len(names) :]:
        lab.gate(name)
    asked: list[str] = []
    lab.connection.exec_trace = lambda _cursor, statement, _values: not asked.append(statement)
    lab.run(lab.flows.deliver, *more)
    lab.connection.exec_trace = None
    assert len(asked) < FEW, asked  # one look finds that nothing is due
