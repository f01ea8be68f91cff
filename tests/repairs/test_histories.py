"""Histories of repairs: who reads which row, and how long what was attached stays."""

from typing import Any

import msgspec
import pytest

from services.cases import actions as cases
from services.cases.actions import FieldFrozen
from services.cases.kinds import Kind, News, Party
from services.consents.policies import PolicyKey
from services.dependencies import Transaction
from services.grants import actions as grants
from services.kernel import errors
from services.kernel.permissions import Actor
from services.repairs import notify
from services.repairs.kind import REPAIR
from services.repairs.states import TABLE, RepairAction, RepairState
from tests.build import photos
from tests.build.cast import LI_HOME
from tests.build.repairs import TAP, Works
from tests.build.world import Reply


async def actor_of(works: Works, who: str) -> Actor:
    person = (await works.member(who)).person_id
    return Actor(person, "", await grants.grants_of(works.world.deps, person))


async def add(works: Works, kind: Kind, who: str, repair_id: str, **changes: str) -> None:
    """Add to a repair by the engine itself, and change some of its fields with that."""

    async def change(_tx: Transaction, _found: Any) -> dict[str, str]:
        return changes

    actor = await actor_of(works, who)
    action = RepairAction.ADD
    await cases.act(works.world.deps, actor, kind, repair_id, action, change=change)


async def test_what_is_internal_is_read_by_those_who_work_on_it_only(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "remarks", text="要带梯子")
    await works.do("repairer", repair_id, "remarks", text="配件周三到货", internal=False)
    for who in ("repairer", "dispatcher", "staff"):
        remarks = [r["remark"] for r in await works.history(who, repair_id) if r["remark"]]
        assert remarks == ["要带梯子", "配件周三到货"]
    [row] = [r for r in await works.history("li", repair_id) if r["remark"]]
    assert (row["remark"], row["who"], row["internal"]) == ("配件周三到货", "office", False)
    # Who shares the staircase sees the steps, and of what was typed what an office said to all.
    await works.do("li", repair_id, "additions", text="四楼也不亮")
    rows = await works.history("wang", repair_id)
    assert [row["remark"] for row in rows] == [None, None, None, "配件周三到货", None]


async def test_a_history_is_paged_in_its_order_and_grows_with_its_case_only(
    works: Works,
) -> None:
    repair_id, other = await works.report("li"), await works.report("wang")
    for number in range(11):
        await works.do("li", repair_id, "additions", text=f"第{number}次补充")
    path, rows, cursor = f"repairs/{repair_id}/history?limit=5", list[Any](), ""
    while True:
        page: Reply = await works.get("li", f"{path}{cursor and '&cursor='}{cursor}")
        rows += page.body["items"]
        cursor = page.body["next_cursor"]
        if not cursor:
            break
    assert [row["remark"] for row in rows] == [None, *(f"第{n}次补充" for n in range(11))]
    assert len({row["event_id"] for row in rows}) == 12
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    assert found["steps"] == 12
    assert len(await works.history("wang", other)) == 1


async def test_what_others_decided_by_cannot_be_changed_once_it_is_accepted(
    works: Works,
) -> None:
    repair_id = await works.report("li")
    await add(works, REPAIR, "li", repair_id, text="四楼的灯不亮了")
    assert (await works.see("li", repair_id))["text"] == "四楼的灯不亮了"
    await works.do("dispatcher", repair_id, "accept")
    with pytest.raises(FieldFrozen):
        await add(works, REPAIR, "li", repair_id, text="五楼的灯不亮了")
    await add(works, REPAIR, "li", repair_id)
    assert (await works.see("li", repair_id))["text"] == "四楼的灯不亮了"


async def test_who_is_barred_takes_no_step_by_office_and_every_step_of_their_own(
    works: Works,
) -> None:
    barred = errors.Forbidden("请让别人办理")
    kind = msgspec.structs.replace(REPAIR, barred=lambda _actor, _case: barred)
    repair_id = await works.report("li")
    dispatcher, accept = await actor_of(works, "dispatcher"), RepairAction.ACCEPT
    with pytest.raises(errors.Forbidden, match="请让别人办理"):
        await cases.act(works.world.deps, dispatcher, kind, repair_id, accept)
    await add(works, kind, "li", repair_id)
    assert (await works.see("li", repair_id))["state"] == "reported"


async def test_a_history_says_why_it_rests_and_what_it_was_before(works: Works) -> None:
    repair_id = await works.report("li", place=LI_HOME, category=TAP)
    await works.hand_out(repair_id)
    pause = {"reason": "nobody_home", "until": "2026-03-05T01:00:00Z"}
    await works.do("repairer", repair_id, "pause", **pause)
    for change in ({"category": "socket_broken", "danger": "danger"}, {"danger": "urgent"}):
        path = f"repairs/{repair_id}/class"
        reply = await works.send("PUT", "dispatcher", path, **change)
        assert reply.status == 200, reply.body
    for who in ("li", "repairer"):
        rows = await works.history(who, repair_id)
        assert [row["detail"] for row in rows] == [
            *[None] * 3,
            "家中无人,到3月5日 9:00",
            "水龙头、阀门坏了 → 插座、开关坏了;一般 → 危险",
            "危险 → 紧急",
        ]


async def test_what_all_share_does_not_wait_for_somebody_at_home(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    pause = {"reason": "nobody_home", "until": "2026-03-05T01:00:00Z"}
    reply = await works.post("repairer", f"repairs/{repair_id}/pause", **pause)
    assert (reply.status, reply.code) == (422, "repair_nobodys_home")
    assert (await works.see("li", repair_id))["state"] == "assigned"


# What was attached


async def with_photos(works: Works) -> tuple[str, list[str]]:
    """Return a repair that was done, and its photos: reported, added, before and after."""
    api, li = works.world.api, await works.member("li")
    repairer = await works.member("repairer")
    for each in (li, repairer):
        await works.world.agree(each, PolicyKey.PROOF)
    first = await photos.sent(api, li, purpose="case")
    second = await photos.sent(api, li, purpose="case")
    repair_id = await works.report("li", photo_ids=[first])
    await works.do("li", repair_id, "additions", text="又拍了一张", photo_ids=[second])
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    before = await photos.sent(api, repairer, purpose="case")
    after = await photos.sent(api, repairer, purpose="case")
    done = {"summary": "换了灯泡", "before": [before], "after": [after]}
    await works.do("repairer", repair_id, "finish", **done)
    return repair_id, [first, second, before, after]


async def left(works: Works, ids: list[str]) -> int:
    return int(await works.world.db.photos.count_documents({"_id": {"$in": ids}}))


async def test_photos_go_half_a_year_after_the_end_and_the_history_stays(works: Works) -> None:
    repair_id, ids = await with_photos(works)
    await works.do("li", repair_id, "answer", fixed=True)
    rows = await works.history("li", repair_id)
    assert [row["photo_ids"] for row in rows if row["photo_ids"]] == [[ids[1]], ids[2:]]
    await works.advance(days=179.9)
    await works.world.work()
    assert await left(works, ids) == 4
    await works.advance(days=0.1)
    await works.world.work()
    assert await left(works, ids) == 0
    seen = await works.see("li", repair_id)
    assert (seen["photo_ids"], seen["state"]) == ([], "confirmed")
    assert (seen["done"]["summary"], seen["done"]["after"]) == ("换了灯泡", [])
    *same, last = await works.history("li", repair_id)
    assert [row["remark"] for row in same] == [row["remark"] for row in rows]
    assert (last["action"], last["who"]) == ("let_go", "clock")


async def test_photos_of_what_was_opened_again_stay_until_half_a_year_after_that(
    works: Works,
) -> None:
    repair_id, ids = await with_photos(works)
    await works.do("li", repair_id, "answer", fixed=True)
    await works.advance(days=30)
    await works.do("li", repair_id, "reopen", reason="又不亮了")
    await works.do("li", repair_id, "cancel", reason="自己修好了")
    await works.advance(days=150)
    await works.world.work()
    assert await left(works, ids) == 4
    await works.advance(days=30)
    await works.world.work()
    assert await left(works, ids) == 0


# The tables


def test_everybody_who_is_told_of_a_step_reads_words_for_it() -> None:
    report, work = {Party.REPORTER, Party.JOINERS}, {*Party} - {Party.REPORTER, Party.JOINERS}
    for row in TABLE.rows:
        tells = set(getattr(row, "tells", ()))
        assert not tells & report or row.action in notify.PROGRESS, row
        also = getattr(row, "also", ())
        assert not (tells & work or also) or row.action in {*notify.WORK, *notify.NEWS}, row
    assert {News.WARNED, News.CLIMBED} == notify.LATE.keys()


def test_a_repair_is_open_or_over_and_each_open_state_is_left() -> None:
    for state in RepairState:
        leads = {row.target for row in TABLE.rows if row.source is state} - {state}
        assert leads or REPAIR.is_over(state)
        assert not (REPAIR.is_over(state) and state in REPAIR.goals)
