"""Table of who sends which notices: complete, and the same on the page that explains it."""

from pathlib import Path
from typing import Final

import pytest

from services.audiences import senders
from services.audiences.senders import OVERSEERS
from services.kernel.permissions import PERMISSIONS, Actor, Grant, Permission, Role
from services.notices.models import NoticeKind
from services.notices.senders import KINDS

PAGE: Final = Path(__file__).parents[2] / "docs" / "explanation" / "notices.md"
COMPOUND: Final = "cc.a.b.c.c07"
HEADS: Final = (Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_HEAD)


def test_whoever_may_send_sends_some_kind() -> None:
    able = {role for role, held in PERMISSIONS.items() if Permission.SEND_NOTICES in held}
    assert {*KINDS} == able
    assert all(KINDS.values())
    assert {*OVERSEERS} == {role for role, kinds in KINDS.items() if kinds == {*NoticeKind}}


def test_the_page_says_what_the_table_says() -> None:
    rows = [
        line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if "|" in line
    ]
    heading, _, *lines = [[cell.strip() for cell in row] for row in rows[:6]]
    assert heading[1:] == ["information", "policy", "asks for an answer", "emergency"]
    said = {line[0].split()[0]: [cell == "yes" for cell in line[1:]] for line in lines}
    for words, roles in (
        ("unit,", HEADS),
        ("committee,", [Role.COMMITTEE_MEMBER]),
        ("firm", [Role.FIRM_MANAGER]),
        ("community", OVERSEERS),
    ):
        for role in roles:
            assert said[words] == [kind in KINDS[role] for kind in NoticeKind], role


@pytest.mark.parametrize("role", KINDS)
def test_an_office_oversees_itself_and_what_is_below(role: Role) -> None:
    below = {other for other in KINDS if senders.oversees(role, other)}
    if role not in OVERSEERS:
        assert below == {role}
        return
    assert below == {other for other in KINDS if other not in OVERSEERS} | {
        *OVERSEERS[: OVERSEERS.index(role) + 1]
    }


def test_tokens_and_keys_meet_where_the_office_covers_the_place() -> None:
    """The neighbour whose path begins with the same signs is another place."""
    author = Actor("a", "", (Grant(Role.COMMITTEE_MEMBER, COMPOUND),))
    tokens = {*senders.tokens(author, Role.COMMITTEE_MEMBER, [f"{COMPOUND}.b1"])}
    for role, place, meets in (
        (Role.COMMITTEE_MEMBER, COMPOUND, True),
        (Role.COMMITTEE_MEMBER, f"{COMPOUND}0", False),
        (Role.FIRM_MANAGER, COMPOUND, False),
        (Role.COMMUNITY_STAFF, "cc.a.b.c", True),
        (Role.COMMUNITY_STAFF, "cc.a.b.c2", False),
        (Role.ADMINISTRATOR, "cc", True),
        (Role.UNIT_HEAD, f"{COMPOUND}.b1", False),
    ):
        keys = {*senders.keys(Actor("b", "", (Grant(role, place),)), KINDS)}
        assert bool(keys & tokens) is meets, (role, place)
