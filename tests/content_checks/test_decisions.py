"""What WeChat is not sure of: read and decided by a person, and erased."""

from datetime import timedelta
from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, OTHER_COMPOUND, Estate, appoint
from tests.build.content_checks import (
    DOUBTFUL,
    KIND,
    Told,
    media,
    submit,
    with_picture,
)
from tests.build.homes import acts, at_once, get, post
from tests.build.sign_ins import Member
from tests.build.world import Reply


async def doubtful(estate: Estate, who: str = "li", **about: Any) -> str:
    check_id = await submit(estate.world, await estate.member(who), DOUBTFUL, **about)
    await estate.world.work()
    return check_id


async def decided(
    estate: Estate, check_id: str, who: Member | str = "staff", *, passed: bool = True
) -> Reply:
    path = f"content-checks/{check_id}/decision"
    return await post(estate, who, path, passed=passed, reason="是正常的提问")


@pytest.mark.parametrize(("passed", "state"), [(True, "passed"), (False, "refused")])
async def test_a_person_decides_once(
    estate: Estate, told: Told, *, passed: bool, state: str
) -> None:
    check_id = await doubtful(estate)
    reply = await decided(estate, check_id, passed=passed)
    assert (reply.status, reply.body["state"]) == (200, state)
    assert (reply.body["reason"], told) == ("是正常的提问", [("1", state)])
    again = await decided(estate, check_id, "admin", passed=not passed)
    assert (again.status, again.code) == (409, "content_check_decided")
    assert again.body["details"] == {"state": state}
    assert [row["subject"] for row in await acts(estate.world, "content.decided")] == [check_id]
    found = await estate.world.db.content_checks.find_one({"_id": check_id})
    assert found is not None
    assert found["expires_at"] == estate.world.clock.now + timedelta(days=30)


async def test_of_two_decisions_at_once_one_counts(estate: Estate) -> None:
    check_id = await doubtful(estate)
    await estate.member("staff")
    await estate.member("admin")
    replies = await at_once(
        decided(estate, check_id), decided(estate, check_id, "admin", passed=False)
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert len(await acts(estate.world, "content.decided")) == 1


async def test_nobody_decides_before_wechat_has_said_something(estate: Estate) -> None:
    check_id = await submit(estate.world, await estate.member("li"), DOUBTFUL)
    reply = await decided(estate, check_id)
    assert (reply.status, reply.code) == (409, "content_check_pending")


async def test_what_waits_is_read_by_who_decides_there_and_nobody_else(
    estate: Estate,
) -> None:
    check_id = await doubtful(estate)
    other = await doubtful(estate, "zhao", subject=f"{KIND}:2", place=OTHER_COMPOUND)
    for who in ("li", "mei", "wang", "head"):
        assert (await get(estate, who, "content-checks")).status == 403
        assert (await get(estate, who, f"content-checks/{check_id}")).status == 403
        assert (await decided(estate, check_id, who)).status == 403
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMPOUND, "wang")
    estate.members.pop("wang")
    [seen] = (await get(estate, "wang", "content-checks")).body["items"]
    assert (seen["check_id"], seen["text"], seen["may_decide"]) == (check_id, DOUBTFUL, True)
    assert (await get(estate, "wang", f"content-checks/{other}")).status == 404
    assert (await decided(estate, other, "wang")).status == 404
    both = (await get(estate, "staff", "content-checks")).body["items"]
    assert {each["check_id"] for each in both} == {check_id, other}


async def test_nobody_decides_about_words_of_their_own_or_of_their_home(
    estate: Estate,
) -> None:
    check_id = await doubtful(estate, "mei")
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMPOUND, "mei")
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMPOUND, "li")
    estate.members.clear()
    for who, code, text in (("mei", "own_content", DOUBTFUL), ("li", "own_home", None)):
        reply = await decided(estate, check_id, who)
        assert (reply.status, reply.code) == (403, code)
        [seen] = (await get(estate, who, "content-checks")).body["items"]
        assert (seen["may_decide"], seen["text"]) == (False, text)
        assert (seen["photos"] is None) is (text is None)
    assert (await decided(estate, check_id)).status == 200


async def test_who_decides_sees_the_pictures(estate: Estate) -> None:
    await media(estate.world, outcome="review")
    check_id, photo_id = await with_picture(estate.world, await estate.member("li"))
    await estate.world.advance(seconds=5)
    [shown] = (await get(estate, "staff", f"content-checks/{check_id}")).body["photos"]
    assert (shown["photo_id"], shown["finding"]) == (photo_id, "review")
    picture = await estate.world.api.get(shown["url"], as_=None)
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert (await get(estate, "staff", f"photos/{photo_id}/url")).status == 404


async def test_what_was_written_goes_with_the_account(estate: Estate, told: Told) -> None:
    await doubtful(estate)
    left = await doubtful(estate, "wang", subject=f"{KIND}:2")
    under_way = await submit(estate.world, await estate.member("li"), subject=f"{KIND}:3")
    assert under_way
    assert (await post(estate, "li", "me/deletion", confirm="注销")).status == 202
    await estate.world.work()
    assert [row["_id"] async for row in estate.world.db.content_checks.find()] == [left]
    assert told == []
