"""One acceptance is one grant, whoever tells it, in which order and how often."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.grants.counts import (
    DAY,
    UNCONFIRMED_AT_MOST,
    WINDOW,
    pushed,
    reported,
    switched_off,
)
from services.messaging.grants.models import GrantCount
from tests.build.world import NOON

NONE = GrantCount(id="t:w")
SECOND = timedelta(seconds=1)


@given(st.lists(st.sampled_from(["push", "report", "report again"]), max_size=12))
def test_a_push_and_a_report_of_one_acceptance_count_once(told: list[str]) -> None:
    """Within minutes it does not matter which report belongs to which push."""
    count, pushes, reports = NONE, 0, 0
    for number, step in enumerate(told):
        at = NOON + number * SECOND
        if step == "push":
            pushes += 1
            count = pushed(count, at, at)
        elif step == "report":
            reports += 1
            count = reported(count, at, at)
        elif count.reports:
            assert reported(count, count.reports[-1].at, at) == count
        assert pushes <= count.left <= max(pushes, reports)
        assert count.left <= pushes + UNCONFIRMED_AT_MOST


def in_order(first: str, gap: timedelta) -> GrantCount:
    """Tell an acceptance by both, one of them that much later by its own clock."""
    told = [(first, NOON), ("push" if first == "report" else "report", NOON + gap)]
    count = NONE
    for who, at in told:
        count = (pushed if who == "push" else reported)(count, at, NOON + gap)
    return count


@pytest.mark.parametrize("first", ["push", "report"])
@pytest.mark.parametrize("sign", [1, -1])
def test_clocks_may_differ_by_five_minutes(first: str, sign: int) -> None:
    assert in_order(first, sign * WINDOW).left == 1
    assert in_order(first, sign * (WINDOW + SECOND)).left == 2


def test_what_no_push_confirms_is_two_a_day_at_most() -> None:
    def claim(count: GrantCount, begin: datetime) -> GrantCount:
        for number in range(UNCONFIRMED_AT_MOST + 3):
            at = begin + number * SECOND
            count = reported(count, at, at)
        return count

    count = claim(NONE, NOON)
    assert count.left == UNCONFIRMED_AT_MOST == 2
    assert claim(count, NOON + DAY - timedelta(minutes=1)).left == 2
    assert claim(count, NOON + DAY + timedelta(minutes=1)).left == 4


def test_what_was_accepted_before_the_switch_is_void_when_told_late() -> None:
    off = switched_off(pushed(NONE, NOON, NOON), NOON + 2 * SECOND)
    assert (off.left, off.off_since) == (0, NOON + 2 * SECOND)
    for tell in (pushed, reported):
        assert tell(off, NOON + SECOND, NOON + 3 * SECOND) == off
        again = tell(off, NOON + 3 * SECOND, NOON + 3 * SECOND)
        assert (again.left, again.off_since) == (1, None)


def test_old_news_are_not_kept() -> None:
    count = reported(pushed(NONE, NOON, NOON), NOON, NOON)
    count = pushed(count, NOON, NOON)
    later = NOON + 2 * DAY
    assert pushed(count, later, later).reports == ()
    assert pushed(count, later, later).pushes == (later,)
