"""Questions below a notice: asked, checked, answered once for all; and erased."""

import pytest

from services.residencies.models import Relation
from services.wechat import client
from tests.build.cast import COMPOUND, UNIT, WANG_HOME, Estate, live_there
from tests.build.content_checks import CHECK_TEXT, DOUBTFUL, RISKY
from tests.build.homes import acts, at_once, get, post
from tests.build.notices import act, drafted, published
from tests.build.questions import (
    ALSO_WHEN,
    TOLD,
    WHERE,
    answer,
    ask,
    asked,
    below,
    mine,
    put,
    rows,
    told,
)


async def test_an_answer_for_all_is_below_the_notice_and_tells_who_asked(
    estate: Estate,
) -> None:
    notice_id = await published(estate)
    first = await asked(estate, notice_id, "li", "李家3栋什么时候来水?")
    await asked(estate, notice_id, "wang", "李家三栋几点来水")
    await asked(estate, notice_id, "sun", WHERE)
    assert (await below(estate, notice_id, "mei")) == {
        "mine": [],
        "items": [],
        "next_cursor": None,
    }
    many, one = await rows(estate, notice_id)
    assert [many["asked"], one["asked"]] == [2, 1]
    assert (many["question_id"], many["question"]) == (first, "李家3栋什么时候来水?")
    li = await estate.member("li")
    assert li.person_id not in str([many, one])  # the head who works on it is a neighbour
    given = await answer(estate, notice_id, first, question="什么时候来水?")
    assert (given.status, given.body["state"]) == (200, "published"), given.body
    await estate.world.work()
    seen = await below(estate, notice_id, "mei")
    [shown] = seen["items"]
    assert (shown["question"], shown["answer"]) == ("什么时候来水?", "今晚八点")
    assert "李家" not in str(seen)
    assert await mine(estate, notice_id, "wang") == ["published"]
    assert (await below(estate, notice_id, "li"))["mine"][0]["answer"] == "今晚八点"
    assert [await told(estate, who) for who in ("li", "wang", "sun", "mei")] == [1, 1, 0, 0]
    inbox = (await get(estate, "wang", "me/messages")).body["items"]
    [message] = [each for each in inbox if each["template"] == TOLD]
    assert message["body"] == "您在“停水通知”下面的提问有了答复,请点开看看。"
    assert message["page"] == f"pages/notices/notice?id={notice_id}"
    telling = await estate.world.db.broadcasts.find_one({"source": TOLD})
    assert telling is not None
    assert telling["urgency"] == "answer", "no news makes them wait for it"
    [noted] = await acts(estate.world, "notice.question_answered")
    assert (noted["place"], noted["facts"]) == (COMPOUND, {"asked": 2})
    kept = [
        *await estate.world.db.notice_questions.find().to_list(),
        *await estate.world.db.notice_question_groups.find().to_list(),
    ]
    assert not [word for word in ("来水", "今晚", "打水") if word in str(kept)]


async def test_a_private_answer_is_for_those_who_asked(estate: Estate) -> None:
    notice_id = await published(estate)
    first = await asked(estate, notice_id, "li")
    await asked(estate, notice_id, "wang", ALSO_WHEN)
    worded = await answer(estate, notice_id, first, public=False, question="何时")
    assert (worded.status, worded.code) == (422, "notice_question_not_published")
    given = await answer(estate, notice_id, first, public=False)
    assert (given.body["state"], given.body["published"]) == ("answered_privately", None)
    await estate.world.work()
    assert (await below(estate, notice_id, "sun"))["items"] == []
    for who in ("li", "wang"):
        seen = await below(estate, notice_id, who)
        assert (seen["items"], seen["mine"][0]["answer"]) == ([], "今晚八点")
        assert await told(estate, who) == 1


async def test_case_28_what_wechat_refuses_nobody_sees_and_its_author_is_told_kindly(
    estate: Estate,
) -> None:
    notice_id = await published(estate)
    question_id = await asked(estate, notice_id, "li", RISKY)
    assert await mine(estate, notice_id, "li") == ["refused"]
    assert await told(estate, "li", "notice_question_refused") == 1
    assert await rows(estate, notice_id) == []
    assert (await answer(estate, notice_id, question_id)).status == 404
    assert (await put(estate, notice_id, question_id, None)).status == 404


async def test_a_title_of_pictures_alone_is_told_in_words(estate: Estate) -> None:
    """WeChat takes no empty value: such a message would never leave."""
    notice_id = await published(estate, title="😀🎉")
    question_id = await asked(estate, notice_id, "li")
    await asked(estate, notice_id, "mei", RISKY)
    assert (await answer(estate, notice_id, question_id)).status == 200
    await estate.world.work()
    [begun] = await estate.world.db.broadcasts.find({"source": TOLD}).to_list()
    refused = {"template": "notice_question_refused"}
    [message] = await estate.world.db.messages.find(refused).to_list()
    assert begun["values"]["title"] == message["values"]["title"] == "社区通知"


@pytest.mark.parametrize(("passed", "state"), [(True, "passed"), (False, "refused")])
async def test_case_28_what_is_doubtful_only_its_author_sees_until_a_person_decided(
    estate: Estate, *, passed: bool, state: str
) -> None:
    notice_id = await published(estate)
    question_id = await asked(estate, notice_id, "li", DOUBTFUL)
    assert await mine(estate, notice_id, "li") == ["pending"]
    assert await rows(estate, notice_id) == []
    assert (await answer(estate, notice_id, question_id)).status == 404
    [check] = (await get(estate, "staff", "content-checks")).body["items"]
    assert (check["subject"], check["place"]) == (f"notice_question:{question_id}", COMPOUND)
    assert check["about"] == "通知“停水通知”下的提问"
    path = f"content-checks/{check['check_id']}/decision"
    assert (await post(estate, "staff", path, passed=passed, reason="看过了")).status == 200
    assert await mine(estate, notice_id, "li") == [state]
    assert len(await rows(estate, notice_id)) == passed


async def test_case_28_while_wechat_is_away_it_waits(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "BACK_OFF_SECONDS", 0)
    notice_id = await published(estate)
    await estate.world.wechat.fault(CHECK_TEXT, match={"times": None}, errcode=-1)
    await asked(estate, notice_id, "li")
    assert await mine(estate, notice_id, "li") == ["pending"]
    assert await rows(estate, notice_id) == []
    await estate.world.wechat.control("DELETE", "faults")
    await estate.advance(minutes=5)
    await estate.world.wechat.openid("li")
    await estate.world.work()
    assert await mine(estate, notice_id, "li") == ["passed"]
    assert len(await rows(estate, notice_id)) == 1


async def test_who_may_read_may_ask_and_nobody_else(estate: Estate) -> None:
    notice_id, draft_id = await published(estate), await drafted(estate)
    assert (await ask(estate, notice_id, "zhao")).status == 404
    assert (await get(estate, "zhao", f"me/notices/{notice_id}/questions")).status == 404
    assert (await ask(estate, draft_id, "li")).status == 404
    for text in ("", " \n ", "水" * 501):
        assert (await ask(estate, notice_id, "li", text)).code == "invalid_input"
    await act(estate, notice_id, "withdraw", because="取消")
    late = await ask(estate, notice_id, "li")
    assert (late.status, late.code) == (409, "notice_takes_no_questions")
    assert await estate.world.db.notice_questions.count_documents({}) == 0


async def test_a_person_asks_five_times_below_a_notice(estate: Estate) -> None:
    notice_id = await published(estate)
    await estate.member("li")
    texts = [f"{number}号楼停水吗" for number in range(1, 8)]
    replies = await at_once(*(ask(estate, notice_id, "li", text) for text in texts))
    assert sorted(reply.status for reply in replies) == [201] * 5 + [409] * 2
    over = next(reply for reply in replies if reply.status == 409)
    assert (over.code, over.body["details"]) == ("too_many_notice_questions", {"most": 5})
    said = next(reply.body for reply in replies if reply.status == 201)
    again = await ask(estate, notice_id, "li", said["question"])  # a repeat is no sixth
    assert (again.status, again.body["question_id"]) == (201, said["question_id"])
    repeated = await published(estate)
    twice = await at_once(*(ask(estate, repeated, "li") for _ in range(3)))
    assert len({reply.body["question_id"] for reply in twice}) == 1
    assert (await ask(estate, notice_id, "wang")).status == 201
    await estate.world.work()
    assert [row["asked"] for row in await rows(estate, notice_id)] == [1] * 6  # other numbers


async def test_only_who_works_on_the_notice_sees_and_answers(estate: Estate) -> None:
    notice_id = await published(estate)
    question_id = await asked(estate, notice_id, "li")
    own = {"places": [UNIT], "relations": ["owner"]}
    of_head = await published(estate, "head", audience=own)
    elsewhere = await asked(estate, of_head, "li")
    assert (await get(estate, "head", f"notices/{notice_id}/questions")).status == 404
    assert (await answer(estate, notice_id, question_id, "head")).status == 404
    assert (await put(estate, notice_id, question_id, None, "head")).status == 404
    assert (await answer(estate, notice_id, question_id, "li")).status == 403
    # of another notice, or none
    assert (await answer(estate, notice_id, elsewhere)).status == 404
    assert (await put(estate, notice_id, question_id, elsewhere)).status == 404
    assert (await answer(estate, notice_id, "nothing")).status == 404
    for body, code in (
        ({"answer": "<b>今晚</b>"}, "notice_html"),
        ({"question": "<script>"}, "notice_html"),
        ({"answer": ""}, "invalid_input"),
        ({"answer": "水" * 2001}, "invalid_input"),
    ):
        assert (await answer(estate, notice_id, question_id, **body)).code == code
    assert (await answer(estate, of_head, elsewhere, "head")).status == 200
    assert (await answer(estate, notice_id, question_id)).status == 200


async def test_a_withdrawn_notice_leaves_who_asked_their_answer(estate: Estate) -> None:
    notice_id = await published(estate)
    question_id = await asked(estate, notice_id, "li")
    waits = await asked(estate, notice_id, "li", WHERE)
    await answer(estate, notice_id, question_id)
    await act(estate, notice_id, "withdraw", because="取消")
    assert (await answer(estate, notice_id, waits, public=False)).status == 200
    seen = await below(estate, notice_id, "li")
    assert [each["state"] for each in seen["mine"]] == ["published", "answered_privately"]
    assert [seen["items"], (await below(estate, notice_id, "wang"))["items"]] == [[], []]


async def test_who_moved_out_reads_the_answer_and_no_others(estate: Estate) -> None:
    notice_id = await published(estate)
    question_id = await asked(estate, notice_id, "wang")
    await answer(estate, notice_id, await asked(estate, notice_id, "li", WHERE))
    await estate.world.db.residencies.update_many(
        {"home": WANG_HOME}, {"$set": {"to_day": "2026-02-01"}}
    )
    await answer(estate, notice_id, question_id, public=False)
    seen = await below(estate, notice_id, "wang")
    assert ([each["answer"] for each in seen["mine"]], seen["items"]) == (["今晚八点"], [])
    assert (await ask(estate, notice_id, "wang", WHERE)).status == 404
    await live_there(estate.world.deps, [(WANG_HOME, "zhao", Relation.OWNER)])
    moved_in = await below(estate, notice_id, "zhao")
    assert (len(moved_in["items"]), moved_in["mine"]) == (1, [])


async def test_who_leaves_takes_their_questions_along(estate: Estate) -> None:
    notice_id = await published(estate)
    mine_alone = await asked(estate, notice_id, "li", "李家漏水找谁")
    anew = await asked(estate, notice_id, "li", WHERE)
    private = await asked(estate, notice_id, "li", "物业费多少钱")
    await asked(estate, notice_id, "li")
    shared = await asked(estate, notice_id, "wang", ALSO_WHEN)
    await answer(estate, notice_id, mine_alone)  # in the words of who asked
    await answer(estate, notice_id, anew, question="打水点在哪里?", answer="广场")
    await answer(estate, notice_id, private, public=False)
    await ask(estate, notice_id, "li", "还在检查")
    li = await estate.member("li")
    assert (await post(estate, "li", "me/deletion", confirm="注销")).status == 202
    await estate.world.work()
    db = estate.world.db
    assert await db.notice_questions.distinct("author") == [
        (await estate.member("wang")).person_id
    ]
    found = {(row["question"], row["asked"]) for row in await rows(estate, notice_id)}
    assert found == {("已注销", 0), ("打水点在哪里?", 0), (ALSO_WHEN, 1)}
    items = (await below(estate, notice_id, "wang"))["items"]
    assert {(each["question"], each["answer"]) for each in items} == {
        ("已注销", "今晚八点"),
        ("打水点在哪里?", "广场"),
    }
    assert li.person_id not in str(await db.notice_question_groups.find().to_list())
    assert (await answer(estate, notice_id, shared)).status == 200
    await estate.world.work()
    assert await db.messages.count_documents({"person": li.person_id}) == 0
