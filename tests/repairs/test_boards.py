"""Boards of repairs: who sees and finds what, and in which order."""

from typing import Any, Final

import pytest

from mongo_indexes import repairs
from services.cases import actions as cases
from services.dependencies import Transaction
from services.kernel.documents import Document, to_document
from services.kernel.paths import ancestors
from services.repairs import store
from services.repairs.boards.models import RepairSort, RepairsQuery, Scope
from services.repairs.classes import Danger
from services.repairs.kind import REPAIR
from services.repairs.states import RepairAction, RepairState
from services.sessions import actions as sessions
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, OTHER_COMPOUND, UNIT
from tests.build.repairs import LIGHT, TAP, Works
from tests.lists.walk import explained, is_sorted_in_memory

SECRET: Final = "保险柜旁边漏水"


async def found(works: Works, who: str, query: str = "") -> list[Any]:
    reply = await works.get(who, f"repairs?{query}")
    assert reply.status == 200, reply.body
    return [each["repair_id"] for each in reply.body["items"]]


async def test_heads_see_what_all_share_and_what_they_wrote_down(works: Works) -> None:
    common = await works.report("li")
    home = await works.report("wang", place=f"{UNIT}.501", category=TAP)
    written = await works.report("head", place=LI_HOME, category=TAP, on_behalf_of="老李")
    elsewhere = await works.report("sun", place=NEXT_UNIT)
    for query in ("", f"place={UNIT}"):
        assert {*await found(works, "head", query)} == {common, written}
    for who in ("repairer", "staff"):
        assert {*await found(works, who)} == {common, home, written, elsewhere}
    for place in (COMPOUND, NEXT_UNIT):
        assert (await works.get("head", f"repairs?place={place}")).status == 404
    assert (await works.get("repairer", f"repairs?place={OTHER_COMPOUND}")).status == 404
    assert (await works.get("li", "repairs")).status == 403


@pytest.mark.parametrize("question", ["保险柜", "漏水", "柜"])
async def test_what_was_typed_about_a_home_is_found_by_nobody(
    works: Works, question: str
) -> None:
    home = await works.report("li", place=LI_HOME, category=TAP, text=SECRET)
    await works.report("li", text="水管外面生锈")
    kept = await works.world.db[repairs.COLLECTION].find_one({"_id": home})
    assert kept is not None
    assert not {*kept["words"]} & {*"保险柜旁边漏", "保险", "保险柜", "旁边", "漏水"}
    for who in ("staff", "dispatcher"):
        assert await found(works, who, f"q={question}") == []
    assert await found(works, "staff", "q=水龙头") == [home]  # its category
    assert await found(works, "staff", f"q={kept['number']}") == [home]


async def test_who_may_not_read_a_text_yet_does_not_find_it(works: Works) -> None:
    mine = await works.report("li", text="对讲门铃坏了")
    assert await found(works, "staff", "q=门铃") == [mine]
    assert await found(works, "head", "q=门铃") == []
    assert await found(works, "head") == [mine]
    change = {"$set": {"text_shown": True}}  # as the check of its content leaves it
    await works.world.db[repairs.COLLECTION].update_one({"_id": mine}, change)
    assert await found(works, "head", "q=门铃") == [mine]


async def test_a_search_finds_what_is_over_too(works: Works) -> None:
    over = await works.report("li")
    await works.do("li", over, "cancel", reason="自己好了")
    still = await works.report("wang")
    assert await found(works, "staff") == [still]
    assert {*await found(works, "staff", "q=灯")} == {over, still}
    assert await found(works, "staff", "q=灯&state=cancelled") == [over]
    assert await found(works, "staff", "q=%E3%80%82") == []  # a full stop is no word


async def test_a_group_finds_what_lies_in_it_also_what_ended(works: Works) -> None:
    """In the tree of the city: what it added, and what can be chosen no more."""
    tap = await works.report("li", place=LI_HOME, category=TAP)
    await works.report("li", text="水 water tap_broken")  # words as people type them
    admin = await works.member("admin")
    path = "places/cc/repair-categories"
    new = {"scope": "common", "danger": "normal", "skill": "plumbing", "label": "水泵"}
    for code, parent in (("pumps", "water"), ("pump_loud", "pumps")):
        day = {"code": code, "parent": parent, "from_day": "2026-03-02"}
        assert (await works.post(admin, path, **new, **day)).status == 201
    pump = await works.report("li", place=COMPOUND, category="pump_loud")
    over = {**new, "version": 1, "to_day": "2026-03-01"}
    assert (await works.send("PUT", admin, f"{path}/pumps", **over)).status == 200
    assert {*await found(works, "staff", "category=water")} == {tap, pump}
    assert await found(works, "staff", "category=pumps") == [pump]
    assert await found(works, "staff", "category=water&q=水泵") == [pump]
    assert await found(works, "head", "category=water") == []
    assert await found(works, "staff", "category=nothing") == []


async def test_what_i_do_is_what_i_do_there_still(works: Works) -> None:
    """Also when it is finished; nothing opens of a place where somebody works no more."""
    mine, others, free = [await works.report(who) for who in ("li", "wang", "li")]
    await works.repaired(mine)
    await works.hand_out(others, "second")
    assert await found(works, "repairer", "held_by_me=true") == [mine]
    assert await found(works, "repairer", "held_by_me=true&state=done") == [mine]
    assert {*await found(works, "repairer", "held_by_me=false")} == {others, free}
    assert await found(works, "dispatcher", "held_by_me=true") == []
    change = {"$set": {"place": OTHER_COMPOUND, "under": ancestors(OTHER_COMPOUND)}}
    await works.world.db[repairs.COLLECTION].update_one({"_id": mine}, change)
    assert await found(works, "repairer", "held_by_me=true") == []


async def test_the_board_says_when_it_was_accepted_and_done_and_what_was_done(
    works: Works,
) -> None:
    """What was not fixed is not done any more; it stays accepted."""
    repair_id = await works.report("li")

    async def told(who: str = "head") -> tuple[Any, ...]:
        [item] = (await works.get(who, "repairs")).body["items"]
        return item["accepted_at"], item["done_at"], (item["done"] or {}).get("summary")

    assert await told() == (None, None, None)
    await works.repaired(repair_id)
    now = works.world.clock.now.isoformat().replace("+00:00", "Z")
    assert await told() == (now, now, "换了灯泡")
    await works.advance(hours=1)
    await works.do("li", repair_id, "answer", fixed=False)
    assert await told() == (now, None, None)


async def test_what_has_no_deadline_now_comes_last(works: Works) -> None:
    first, second = await works.report("li"), await works.report("wang")
    await works.hand_out(first)
    until = works.world.clock.now.replace(month=3, day=20).isoformat()
    await works.do("repairer", first, "pause", reason="materials", until=until)
    assert await found(works, "staff") == [second, first]
    await works.do("repairer", first, "resume")
    due = {each: (await works.see("staff", each))["due_at"] for each in (first, second)}
    assert await found(works, "staff") == sorted(due, key=lambda each: str(due[each]))


async def test_today_shows_the_most_dangerous_first_and_mine_only(works: Works) -> None:
    planned_, urgent, danger = [
        await works.report("li", danger=danger) for danger in ("planned", "urgent", "danger")
    ]
    others, done = await works.report("wang"), await works.report("wang")
    for each in (planned_, urgent, danger):
        await works.hand_out(each)
    await works.hand_out(others, "second")
    await works.repaired(done)
    reply = await works.get("repairer", "me/repairs/today")
    held = [each["repair_id"] for each in reply.body["items"]]
    assert held == [danger, urgent, planned_]
    assert (await works.get("head", "me/repairs/today")).status == 403


async def test_a_step_that_changes_the_words_changes_what_finds_it(works: Works) -> None:
    """Whichever step it is: the engine asks the kind for what follows from a change."""
    repair_id = await works.report("li", category=LIGHT, text="三楼的灯不亮了")
    deps = works.world.deps
    li = await sessions.authenticate(deps, (await works.member("li")).token)

    async def change(_tx: Transaction, _found: Any) -> Document:
        return {"text": "门锁打不开", "category": "door_lock", "danger": Danger.URGENT}

    await cases.act(deps, li, REPAIR, repair_id, RepairAction.EDIT, change=change)
    assert await found(works, "staff", "q=门锁") == [repair_id]
    assert await found(works, "staff", "category=door_lock&danger=urgent") == [repair_id]
    for gone in ("q=三楼", f"category={LIGHT}", "danger=normal"):
        assert await found(works, "staff", gone) == []


@pytest.mark.parametrize("sort", [*RepairSort])
async def test_no_page_of_many_places_is_sorted_in_memory(
    works: Works, sort: RepairSort
) -> None:
    """A grid has dozens of buildings, each of them a place of its head."""
    await works.report("li")
    places = tuple(f"{COMPOUND}.b{number}" for number in range(1, 60))
    scopes = [
        Scope(whole=(), common=places, person="head"),
        Scope(whole=places[:9], common=places[9:], person="head"),
    ]
    with explained() as plans:
        for scope in scopes:
            page = await store.board(works.world.db, scope, RepairsQuery(sort=sort), [])
            assert len(page.items) == 1
    assert len(plans) == len(scopes)
    assert not [asked for asked, plan in plans if is_sorted_in_memory(plan)]


@pytest.mark.parametrize("sort", [*RepairSort])
async def test_what_somebody_holds_is_read_without_all_they_ever_did(
    works: Works, sort: RepairSort
) -> None:
    kept = await store.find(works.world.db, await works.report("li"))
    assert kept is not None
    states = [RepairState.CONFIRMED] * 40 + [RepairState.ASSIGNED, RepairState.DONE]
    for number, state in enumerate(states):
        kept.id, kept.number, kept.state, kept.holder = f"{number}", f"26-{number}", state, "me"
        await works.world.db[repairs.COLLECTION].insert_one(to_document(kept))
    scope = Scope(whole=(COMPOUND,), common=(), person="me")
    for state, rows in (None, 2), (RepairState.DONE, 1), (RepairState.CONFIRMED, 40):
        query = RepairsQuery(sort=sort, held_by_me=True, state=state, limit=100)
        with explained() as plans:
            page = await store.board(works.world.db, scope, query, [])
        assert len(page.items) == rows
        [(_, plan)] = plans
        done = plan["executionStats"]
        assert max(done["totalKeysExamined"], done["totalDocsExamined"]) <= rows + 1
        assert not is_sorted_in_memory(plan)


async def test_a_repair_that_nobody_could_find_is_not_kept(works: Works) -> None:
    repair_id = await works.report("li")
    kept = await store.find(works.world.db, repair_id)
    assert kept is not None
    kept.id, kept.words = "another", []

    async def save(tx: Transaction) -> None:
        await store.insert(works.world.db, tx, kept)

    with pytest.raises(ValueError, match="without words"):
        await works.world.deps.in_transaction(save)
