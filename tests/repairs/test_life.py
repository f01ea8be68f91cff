"""The life of a repair, from the report to "it is fixed"."""

from services.kernel.templates import Purpose
from services.repairs import notify
from tests.build.cast import LI_HOME
from tests.build.repairs import TAP, Works


async def test_from_the_leak_to_fixed(works: Works) -> None:
    repair_id = await works.report("li")
    seen = await works.see("li", repair_id)
    assert (seen["state"], seen["number"], seen["is_mine"]) == ("reported", "26-0001", True)
    [told] = await works.told("dispatcher", "repair_work")
    assert told.endswith(":新报修:楼道灯不亮。")
    await works.hand_out(repair_id)
    seen = await works.see("repairer", repair_id)
    assert (seen["state"], seen["is_held_by_me"]) == ("assigned", True)
    await works.do("repairer", repair_id, "set-out")
    await works.do("repairer", repair_id, "start")
    done = await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    assert done["state"] == "done"
    await works.world.work()
    assert len(await works.told("li", "repair_question")) == 1
    answered = await works.do("li", repair_id, "answer", fixed=True)
    assert (answered["state"], answered["is_asked"]) == ("confirmed", False)
    history = (await works.get("li", f"repairs/{repair_id}/history")).body["items"]
    assert [row["action"] for row in history] == [
        "reported",
        "accept",
        "assign",
        "set_out",
        "start",
        "finish",
        "confirm",
    ]
    assert [row["who"] for row in history][:2] == ["reporter", "office"]


async def test_whoever_hands_out_is_told_of_danger_at_once(works: Works) -> None:
    await works.report("li", place=LI_HOME, category="socket_broken", danger="danger")
    await works.report("li", place=LI_HOME, category=TAP, danger="urgent")
    [told] = await works.told("dispatcher", "repair_danger")
    assert told.endswith(":危险:插座、开关坏了,请马上处理。")
    [told] = await works.told("dispatcher", "repair_work")
    assert told.endswith(":紧急:水龙头、阀门坏了。")
    assert notify.REPAIR_DANGER.purpose is Purpose.EMERGENCY


async def test_a_no_goes_back_and_tells_the_manager(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.repaired(repair_id)
    before = len(await works.told("manager", "repair_work"))
    seen = await works.do("wang", repair_id, "answer", fixed=False, note="还是不亮")
    assert (seen["state"], seen["is_held"]) == ("assigned", True)
    assert len(await works.told("manager", "repair_work")) == before + 1
    told = await works.told("repairer", "repair_work")
    assert any(text.endswith("住户反馈没有修好。") for text in told)
    again = await works.post("li", f"repairs/{repair_id}/answer", fixed=True)
    assert (again.status, again.code) == (409, "case_not_asked")


async def test_silence_closes_and_is_not_fixed(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.advance(days=7)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == "closed"
    other = await works.report("li")
    await works.do("wang", other, "join")
    await works.repaired(other)
    await works.do("li", other, "answer", fixed=True)
    await works.advance(days=7)
    await works.world.work()
    assert (await works.see("li", other))["state"] == "confirmed"


async def test_who_had_it_on_hand_hears_that_it_is_cancelled(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    await works.do("li", repair_id, "cancel", reason="自己修好了")
    assert any("报修人已取消" in text for text in await works.told("repairer", "repair_news"))
    seen = await works.see("dispatcher", repair_id)
    assert (seen["state"], seen["is_held"]) == ("cancelled", False)
