"""The ladder of feedback under a moved clock: every rung, each person told once."""

from tests.build.cast import COMPOUND, UNIT
from tests.build.feedback import Voices
from tests.build.offices import BUILDING

RUNGS = ("head", "building", "grid", "staff", "subdistrict")
CLIMBED = "到期未办,已交到本级,请办理"


async def drop(voices: Voices, who: str) -> None:
    """End the office of somebody."""
    person = (await voices.member(who)).person_id
    await voices.world.db.appointments.delete_many({"person": person})


async def test_silence_climbs_the_whole_ladder_and_tells_each_once(voices: Voices) -> None:
    case_id = await voices.file("li")
    rungs = list[tuple[str, str]]()
    for _ in range(5):
        seen = await voices.see("li", case_id)
        rungs.append((seen["rung"], seen["due_at"]))
        await voices.until(seen["due_at"], hours=1)
        await voices.until(seen["due_at"])
    assert rungs == [
        ("unit_head", "2026-03-03T03:30:00Z"),  # from Monday noon on
        ("building_head", "2026-03-04T03:30:00Z"),
        ("grid_head", "2026-03-06T03:30:00Z"),
        ("community_staff", "2026-03-11T03:30:00Z"),
        ("subdistrict_staff", "2026-03-18T03:30:00Z"),
    ]
    assert len(await voices.told("head", "feedback_work")) == 1
    for who in RUNGS[1:]:
        told = await voices.told(who, "feedback_work")
        assert [text for text in told if CLIMBED in text] == told[:1]
        assert len(told) == 1, who
    for who in RUNGS[:-1]:
        assert len(await voices.told(who, "feedback_late")) == 1, who  # warned, once
        gone = await voices.told(who, "feedback_news")
        assert gone == [], who  # nobody had taken it
    progress = await voices.told("li", "feedback_progress")
    assert [text.partition("自动交")[2] for text in progress] == [
        "楼栋长。",
        "网格长。",
        "社区。",
        "街道。",
    ]
    seen = await voices.see("subdistrict", case_id)
    assert (seen["rung"], seen["overdue"], seen["state"]) == (
        "subdistrict_staff",
        True,
        "waiting",
    )
    late = await voices.told("subdistrict", "feedback_late")
    assert [text.partition(":")[2] for text in late] == [
        "快到期了,请尽快办理。",
        "已超时,请尽快办理。",
    ]
    await voices.advance(days=14)
    assert len(await voices.told("subdistrict", "feedback_late")) == 2
    actions = [row["action"] for row in await voices.history("li", case_id)]
    assert actions == [
        "reported",
        *["warned", "climb"] * 4,
        "warned",
        "overdue",
        "climbed",
    ]


async def test_who_had_taken_it_hears_that_it_climbed(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.do("head", case_id, "take")
    await voices.advance(days=2)
    assert (await voices.see("li", case_id))["rung"] == "building_head"
    [gone] = await voices.told("head", "feedback_news")
    assert gone.endswith("到期未办,已自动交上一级。")
    again = await voices.post("head", f"feedback/{case_id}/solve", text="办好了")
    assert (again.status, again.code) == (403, "forbidden")
    assert (await voices.see("head", case_id))["lies_with_me"] is False
    await voices.do("building", case_id, "take")


async def test_hand_on_and_back_once(voices: Voices) -> None:
    case_id = await voices.file("li")
    below = await voices.post("head", f"feedback/{case_id}/hand-back", reason="不归我")
    assert (below.status, below.code) == (409, "feedback_no_rung_below")
    await voices.do("head", case_id, "hand-on", reason="要整栋楼商量")
    assert (await voices.see("li", case_id))["progress"] == "楼栋长已收到,等待办理"
    await voices.do("building", case_id, "hand-back", reason="本单元能办")
    assert (await voices.see("li", case_id))["rung"] == "unit_head"
    await voices.do("head", case_id, "hand-on", reason="办不了")
    again = await voices.post("building", f"feedback/{case_id}/hand-back", reason="还是本单元")
    assert (again.status, again.code) == (409, "feedback_handed_back_before")
    for who in ("building", "grid", "staff"):
        await voices.do(who, case_id, "hand-on", reason="请上级办理")
    top = await voices.post("subdistrict", f"feedback/{case_id}/hand-on", reason="办不了")
    assert (top.status, top.code) == (409, "feedback_no_rung_above")
    remarks = [row["remark"] for row in await voices.history("li", case_id)]
    assert remarks[1:3] == ["要整栋楼商量", "本单元能办"]


async def test_a_vacant_rung_is_stepped_over(voices: Voices) -> None:
    await drop(voices, "building")
    await drop(voices, "grid")
    case_id = await voices.file("li")
    await voices.do("head", case_id, "hand-on", reason="办不了")
    assert (await voices.see("li", case_id))["rung"] == "community_staff"
    other = await voices.file("sun", place=f"{BUILDING}.u1")  # no head there at all
    assert (await voices.see("sun", other))["rung"] == "community_staff"
    of_all = await voices.file("sun", place=COMPOUND)
    assert (await voices.see("sun", of_all))["rung"] == "community_staff"
    await drop(voices, "subdistrict")
    await voices.do("staff", of_all, "take")
    await voices.advance(days=30)
    seen = await voices.see("staff", of_all)
    assert (seen["rung"], seen["state"], seen["overdue"]) == (
        "community_staff",
        "taken",
        True,
    )


async def test_what_cannot_climb_any_more_stays_and_says_so(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.do("head", case_id, "take")
    due_at = (await voices.see("li", case_id))["due_at"]
    for who in RUNGS[1:]:
        await drop(voices, who)
    await voices.until(due_at)
    seen = await voices.see("head", case_id)
    assert (seen["state"], seen["is_held_by_me"], seen["overdue"]) == ("taken", True, True)
    actions = [row["action"] for row in await voices.history("li", case_id)]
    assert actions[:2] + actions[-2:] == ["reported", "take", "overdue", "climbed"]
    assert "climb" not in actions
    assert not [text for text in await voices.told("li", "feedback_progress") if "自动" in text]
    assert await voices.told("head", "feedback_news") == []
    assert CLIMBED not in "".join(await voices.told("head", "feedback_work"))
    late = await voices.told("head", "feedback_late")
    assert [text.partition(":")[2] for text in late][-1:] == ["已超时,请尽快办理。"]
    await voices.solve("head", case_id)


async def test_a_substitute_counts(voices: Voices) -> None:
    unbound = {"$set": {"person": None}}
    where = {"role": "building_head"}
    await voices.world.db.appointments.update_many(where, unbound)
    case_id = await voices.file("li")
    await voices.do("head", case_id, "hand-on", reason="办不了")
    assert (await voices.see("li", case_id))["rung"] == "grid_head"  # has not signed in
    second = await voices.substitute("building_head", BUILDING)
    other = await voices.file("wang")
    await voices.do("head", other, "hand-on", reason="办不了")
    assert (await voices.see("wang", other))["rung"] == "building_head"
    await voices.do(second, other, "take")


async def test_a_no_goes_one_rung_up_and_counts(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.solve("head", case_id)
    seen = await voices.do("li", case_id, "answer", solved=False, note="还是暗")
    assert (seen["rung"], seen["state"], seen["returned"]) == ("building_head", "waiting", 1)
    assert any("没有解决" in text for text in await voices.told("building", "feedback_work"))
    assert any("已交楼栋长" in text for text in await voices.told("head", "feedback_news"))
    again = await voices.post("li", f"feedback/{case_id}/answer", solved=True)
    assert (again.status, again.code) == (409, "case_not_asked")


async def test_silence_at_the_end_closes_and_is_not_solved(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.solve("head", case_id)
    await voices.advance(days=7)
    assert (await voices.see("li", case_id))["state"] == "closed"


async def test_the_same_again_within_thirty_days_reopens_and_counts(voices: Voices) -> None:
    case_id = await voices.file("li")
    await voices.solve("head", case_id)
    await voices.do("li", case_id, "answer", solved=True)
    path = f"feedback/similar?place={UNIT}&kind=suggestion"
    await voices.advance(days=29)
    offered = (await voices.get("li", path)).body["items"]
    assert [item["feedback_id"] for item in offered] == [case_id]
    assert offered[0]["may_reopen"] is True
    assert (await voices.get("wang", path)).body["items"] == []
    other = await voices.post("wang", f"feedback/{case_id}/reopen", reason="又暗了")
    assert other.status == 404
    seen = await voices.do("li", case_id, "reopen", reason="又暗了")
    assert (seen["state"], seen["reopened"], seen["rung"]) == ("waiting", 1, "unit_head")
    await voices.solve("head", case_id)
    await voices.do("li", case_id, "answer", solved=True)
    await voices.advance(days=31)
    late = await voices.post("li", f"feedback/{case_id}/reopen", reason="又暗了")
    assert (late.status, late.code) == (409, "feedback_reopened_too_late")
    assert (await voices.get("li", path)).body["items"] == []
    assert (await voices.see("li", case_id))["may_reopen"] is False
