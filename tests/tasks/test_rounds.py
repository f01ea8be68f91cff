"""Rounds: made for each due day, walked with a checklist, and what is found."""

from dataclasses import replace
from typing import Any

import pytest

from server.dependencies import open_mongo
from server.settings import Settings
from services.grants import actions as grants
from services.kernel.permissions import Actor
from services.tasks.rounds import actions as rounds
from services.tasks.rounds import jobs, rhythms
from services.tasks.rounds.rhythms import RoundRhythm, RoundRhythmKind
from tests.build.cast import NEXT_UNIT, UNIT
from tests.build.photos import sent
from tests.build.query_recorder import FindRecorder
from tests.build.rounds import ITEMS, checked, due, planned, started
from tests.build.tasks import Tasks


async def test_each_due_day_has_its_rounds_and_no_other(tasks: Tasks) -> None:
    plan = await planned(tasks)
    await due(tasks)
    assert await tasks.items("head", "me/rounds") == []
    await tasks.advance(days=2)
    for _ in range(2):  # a schedule that is run again makes nothing twice
        await due(tasks)
    [mine] = await tasks.items("head", "me/rounds")
    assert (mine["place"], mine["until"], mine["left"]) == (UNIT, "2026-03-06", 2)
    places = [each["place"] for each in await tasks.items("staff", f"rounds?plan_id={plan}")]
    assert sorted(places) == [NEXT_UNIT, UNIT]
    assert len(await tasks.told("head", "task_given")) == 1
    assert (await tasks.get("next_head", f"rounds/{mine['round_id']}")).status == 404


async def test_days_without_a_worker_are_caught_up_only_where_it_helps(tasks: Tasks) -> None:
    plan = await planned(tasks, {"kind": "days", "every": 1}, days=2)
    await tasks.advance(days=40)
    await due(tasks)
    found = await tasks.items("staff", f"rounds?plan_id={plan}&place={UNIT}")
    assert sorted(each["until"] for each in found) == ["2026-04-11", "2026-04-12"]
    kept = (await tasks.get("staff", f"round-plans/{plan}")).body
    assert kept["next_day"] == "2026-04-12"


async def test_no_plan_begins_years_ahead(tasks: Tasks) -> None:
    """A due day after the century could be kept and never be read again."""
    wish = {"title": "楼道", "places": [UNIT], "role": "unit_head", "items": ITEMS}
    for rhythm in ({"kind": "weekly", "weekday": 3}, {"kind": "monthly", "in_month": 3}):
        made = {**wish, "rhythm": rhythm}
        for day in ("2099-12-31", "2028-03-04"):
            late = await tasks.post("staff", "round-plans", **made, from_day=day)
            assert (late.status, late.code) == (422, "round_bad_day")
        kept = await tasks.post("staff", "round-plans", **made, from_day="2028-03-01")
        assert kept.status == 201
    assert len(await tasks.items("staff", "round-plans")) == 2


async def test_what_was_started_by_hand_is_made_however_late(tasks: Tasks) -> None:
    """With its days from then on, and also when the plan was ended a moment later."""
    plan = await planned(tasks, {"kind": "by_hand"}, days=2)
    assert (await tasks.post("staff", f"round-plans/{plan}/start", places=[])).status == 201
    assert (await tasks.post("staff", f"round-plans/{plan}/end")).status == 200
    ended = await tasks.post("staff", f"round-plans/{plan}/start", places=[])
    assert (ended.status, ended.code) == (409, "round_plan_ended")
    await tasks.advance(days=5)
    await tasks.world.work()
    [made] = await tasks.items("head", "me/rounds")
    assert (made["until"], made["overdue"]) == ("2026-03-08", False)


async def test_a_due_day_that_passed_before_its_rounds_were_made_is_left_out(
    tasks: Tasks,
) -> None:
    plan = await planned(tasks, {"kind": "days", "every": 30}, days=2)
    await jobs.generate(tasks.world.deps, {})
    await tasks.advance(days=4)
    await tasks.world.work()
    assert await tasks.items("staff", f"rounds?plan_id={plan}") == []


async def test_a_worker_that_is_killed_makes_none_twice(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    plan = await planned(tasks, {"kind": "by_hand"})
    reply = await tasks.post("staff", f"round-plans/{plan}/start", places=[])
    run = {"plan_id": plan, "run": reply.body["run_id"], "until": reply.body["until"]}
    payload = {**run, "after": "", "places": [], "by": "staff"}
    for _ in range(2):  # once by a worker that dies before its job is noted as done
        await jobs.spread(tasks.world.deps, payload)
    await tasks.world.work()
    found = await tasks.items("staff", f"rounds?plan_id={plan}")
    assert sorted(each["place"] for each in found) == [NEXT_UNIT, UNIT]


async def test_a_finding_becomes_a_repair_with_one_tap(tasks: Tasks) -> None:
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    head = await tasks.member("head")
    photo = await sent(tasks.world.api, head, purpose="case")
    assert (await checked(tasks, made, "stairs", "finding")).code == "round_note_needed"
    body: dict[str, Any] = {"note": "三楼的灯不亮", "photo_ids": [photo]}
    seen = (await checked(tasks, made, "stairs", "finding", **body)).body
    assert (seen["findings"], seen["left"]) == (1, 1)
    path = f"rounds/{made}/items"
    wish = {"target": "repair", "category": "stair_light"}
    bare = await tasks.post("head", f"{path}/stairs/filing", target="repair")
    assert (bare.status, bare.code) == (422, "repair_category_needed")
    early = await tasks.post("head", f"{path}/exit/filing", **wish)
    assert (early.status, early.code) == (409, "round_not_a_finding")
    strange = await tasks.post("head", f"{path}/stairs/filing", target="nothing")
    assert (strange.status, strange.code) == (422, "round_unknown_target")
    filed = await tasks.post("head", f"{path}/stairs/filing", **wish)
    assert filed.status == 201, filed.body
    [item] = [each for each in filed.body["checks"] if each["key"] == "stairs"]
    repair = (await tasks.get("staff", f"repairs/{item['filed']}")).body
    assert (repair["place"], repair["text"]) == (UNIT, "三楼的灯不亮")
    assert (repair["photo_ids"], repair["found_in"]) == ([photo], made)
    again = await tasks.post("head", f"{path}/stairs/filing", **wish)
    assert (again.status, again.code) == (409, "round_filed_before")
    change = await checked(tasks, made, "stairs")
    assert (change.status, change.code) == (409, "round_filed_before")
    assert item["photo_ids"] == [photo]
    for who in ("head", "staff"):  # whoever reads the round sees what went on with the repair
        shown = (await tasks.get(who, f"rounds/{made}/photos")).body["items"]
        assert [each["photo_id"] for each in shown] == [photo]
    assert (await tasks.get("next_head", f"rounds/{made}/photos")).status == 404


async def test_photos_of_all_items_are_one_query(tasks: Tasks, base_settings: Settings) -> None:
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    head = await tasks.member("head")
    sent_of = [await sent(tasks.world.api, head, purpose="case") for _ in range(2)]
    for key, photo in zip(("stairs", "exit"), sent_of, strict=True):
        await checked(tasks, made, key, "finding", note="坏了", photo_ids=[photo])
    wish = {"target": "repair", "category": "stair_light"}
    filed = await tasks.post("head", f"rounds/{made}/items/stairs/filing", **wish)
    assert filed.status == 201, filed.body
    deps, listener = tasks.world.deps, FindRecorder()
    actor = Actor(head.person_id, "", await grants.grants_of(deps, head.person_id))
    async with open_mongo(base_settings, event_listeners=[listener]) as mongo:
        watched = replace(deps, db=mongo[base_settings.mongodb_database])
        shown = await rounds.attached(watched, actor, made)
    assert {each.photo_id for each in shown.items} == {*sent_of}
    assert [each.get("find") for each in listener.asked].count("photos") == 1


async def test_a_photo_of_another_purpose_is_named(tasks: Tasks) -> None:
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    other = await sent(tasks.world.api, await tasks.member("head"), purpose="visit")
    wish: dict[str, Any] = {"note": "三楼的灯不亮", "photo_ids": [other]}
    reply = await checked(tasks, made, "stairs", "finding", **wish)
    assert (reply.status, reply.code) == (422, "invalid_input")
    assert "“走访、上门告知和住户卡的照片”" in reply.body["title"]
    assert "报修、民情、调解、任务和巡查" in reply.body["title"]
    others = await sent(tasks.world.api, await tasks.member("staff"), purpose="case")
    strange = await checked(tasks, made, "stairs", "finding", note="灯", photo_ids=[others])
    assert strange.status == 404


async def test_an_item_knows_the_category_of_its_repairs(tasks: Tasks) -> None:
    items = [{"key": "lamp", "label": "楼道灯亮不亮", "category": "stair_light"}]
    plan = await planned(tasks, {"kind": "by_hand"}, items=items)
    made = (await started(tasks, plan))["round_id"]
    await checked(tasks, made, "lamp", "finding", note="三楼的灯不亮")
    path = f"rounds/{made}"
    asked = await tasks.post("head", f"{path}/finish")
    assert (asked.status, asked.code) == (409, "round_findings_left")
    assert asked.body["details"] == {"left": 1}
    filed = await tasks.post("head", f"{path}/items/lamp/filing", target="repair")
    [item] = filed.body["checks"]
    repair = (await tasks.get("staff", f"repairs/{item['filed']}")).body
    assert (item["category"], repair["category"]) == ("stair_light", "stair_light")
    assert (await tasks.post("head", f"{path}/finish")).status == 200
    [done] = await tasks.items("head", "me/rounds?state=done")
    assert (done["round_id"], done["unfiled"]) == (made, 0)


async def test_findings_are_left_by_saying_so(tasks: Tasks) -> None:
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    await checked(tasks, made, "stairs", "finding", note="已当场清理")
    await checked(tasks, made, "exit")
    left = await tasks.post("head", f"rounds/{made}/finish", leave_findings=True)
    assert (left.status, left.body["state"], left.body["unfiled"]) == (200, "done", 1)


async def test_a_finding_becomes_feedback_for_the_rung_above(tasks: Tasks) -> None:
    """An observation by name, of which the head who found it handles nothing."""
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    photo = await sent(tasks.world.api, await tasks.member("head"), purpose="case")
    await checked(tasks, made, "exit", "finding", note="消防通道停了车", photo_ids=[photo])
    path = f"rounds/{made}/items/exit/filing"
    wrong = await tasks.post("head", path, target="feedback", category="stair_light")
    assert (wrong.status, wrong.code) == (422, "feedback_no_categories")
    filed = await tasks.post("head", path, target="feedback")
    assert filed.status == 201, filed.body
    [item] = [each for each in filed.body["checks"] if each["key"] == "exit"]
    seen = (await tasks.get("staff", f"feedback/{item['filed']}")).body
    assert (seen["place"], seen["text"], seen["kind"]) == (
        UNIT,
        "消防通道停了车",
        "observation",
    )
    assert (seen["photo_ids"], seen["found_in"], seen["way"]) == ([photo], made, "round")
    assert (seen["rung"], seen["lies_with_me"]) == ("community_staff", True)
    assert len(await tasks.told("staff", "feedback_work")) == 1
    mine = (await tasks.get("head", f"feedback/{item['filed']}")).body
    assert (mine["is_mine"], mine["lies_with_me"], mine["found_in"]) == (True, False, made)
    again = await tasks.post("head", path, target="feedback")
    assert (again.status, again.code) == (409, "round_filed_before")
    assert await tasks.world.db.feedback.count_documents({}) == 1


async def test_a_round_is_finished_when_all_was_looked_at(tasks: Tasks) -> None:
    made = (await started(tasks, await planned(tasks, {"kind": "by_hand"})))["round_id"]
    early = await tasks.post("head", f"rounds/{made}/finish")
    assert (early.status, early.code) == (422, "round_items_left")
    await checked(tasks, made, "stairs")
    await checked(tasks, made, "exit", "not_applicable")
    assert (await tasks.post("head", f"rounds/{made}/finish")).body["state"] == "done"
    late = await checked(tasks, made, "exit")
    assert (late.status, late.code) == (409, "round_moved_on")
    assert await tasks.items("head", "me/rounds") == []


async def test_a_round_that_nobody_made_lapses(tasks: Tasks) -> None:
    made = await started(tasks, await planned(tasks, {"kind": "by_hand"}))
    await tasks.advance(days=11)
    await tasks.world.work()
    seen = (await tasks.get("head", f"rounds/{made['round_id']}")).body
    assert (seen["state"], seen["steps"]) == ("missed", [])


async def test_an_ended_plan_makes_no_more_rounds(tasks: Tasks) -> None:
    plan = await planned(tasks)
    assert (await tasks.post("staff", f"round-plans/{plan}/end")).body["next_day"] is None
    again = await tasks.post("staff", f"round-plans/{plan}/end")
    assert (again.status, again.code) == (409, "round_plan_ended")
    start = await tasks.post("staff", f"round-plans/{plan}/start", places=[])
    assert (start.status, start.code) == (409, "round_plan_ended")
    await tasks.advance(days=2)
    await due(tasks)
    assert await tasks.items("head", "me/rounds") == []


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        (RoundRhythm(kind=RoundRhythmKind.DAYS, every=3), "2026-03-01", "2026-03-02"),
        (RoundRhythm(kind=RoundRhythmKind.DAYS, every=3), "2026-03-02", "2026-03-05"),
        (RoundRhythm(kind=RoundRhythmKind.WEEKLY, weekday=1), "2026-03-02", "2026-03-09"),
        (RoundRhythm(kind=RoundRhythmKind.WEEKLY, weekday=7), "2026-03-02", "2026-03-08"),
        (RoundRhythm(kind=RoundRhythmKind.MONTHLY, in_month=1), "2026-03-02", "2026-04-01"),
        (RoundRhythm(kind=RoundRhythmKind.MONTHLY, in_month=28), "2026-12-28", "2027-01-28"),
        (RoundRhythm(kind=RoundRhythmKind.BY_HAND), "2026-03-02", None),
    ],
)
def test_due_days_follow_the_rhythm(
    rhythm: RoundRhythm, after: str, expected: str | None
) -> None:
    assert rhythms.following(rhythm, "2026-03-02", after) == expected


async def test_a_plan_makes_sense(tasks: Tasks) -> None:
    wish: dict[str, Any] = {
        "title": "楼道",
        "places": [UNIT],
        "role": "unit_head",
        "items": ITEMS,
        "rhythm": {"kind": "by_hand"},
    }
    changes: list[tuple[dict[str, Any], str]] = [
        ({"rhythm": {"kind": "weekly"}}, "round_bad_rhythm"),
        ({"rhythm": {"kind": "by_hand", "every": 2}}, "round_bad_rhythm"),
        ({"items": [*ITEMS, ITEMS[0]]}, "round_items_twice"),
    ]
    for change, code in changes:
        reply = await tasks.post("staff", "round-plans", **{**wish, **change})
        assert (reply.status, reply.code) == (422, code)
    plan = await planned(tasks, {"kind": "by_hand"}, places=[UNIT])
    other = await tasks.post("staff", f"round-plans/{plan}/start", places=[NEXT_UNIT])
    assert (other.status, other.code) == (422, "round_places_elsewhere")
