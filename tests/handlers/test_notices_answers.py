"""Answers to notices: given, changed, entered for who has no phone, listed; and erased."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import notice_readings, notices
from services.kernel.documents import to_document
from services.notices.readings.models import ANSWER, Reading, reading_id
from services.notices.states import NoticeState
from services.residencies.models import Relation
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    live_there,
)
from tests.build.homes import acts, at_once, get, post
from tests.build.notices import (
    DRAFT,
    OWNERS,
    QUESTION,
    act,
    asked,
    drafted,
    published,
    send,
)
from tests.build.world import Reply
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

GONE: Final = "这条通知已经撤回,不用回复了"
CHOICE: Final = {"form": "choice", "options": ["上午", "下午"]}


async def answer(estate: Estate, notice_id: str, who: str, said: str, **more: Any) -> Reply:
    return await send(estate, "PUT", who, f"me/notices/{notice_id}/answer", answer=said, **more)


async def enter(
    estate: Estate, notice_id: str, home: str, said: str = "yes", who: str = "head"
) -> Reply:
    return await send(
        estate, "PUT", who, f"homes/{home}/notices/{notice_id}/answer", answer=said
    )


async def answers(estate: Estate, notice_id: str) -> list[dict[str, Any]]:
    reply = await get(estate, "staff", f"notices/{notice_id}/answers?sort=home")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_a_home_has_one_answer_that_its_people_change(estate: Estate) -> None:
    notice_id = await asked(estate)
    first = await answer(estate, notice_id, "li", "yes")
    assert (first.status, first.body["home"], first.body["answer"]) == (200, LI_HOME, "yes")
    assert (await answer(estate, notice_id, "mei", "no")).status == 200
    assert (await answer(estate, notice_id, "wang", "yes")).status == 200
    found = {each["home"]: each["answer"] for each in await answers(estate, notice_id)}
    assert found == {LI_HOME: "no", WANG_HOME: "yes"}
    assert {row["answer_label"] for row in await answers(estate, notice_id)} == {"是", "否"}
    seen = await get(estate, "li", f"me/notices/{notice_id}")
    assert [each["answer"] for each in seen.body["answers"]] == ["no"]
    assert len(await acts(estate.world, "notice.answered")) == 3
    option_id = await asked(estate, form="choice", options=["yes", "no"])
    await answer(estate, option_id, "li", "no")
    assert [row["answer_label"] for row in await answers(estate, option_id)] == ["no"]


async def test_answers_given_at_once_are_one(estate: Estate) -> None:
    notice_id = await asked(estate)
    await estate.member("li")
    await estate.member("mei")
    replies = await at_once(
        *(answer(estate, notice_id, who, "yes") for who in ("li", "mei", "li", "mei"))
    )
    assert {reply.status for reply in replies} == {200}
    assert len(await answers(estate, notice_id)) == 1


async def test_an_answer_is_what_the_question_asks_for_until_its_end(estate: Estate) -> None:
    choice, text = await asked(estate, **CHOICE), await asked(estate, form="text")
    yes_no, plain = await asked(estate), await published(estate)
    for notice_id, said, code in (
        (yes_no, "上午", "answer_misfit"),
        (choice, "yes", "answer_misfit"),
        (choice, "晚上", "answer_misfit"),
        (text, "好" * 201, "invalid_input"),
        (plain, "yes", "no_answer_asked"),
    ):
        reply = await answer(estate, notice_id, "li", said)
        assert reply.code == code, (said, reply.body)
    assert (await answer(estate, choice, "li", "下午")).status == 200
    assert (await answer(estate, text, "li", "水管也坏了\n请来看看")).status == 200
    assert (await answer(estate, yes_no, "zhao", "yes")).status == 404
    kept = await estate.world.db.notice_readings.find_one({"notice": text})
    assert kept is not None
    assert "水管" not in str(kept)  # what people type may name somebody
    [shown] = await answers(estate, text)
    assert shown["answer"] == "水管也坏了\n请来看看"
    longer = {"because": "延长", "answers_until": "2026-03-20T04:00:00Z"}
    assert (await act(estate, yes_no, "correct", **longer)).status == 200
    await estate.advance(days=7)
    late = await answer(estate, choice, "li", "上午")
    assert (late.status, late.code) == (409, "answers_over")
    assert (await answer(estate, yes_no, "li", "yes")).status == 200


async def test_what_a_home_wrote_is_read_by_who_lives_there_as_it_was_written(
    estate: Estate,
) -> None:
    payer = [(SUN_HOME, "sun", Relation.OWNER), (LI_HOME, "sun", Relation.PAYER)]
    await live_there(estate.world.deps, payer)
    text, entered = await asked(estate, form="text"), await asked(estate, form="text")
    await estate.world.work()
    assert (await answer(estate, text, "li", "老人病重,请勿打扰")).status == 200
    assert (await enter(estate, entered, LI_HOME, "腿脚不便")).status == 200

    async def read(who: str, notice_id: str) -> list[str]:
        seen = await get(estate, who, f"me/notices/{notice_id}")
        return [each["answer"] for each in seen.body["answers"]]

    assert await read("mei", text) == ["老人病重,请勿打扰"]
    assert await read("mei", entered) == ["腿脚不便"]
    assert await read("sun", text) == await read("sun", entered) == []
    ended = {"$set": {"to_day": "2026-03-01"}}
    await estate.world.db.residencies.update_many({"home": LI_HOME}, ended)
    await estate.advance(days=1)
    await live_there(estate.world.deps, [(LI_HOME, "zhao", Relation.OWNER)])
    today = {"$set": {"from_day": estate.world.deps.today()}}
    zhao = (await estate.member("zhao")).person_id
    await estate.world.db.residencies.update_many({"person": zhao, "home": LI_HOME}, today)
    assert await read("zhao", text) == await read("zhao", entered) == ["已回复"]


async def test_who_has_several_homes_says_for_which(estate: Estate) -> None:
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    notice_id = await asked(estate)
    assert (await answer(estate, notice_id, "wang", "yes")).code == "answer_home_needed"
    foreign = await answer(estate, notice_id, "wang", "yes", home=LI_HOME)
    assert foreign.code == "answer_home_needed"
    for home, said in ((WANG_HOME, "yes"), (SUN_HOME, "no")):
        assert (await answer(estate, notice_id, "wang", said, home=home)).status == 200
    found = {each["home"]: each["answer"] for each in await answers(estate, notice_id)}
    assert found == {SUN_HOME: "no", WANG_HOME: "yes"}


async def test_an_office_answers_person_by_person(estate: Estate) -> None:
    head = await estate.member("head")  # an office that nobody has signed in for is nobody
    offices = {"places": [UNIT], "roles": ["unit_head"]}
    notice_id = await published(
        estate,
        kind="asks_answer",
        audience=offices,
        question={**CHOICE, "until": "2026-03-09T04:00:00Z"},
    )
    assert (await answer(estate, notice_id, "head", "上午")).body["home"] is None
    assert (await answer(estate, notice_id, "head", "下午")).status == 200
    assert (await answer(estate, notice_id, "li", "上午")).status == 404
    [row] = await answers(estate, notice_id)
    assert (row["person_id"], row["answer"]) == (head.person_id, "下午")


async def test_a_head_enters_what_somebody_without_a_phone_said(estate: Estate) -> None:
    notice_id = await asked(estate)
    await estate.world.work()
    entered = await enter(estate, notice_id, WANG_HOME)
    assert (entered.status, entered.body["entered"]) == (200, True)
    [row] = await answers(estate, notice_id)
    assert (row["home"], row["entered"], row["answer"]) == (WANG_HOME, True, "yes")
    kept = await estate.world.db.notice_readings.find_one({"home": WANG_HOME})
    assert kept is not None
    head = await estate.member("head")
    assert (kept["entered_by"], kept["person"]) == (head.person_id, "")
    assert (await enter(estate, notice_id, WANG_HOME, "no")).status == 200  # put right
    assert (await answer(estate, notice_id, "wang", "yes")).body["entered"] is False
    over = await enter(estate, notice_id, WANG_HOME, "no")
    assert (over.status, over.code) == (409, "answered_by_home")
    assert (await enter(estate, notice_id, SUN_HOME)).status == 404  # of another staircase
    assert (await enter(estate, notice_id, LI_HOME, who="wang")).status == 403
    assert (await enter(estate, notice_id, LI_HOME, "maybe")).code == "answer_misfit"
    elsewhere = f"{OTHER_COMPOUND}.b1.u1.101"
    assert (await enter(estate, notice_id, elsewhere, who="staff")).status == 404
    assert (await enter(estate, notice_id, f"{UNIT}.999", who="staff")).status == 404
    [noted, _] = await acts(estate.world, "notice.answer_entered")
    assert (noted["place"], noted["person"]) == (WANG_HOME, head.person_id)


async def test_an_answer_is_entered_for_a_home_alone_that_the_notice_means(
    estate: Estate,
) -> None:
    db = estate.world.db
    await db.places.update_one({"_id": SUN_HOME}, {"$set": {"usage": "shop"}})
    shops = {"places": [COMPOUND], "relations": ["owner"], "usages": ["shop"]}
    wish = {"kind": "asks_answer", "question": QUESTION}
    everywhere, narrow = await asked(estate), await published(estate, audience=shops, **wish)
    await estate.world.work()
    assert (await enter(estate, narrow, SUN_HOME, who="staff")).status == 200
    assert (await enter(estate, narrow, LI_HOME, who="staff")).status == 404
    for no_home in (UNIT, COMPOUND):
        assert (await enter(estate, everywhere, no_home, who="staff")).status == 404
    await db.places.update_one({"_id": WANG_HOME}, {"$set": {"retired_from": "2026-03-01"}})
    assert (await enter(estate, everywhere, WANG_HOME)).status == 404
    assert [each["home"] for each in await answers(estate, everywhere)] == []


@pytest.mark.billed("2026-01")
async def test_a_notice_to_homes_that_owe_is_answered_for_these_alone(estate: Estate) -> None:
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    await estate.world.db.bills.update_many({"home": SUN_HOME}, {"$set": {"state": "paid"}})
    await estate.member("wang")
    owing = {"places": [COMPOUND], "relations": ["owner"], "owing_since": "2026-01"}
    wish = {"kind": "asks_answer", "question": QUESTION}
    notice_id = await published(estate, audience=owing, **wish)
    await estate.world.work()
    other = await answer(estate, notice_id, "wang", "yes", home=SUN_HOME)
    assert other.code == "answer_home_needed"
    assert (await enter(estate, notice_id, SUN_HOME, who="staff")).status == 404
    assert (await answer(estate, notice_id, "wang", "yes")).body["home"] == WANG_HOME


async def test_a_draft_or_a_withdrawn_notice_takes_no_answer(estate: Estate) -> None:
    until = {"question": {"form": "yes_no", "until": "2026-03-09T04:00:00Z"}}
    draft_id = await drafted(estate, kind="asks_answer", **until)
    assert (await answer(estate, draft_id, "li", "yes")).status == 404
    assert (await enter(estate, draft_id, LI_HOME)).status == 404
    notice_id = await asked(estate)
    await estate.world.work()
    await act(estate, notice_id, "withdraw", because="取消")
    late = await answer(estate, notice_id, "li", "yes")
    assert (late.code, late.body["title"]) == ("no_answer_asked", GONE)
    assert (await enter(estate, notice_id, LI_HOME)).body["title"] == GONE


async def test_who_is_not_meant_by_the_question_is_not_asked_it(estate: Estate) -> None:
    """An owner answers; the head of the same staircase, who reads it by office, does not."""
    both = {"places": [COMPOUND], "relations": ["owner"], "roles": ["unit_head"]}
    notice_id = await asked(estate, audience=both)
    await estate.world.work()
    for who, asks_me in (("li", True), ("head", False)):
        [row] = (await get(estate, who, "me/notices")).body["items"]
        shown = await get(estate, who, f"me/notices/{notice_id}")
        assert (row["asks_me"], shown.body["asks_me"]) == (asks_me, asks_me), who
    refused = await answer(estate, notice_id, "head", "yes")
    assert (refused.status, refused.code) == (409, "no_answer_asked")
    assert refused.body["title"] == "这条通知由住户回复,您不需要回复"
    assert (await enter(estate, notice_id, LI_HOME)).status == 200


async def test_a_head_who_may_read_by_office_answers_for_no_home_that_was_not_told(
    estate: Estate,
) -> None:
    """That they live where it is for does not make them one of those who were meant."""
    await live_there(estate.world.deps, [(WANG_HOME, "head", Relation.OWNER)])
    notice_id = await asked(estate, audience=OWNERS | {"lacks": ["wechat"]})
    shown = await get(estate, "head", f"me/notices/{notice_id}")
    assert (shown.status, shown.body["asks_me"]) == (200, False)
    assert (await answer(estate, notice_id, "head", "yes")).code == "no_answer_asked"


async def test_who_leaves_takes_along_what_was_read_and_not_that_a_home_answered(
    estate: Estate,
) -> None:
    choice, text = await asked(estate, **CHOICE), await asked(estate, form="text")
    for who in ("li", "wang"):
        await send(estate, "POST", who, "me/notices/read", notice_ids=[choice])
    await answer(estate, choice, "li", "上午")
    await answer(estate, text, "li", "我叫李明")
    li = await estate.member("li")
    exported = await post(estate, "li", "me/export")
    assert exported.status < 300, exported.body
    assert (await post(estate, "li", "me/deletion", confirm="注销")).status == 202
    await estate.world.work()
    rows = await estate.world.db.notice_readings.find().to_list()
    assert li.person_id not in str(rows)
    assert [row["notice"] for row in rows if not row["home"]] == [choice]  # of wang
    [kept] = await answers(estate, choice)
    assert (kept["home"], kept["answer"]) == (LI_HOME, "上午")
    [gone] = await answers(estate, text)
    assert gone["answer"] == "已注销"


async def of_answers(estate: Estate) -> Case:
    world, notice_id = estate.world, await asked(estate, **CHOICE)
    rows = []
    for number in range(8):
        home = f"{UNIT}.60{number}"
        row_id = reading_id(notice_id, home)
        is_text = number == 0
        rows.append(
            Reading(
                id=row_id,
                notice=notice_id if number < 7 else "another",
                home=home,
                answered=True,
                answered_at=world.clock.now - timedelta(minutes=number // 2),
                choice="" if is_text else ["上午", "下午"][number % 2],
                answer_sealed=ANSWER.seal(world.deps.vault, row_id, FORMULA) if is_text else "",
                entered_by="head" if number % 3 == 1 else "",
            )
        )
    await world.db[notice_readings.COLLECTION].insert_many([to_document(row) for row in rows])
    read = {"_id": "read", "notice": notice_id, "person": "p", "home": "", "version": 1}
    await world.db[notice_readings.COLLECTION].insert_one(read)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/notices/{notice_id}/answers",
        subject=notice_id,
        place=COMPOUND,
        filters=[
            {"choice": "上午"},
            {"entered": "true"},
            {"entered": "false", "choice": "下午"},
        ],
        orders={"newest": "-answered_at", "home": "home"},
        rows=7,
        matches={"choice": lambda item, choice: item["answer"] == choice},
    )


async def of_notices(estate: Estate) -> Case:
    kinds = ["information", "policy", "emergency"]
    for number in range(9):
        place = [COMPOUND, OTHER_COMPOUND, UNIT][number % 3]
        audience = {"places": [place], "relations": ["owner"]}
        wish = {"kind": kinds[number % 3 if number < 6 else 0], "audience": audience}
        title = FORMULA if number == 0 else DRAFT["title"]
        notice_id = await drafted(estate, title=title, **wish)
        if number % 2:
            await act(estate, notice_id, "publish")
        await estate.world.advance(seconds=1)
    own = {"places": [UNIT], "relations": ["owner"]}
    await drafted(estate, "head", title=FORMULA, audience=own)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin"), await estate.member("head")],
        stranger=await estate.member("li"),
        path="/api/v1/notices",
        place=COMMUNITY,
        places={"admin": "cc", "head": UNIT},
        filters=[
            {"kind": "information"},
            {"state": NoticeState.PUBLISHED},
            {"state": "draft", "kind": "information"},
            {"place": COMPOUND},
            {"place": UNIT, "state": "draft"},
        ],
        orders={"newest": "-created_at", "oldest": "created_at"},
        rows=10,
        matches={"place": lambda item, place: f"{item['place']}.".startswith(f"{place}.")},
    )


MAKERS: Final[dict[str, Maker]] = {"notice_answers": of_answers, "notices": of_notices}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_sorted_filtered_paged_and_exported(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))


async def test_a_document_of_a_notice_is_as_its_validator_says(estate: Estate) -> None:
    """What is out has readers and a version: nothing half-published can be written."""
    notice_id = await drafted(estate)
    kept = estate.world.db[notices.COLLECTION]
    with pytest.raises(Exception, match="validation"):
        await kept.update_one({"_id": notice_id}, {"$set": {"state": "published"}})
