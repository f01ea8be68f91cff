"""State machine of browser sign-in: every state with every event."""

from datetime import timedelta

import pytest

from services.browser_sign_ins import states
from services.browser_sign_ins.states import MOVES, BrowserState, Event
from tests.build.world import NOON

TABLE = {(move.source, move.event): move.target for move in MOVES}


@pytest.mark.parametrize("event", list(Event))
def test_every_event_leads_to_one_state(event: Event) -> None:
    assert {move.target for move in MOVES if move.event is event} == {states.target(event)}
    assert states.sources(event) == [s for s in BrowserState if (s, event) in TABLE]


@pytest.mark.parametrize("end", [BrowserState.REFUSED, BrowserState.USED, BrowserState.EXPIRED])
def test_what_is_over_stays_over(end: BrowserState) -> None:
    assert not [move for move in MOVES if move.source is end]
    assert states.state_at(end, NOON, NOON) is end


@pytest.mark.parametrize("state", [BrowserState.WAITING, BrowserState.ALLOWED])
def test_time_ends_what_is_not_over(state: BrowserState) -> None:
    assert states.state_at(state, NOON, NOON - timedelta(milliseconds=1)) is state
    assert states.state_at(state, NOON, NOON) is BrowserState.EXPIRED


def test_only_what_was_allowed_is_used_and_only_once() -> None:
    assert states.sources(Event.USE) == [BrowserState.ALLOWED]
    assert states.target(Event.USE) is BrowserState.USED
