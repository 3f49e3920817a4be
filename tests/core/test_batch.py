"""The life of a batch: state × event."""

from itertools import product

from heliograph.core.batch import TRANSITIONS, BatchEvent, BatchState

IMPOSSIBLE = {
    (BatchState.ACCEPTING, BatchEvent.PAUSE),
    (BatchState.ACCEPTING, BatchEvent.RESUME),
    (BatchState.CANCELED, BatchEvent.PAUSE),
    (BatchState.CANCELED, BatchEvent.RESUME),
    *((state, BatchEvent.BREAK_OFF) for state in BatchState if state is not BatchState.ACCEPTING),
}


def test_every_pair_is_decided() -> None:
    pairs = set(product(BatchState, BatchEvent))
    assert pairs - IMPOSSIBLE == set(TRANSITIONS)


def test_nothing_comes_back_from_canceled() -> None:
    assert {TRANSITIONS.get((BatchState.CANCELED, event)) for event in BatchEvent} == {
        BatchState.CANCELED,
        None,
    }


def test_every_state_but_the_first_is_reached() -> None:
    assert set(TRANSITIONS.values()) == set(BatchState) - {BatchState.ACCEPTING}
