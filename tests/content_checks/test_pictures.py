"""Pictures before WeChat: case 29 of docs/reference/wechat.md."""

import asyncio
from datetime import timedelta
from typing import Final

import pytest
from pymongo.errors import DuplicateKeyError

from services.content_checks import jobs, pictures
from tests.build.content_checks import (
    CHECK_PICTURE,
    DOUBTFUL,
    GOOD,
    KIND,
    RISKY,
    Told,
    media,
    state_of,
    traces,
    verdict,
    with_picture,
)
from tests.build.mailbox import calls, push
from tests.build.sign_ins import Member
from tests.build.world import World

TAKEN: Final = {"status": 200, "body": "success"}


@pytest.mark.parametrize("shape", ["v2", "v1"])
@pytest.mark.parametrize(
    ("outcome", "text", "state"),
    [
        ("pass", GOOD, "passed"),
        ("risky", GOOD, "refused"),
        ("pass", DOUBTFUL, "doubtful"),
        ("risky", DOUBTFUL, "refused"),
    ],
)
async def test_case_29_text_and_pictures_have_one_verdict(
    world: World, li: Member, *, outcome: str, text: str, state: str, shape: str
) -> None:
    await media(world, outcome=outcome, shape=shape)
    check_id, _ = await with_picture(world, li, text)
    assert await state_of(world.db, check_id) == "pending"
    await world.advance(seconds=5)
    assert await state_of(world.db, check_id) == state


async def test_case_29_a_risky_text_does_not_wait_for_the_picture(
    world: World, li: Member, told: Told
) -> None:
    check_id, _ = await with_picture(world, li, RISKY)
    assert (await state_of(world.db, check_id), told) == ("refused", [("1", "refused")])
    await world.advance(seconds=5)
    assert (await state_of(world.db, check_id), len(told)) == ("refused", 1)


async def test_case_29_wechat_is_not_sure_of_a_picture(world: World, li: Member) -> None:
    await media(world, outcome="review")
    check_id, _ = await with_picture(world, li)
    await world.advance(seconds=5)
    assert await state_of(world.db, check_id) == "doubtful"


async def test_case_29_a_verdict_after_thirty_minutes_is_in_time(
    world: World, li: Member
) -> None:
    """And the picture can be downloaded until then: the stand-in does."""
    await media(world, after_seconds=1800)
    check_id, _ = await with_picture(world, li)
    await world.advance(seconds=1790)
    assert await state_of(world.db, check_id) == "pending"
    await world.advance(seconds=10)
    assert await state_of(world.db, check_id) == "passed"
    await world.advance(minutes=10)
    await world.work()
    assert await calls(world, CHECK_PICTURE) == 1


async def test_case_29_without_a_verdict_it_is_submitted_once_more_and_then_a_persons(
    world: World, li: Member, told: Told
) -> None:
    await media(world, outcome="never")
    check_id, _ = await with_picture(world, li)
    await world.advance(minutes=34)
    await world.work()
    assert await calls(world, CHECK_PICTURE) == 1
    await world.advance(minutes=1)
    await world.work()
    assert await calls(world, CHECK_PICTURE) == 2
    assert await state_of(world.db, check_id) == "pending"
    await world.advance(minutes=35)
    await world.work()
    assert await calls(world, CHECK_PICTURE) == 2
    assert (await state_of(world.db, check_id), told) == ("doubtful", [])
    first, _ = await traces(world)  # a verdict that comes now is for who decides
    await world.wechat.do(f"media-checks/{first}", outcome="risky")
    found = await world.db.content_checks.find_one({"_id": check_id})
    assert found is not None
    assert (found["state"], [*found["found"].values()]) == ("doubtful", ["pass", "risky"])


async def test_case_29_the_second_submission_counts(world: World, li: Member) -> None:
    await media(world, outcome="never")
    check_id, _ = await with_picture(world, li)
    await media(world, outcome="pass")
    await world.advance(minutes=35)
    await world.work()
    await world.advance(seconds=5)
    assert await state_of(world.db, check_id) == "passed"


@pytest.mark.parametrize("shape", ["v2", "v1"])
async def test_case_29_a_picture_that_wechat_cannot_download_is_submitted_once_more(
    world: World, li: Member, shape: str
) -> None:
    await media(world, outcome="download_failed", shape=shape)
    check_id, _ = await with_picture(world, li)
    await world.advance(seconds=5)
    assert await state_of(world.db, check_id) == "pending"
    await world.advance(minutes=35)
    await world.work()
    await world.advance(seconds=5)
    assert await calls(world, CHECK_PICTURE) == 2
    assert await state_of(world.db, check_id) == "doubtful"


async def test_case_29_an_unknown_trace_id_changes_nothing(world: World, li: Member) -> None:
    await media(world, outcome="never")
    check_id, _ = await with_picture(world, li)
    assert await push(world, verdict("somebody-elses", "risky")) == TAKEN
    assert await state_of(world.db, check_id) == "pending"


async def test_case_29_a_push_may_come_before_the_answer_of_our_call(
    world: World, li: Member
) -> None:
    await media(world, outcome="never")
    check_id, photo_id = await with_picture(world, li)
    assert await push(world, verdict("early")) == TAKEN
    await pictures.note_submission(world.deps, check_id, photo_id, "early")
    assert await state_of(world.db, check_id) == "passed"


async def test_case_29_a_push_may_come_at_the_moment_of_our_note(
    world: World, li: Member
) -> None:
    await media(world, outcome="never")
    check_id, photo_id = await with_picture(world, li)
    note = pictures.note_submission(world.deps, check_id, photo_id, "now")
    assert await asyncio.gather(push(world, verdict("now")), note) == [TAKEN, None]
    assert await state_of(world.db, check_id) == "passed"


async def test_case_29_a_repeated_push_changes_nothing(
    world: World, li: Member, told: Told
) -> None:
    check_id, _ = await with_picture(world, li)
    await world.advance(seconds=5)
    [trace_id] = await traces(world)
    for outcome in ("pass", "risky"):
        pushed = await world.wechat.do(f"media-checks/{trace_id}", outcome=outcome)
        assert pushed["pushes"] == [TAKEN]
    assert (await state_of(world.db, check_id), told) == ("passed", [("1", "passed")])


async def test_a_push_that_cannot_take_effect_is_not_taken_for_a_repeated_one(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat sends it again, and then it does."""

    async def taken(*_: object) -> None:
        raise DuplicateKeyError("of the feature's own")

    await media(world, outcome="never")
    check_id, _ = await with_picture(world, li)
    [trace_id] = await traces(world)
    with monkeypatch.context() as broken:
        broken.setitem(world.deps.features.checked, KIND, taken)
        assert (await push(world, verdict(trace_id)))["status"] == 500
    assert await state_of(world.db, check_id) == "pending"
    assert await push(world, verdict(trace_id)) == TAKEN
    assert await state_of(world.db, check_id) == "passed"


async def test_a_worker_that_died_after_its_note_does_not_submit_again(
    world: World, li: Member
) -> None:
    await media(world, outcome="never")
    check_id, photo_id = await with_picture(world, li)
    again = await jobs.check_picture(world.deps, {"check_id": check_id, "photo_id": photo_id})
    assert again is not None
    assert again.due_at == world.clock.now + timedelta(minutes=35)
    assert await calls(world, CHECK_PICTURE) == 1


async def test_a_picture_waits_while_wechat_is_away(world: World, li: Member) -> None:
    await world.wechat.fault(CHECK_PICTURE, match={"times": None}, http=502)
    check_id, _ = await with_picture(world, li)
    await world.wechat.control("DELETE", "faults")
    await world.advance(minutes=1)
    await world.work()
    await world.advance(seconds=5)
    assert await state_of(world.db, check_id) == "passed"
