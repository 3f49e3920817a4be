"""The life of a message, state × event: every pair is in the table or impossible."""

from itertools import product

import pytest

from heliograph.core.message import FINAL, TRANSITIONS, Event, Impossible, State, advance

S, E = State, Event
# Written down apart from the table that it checks: the states that each event may meet.
ALLOWED: dict[Event, dict[State, State]] = {
    E.ATTEMPT: {S.PENDING: S.IN_PROGRESS, S.BUFFERED: S.IN_PROGRESS},
    E.DELIVER: {S.PENDING: S.DELIVERED, S.IN_PROGRESS: S.DELIVERED},
    E.ACCEPT: {S.IN_PROGRESS: S.IN_PROGRESS},
    E.DEFER: {S.IN_PROGRESS: S.BUFFERED},
    E.REJECT: {S.PENDING: S.FAILED, S.IN_PROGRESS: S.FAILED, S.BUFFERED: S.FAILED},
    E.EXPIRE: {S.PENDING: S.EXPIRED, S.IN_PROGRESS: S.EXPIRED, S.BUFFERED: S.EXPIRED},
    E.CANCEL: {S.PENDING: S.CANCELED, S.BUFFERED: S.CANCELED},
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)), ids=lambda value: value.name)
def test_every_state_meets_every_event(state: State, event: Event) -> None:
    after = ALLOWED[event].get(state)
    if after is not None:
        assert advance(state, event) is after
        return
    assert (state, event) not in TRANSITIONS
    with pytest.raises(Impossible, match=f"{event.name} in {state.name}"):
        advance(state, event)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_state_knows_nothing(state: State) -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] == state]


def test_every_state_is_reached_from_the_first_and_leads_to_an_end() -> None:
    reached = {State.PENDING}
    while (
        wider := reached | {after for (state, _), after in TRANSITIONS.items() if state in reached}
    ) != reached:
        reached = wider
    assert reached == set(State)
    ends = set(FINAL)
    while (wider := ends | {state for (state, _), after in TRANSITIONS.items() if after in ends}) != ends:
        ends = wider
    assert ends == set(State)
