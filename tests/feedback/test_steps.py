"""Steps beside the ladder: the firm, departments, questions, thanks, and who may not."""

import asyncio

import pytest

from services.feedback import jobs
from tests.build.cast import COMPOUND, LI_HOME, PHONES, UNIT, WANG_HOME, ZHAO_HOME
from tests.build.feedback import Voices
from tests.build.sign_ins import Member


async def test_the_firm_beside_the_ladder(voices: Voices) -> None:
    case_id = await voices.file("li")
    assert (await voices.get("manager", f"feedback/{case_id}")).status == 404
    await voices.do("head", case_id, "firm", reason="绿化由物业负责")
    assert (await voices.see("li", case_id))["progress"] == "物业办理中"
    assert await voices.ids("manager", "&scope=desk") == [case_id]
    not_now = await voices.post("head", f"feedback/{case_id}/solve", text="办好了")
    assert (not_now.status, not_now.code) == (403, "forbidden")
    seen = await voices.do("manager", case_id, "back", reason="不属于物业服务范围")
    assert (seen["state"], seen["rung"]) == ("waiting", "unit_head")
    assert seen["lies_with_me"] is False
    await voices.do("head", case_id, "firm", reason="请再看看")
    await voices.solve("manager", case_id)
    seen = await voices.do("li", case_id, "answer", solved=False)
    assert (seen["rung"], seen["state"]) == ("building_head", "waiting")
    await voices.do("building", case_id, "firm", reason="请物业处理")
    await voices.advance(days=7)
    assert (await voices.see("li", case_id))["rung"] in {"grid_head", "community_staff"}


async def test_what_its_holder_took_again_meanwhile_is_not_freed(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the worker read it, it lay elsewhere; the holder has another office for it by now."""
    case_id = await voices.file("li")
    await voices.do("head", case_id, "take")
    answers = iter([False])
    lies_with = jobs.lies_with
    monkeypatch.setattr(jobs, "lies_with", lambda *args: next(answers, lies_with(*args)))
    await voices.sweep()
    assert (await voices.see("li", case_id))["state"] == "taken"


async def test_a_department_is_asked_by_the_community_only(voices: Voices) -> None:
    case_id = await voices.file("li")
    wish = {"department": "区城管局李科", "reason": "占道经营由城管处理"}
    refused = await voices.post("head", f"feedback/{case_id}/department", **wish)
    assert refused.status == 403
    for who in ("head", "building", "grid"):
        await voices.do(who, case_id, "hand-on", reason="请上级办理")
    seen = await voices.do("staff", case_id, "department", **wish)
    assert (seen["state"], seen["department"]) == ("with_department", "区城管局李科")
    mine = await voices.see("li", case_id)
    assert (mine["department"], mine["progress"]) == (None, "有关部门办理中,社区跟进")
    seen = await voices.do("staff", case_id, "back", reason="城管已答复")
    assert (seen["state"], seen["rung"], seen["department"]) == (
        "waiting",
        "community_staff",
        None,
    )


async def test_who_asks_for_more_waits_without_the_deadline(voices: Voices) -> None:
    case_id = await voices.file("li")
    seen = await voices.do("head", case_id, "question", reason="请问是哪一层?")
    assert (seen["state"], seen["due_at"]) == ("needs_info", None)
    assert any("需要您补充" in text for text in await voices.told("li", "feedback_progress"))
    await voices.advance(days=3)
    assert (await voices.see("li", case_id))["rung"] == "unit_head"
    seen = await voices.do("li", case_id, "additions", text="三楼")
    assert (seen["state"], seen["rung"], seen["is_held"]) == ("taken", "unit_head", True)
    await voices.do("head", case_id, "question", reason="请拍张照片")
    await voices.advance(days=7)
    assert (await voices.see("li", case_id))["state"] == "taken"
    await voices.advance(days=3)
    assert (await voices.see("li", case_id))["rung"] == "building_head"


async def test_praise_is_thanked_for_and_asks_nothing(voices: Voices) -> None:
    case_id = await voices.file("li", kind="praise", text="单元长很热心")
    wrong = await voices.post("head", f"feedback/{case_id}/solve", text="好")
    assert (wrong.status, wrong.code) == (409, "feedback_only_thanks")
    said = "谢谢您,我们会继续努力"
    inner = await voices.post("head", f"feedback/{case_id}/thanks", text=said, internal=True)
    assert inner.status == 422  # they are for whoever said it, and kept from nobody
    seen = await voices.do("head", case_id, "thanks", text=said)
    assert seen["state"] == "thanked"
    assert [row["remark"] for row in await voices.history("li", case_id)] == [None, said]
    assert await voices.told("li", "feedback_question") == []
    other = await voices.file("li")
    wrong = await voices.post("head", f"feedback/{other}/thanks", text="谢谢")
    assert (wrong.status, wrong.code) == (409, "feedback_only_thanks")


async def test_written_down_after_a_visit(voices: Voices) -> None:
    wish = {"place": LI_HOME, "on_behalf_of": "王秀兰", "way": "visit"}
    case_id = await voices.file("head", **wish)
    seen = await voices.see("head", case_id)
    assert (seen["way"], seen["author_name_masked"], seen["is_mine"]) == ("visit", "王*", True)
    await voices.do("head", case_id, "hand-on", reason="请楼栋长办理")
    await voices.solve("building", case_id)
    assert len(await voices.told("head", "feedback_question")) == 1
    seen = await voices.do("head", case_id, "answer", solved=True)
    assert seen["state"] == "confirmed"
    own = await voices.file("head", **wish)
    assert "settle" not in (await voices.see("head", own))["steps"]
    await voices.solve("head", own)
    seen = await voices.see("head", own)
    assert (seen["state"], seen["progress"]) == ("settled", "登记人当场办结")
    assert (seen["is_asked"], len(await voices.told("head", "feedback_question"))) == (False, 1)
    labels = [row["label"] for row in await voices.history("staff", own)]
    assert labels[-1] == "当场办结"
    alone = await voices.post("head", f"feedback/{own}/answer", solved=True)
    assert (alone.status, alone.code) == (409, "case_not_asked")
    await voices.do("head", own, "reopen", reason="又暗了")
    for who, status in (("li", 403), ("zhao", 404)):
        refused = await voices.post(
            who, "feedback", place=LI_HOME, kind="complaint", text="吵", on_behalf_of="张三"
        )
        assert refused.status == status
    city = await voices.post(
        "head", "feedback", **{**wish, "way": "city"}, kind="complaint", text="吵"
    )
    assert (city.status, city.code) == (422, "feedback_bad_way")
    own_way = {"place": UNIT, "kind": "complaint", "text": "吵", "way": "phone"}
    mine = await voices.post("li", "feedback", **own_way)
    assert (mine.status, mine.code) == (422, "feedback_bad_way")


async def test_of_whom_and_of_what_somebody_speaks(voices: Voices) -> None:
    places = (LI_HOME, UNIT, f"{COMPOUND}.b3.u1", COMPOUND)
    case_id, *_ = [await voices.file("li", place=place) for place in places]
    for place in (WANG_HOME, ZHAO_HOME, "cc.chaoyang.guilin.xincheng"):
        refused = await voices.post("li", "feedback", place=place, kind="complaint", text="吵")
        assert refused.status == 404, place
    mine = (await voices.get("li", "me/feedback")).body["items"]
    assert len(mine) == 4
    assert (await voices.get("wang", "me/feedback")).body["items"] == []
    for who in ("wang", "mei", "zhao", "admin"):
        assert (await voices.get(who, f"feedback/{case_id}")).status == 404, who
    assert (await voices.see("head", case_id))["author_name_masked"] == "l*"


async def test_heads_say_something_as_residents_and_do_not_handle_it(voices: Voices) -> None:
    await voices.substitute("unit_head", UNIT, phone=PHONES["wang"])
    case_id = await voices.file("wang")
    seen = await voices.see("wang", case_id)
    assert (seen["lies_with_me"], seen["rung"]) == (False, "unit_head")  # the other head's
    refused = await voices.post("wang", f"feedback/{case_id}/take")
    assert refused.status == 403
    assert await voices.told("wang", "feedback_work") == []
    await voices.do("head", case_id, "take")
    head = await voices.member("head")
    await voices.world.db.appointments.delete_many({"person": head.person_id})
    alone = await voices.file("wang")
    assert (await voices.see("wang", alone))["rung"] == "building_head"


async def test_two_heads_at_once(voices: Voices) -> None:
    second = await voices.substitute("unit_head", UNIT)
    case_id = await voices.file("li")
    both: tuple[Member | str, ...] = ("head", second)
    replies = await asyncio.gather(
        *(voices.post(who, f"feedback/{case_id}/take") for who in both)
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    [late] = [reply for reply in replies if reply.status == 409]
    assert late.code == "feedback_moved_on"
    [loser] = [who for who, reply in zip(both, replies, strict=True) if reply.status == 409]
    refused = await voices.post(loser, f"feedback/{case_id}/solve", text="办好了")
    assert (refused.status, refused.code) == (403, "forbidden")
    handed = await asyncio.gather(
        *(
            voices.post(who, f"feedback/{case_id}/{step}", reason="请上级办理")
            for who in both
            for step in ("hand-on", "firm")
        )
    )
    assert [reply.status for reply in handed].count(200) == 1
    rows = await voices.world.db.case_events.find({"case": case_id}).to_list()
    kept = await voices.world.db.feedback.find_one({"_id": case_id})
    assert kept is not None
    assert len(rows) == kept["steps"] == 3


async def test_a_term_that_ends_while_holding(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.do("head", case_id, "take")
    second = await voices.substitute("unit_head", UNIT)
    head = await voices.member("head")
    await voices.world.db.appointments.delete_many({"person": head.person_id})
    await voices.sweep()
    seen = await voices.see(second, case_id)
    assert (seen["state"], seen["rung"], seen["lies_with_me"]) == ("waiting", "unit_head", True)
    assert any("请接手" in text for text in await voices.told(second, "feedback_work"))
    assert (await voices.get("head", f"feedback/{case_id}")).status == 404
    await voices.do(second, case_id, "take")
    await voices.world.db.appointments.delete_many({"person": second.person_id})
    await voices.sweep()
    assert (await voices.see("li", case_id))["rung"] == "building_head"  # nobody is left
    assert len(await voices.told("building", "feedback_work")) == 1


async def test_withdrawn_and_too_much(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.do("head", case_id, "take")
    seen = await voices.do("li", case_id, "withdraw", reason="自己解决了")
    assert (seen["state"], seen["steps"]) == ("withdrawn", [])
    assert any("已撤回" in text for text in await voices.told("head", "feedback_news"))
    late = await voices.post("head", f"feedback/{case_id}/solve", text="办好了")
    assert late.status == 409
    for _ in range(9):
        await voices.file("li")
    much = await voices.post("li", "feedback", place=UNIT, kind="complaint", text="吵")
    assert (much.status, much.code) == (409, "too_many_feedback")


async def test_what_is_for_those_who_handle_it_is_not_read_by_who_said_it(
    voices: Voices,
) -> None:
    case_id = await voices.file("li")
    await voices.do("head", case_id, "remarks", text="住户情绪激动", internal=True)
    await voices.do("head", case_id, "remarks", text="周三上门", internal=False)
    read = [row["remark"] for row in await voices.history("li", case_id)]
    assert read == [None, "周三上门"]
    read = [row["remark"] for row in await voices.history("staff", case_id)]
    assert read == [None, "住户情绪激动", "周三上门"]


async def test_who_wrote_it_down_is_told_in_that_persons_place(voices: Voices) -> None:
    case_id = await voices.file("staff", on_behalf_of="钱奶奶", way="visit")
    await voices.do("head", case_id, "take")
    await voices.do("head", case_id, "hand-on", reason="要整栋楼商量")
    told = [text.partition(":")[2] for text in await voices.told("staff", "feedback_progress")]
    assert sorted(told) == ["单元长开始办理。", "已交楼栋长办理。"]  # at one instant
    mine = await voices.file("head", on_behalf_of="钱奶奶", way="visit")
    await voices.do("head", mine, "hand-on", reason="要整栋楼商量")
    await voices.do("building", mine, "hand-back", reason="本单元能办")
    [back] = [
        text for text in await voices.told("head", "feedback") if "转" in text or "退" in text
    ]
    assert back.endswith("上一级退回,请办理。")  # not twice
    person = (await voices.member("staff")).person_id
    await voices.world.db.appointments.delete_many({"person": person})
    await voices.do("building", case_id, "take")
    assert len(await voices.told("staff", "feedback_progress")) == 2


async def test_heads_say_what_they_saw_and_name_who_said_all_else(voices: Voices) -> None:
    case_id = await voices.file("building", place=UNIT, kind="observation")
    seen = await voices.see("building", case_id)
    assert (seen["rung"], seen["is_mine"], seen["lies_with_me"]) == ("unit_head", True, False)
    own = await voices.file("head", place=UNIT, kind="observation")
    assert (await voices.see("head", own))["rung"] == "building_head"
    for kind in ("complaint", "suggestion", "help_request", "praise"):
        wish = {"place": UNIT, "kind": kind, "text": "楼道堆物"}
        refused = await voices.post("building", "feedback", **wish)
        assert (refused.status, refused.code) == (422, "feedback_who_needed"), kind
    assert refused.body["title"] == "请写明是谁反映的"
    elsewhere = await voices.post(
        "head", "feedback", place=ZHAO_HOME, kind="observation", text="楼道堆物"
    )
    assert elsewhere.status == 404
