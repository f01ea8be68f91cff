"""Life of a survey: drafted, opened, answered, closed, counted, published or withdrawn."""

import asyncio
from typing import Any, Final

import pytest

from mongo_indexes import survey_answers
from services.kernel.permissions import PERMISSIONS, Permission
from services.residencies.models import Relation
from services.surveys import actions, jobs, senders, store
from services.surveys.results import counts
from services.surveys.states import SurveyAction, SurveyMovedOn
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    live_there,
)
from tests.build.homes import acts, get, post
from tests.build.mailbox import open_push
from tests.build.notices import send
from tests.build.surveys import (
    ASKED,
    DRAFT,
    LAMPS,
    NO,
    WORDS,
    YES,
    act,
    answer,
    counted,
    drafted,
    mine,
    opened,
    seen,
)


async def inbox(estate: Estate, who: str, template: str) -> list[dict[str, Any]]:
    reply = await get(estate, who, "me/messages?limit=50")
    return [item for item in reply.body["items"] if item["template"] == template]


async def test_a_home_answers_and_whoever_is_last_changes_it(estate: Estate) -> None:
    for name in ("li", "mei", "zhao"):
        await estate.member(name)
    survey_id = await opened(estate)
    await estate.world.work()
    assert len(await inbox(estate, "li", "survey_opened")) == 1
    assert not await inbox(estate, "zhao", "survey_opened")
    said = [*YES, {"question": 4, "text": "三楼最暗"}]
    first = await answer(estate, survey_id, "li", said)
    assert (first.status, first.body["is_answered"]) == (200, True), first.body
    [shown] = first.body["answers"]
    assert (shown["home"], shown["mine"]) == (LI_HOME, True)
    assert shown["answers"][1]["text"] == "三楼最暗"
    [hers] = (await mine(estate, survey_id, "mei"))["answers"]
    assert (hers["mine"], hers["answers"]) == (False, [])
    assert (await answer(estate, survey_id, "mei", NO)).status == 200
    [his] = (await mine(estate, survey_id, "li"))["answers"]
    assert (his["mine"], his["answers"]) == (False, [])
    kept = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert [(row["home"], row["choices"]) for row in kept] == [(LI_HOME, ["1", "1=2"])]
    assert len(await acts(estate.world, "survey.answered")) == 2
    assert await estate.world.db.survey_texts.count_documents({}) == 0
    assert (await get(estate, "zhao", f"me/surveys/{survey_id}")).status == 404
    assert (await answer(estate, survey_id, "zhao")).status == 404
    listed = (await get(estate, "li", "me/surveys")).body["items"]
    assert [(each["survey_id"], each["asks_me"]) for each in listed] == [(survey_id, True)]


async def test_it_closes_at_its_end_and_is_counted_once(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await answer(estate, survey_id, "li")).status == 200
    early = await act(estate, survey_id, "extend", closes_at="2026-03-11T04:00:00Z")
    assert (early.status, early.code) == (422, "survey_bad_end")
    later = await act(estate, survey_id, "extend", closes_at="2026-03-13T04:00:00Z")
    assert later.body["closes_at"] == "2026-03-13T04:00:00Z"
    await estate.advance(days=10, minutes=1)
    await estate.world.work()
    assert (await seen(estate, survey_id))["state"] == "open"
    await estate.advance(days=1)
    late = await answer(estate, survey_id, "wang")
    assert (late.status, late.code) == (409, "survey_over")
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is None
    none = await get(estate, "staff", f"surveys/{survey_id}/results")
    assert (none.status, none.code) == (409, "survey_no_results")
    soon = await act(estate, survey_id, "publish")
    assert (soon.status, soon.code) == (409, "survey_not_counted")
    await estate.advance(minutes=3)
    await estate.world.work()
    done = await seen(estate, survey_id)
    assert (done["state"], bool(done["counted_at"])) == ("closed", True)


async def test_results_are_told_to_those_who_were_asked(estate: Estate) -> None:
    await open_push(estate.world)
    survey_id = await opened(estate)
    await answer(estate, survey_id, "li")
    await counted(estate, survey_id)
    none = await get(estate, "li", f"me/surveys/{survey_id}/results")
    assert (none.status, none.code) == (409, "survey_no_results")
    assert (await act(estate, survey_id, "publish", summary="下月更换")).status == 200
    await estate.world.work()
    assert len(await inbox(estate, "li", "survey_results")) == 1
    shown = await mine(estate, survey_id)
    assert (shown["state"], shown["summary"]) == ("published", "下月更换")
    told = (await get(estate, "li", f"me/surveys/{survey_id}/results")).body["items"]
    # One home answered: its answer is nobody's to read.
    assert told[0]["place"] == COMPOUND
    assert {row["answered"] for row in told if row["question"] == 1} == {None}
    assert not [row for row in told if row["figures"]]


async def test_what_is_asked_is_fixed_once_it_is_open(estate: Estate) -> None:
    survey_id = await drafted(estate)
    wish = {"questions": [LAMPS], "revision": 0}
    changed = await send(estate, "PATCH", "staff", f"surveys/{survey_id}", **wish)
    assert (changed.status, len(changed.body["questions"])) == (200, 1)
    unseen = await act(estate, survey_id, "open", revision=0)
    assert (unseen.status, unseen.code) == (409, "survey_moved_on")
    assert (await act(estate, survey_id, "open", revision=1)).status == 200
    fixed = await send(estate, "PATCH", "staff", f"surveys/{survey_id}", title="改")
    assert (fixed.status, fixed.code) == (409, "survey_moved_on")
    twice = await act(estate, survey_id, "open")
    assert (twice.status, twice.code) == (409, "survey_moved_on")
    late = await drafted(estate)
    await estate.advance(days=11)
    over = await act(estate, late, "open")
    assert (over.status, over.code) == (422, "survey_bad_end")


async def test_of_two_who_open_it_at_once_the_second_is_told(estate: Estate) -> None:
    survey_id, deps = await drafted(estate), estate.world.deps
    await estate.member("staff")
    both = await asyncio.gather(*(act(estate, survey_id, "open") for _ in range(2)))
    assert sorted(reply.status for reply in both) == [200, 409]
    read = await store.find(deps.db, survey_id)
    assert read is not None
    until = "2026-03-13T04:00:00Z"
    assert (await act(estate, survey_id, "extend", closes_at=until)).status == 200
    with pytest.raises(SurveyMovedOn):  # it was read before somebody gave more time
        await deps.in_transaction(lambda tx: actions.move(deps, tx, read, SurveyAction.CLOSE))


async def test_one_that_is_withdrawn_says_why_and_nothing_else(estate: Estate) -> None:
    survey_id = await opened(estate)
    await estate.member("li")
    await estate.world.work()
    assert (await act(estate, survey_id, "withdraw", because="问错了")).status == 200
    shown = await mine(estate, survey_id)
    assert (shown["because"], shown["questions"], shown["asks_me"]) == ("问错了", [], False)
    [told] = await inbox(estate, "li", "survey_opened")
    assert (told["title"], told["body"].endswith("问错了")) == ("已撤回:楼道照明", True)
    gone = await answer(estate, survey_id, "li")
    assert (gone.status, gone.code) == (409, "survey_over")
    await estate.advance(days=8)
    assert (await get(estate, "li", "me/surveys")).body["items"] == []


MISFIT: Final = "survey_audience_misfit"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": {**ASKED, "owing_since": "2026-02"}}, MISFIT),
        ({"audience": {"places": [COMPOUND], "roles": ["unit_head"]}}, MISFIT),
        ({"audience": {"places": [COMPOUND]}}, "audience_empty"),
        ({"closes_at": "2026-03-01T04:00:00Z"}, "survey_bad_end"),
        ({"closes_at": "2026-12-01T04:00:00Z"}, "survey_bad_end"),
        ({"closes_at": "9999-12-31T23:59:59-14:00"}, "survey_bad_end"),
        ({"closes_at": "0001-01-01T00:00:00+14:00"}, "survey_bad_end"),
    ],
)
async def test_who_cannot_be_asked_so(estate: Estate, changes: Any, code: str) -> None:
    reply = await post(estate, "staff", "surveys", DRAFT | changes)
    assert (reply.status, reply.code) == (422, code)


async def test_each_office_asks_at_its_own_places(estate: Estate) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    survey_id = await opened(estate, "head", audience=own, questions=[LAMPS, WORDS])
    assert (await seen(estate, survey_id, "head"))["role"] == "unit_head"
    assert (await seen(estate, survey_id, "staff"))["state"] == "open"
    assert (await answer(estate, survey_id, "wang")).status == 200
    assert (await answer(estate, survey_id, "mei")).status == 404  # family is not asked
    wide = await post(estate, "head", "surveys", DRAFT)
    assert (wide.status, wide.code) == (404, "not_found")
    foreign = await drafted(estate)
    assert (await get(estate, "head", f"surveys/{foreign}")).status == 404
    assert (await get(estate, "head", f"surveys?place={COMPOUND}")).status == 404
    assert (await get(estate, "li", "surveys")).status == 403


async def test_whoever_changes_or_opens_a_draft_it_stays_its_offices(estate: Estate) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    survey_id = await drafted(estate, "head", audience=own)
    again = {"title": "楼道照明改造", "audience": own}
    changed = await send(estate, "PATCH", "staff", f"surveys/{survey_id}", **again)
    assert (changed.status, changed.body["role"]) == (200, "unit_head"), changed.body
    assert (await act(estate, survey_id, "open")).status == 200
    shown = await seen(estate, survey_id, "head")
    assert (shown["state"], shown["role"]) == ("open", "unit_head")
    listed = (await get(estate, "head", "surveys")).body["items"]
    assert [each["survey_id"] for each in listed] == [survey_id]
    closed = await act(estate, survey_id, "close", "head")
    assert (closed.status, closed.body["state"]) == (200, "closed")


async def test_a_draft_that_asks_others_by_now_is_theirs_who_changed_it(estate: Estate) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    survey_id = await drafted(estate, "head", audience=own)
    wide = {"audience": own | {"places": [COMPOUND]}}
    changed = await send(estate, "PATCH", "staff", f"surveys/{survey_id}", **wide)
    assert (changed.status, changed.body["role"]) == (200, "community_staff")
    assert (await get(estate, "head", f"surveys/{survey_id}")).status == 404


async def test_who_moved_in_later_was_not_asked(estate: Estate) -> None:
    wang = (await estate.member("wang")).person_id
    survey_id = await opened(estate)
    later = {"$set": {"from_day": "2026-03-04"}}
    await estate.world.db.residencies.update_one({"person": wang, "home": WANG_HOME}, later)
    await estate.advance(days=3)
    reply = await answer(estate, survey_id, "wang")
    assert (reply.status, reply.code) == (409, "survey_asks_others")
    assert (await mine(estate, survey_id, "wang"))["asks_me"] is False


async def test_offices_are_asked_each_in_their_own_name(estate: Estate) -> None:
    heads = {"places": [COMPOUND], "roles": ["unit_head"]}
    survey_id = await opened(estate, audience=heads, per="person", finest="unit")
    await estate.member("head")
    assert (await mine(estate, survey_id, "head"))["asks_me"] is False  # not told yet
    await estate.world.work()
    assert (await answer(estate, survey_id, "head")).status == 200
    kept = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert [(row["home"], row["place"], row["relation"]) for row in kept] == [
        ("", UNIT, "office")
    ]
    listed = (await get(estate, "head", "me/surveys")).body["items"]
    assert [(each["asks_me"], each["is_answered"]) for each in listed] == [(True, True)]
    assert (await get(estate, "li", f"me/surveys/{survey_id}")).status == 404


async def test_who_has_several_homes_says_for_which(estate: Estate) -> None:
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    survey_id = await opened(estate)
    unsaid = await answer(estate, survey_id, "wang")
    assert (unsaid.status, unsaid.code) == (422, "survey_home_needed")
    foreign = await answer(estate, survey_id, "wang", home=LI_HOME)
    assert (foreign.status, foreign.code) == (422, "survey_home_needed")
    first = await answer(estate, survey_id, "wang", home=SUN_HOME)
    assert (first.status, first.body["is_answered"]) == (200, False)
    both = await answer(estate, survey_id, "wang", NO, home=WANG_HOME)
    assert (both.body["is_answered"], len(both.body["answers"])) == (True, 2)


async def test_who_agreed_to_nothing_answers_nothing(estate: Estate) -> None:
    survey_id = await opened(estate)
    gone = await estate.world.api.post(
        "/api/v1/me/consents/privacy/withdrawal", {}, as_=await estate.member("li")
    )
    assert gone.status == 200, gone.body
    reply = await answer(estate, survey_id, "li")
    assert (reply.status, reply.code) == (403, "consent_needed")
    assert await estate.world.db[survey_answers.COLLECTION].count_documents({}) == 0


def test_whoever_may_ask_has_an_office_that_asks() -> None:
    able = {role for role, held in PERMISSIONS.items() if Permission.SEND_SURVEYS in held}
    assert {*senders.ROLES} == able
    assert able == {r for r, held in PERMISSIONS.items() if Permission.SEND_NOTICES in held}


async def test_a_count_that_is_overtaken_leaves_no_failed_job(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers count the same, or somebody withdraws meanwhile: the later one rests."""
    survey_id = await opened(estate)
    assert (await act(estate, survey_id, "close")).status == 200
    by_leaf = counts.by_leaf

    async def overtaken(*args: Any) -> Any:
        monkeypatch.setattr(counts, "by_leaf", by_leaf)
        assert (await act(estate, survey_id, "withdraw", because="写错了")).status == 200
        return await by_leaf(*args)

    monkeypatch.setattr(counts, "by_leaf", overtaken)
    await jobs.count(estate.world.deps, {"survey_id": survey_id})
    assert (await seen(estate, survey_id))["counted_at"] is None


async def test_what_nobody_answered_is_said_so(estate: Estate) -> None:
    survey_id = await opened(estate)
    await counted(estate, survey_id)
    reply = await get(estate, "staff", f"surveys/{survey_id}/results")
    assert {row["spoken"] for row in reply.body["items"]} == {"没有人填写"}


async def test_what_is_open_is_published_once_it_is_counted(estate: Estate) -> None:
    survey_id = await opened(estate)
    soon = await act(estate, survey_id, "publish")
    assert (soon.status, soon.body["title"]) == (409, "还没有结束,结束并统计后才能公布")
    twice = await act(estate, survey_id, "open")
    assert twice.body["title"] == "已经发出,正在征求意见"


async def test_words_are_asked_for_and_not_required(estate: Estate) -> None:
    bare = {name: value for name, value in WORDS.items() if name != "required"}
    survey_id = await drafted(estate, questions=[LAMPS, bare, {**bare, "required": True}])
    asked = (await seen(estate, survey_id))["questions"]
    assert [each["required"] for each in asked] == [True, False, True]
    reply = await post(estate, "staff", "surveys", DRAFT | {"audience": {"places": [COMPOUND]}})
    assert (reply.status, reply.body["title"][:5]) == (422, "请选择对象")
