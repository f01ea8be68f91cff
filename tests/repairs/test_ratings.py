"""Ratings of repairs: given once, answered once, and a bad one is the community's."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mongo_indexes import repair_ratings, repair_reviews
from tests.build.cast import COMPOUND, appoint
from tests.build.repairs import SUBDISTRICT, Works
from tests.build.world import Reply

GOOD: Final = {"speed": 4, "quality": 5, "manner": 5}
BAD: Final = {"speed": 5, "quality": 2, "manner": 5, "words": "修完第二天又坏了"}


async def fixed(works: Works, who: str = "li") -> str:
    repair_id = await works.report(who)
    await works.repaired(repair_id)
    await works.do(who, repair_id, "answer", fixed=True)
    return repair_id


async def rate(
    works: Works, repair_id: str, who: str = "li", marks: Mapping[str, Any] = GOOD
) -> Reply:
    return await works.post(who, f"repairs/{repair_id}/rating", **marks)


async def reviews(works: Works, who: str = "staff") -> list[Any]:
    reply = await works.get(who, f"places/{COMPOUND}/repair-reviews")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_a_repair_is_rated_once_by_each_who_is_of_it(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    early = await rate(works, repair_id)
    assert (early.status, early.code) == (409, "repair_not_confirmed")
    await works.repaired(repair_id)
    for who in ("li", "wang"):
        await works.do(who, repair_id, "answer", fixed=True)
    for who in ("li", "wang"):
        assert (await rate(works, repair_id, who)).status == 201
    again = await rate(works, repair_id)
    assert (again.status, again.code) == (409, "repair_rated_before")
    other = await rate(works, repair_id, "staff")
    assert other.status == 403
    assert await reviews(works) == []
    seen = (await works.get("li", f"repairs/{repair_id}/ratings")).body["items"]
    assert [each["is_mine"] for each in seen] == [True]
    seen = (await works.get("manager", f"repairs/{repair_id}/ratings")).body["items"]
    assert len(seen) == 2


@pytest.mark.parametrize("mark", [0, 6])
async def test_a_mark_is_one_to_five(works: Works, mark: int) -> None:
    reply = await rate(works, "x", marks={**GOOD, "speed": mark})
    assert reply.status == 422


async def test_words_are_kept_sealed_and_answered_once(works: Works) -> None:
    repair_id = await fixed(works)
    given = (await rate(works, repair_id, marks=BAD)).body
    [kept] = await works.world.db[repair_ratings.COLLECTION].find().to_list()
    assert BAD["words"] not in str(kept)
    wish = {"rating_id": given["rating_id"], "text": "明天师傅再上门"}
    for who, status in (("dispatcher", 403), ("manager", 200), ("manager", 409)):
        reply = await works.post(who, f"repairs/{repair_id}/rating/answer", **wish)
        assert reply.status == status, who
    assert reply.code == "repair_rating_answered"
    [seen] = (await works.get("li", f"repairs/{repair_id}/ratings")).body["items"]
    assert (seen["words"], seen["answer"]) == (BAD["words"], wish["text"])
    told = await works.told("li", "repair_progress")
    assert any(text.endswith("物业回复了您的评价。") for text in told)


async def test_another_firm_answers_no_rating(works: Works) -> None:
    repair_id = await fixed(works)
    given = (await rate(works, repair_id)).body
    other = {"$set": {"firm": "other"}}
    await works.world.db[repair_ratings.COLLECTION].update_many({}, other)
    wish = {"rating_id": given["rating_id"], "text": "谢谢"}
    reply = await works.post("manager", f"repairs/{repair_id}/rating/answer", **wish)
    assert (reply.status, reply.code) == (403, "repair_rating_other_firm")


async def test_a_bad_rating_is_the_communitys_until_it_answers(works: Works) -> None:
    repair_id = await fixed(works)
    assert (await rate(works, repair_id, marks=BAD)).status == 201
    inbox = (await works.get("staff", "me/messages")).body["items"]
    [seen] = await reviews(works)
    [told] = [each for each in inbox if each["template"] == "repair_review"]
    assert (told["title"], told["body"].partition(":")[2]) == ("差评待处理", "有差评,请跟进。")
    assert told["page"] == f"pages/work/review?id={seen['review_id']}"
    assert (seen["state"], seen["steps"]) == ("open", ["answer", "close", "remark"])
    path = f"repair-reviews/{seen['review_id']}"
    noted = await works.post("staff", f"{path}/remarks", text="已联系经理")
    assert noted.status == 200
    answered = await works.post("staff", f"{path}/answer", text="已约谈物业")
    assert (answered.status, answered.body["state"]) == (200, "answered")
    again = await works.post("staff", f"{path}/close", text="了结")
    assert (again.status, again.code) == (409, "repair_review_moved_on")
    rows = (await works.get("li", f"{path}/history")).body["items"]
    assert [(row["action"], row["remark"]) for row in rows] == [
        ("reported", None),
        ("answer", "已约谈物业"),
    ]
    assert (await works.get("wang", path)).status == 404
    told = await works.told("li", "repair_progress")
    assert any(text.endswith("社区看了您的评价,点开查看。") for text in told)


async def test_a_review_that_nobody_takes_up_climbs(works: Works) -> None:
    phone, role, place = SUBDISTRICT
    await appoint(works.world.deps, role, place, phone)
    await works.world.sign_in("subdistrict", phone)
    repair_id = await fixed(works)
    await rate(works, repair_id, marks=BAD)
    await works.advance(days=20)
    await works.world.work()
    [seen] = await reviews(works)
    assert seen["overdue"] is True
    assert any("差评超时" in text for text in await works.told("staff", "repair_review"))
    climbed = await works.world.sign_in("subdistrict", phone)
    assert any("差评超时" in text for text in await works.told(climbed, "repair_review"))


async def test_nobody_reviews_what_they_did_themselves(works: Works) -> None:
    repair_id = await fixed(works)
    await rate(works, repair_id, marks=BAD)
    staff = await works.member("staff")
    own = {"$set": {"worker": staff.person_id}}
    await works.world.db[repair_reviews.COLLECTION].update_many({}, own)
    [seen] = await reviews(works)
    reply = await works.post("staff", f"repair-reviews/{seen['review_id']}/close", text="了结")
    assert (reply.status, seen["steps"]) == (403, [])


async def test_who_did_it_neither_confirms_nor_rates_it(works: Works) -> None:
    """Staff write it down for somebody, take it and finish it; a neighbour may have joined."""
    repair_id = await works.report("staff", on_behalf_of="老李")
    await works.do("staff", repair_id, "accept")
    for step in ("take", "start"):
        await works.do("staff", repair_id, step)
    await works.do("staff", repair_id, "finish", summary="换了灯泡")
    await works.world.work()
    assert await works.told("staff", "repair_question") == []
    seen = await works.see("staff", repair_id)
    assert (seen["is_asked"], seen["steps"]) == (False, ["remark"])
    reply = await works.post("staff", f"repairs/{repair_id}/answer", fixed=True)
    assert (reply.status, reply.code) == (403, "case_own_work")
    await works.do("wang", repair_id, "join")
    seen = await works.do("wang", repair_id, "answer", fixed=True)
    assert seen["state"] == "confirmed"
    reply = await rate(works, repair_id, "staff")
    assert (reply.status, reply.code) == (403, "repair_rating_not_theirs")
    offered = [(await works.see(who, repair_id))["may_rate"] for who in ("staff", "wang")]
    assert offered == [False, True]
    assert (await rate(works, repair_id, "wang")).status == 201


async def test_what_only_who_did_it_could_answer_closes_by_silence(works: Works) -> None:
    repair_id = await works.report("staff", on_behalf_of="老李")
    await works.do("staff", repair_id, "accept")
    for step in ("take", "start"):
        await works.do("staff", repair_id, step)
    await works.do("staff", repair_id, "finish", summary="换了灯泡")
    await works.advance(days=7)
    await works.world.work()
    assert (await works.see("staff", repair_id))["state"] == "closed"


async def test_who_wrote_it_down_answers_as_an_office_and_does_not_rate(works: Works) -> None:
    repair_id = await works.report("head", on_behalf_of="老李")
    await works.repaired(repair_id)
    seen = await works.do("head", repair_id, "answer", fixed=True)
    assert seen["state"] == "confirmed"
    last = (await works.history("head", repair_id))[-1]
    assert (last["action"], last["who"]) == ("confirm", "office")
    reply = await rate(works, repair_id, "head")
    assert (reply.status, reply.code) == (403, "repair_rating_not_theirs")
    assert (await works.see("head", repair_id))["may_rate"] is False
