"""Notices with a second pair of eyes: rules of places, reviews, corrections that wait."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from services.notices import states
from services.notices.rules.actions import strictest
from services.notices.rules.models import NoticeRules
from tests.build.cast import COMMUNITY, COMPOUND, UNIT, ZHAO_HOME, Estate, appoint
from tests.build.homes import acts, at_once, get, told
from tests.build.notices import (
    OWNERS,
    QUESTION,
    RULES,
    act,
    broadcast_of,
    drafted,
    published,
    send,
    state_of,
    titles,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply


async def rule(estate: Estate, place: str = COMMUNITY, **changes: Any) -> None:
    path = f"places/{place}/notice-rules"
    reply = await send(estate, "PUT", "staff", path, **RULES | changes)
    assert reply.status == 200, reply.body


async def colleague(estate: Estate) -> Member:
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "13900000079")
    return await estate.world.sign_in("xu", "13900000079")


async def judged(estate: Estate, notice_id: str, who: Member | str, **word: Any) -> Reply:
    """Judge a notice as it is now."""
    read = await get(estate, who, f"notices/{notice_id}")
    word = {"revision": read.body["revision"], **word}
    return await act(estate, notice_id, "review", who, **word)


async def test_the_nearest_place_above_decides(estate: Estate) -> None:
    path = f"places/{UNIT}/notice-rules"
    none = await get(estate, "head", path)
    assert none.body == {
        "place": UNIT,
        "set_for": None,
        "second_eyes": False,
        "quiet_from": 22,
        "quiet_to": 7,
    }
    await rule(estate, quiet_from=20)
    shown = (await get(estate, "head", path)).body
    assert (shown["set_for"], shown["second_eyes"], shown["quiet_from"]) == (
        COMMUNITY,
        True,
        20,
    )
    await rule(estate, COMPOUND, second_eyes=False)
    shown = (await get(estate, "head", path)).body
    assert (shown["set_for"], shown["second_eyes"]) == (COMPOUND, False)
    assert len(await acts(estate.world, "notice.rules_set")) == 2
    denied = await send(estate, "PUT", "head", path, **RULES)
    assert denied.status == 403
    out = await published(estate)
    begun = await broadcast_of(estate, out)
    assert begun is not None
    assert begun["quiet"] == {"from_hour": 22, "to_hour": 7}


async def test_one_more_place_elsewhere_does_not_lift_the_rules(estate: Estate) -> None:
    await rule(estate, COMPOUND, quiet_from=20, quiet_to=6)
    notice_id = await drafted(estate, audience=OWNERS | {"places": [COMPOUND, ZHAO_HOME]})
    early = await act(estate, notice_id, "publish")
    assert (early.status, early.code) == (409, "notice_review_needed")
    assert (await act(estate, notice_id, "submit")).status == 200
    await judged(estate, notice_id, "admin", approve=True)
    assert (await act(estate, notice_id, "publish")).status == 200
    begun = await broadcast_of(estate, notice_id)
    assert begun is not None
    assert begun["quiet"] == {"from_hour": 20, "to_hour": 7}
    change = await act(estate, notice_id, "correct", because="有误", title="改")
    assert (change.body["version"], change.body["proposal"]["title"]) == (1, "改")


@pytest.mark.parametrize(
    ("several", "quiet"),
    [
        ([(22, 7)], (22, 7)),
        ([(22, 7), (0, 0)], (22, 7)),
        ([(5, 5), (0, 0)], (0, 0)),
        ([(20, 6), (22, 8)], (20, 8)),
        ([(12, 14), (22, 7)], (22, 14)),
        ([(7, 22), (22, 7)], (7, 22)),
    ],
)
def test_quiet_hours_of_several_places(
    several: list[tuple[int, int]], quiet: tuple[int, int]
) -> None:
    made = strictest([NoticeRules(id="", quiet_from=a, quiet_to=b) for a, b in several])
    assert (made.quiet_from, made.quiet_to) == quiet


async def test_somebody_else_approves_before_it_goes_out(estate: Estate) -> None:
    await rule(estate)
    other = await colleague(estate)
    notice_id = await drafted(estate)
    early = await act(estate, notice_id, "publish")
    assert (early.status, early.code) == (409, "notice_review_needed")
    assert (await act(estate, notice_id, "submit")).body["state"] == "in_review"
    assert len(await told(estate.world, other, "notice_to_review")) == 1
    own = await judged(estate, notice_id, "staff", approve=True)
    assert (own.status, own.code) == (403, "own_notice")
    silent = await judged(estate, notice_id, other, approve=False)
    assert silent.code == "reason_needed"
    back = await judged(estate, notice_id, other, approve=False, reason="日期不对")
    assert (back.body["state"], back.body["sent_back_because"]) == ("draft", "日期不对")
    staff = await estate.member("staff")
    [message] = await told(estate.world, staff, "notice_reviewed")
    assert "日期不对" in message
    await send(estate, "PATCH", staff, f"notices/{notice_id}", title="改好的停水")
    await act(estate, notice_id, "submit")
    approved = await judged(estate, notice_id, other, approve=True)
    assert (approved.body["state"], approved.body["sent_back_because"]) == ("approved", "")
    edit = await send(estate, "PATCH", staff, f"notices/{notice_id}", title="偷改")
    assert (edit.status, edit.code) == (409, "notice_moved_on")
    assert (await act(estate, notice_id, "publish")).body["state"] == "published"
    assert await titles(estate, "li") == ["改好的停水"]


async def test_who_changed_it_is_no_second_pair_of_eyes(estate: Estate) -> None:
    await rule(estate)
    other = await colleague(estate)
    notice_id = await drafted(estate)
    await send(estate, "PATCH", other, f"notices/{notice_id}", title="我来改")
    await act(estate, notice_id, "submit")
    for who in ("staff", other):
        reply = await judged(estate, notice_id, who, approve=True)
        assert reply.code == "own_notice"
    assert (await judged(estate, notice_id, "admin", approve=True)).status == 200


async def test_of_two_who_write_by_turns_neither_approves(estate: Estate) -> None:
    await rule(estate)
    other = await colleague(estate)
    notice_id = await drafted(estate)
    await send(estate, "PATCH", other, f"notices/{notice_id}", text="我来写")
    await send(estate, "PATCH", "staff", f"notices/{notice_id}", title="停水通知。")
    await act(estate, notice_id, "submit")
    assert await told(estate.world, other, "notice_to_review") == []
    for who in ("staff", other):
        reply = await judged(estate, notice_id, who, approve=True)
        assert (reply.status, reply.code) == (403, "own_notice")
    assert (await judged(estate, notice_id, "admin", approve=True)).status == 200
    await act(estate, notice_id, "publish")
    await act(estate, notice_id, "correct", other, because="有误", title="改期")
    await act(estate, notice_id, "correct", because="有误", title="改期。")
    reply = await judged(estate, notice_id, other, approve=True)
    assert (reply.status, reply.code) == (403, "own_notice")
    await judged(estate, notice_id, "admin", approve=True)
    await act(estate, notice_id, "correct", because="有误", title="改期!")  # of one alone again
    assert (await judged(estate, notice_id, other, approve=True)).status == 200


async def test_what_a_reviewer_has_not_read_is_not_approved(estate: Estate) -> None:
    await rule(estate)
    path = f"notices/{(notice_id := await drafted(estate))}"
    await act(estate, notice_id, "submit")
    read = (await get(estate, "admin", path)).body["revision"]
    await act(estate, notice_id, "recall")
    await send(estate, "PATCH", "staff", path, text="别的内容")
    await act(estate, notice_id, "submit")
    unseen = await judged(estate, notice_id, "admin", approve=True, revision=read)
    assert (unseen.status, unseen.code) == (409, "notice_moved_on")
    blind = await act(estate, notice_id, "review", "admin", approve=True)
    assert (blind.status, blind.code) == (422, "invalid_input")
    assert (await judged(estate, notice_id, "admin", approve=True)).status == 200
    out = await act(estate, notice_id, "publish")
    first = await act(estate, notice_id, "correct", because="有误", text="更正一")
    await act(estate, notice_id, "correct", because="有误", text="更正二")
    seen = first.body["revision"]
    assert seen > out.body["revision"]
    unseen = await judged(estate, notice_id, "admin", approve=True, revision=seen)
    assert (unseen.status, unseen.code) == (409, "notice_moved_on")


async def test_who_says_what_they_read_writes_over_nothing_else(estate: Estate) -> None:
    path = f"notices/{(notice_id := await drafted(estate))}"
    first = await send(estate, "PATCH", "staff", path, text="一", revision=0)
    assert (first.status, first.body["revision"]) == (200, 1)
    late = await send(estate, "PATCH", "staff", path, text="二", revision=0)
    assert (late.status, late.code) == (409, "notice_moved_on")
    assert (await act(estate, notice_id, "publish", revision=0)).code == "notice_moved_on"
    assert (await act(estate, notice_id, "publish", revision=1)).status == 200
    wish = {"because": "有误", "text": "三"}
    old = await act(estate, notice_id, "correct", **wish, revision=1)
    assert (old.status, old.code) == (409, "notice_moved_on")
    assert (await act(estate, notice_id, "correct", **wish, revision=2)).status == 200


async def test_of_two_reviewers_at_once_one_counts(estate: Estate) -> None:
    await rule(estate)
    other = await colleague(estate)
    notice_id = await drafted(estate)
    await act(estate, notice_id, "submit")
    replies = await at_once(
        judged(estate, notice_id, other, approve=True),
        judged(estate, notice_id, "admin", approve=False, reason="不行"),
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert len(await acts(estate.world, "notice.reviewed")) == 1


async def test_where_no_review_is_asked_there_is_none(estate: Estate) -> None:
    notice_id = await drafted(estate)
    reply = await act(estate, notice_id, "submit")
    assert (reply.status, reply.code) == (409, "notice_review_not_asked")
    again = await judged(estate, notice_id, "admin", approve=True)
    assert (again.status, again.code) == (409, "notice_moved_on")


async def test_a_recalled_review_is_a_draft(estate: Estate) -> None:
    await rule(estate)
    notice_id = await drafted(estate)
    await act(estate, notice_id, "submit")
    assert (await act(estate, notice_id, "recall")).body["state"] == "draft"
    assert (await act(estate, notice_id, "recall")).code == "notice_moved_on"
    late = await judged(estate, notice_id, "admin", approve=True)
    assert late.code == "notice_moved_on"


async def test_a_correction_waits_for_the_second_pair_of_eyes(estate: Estate) -> None:
    notice_id = await published(estate)
    await rule(estate)
    other = await colleague(estate)
    wish = {"because": "时间有误", "title": "停水改期"}
    reply = await act(estate, notice_id, "correct", **wish)
    assert (reply.body["version"], reply.body["proposal"]["title"]) == (1, "停水改期")
    assert await titles(estate, "li") == ["停水通知"]
    own = await judged(estate, notice_id, "staff", approve=True)
    assert own.code == "own_notice"
    no = await judged(estate, notice_id, other, approve=False, reason="不对")
    assert (no.body["proposal"], no.body["version"], no.body["state"]) == (
        None,
        1,
        "published",
    )
    staff = await estate.member("staff")
    assert len(await told(estate.world, staff, "notice_reviewed")) == 1
    await act(estate, notice_id, "correct", **wish)
    yes = await judged(estate, notice_id, other, approve=True)
    assert (yes.body["version"], yes.body["title"], yes.body["proposal"]) == (
        2,
        "停水改期",
        None,
    )
    assert await titles(estate, "li") == ["停水改期"]


async def test_what_is_planned_keeps_the_rules_of_its_hour(estate: Estate) -> None:
    notice_id = await drafted(estate)
    other = await drafted(estate)
    await act(estate, notice_id, "publish", at="2026-03-05T04:00:00Z")
    await rule(estate)
    await act(estate, other, "submit")
    await judged(estate, other, "admin", approve=True)
    reply = await act(estate, other, "publish", at="2026-03-05T04:00:00Z")
    assert reply.body["state"] == "scheduled"
    await estate.advance(days=4)
    await estate.world.work()
    held = (await get(estate, "staff", f"notices/{notice_id}")).body
    assert (held["state"], held["sent_back_because"]) == (
        "draft",
        "这里要求先由别人审核,请先提交审核",
    )
    staff = await estate.member("staff")
    assert len(await told(estate.world, staff, "notice_held_back")) == 1
    assert await state_of(estate, other) == "published"


async def test_what_is_over_when_its_job_comes_late_stays(estate: Estate) -> None:
    asks = {"kind": "asks_answer", "question": QUESTION | {"until": "2026-03-05T05:00:00Z"}}
    late = [
        await drafted(estate, shown_until="2026-03-05T05:00:00Z"),
        await drafted(estate, **asks),
    ]
    for notice_id in late:
        await act(estate, notice_id, "publish", at="2026-03-05T04:00:00Z")
    await estate.advance(days=9)
    await estate.world.work()
    assert [await state_of(estate, each) for each in late] == ["draft", "draft"]


async def test_what_waits_goes_with_the_notice(estate: Estate) -> None:
    notice_id = await published(estate, audience=OWNERS)
    await rule(estate)
    await act(estate, notice_id, "correct", because="有误", title="改")
    reply = await act(estate, notice_id, "withdraw", because="取消")
    assert (reply.body["state"], reply.body["proposal"]) == ("withdrawn", None)
    late = await judged(estate, notice_id, "admin", approve=True)
    assert (late.status, late.code) == (409, "notice_moved_on")
    assert await state_of(estate, notice_id) == "withdrawn"


async def test_what_cannot_be_done_says_what_can(estate: Estate) -> None:
    """Each state has its own words, so that nobody looks again and again for nothing."""
    notice_id = await drafted(estate)
    path = f"notices/{notice_id}"
    correct = {"because": "有误", "title": "停水改期"}
    said = {"draft": (await act(estate, notice_id, "correct", **correct)).body["title"]}
    await act(estate, notice_id, "publish", at="2026-03-05T04:00:00Z")
    said["scheduled"] = (await send(estate, "PATCH", "staff", path, title="改")).body["title"]
    await act(estate, notice_id, "recall")
    await rule(estate)
    await act(estate, notice_id, "submit")
    said["in_review"] = (await send(estate, "PATCH", "staff", path, title="改")).body["title"]
    await judged(estate, notice_id, "admin", approve=True)
    said["approved"] = (await send(estate, "PATCH", "staff", path, title="改")).body["title"]
    await act(estate, notice_id, "publish")
    said["published"] = (await send(estate, "PATCH", "staff", path, title="改")).body["title"]
    await act(estate, notice_id, "withdraw", because="取消")
    said["withdrawn"] = (await act(estate, notice_id, "correct", **correct)).body["title"]
    assert said == states.INSTEAD


async def test_who_reviews_is_told_of_a_title_of_pictures_in_words(estate: Estate) -> None:
    await rule(estate)
    other = await colleague(estate)
    await act(estate, await drafted(estate, title="🎉"), "submit")
    [message] = await told(estate.world, other, "notice_to_review")
    assert "社区通知" in message
