"""Groups of questions below a notice: put right by staff, answered once, counted, listed."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import notice_question_groups, notice_questions
from services.kernel.documents import to_document
from services.notices.questions.models import (
    ANSWER,
    PUBLISHED,
    QUESTION,
    NoticeQuestion,
    QuestionGroup,
)
from services.notices.questions.states import QuestionState
from tests.build.cast import COMPOUND, Estate
from tests.build.homes import acts, at_once
from tests.build.notices import published
from tests.build.questions import (
    ALSO_WHEN,
    answer,
    asked,
    put,
    rows,
    told,
)
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def test_staff_put_right_what_belongs_together(estate: Estate) -> None:
    notice_id = await published(estate)
    first = await asked(estate, notice_id, "li")
    second = await asked(estate, notice_id, "wang", ALSO_WHEN)
    other = await asked(estate, notice_id, "sun", "没水做饭怎么办")
    alone = await put(estate, notice_id, second, None)
    assert (alone.status, alone.body["asked"], alone.body["question"]) == (200, 1, ALSO_WHEN)
    assert (await put(estate, notice_id, second, None)).status == 200  # alone already
    joined = await put(estate, notice_id, second, other)
    assert (joined.body["asked"], joined.body["question_id"]) == (2, second)
    whole = await put(estate, notice_id, other, first)  # all that were with it come along
    assert (whole.body["asked"], whole.body["question_id"]) == (3, first)
    assert (await put(estate, notice_id, first, second)).body["asked"] == 3
    [row] = await rows(estate, notice_id)
    listed = await rows(estate, notice_id, f"?group={row['group_id']}&sort=oldest")
    assert [each["question_id"] for each in listed] == [first, second, other]
    assert await estate.world.db.notice_question_groups.count_documents({}) == 1
    facts = [each["facts"] for each in await acts(estate.world, "notice.questions_grouped")]
    assert facts.count({"again": True}) == 2
    await answer(estate, notice_id, other)
    late = await asked(estate, notice_id, "mei", "饭馆开门吗")
    for question_id, same_as in ((first, None), (first, late), (late, first)):
        over = await put(estate, notice_id, question_id, same_as)
        assert (over.status, over.code) == (409, "notice_question_moved_on")


async def test_what_is_put_elsewhere_at_once_is_counted_right(estate: Estate) -> None:
    notice_id = await published(estate)
    texts = {"li": "电梯坏了", "wang": "车库漏水", "sun": "门禁失灵", "mei": "路灯不亮"}
    made = {who: await asked(estate, notice_id, who, text) for who, text in texts.items()}
    await estate.member("staff")
    replies = await at_once(
        *(put(estate, notice_id, made[who], made["li"]) for who in ("wang", "sun", "mei")),
        put(estate, notice_id, made["li"], made["wang"]),
        answer(estate, notice_id, made["mei"]),
    )
    assert {reply.status for reply in replies} <= {200, 409}
    counted = {row["group_id"]: row["asked"] for row in await rows(estate, notice_id)}
    recounted: dict[str, int] = {}
    async for kept in estate.world.db.notice_questions.find():
        recounted[kept["group"]] = recounted.get(kept["group"], 0) + 1
    assert counted == recounted
    await estate.world.work()
    [answered] = await rows(estate, notice_id, "?state=published")
    assert sum([await told(estate, who) for who in texts]) == answered["asked"]


async def test_an_answer_reaches_hundreds_in_steps(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.messaging.broadcasts.jobs.AT_ONCE", 2)
    notice_id = await published(estate)
    people = ("li", "wang", "sun", "mei", "head")
    first = await asked(estate, notice_id, "li")
    for who in people[1:4]:
        await asked(estate, notice_id, who, ALSO_WHEN)
    await answer(estate, notice_id, first)
    await estate.world.work()
    assert [await told(estate, who) for who in people] == [1, 1, 1, 1, 0]


async def test_staff_answer_once(estate: Estate) -> None:
    notice_id = await published(estate)
    first = await asked(estate, notice_id, "li")
    second = await asked(estate, notice_id, "wang", ALSO_WHEN)
    await estate.member("staff")
    replies = await at_once(
        *(
            answer(estate, notice_id, each, answer=f"答复{number}", public=number % 2 == 0)
            for number, each in enumerate((first, second, first))
        )
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    lost = next(reply for reply in replies if reply.status == 409)
    assert lost.code == "notice_question_moved_on"
    await estate.world.work()
    assert [await told(estate, who) for who in ("li", "wang")] == [1, 1]
    assert len(await acts(estate.world, "notice.question_answered")) == 1
    # who asks the same later is another group: those who were told are not told again
    await asked(estate, notice_id, "sun")
    assert sorted(row["asked"] for row in await rows(estate, notice_id)) == [1, 2]


async def of_questions(estate: Estate) -> Case:
    world, notice_id = estate.world, await published(estate)
    states = [QuestionState.PASSED, QuestionState.PUBLISHED, QuestionState.ANSWERED_PRIVATELY]
    groups, questions = [], []
    for number in range(9):
        group_id, now = world.deps.new_id(), world.clock.now
        state, asked = states[number % 3], number // 2 + 1
        is_over = state is not QuestionState.PASSED
        groups.append(
            QuestionGroup(
                id=group_id,
                notice=notice_id if number else "another",
                state=state,
                asked=asked,
                created_at=now,
                question_sealed=PUBLISHED.seal(world.deps.vault, group_id, FORMULA)
                if state is QuestionState.PUBLISHED
                else "",
                answer_sealed=ANSWER.seal(world.deps.vault, group_id, FORMULA)
                if is_over
                else "",
                answered_at=now if is_over else None,
            )
        )
        for _ in range(asked):
            question_id = world.deps.new_id()
            questions.append(
                NoticeQuestion(
                    id=question_id,
                    notice=notice_id if number else "another",
                    author=question_id,
                    number=1,
                    state=QuestionState.PASSED,
                    text_sealed=QUESTION.seal(world.deps.vault, question_id, FORMULA),
                    group=group_id,
                    asked_at=world.clock.now,
                )
            )
            world.clock.now += timedelta(seconds=1)
    await world.db[notice_question_groups.COLLECTION].insert_many(map(to_document, groups))
    await world.db[notice_questions.COLLECTION].insert_many(map(to_document, questions))
    large = groups[-1]
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/notices/{notice_id}/questions",
        subject=notice_id,
        place=COMPOUND,
        filters=[
            {"state": "passed"},
            {"group": large.id},
            {"state": large.state, "group": large.id},
        ],
        orders={
            "most_asked": "-asked,-asked_at",
            "newest": "-asked_at",
            "oldest": "asked_at",
        },
        rows=8,
        matches={
            "group": lambda item, group: item["group_id"] == group and item["asked"] is None
        },
        unless={"group": lambda item: item["asked"] is not None},
    )


MAKERS: Final[dict[str, Maker]] = {"notice_questions": of_questions}


@pytest.mark.parametrize("name", MAKERS)
async def test_the_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
