"""Texts before WeChat: case 28 of docs/reference/wechat.md, and its versions."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.content_checks import actions
from services.content_checks.states import CheckState
from services.limits.models import ALLOWANCES, HOUR, Allowance, Rate
from tests.build.cast import COMPOUND
from tests.build.content_checks import (
    CHECK_TEXT,
    DOUBTFUL,
    GOOD,
    KIND,
    RISKY,
    SUBJECT,
    Told,
    media,
    state_of,
    submit,
    with_picture,
)
from tests.build.mailbox import calls
from tests.build.sign_ins import Member
from tests.build.world import World


@pytest.mark.parametrize(
    ("text", "state", "ends"),
    [
        (GOOD, "passed", [("1", "passed")]),
        (RISKY, "refused", [("1", "refused")]),
        (DOUBTFUL, "doubtful", []),
        # longer than WeChat reads at once: what stands at the cut is read whole
        ("字" * 2498 + RISKY, "refused", [("1", "refused")]),
        ("字" * 4000 + DOUBTFUL, "doubtful", []),
    ],
    ids=["pass", "risky", "review", "risky at the cut", "review in the second piece"],
)
async def test_case_28_what_wechat_says_of_a_text_decides(
    world: World, li: Member, told: Told, text: str, state: str, ends: Told
) -> None:
    check_id = await submit(world, li, text)
    assert await state_of(world.db, check_id) == "pending"
    await world.work()
    assert await state_of(world.db, check_id) == state
    assert told == ends


async def test_case_28_whom_wechat_has_not_seen_for_two_hours_a_person_judges(
    world: World, li: Member, told: Told
) -> None:
    check_id = await submit(world, li)
    await world.wechat.do("users/li", active=False)
    await world.work()
    assert (await state_of(world.db, check_id), told) == ("doubtful", [])


@pytest.mark.parametrize("errcode", [43104, 48001])
async def test_case_28_what_wechat_refuses_to_judge_a_person_judges(
    world: World, li: Member, told: Told, errcode: int
) -> None:
    await world.wechat.fault(CHECK_TEXT, errcode=errcode)
    check_id = await submit(world, li)
    await world.work()
    assert (await state_of(world.db, check_id), told) == ("doubtful", [])


@pytest.mark.parametrize(
    ("fault", "away"),
    [
        ({"errcode": -1}, timedelta(minutes=1)),
        ({"http": 502}, timedelta(minutes=1)),
        ({"drop": "after"}, timedelta(minutes=1)),
        ({"errcode": 40001}, timedelta(minutes=1)),
        ({"errcode": 45011}, timedelta(minutes=1)),
        ({"errcode": 45009}, timedelta(hours=12)),  # noon; WeChat counts anew at midnight
    ],
    ids=["busy", "http", "no answer", "token", "minute", "day"],
)
async def test_case_28_while_wechat_is_away_it_waits_and_nothing_is_shown(
    world: World, li: Member, told: Told, fault: dict[str, Any], away: timedelta
) -> None:
    await world.wechat.fault(CHECK_TEXT, match={"times": None}, **fault)
    check_id = await submit(world, li)
    for _ in range(2):
        await world.work()
        assert (await state_of(world.db, check_id), told) == ("pending", [])
        await world.advance(seconds=away.total_seconds())
    await world.wechat.control("DELETE", "faults")
    await world.advance(minutes=5, seconds=away.total_seconds())
    await world.wechat.openid("li")
    await world.work()
    assert (await state_of(world.db, check_id), told) == ("passed", [("1", "passed")])
    assert await world.db.outbox.count_documents({"state": "dead"}) == 0


async def test_a_wechat_that_is_away_for_days_leaves_it_to_a_person(
    world: World, li: Member
) -> None:
    await world.wechat.fault(CHECK_TEXT, match={"times": None}, http=502)
    check_id = await submit(world, li)
    await world.advance(days=2)
    await world.work()
    assert await state_of(world.db, check_id) == "doubtful"


async def test_all_processes_share_one_bucket_of_calls(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.CHECK_TEXT, Allowance(1, HOUR))
    made = [await submit(world, li, subject=f"{KIND}:{number}") for number in (1, 2)]
    await world.work()
    assert await calls(world, CHECK_TEXT) == 1
    assert sorted([await state_of(world.db, each) for each in made]) == ["passed", "pending"]
    await world.advance(hours=1)
    await world.wechat.openid("li")
    await world.work()
    assert [await state_of(world.db, each) for each in made] == ["passed", "passed"]


async def test_a_changed_text_makes_the_older_check_void(
    world: World, li: Member, told: Told
) -> None:
    await media(world, after_seconds=60)
    old, _ = await with_picture(world, li)
    await world.advance(seconds=1)
    new = await submit(world, li, DOUBTFUL)
    await world.work()
    await world.advance(seconds=60)  # the late verdict of the older one
    assert [await state_of(world.db, each) for each in (old, new)] == ["void", "doubtful"]
    assert told == []
    assert await actions.verdict(world.deps, SUBJECT) is CheckState.DOUBTFUL
    await world.deps.in_transaction(lambda tx: actions.withdraw(world.deps, tx, SUBJECT))
    assert await state_of(world.db, new) == "void"


async def test_two_versions_at_once_leave_one_open(world: World, li: Member) -> None:
    made = await asyncio.gather(*(submit(world, li) for _ in range(3)))
    states = sorted([await state_of(world.db, each) for each in made])
    assert states == ["pending", "void", "void"]


async def test_the_end_and_what_becomes_of_the_content_are_one(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        message = "not today"
        raise OSError(message)

    monkeypatch.setitem(world.deps.features.checked, KIND, broken)
    check_id = await submit(world, li)
    await world.work()
    assert await state_of(world.db, check_id) == "pending"


@pytest.mark.parametrize(
    ("subject", "text", "photos"),
    [
        ("unknown:1", GOOD, []),
        (KIND, GOOD, []),
        (SUBJECT, "", []),
        (SUBJECT, "字" * 10_001, []),
        (SUBJECT, GOOD, [str(number) for number in range(10)]),
    ],
    ids=["kind", "id", "nothing", "long", "photos"],
)
async def test_what_cannot_be_checked_is_not_taken(
    world: World, li: Member, subject: str, text: str, photos: Sequence[str]
) -> None:
    with pytest.raises(ValueError, match=r"registered|checked"):
        await submit(world, li, text, subject=subject, photos=photos)


async def test_it_is_kept_sealed(world: World, li: Member) -> None:
    check_id = await submit(world, li)
    found = await world.db.content_checks.find_one({"_id": check_id})
    assert found is not None
    assert GOOD not in str(found)
    assert (found["author"], found["place"]) == (li.person_id, COMPOUND)
