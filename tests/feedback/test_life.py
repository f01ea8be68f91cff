"""The life of feedback, from what somebody says to "it is solved"."""

from services.appointments.models import NAME
from tests.build.feedback import DARK, Voices


async def test_from_the_word_to_solved(voices: Voices) -> None:
    case_id = await voices.file("li")
    seen = await voices.see("li", case_id)
    assert (seen["state"], seen["number"], seen["is_mine"]) == ("waiting", "26-0001", True)
    assert seen["progress"] == "单元长已收到,等待办理"
    assert await voices.told("head", "feedback") == ["春光小区3栋2单元的民情26-0001:新的建议。"]
    seen = await voices.do("head", case_id, "take")
    assert (seen["state"], seen["is_held_by_me"], seen["text"]) == ("taken", True, DARK)
    assert (await voices.see("li", case_id))["progress"] == "单元长办理中"
    head = (await voices.member("head")).person_id
    kept = await voices.world.db.appointments.find_one({"person": head})
    assert kept is not None
    sealed = NAME.seal(voices.world.deps.vault, kept["_id"], "王秀兰")
    await voices.world.db.appointments.update_one(
        {"_id": kept["_id"]}, {"$set": {"name_sealed": sealed}}
    )
    for who in ("li", "head", "staff"):
        assert (await voices.see(who, case_id))["progress"] == "单元长王秀兰办理中"
    await voices.solve("head", case_id)
    assert len(await voices.told("li", "feedback_question")) == 1
    answered = await voices.do("li", case_id, "answer", solved=True)
    assert (answered["state"], answered["is_asked"]) == ("confirmed", False)
    history = await voices.history("li", case_id)
    assert [row["action"] for row in history] == ["reported", "take", "solve", "confirm"]
    assert [row["who"] for row in history] == ["reporter", "office", "office", "reporter"]
    assert {row["rung"] for row in history} == {"单元长"}
    kept = await voices.world.db.case_events.distinct("facts.rung", {"case": case_id})
    assert kept == ["unit_head"]  # what people call it may change
