"""Texts: read by staff without who wrote them, shown when they passed, gone with who wrote."""

import json
from base64 import urlsafe_b64decode
from typing import Any, Final

import pytest

from mongo_indexes import survey_answers, survey_texts
from services.kernel.documents import digest_id, to_document
from services.kernel.permissions import Role
from services.privacy.rows import rows_of
from services.surveys import privacy
from services.surveys.answers import retention
from services.surveys.answers import store as answers_store
from services.surveys.answers.models import SurveyAnswer, answer_key
from services.surveys.texts.models import text_of
from tests.build import content_checks
from tests.build.cast import COMPOUND, LI_HOME, UNIT, WANG_HOME, Estate, appoint
from tests.build.homes import get, post
from tests.build.notices import send
from tests.build.surveys import YES, act, answer, counted, enter, mine, opened, seen

SAID = "三楼的灯最暗"
KINDS: Final = [("survey_answer",), ("survey_text",), ()]  # what a plain digest may begin with


async def written(estate: Estate, survey_id: str, others: int = 6) -> None:
    """Let Li write something in WeChat, and several other homes as well."""
    await estate.world.wechat.openid("li")
    said = [*YES, {"question": 4, "text": SAID}]
    assert (await answer(estate, survey_id, "li", said)).status == 200
    deps = estate.world.deps
    for number in range(others):
        home = f"{UNIT}.{600 + number}"
        row = SurveyAnswer(
            id=(key := answer_key(estate.world.deps.vault, survey_id, home)),
            keys=[key],
            survey=survey_id,
            by_home=True,
            home=home,
            place=home,
            relation="owner",
            choices=["1", "1=1", "4"],
            answered_at=deps.now(),
        )
        text = to_document(text_of(deps, row, 4, f"建议{number}"))
        await estate.world.db[survey_answers.COLLECTION].insert_one(to_document(row))
        await estate.world.db[survey_texts.COLLECTION].insert_one(text)


async def texts(estate: Estate, survey_id: str, who: str = "staff") -> list[dict[str, Any]]:
    reply = await get(estate, who, f"surveys/{survey_id}/texts?limit=50")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_staff_read_what_was_written_without_who(estate: Estate) -> None:
    survey_id = await opened(estate)
    await written(estate, survey_id)
    assert await texts(estate, survey_id) == []  # while answers still come in
    await counted(estate, survey_id)
    items = await texts(estate, survey_id)
    assert {item["text"] for item in items} == {SAID, *(f"建议{n}" for n in range(6))}
    assert {*items[0]} == {"text_id", "question", "text", "state"}
    assert (await get(estate, "head", f"surveys/{survey_id}/texts")).status == 403


async def test_of_few_who_wrote_nothing_is_read(estate: Estate) -> None:
    survey_id = await opened(estate)
    await written(estate, survey_id, others=3)
    await counted(estate, survey_id)
    assert await texts(estate, survey_id) == []
    [row] = (
        await estate.world.db[survey_texts.COLLECTION].find({"person": {"$gt": ""}}).to_list()
    )
    refused = await post(estate, "staff", f"surveys/{survey_id}/texts/{row['_id']}/choose")
    assert refused.status == 404


async def test_a_sender_who_is_no_staff_reads_figures_alone(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "zhao")
    own = {"places": [COMPOUND], "relations": ["owner"]}
    survey_id = await opened(estate, "zhao", audience=own)
    assert (await get(estate, "zhao", f"surveys/{survey_id}/texts")).status == 403
    assert await texts(estate, survey_id) == []


async def test_what_is_chosen_is_shown_once_it_passed(estate: Estate) -> None:
    survey_id = await opened(estate)
    await written(estate, survey_id)
    await counted(estate, survey_id)
    [own] = [item for item in await texts(estate, survey_id) if item["text"] == SAID]
    path = f"surveys/{survey_id}/texts/{own['text_id']}/choose"
    chosen = await post(estate, "staff", path)
    assert (chosen.status, chosen.body["state"]) == (200, "in_check")
    twice = await post(estate, "staff", path)
    assert (twice.status, twice.code) == (409, "survey_text_chosen")
    assert (await act(estate, survey_id, "publish")).status == 200
    shown = f"me/surveys/{survey_id}/texts"
    assert (await get(estate, "li", shown)).body["items"] == []
    await estate.world.work()
    assert (await get(estate, "li", shown)).body["items"] == [{"question": 4, "text": SAID}]
    assert (await get(estate, "zhao", shown)).status == 404


async def test_what_does_not_pass_is_not_shown(estate: Estate) -> None:
    survey_id = await opened(estate)
    await written(estate, survey_id)
    bad = [*YES, {"question": 4, "text": content_checks.RISKY}]
    await answer(estate, survey_id, "li", bad)
    await counted(estate, survey_id)
    items = await texts(estate, survey_id)
    [own] = [item for item in items if item["text"] == content_checks.RISKY]
    await post(estate, "staff", f"surveys/{survey_id}/texts/{own['text_id']}/choose")
    await act(estate, survey_id, "publish")
    await estate.world.work()
    assert (await get(estate, "li", f"me/surveys/{survey_id}/texts")).body["items"] == []
    states = {item["text"]: item["state"] for item in await texts(estate, survey_id)}
    assert states[content_checks.RISKY] == "refused"


async def erased(estate: Estate, name: str) -> None:
    member = await estate.member(name)
    reply = await post(estate, member, "me/deletion", confirm="注销")
    assert reply.status in {200, 202, 204}, reply.body
    await estate.world.work()


async def test_who_leaves_is_counted_still_and_their_words_go(estate: Estate) -> None:
    home, person = await opened(estate), await opened(estate, per="person")
    await written(estate, home)
    said = [*YES, {"question": 4, "text": SAID}]
    assert (await answer(estate, person, "li", said)).status == 200
    li = (await estate.member("li")).person_id
    await erased(estate, "li")
    rows = estate.world.db[survey_answers.COLLECTION]
    assert await rows.count_documents({"person": li}) == 0
    [own] = await rows.find({"survey": person}).to_list()
    assert (own["home"], own["place"], own["choices"]) == ("", UNIT, ["1", "1=1", "4"])
    of_home = await rows.find_one({"_id": answer_key(estate.world.deps.vault, home, LI_HOME)})
    assert of_home is not None
    assert (of_home["home"], of_home["person"]) == (LI_HOME, "")
    assert await estate.world.db[survey_texts.COLLECTION].count_documents({"person": li}) == 0
    counts = [row async for row in answers_store.counts(estate.world.db, person, 7)]
    assert [row["place"] for row in counts] == [UNIT]
    found = {each["k"]: each["v"] for each in counts[0]["counts"]}
    assert found == {"1": 1, "1=1": 1, "4": 1}
    left = await estate.world.db[survey_texts.COLLECTION].count_documents({"survey": home})
    assert left == 6  # those of the others


async def test_a_head_who_asks_sees_no_words_of_a_paper(estate: Estate) -> None:
    survey_id = await opened(estate)
    said = [*YES, {"question": 4, "text": SAID}]
    entered = await enter(estate, survey_id, LI_HOME, said)
    assert entered.body["answers"][1]["text"] == SAID
    [shown] = (await mine(estate, survey_id, "li"))["answers"]
    assert shown["answers"] == []
    assert (await seen(estate, survey_id))["state"] == "open"
    listed = await send(estate, "GET", "head", f"surveys/{survey_id}/texts")
    assert listed.status == 403


async def test_the_export_says_in_words_what_one_chose_and_wrote(estate: Estate) -> None:
    survey_id = await opened(estate)
    said = [
        *YES,
        {"question": 2, "choices": [1, 3]},
        {"question": 3, "mark": 4},
        {"question": 4, "text": SAID},
        {"question": 5, "marks": [9, 2]},
    ]
    assert (await answer(estate, survey_id, "li", said)).status == 200
    li, deps = (await estate.member("li")).person_id, estate.world.deps
    held = {each.collection: each for each in privacy.HOLDINGS}
    [own] = [row async for row in rows_of(deps, held[survey_answers.COLLECTION], li, limit=9)]
    assert own["征求意见"] == "楼道照明"
    assert own["选的答案"] == [
        "楼道灯要不要换成声控的?:同意",
        "哪些地方要修?:路面、车棚",
        "您对保洁满意吗?:4分",
        "请逐项打分:保洁9分、保安2分",
    ]
    [text] = [row async for row in rows_of(deps, held[survey_texts.COLLECTION], li, limit=9)]
    assert (text["问题"], text["写的内容"]) == ("还有什么建议?", SAID)


async def ids_shown(estate: Estate, who: str, path: str) -> set[str]:
    """Return all ids in a list and in its cursors, read one by one."""
    found: set[str] = set()
    cursor = ""
    while True:
        body = (await get(estate, who, f"{path}?limit=1{cursor}")).body
        found |= {value for item in body["items"] for value in item.values() if value}
        told = body["next_cursor"]
        if told is None:
            return {each for each in found if isinstance(each, str)}
        found |= {*json.loads(urlsafe_b64decode(told))}
        cursor = f"&cursor={told}"


async def test_no_id_that_anybody_gets_follows_from_what_they_know(estate: Estate) -> None:
    """Whoever tries all homes, and all accounts they know of, finds none of the ids."""
    survey_id = await opened(estate)
    await written(estate, survey_id)
    await counted(estate, survey_id)
    for item in await texts(estate, survey_id):
        path = f"surveys/{survey_id}/texts/{item['text_id']}/choose"
        assert (await post(estate, "staff", path)).status == 200
    await estate.world.work()
    await act(estate, survey_id, "publish")
    shown = await ids_shown(estate, "staff", f"surveys/{survey_id}/texts")
    shown |= await ids_shown(estate, "mei", f"me/surveys/{survey_id}/texts")
    chosen = await estate.world.db.audit.find({"act": "survey.text_chosen"}).to_list()
    shown |= {row["subject"] for row in chosen}
    li = (await estate.member("li")).person_id
    known = [LI_HOME, *(f"{UNIT}.{600 + n}" for n in range(6)), li]
    answers = {digest_id(*kind, survey_id, each) for each in known for kind in KINDS}
    tried = {digest_id(*kind, each, 4) for each in answers for kind in KINDS}
    assert len(shown) > 7
    assert shown.isdisjoint(answers | tried)


async def test_three_months_after_the_count_answers_are_nobodys(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is known of a home or a person, or was shown, leads to a row any more."""
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    survey_id = await opened(estate)
    await written(estate, survey_id)
    assert (await enter(estate, survey_id, WANG_HOME)).status == 200
    await counted(estate, survey_id)
    [drawn] = await estate.world.db.survey_second_entries.find().to_list()
    path = f"survey-second-entries/{drawn['_id']}/decide"
    assert (await post(estate, "staff", path, keep="first", reason="看过原件")).status == 200
    await estate.world.work()
    rows = estate.world.db[survey_answers.COLLECTION]
    before = await rows.find().to_list()
    await estate.advance(days=89)
    await estate.world.work()
    assert (await mine(estate, survey_id, "li"))["answers"]
    await estate.advance(days=2)
    await estate.world.work()
    after = await rows.find().to_list()
    told = {str(value) for row in before for value in (row["_id"], row["home"], *row["keys"])}
    for field in ("person", "answerer", "entered_by"):
        told |= {row[field] for row in before}
    told -= {""}
    [entry] = await estate.world.db.survey_second_entries.find().to_list()
    assert (entry["answer"], entry["choices"], entry["relation"]) == ("", [], "")
    assert not [each for each in told if each in str(after)]
    assert {row["place"] for row in after} == {UNIT.rpartition(".")[0]}  # the finest told
    assert len({row["answered_at"] for row in after}) == 1
    assert sorted(row["choices"] for row in after) == sorted(row["choices"] for row in before)
    texts_left = await estate.world.db[survey_texts.COLLECTION].find().to_list()
    assert {row["answer"] for row in texts_left} == {""}
    assert (await mine(estate, survey_id, "li"))["answers"] == []
    assert await retention.unlink(estate.world.deps, {"survey_id": survey_id}) is None


async def test_of_a_withdrawn_survey_answers_are_nobodys_as_well(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await answer(estate, survey_id, "li")).status == 200
    assert (await act(estate, survey_id, "withdraw", because="写错了")).status == 200
    await estate.advance(days=91)
    await estate.world.work()
    [row] = await estate.world.db[survey_answers.COLLECTION].find().to_list()
    assert (row["home"], row["person"], row["keys"], row["linked"]) == ("", "", [], False)
