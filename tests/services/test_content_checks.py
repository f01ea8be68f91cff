"""Verdict of a check, pieces of a text, and when WeChat is asked again: as tables."""

from datetime import timedelta
from itertools import product

import pytest

from services.content_checks.findings import ACTIONS
from services.content_checks.jobs import retry_at
from services.content_checks.models import ContentCheck, Finding
from services.content_checks.states import TABLE, CheckAction, CheckState, is_visible, require
from services.content_checks.texts import OVERLAP, pieces
from services.kernel.errors import Conflict
from services.wechat.errors import Reaction
from services.wechat.mini_program import TEXT_CHARS
from tests.build.world import NOON

S, A, F = CheckState, CheckAction, Finding
# state → what each action makes of it; all else is refused
MOVES = {
    (S.PENDING, A.PASS): S.PASSED,
    (S.PENDING, A.REFUSE): S.REFUSED,
    (S.PENDING, A.DOUBT): S.DOUBTFUL,
    (S.PENDING, A.VOID): S.VOID,
    (S.DOUBTFUL, A.ALLOW): S.PASSED,
    (S.DOUBTFUL, A.FORBID): S.REFUSED,
    (S.DOUBTFUL, A.VOID): S.VOID,
}


@pytest.mark.parametrize(("state", "action"), [*product(S, A)])
def test_each_state_and_action(state: CheckState, action: CheckAction) -> None:
    row = TABLE.find(state, action)
    assert (row and row.target) == MOVES.get((state, action))
    if (state, action) not in MOVES:
        with pytest.raises(Conflict):
            require(state, action)


def test_only_what_passed_is_visible() -> None:
    assert [state for state in (*S, None) if is_visible(state)] == [S.PASSED]


@pytest.mark.parametrize("found", [*product((None, *F), repeat=3)])
def test_one_verdict_over_the_text_and_all_pictures(
    found: tuple[Finding | None, Finding | None, Finding | None],
) -> None:
    parts = ("text_0", "p1", "p2")
    check = ContentCheck(
        id="c",
        subject="question:1",
        open_key="question:1",
        place="cc",
        author="li",
        text_sealed="",
        pieces=1,
        photo_ids=["p1", "p2"],
        found={part: one for part, one in zip(parts, found, strict=True) if one},
        created_at=NOON,
    )
    action = ACTIONS[check.finding] if check.finding else None
    if F.RISKY in found:
        assert action is A.REFUSE
    elif None in found:
        assert action is None
    else:
        assert action is (A.DOUBT if F.REVIEW in found else A.PASS)


@pytest.mark.parametrize("length", [0, 1, 2500, 2501, 4950, 4951, 10_000])
def test_pieces_are_short_enough_and_leave_nothing_out(length: int) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(length))
    found = pieces(text)
    assert all(0 < len(piece) <= TEXT_CHARS for piece in found)
    whole = found[0] + "".join(piece[OVERLAP:] for piece in found[1:]) if found else ""
    assert whole == text


@pytest.mark.parametrize(
    ("reaction", "seconds"),
    [
        (Reaction.BUSY, 30),
        (Reaction.UNKNOWN, 30),
        (Reaction.NEW_TOKEN, 30),
        (Reaction.MINUTE_LIMIT, 60),
        (Reaction.DAILY_QUOTA, 12 * 3600),
        (Reaction.INACTIVE, None),
        (Reaction.UNBOUND, None),
        (Reaction.CONFIG, None),
        (Reaction.CLOSED, None),
        (Reaction.PERMANENT, None),
    ],
)
def test_what_may_help_is_asked_again(reaction: Reaction, seconds: int | None) -> None:
    due_at = retry_at(reaction, NOON, NOON)
    assert (due_at and (due_at - NOON).total_seconds()) == seconds


@pytest.mark.parametrize(("age", "wait"), [(0, 30), (60, 30), (600, 300), (86_400, 600)])
def test_the_longer_wechat_is_away_the_less_it_is_asked(age: int, wait: int) -> None:
    now = NOON + timedelta(seconds=age)
    due_at = retry_at(Reaction.BUSY, NOON, now)
    assert due_at == now + timedelta(seconds=wait)


def test_after_two_days_a_person_looks() -> None:
    assert retry_at(Reaction.BUSY, NOON, NOON + timedelta(days=2)) is None
