"""State machine of browser sign-in: every state with every event."""

from datetime import timedelta

import pytest

from services.browser_sign_ins import states
from services.browser_sign_ins.states import TABLE, BrowserState, Event
from tests.build.world import NOON


@pytest.mark.parametrize("event", list(Event))
def test_every_event_leads_to_one_state(event: Event) -> None:
    assert {row.target for row in TABLE.of(event)} == {TABLE.target(event)}
    assert TABLE.sources(event) == [s for s in BrowserState if TABLE.find(s, event)]


@pytest.mark.parametrize("end", [BrowserState.REFUSED, BrowserState.USED, BrowserState.EXPIRED])
def test_what_is_over_stays_over(end: BrowserState) -> None:
    assert not [row for row in TABLE.rows if row.source is end]
    assert states.state_at(end, NOON, NOON) is end


@pytest.mark.parametrize("state", [BrowserState.WAITING, BrowserState.ALLOWED])
def test_time_ends_what_is_not_over(state: BrowserState) -> None:
    assert states.state_at(state, NOON, NOON - timedelta(milliseconds=1)) is state
    assert states.state_at(state, NOON, NOON) is BrowserState.EXPIRED


def test_only_what_was_allowed_is_used_and_only_once() -> None:
    assert TABLE.sources(Event.USE) == [BrowserState.ALLOWED]
    assert TABLE.target(Event.USE) is BrowserState.USED
