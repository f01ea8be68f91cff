"""Figures of repairs: kept as repairs go on, shown by place, and rebuilt exactly."""

from asyncio import Task, create_task, gather
from itertools import pairwise
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import msgspec
import pytest
from pymongo.errors import AutoReconnect

from mongo_indexes import places, repair_figures, repair_rollups, repairs
from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.kernel.paths import ancestors, covers, parent
from services.place_sums import jobs as place_sums
from services.repairs import store
from services.repairs.figures import actions, jobs
from services.repairs.figures.arithmetic import begin_of, step_of
from services.repairs.jobs import pass_back
from services.repairs.models import Repair
from services.repairs.states import OPEN, RepairState
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, OTHER_COMPOUND, UNIT, appoint
from tests.build.query_recorder import QueryRecorder
from tests.build.repairs import SUBDISTRICT, TAP, Works
from tests.build.world import Reply

FAR_COMPOUND: Final = "cc.chaoyang.tuanjie.hongqi.c01"
MARCH: Final = {"from_month": "2026-03", "to_month": "2026-03"}


async def ask(works: Works, who: Any = "staff", place: str = COMPOUND, **query: str) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in {**MARCH, **query}.items())
    return await works.get(who, f"places/{place}/repair-figures?{asked}")


async def figures(works: Works, who: Any = "staff", place: str = COMPOUND, **query: str) -> Any:
    reply = await ask(works, who, place, **query)
    assert reply.status == 200, reply.body
    return reply.body


async def kept(works: Works) -> list[Document]:
    """Return all sums that are kept; not the locks of months, which have no place."""
    rows = works.world.db[repair_figures.COLLECTION].find({"place": {"$gt": ""}})
    return await rows.sort("_id").to_list()


async def test_figures_follow_each_step(works: Works) -> None:
    repair_id = await works.report("li")
    await works.world.work()
    found = (await figures(works))["figures"]
    assert (found["reported"], found["open"], found["first_response_median"]) == (1, 1, None)
    await works.world.advance(minutes=7)
    await works.repaired(repair_id)
    found = (await figures(works))["figures"]
    assert (found["first_response_median"], found["finished"], found["fixed"]) == (7, 1, 0)
    await works.do("li", repair_id, "answer", fixed=True)
    stars = {"speed": 5, "quality": 4, "manner": 4}
    assert (await works.post("li", f"repairs/{repair_id}/rating", **stars)).status == 201
    await works.world.work()
    found = (await figures(works))["figures"]
    assert (found["open"], found["fixed"], found["fix_p90"]) == (0, 1, 7)
    assert (found["average_rating"], found["first_visit_share"]) == (433, 10000)


async def test_what_is_late_counts_without_a_step(works: Works) -> None:
    await works.report("li")
    await works.advance(days=12)
    await works.world.work()
    assert (await figures(works))["figures"]["overdue"] == 1


async def test_figures_are_broken_down(works: Works) -> None:
    await works.report("li")
    await works.report("li", place=LI_HOME, category=TAP)
    await works.world.work()
    expected = {"place": [COMPOUND], "firm": [works.firm], "month": ["2026-03"]}
    for by, keys in expected.items():
        parts = (await figures(works, by=by))["parts"]
        assert [part["key"] for part in parts] == keys
        assert [part["figures"]["reported"] for part in parts] == [2]
    parts = (await figures(works, place=COMMUNITY, by="category"))["parts"]
    assert {part["key"]: part["figures"]["reported"] for part in parts} == {
        "stair_light": 1,
        TAP: 1,
    }
    assert all(part["label"] != part["key"] for part in parts)
    assert (await figures(works, from_month="2026-01", to_month="2026-02"))["parts"] == []


@pytest.mark.parametrize(
    ("place", "query", "code"),
    [
        (UNIT, {}, "repair_figures_below_compound"),
        (COMPOUND, {"to_month": "2026-02"}, "repair_figures_bad_months"),
        (COMPOUND, {"to_month": "2028-03"}, "repair_figures_bad_months"),
        (COMPOUND, {"from_month": "2026-13"}, "invalid_input"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    works: Works, place: str, query: dict[str, str], code: str
) -> None:
    reply = await ask(works, place=place, **query)
    assert (reply.status, reply.code) == (422, code)


@pytest.mark.parametrize(
    ("last", "why"),
    [("2026-02", "结束月份不能早于开始月份"), ("2028-03", "请选择不超过两年的月份")],
)
async def test_months_are_refused_for_what_is_wrong_with_them(
    works: Works, last: str, why: str
) -> None:
    assert (await ask(works, to_month=last)).body["title"] == why


async def test_of_few_homes_no_repairs_in_homes_are_told(works: Works) -> None:
    """The firm sees them anyway; the subdistrict gets what all share."""
    phone, role, place = SUBDISTRICT
    await appoint(works.world.deps, role, place, phone)
    above = await works.world.sign_in("subdistrict", phone)
    await works.report("li")
    await works.report("li", place=LI_HOME, category=TAP)
    await works.world.work()
    for homes, told in ((4, 1), (5, 2)):
        await stand(works, homes)
        await jobs.rebuild(works.world.deps)
        assert (await figures(works, "manager"))["figures"]["reported"] == 2
        for where in (COMPOUND, COMMUNITY, place):
            for by in ("place", "category", "firm"):
                found = await figures(works, above, where, by=by)
                assert (found["figures"]["reported"], found["is_without_homes"]) == (told, True)
                assert sum(part["figures"]["reported"] for part in found["parts"]) == told


async def stand(works: Works, homes: int) -> None:
    """Let so many homes of the compound be there, Li's among them."""
    rows = works.world.db[places.COLLECTION]
    [li] = await rows.find({"_id": LI_HOME}).to_list()
    await rows.delete_many({"kind": "home", "_id": {"$ne": LI_HOME}})
    more = [{**li, "_id": f"{UNIT}.{900 + number}"} for number in range(homes - 1)]
    await rows.insert_many(more)
    await place_sums.rebuild(works.world.deps)


async def test_above_a_compound_places_are_those_directly_below(works: Works) -> None:
    await works.report("li")
    await works.world.work()
    await copied(works, OTHER_COMPOUND)
    for place, below in pairwise(ancestors(COMPOUND)):
        parts = (await figures(works, "admin", place, by="place"))["parts"]
        both = [COMPOUND, OTHER_COMPOUND] if place == COMMUNITY else [below]
        assert [part["key"] for part in parts] == both
        assert sum(part["figures"]["reported"] for part in parts) == 2
        assert all(part["label"] for part in parts)


async def copied(works: Works, compound: str) -> None:
    """Let what was reported be reported in another compound, too."""
    rows = works.world.db[repairs.COLLECTION]
    months = set()
    for row in await rows.find({"compound": COMPOUND}).to_list():
        place = row["place"].replace(COMPOUND, compound)
        moved = {"_id": works.world.deps.new_id(), "compound": compound, "place": place}
        await rows.insert_one({**row, **moved})
        months.add(row["month"])
    for month in months:
        await jobs.count(works.world.deps, compound, month)


async def test_figures_are_of_one_moment(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and times come by one query: between two, a month may be counted again."""
    await works.report("li")
    await works.world.work()
    asked, begin = [], QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        asked.append(event.command.get(event.command_name))
        begin(recorder, event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    await figures(works, by="category")
    assert asked.count(repair_figures.COLLECTION) == 1


async def test_of_more_parts_than_are_shown_none_is(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.report("li")
    await works.report("li", place=LI_HOME, category=TAP)
    await works.world.work()
    monkeypatch.setattr(actions, "MOST_PARTS", 2)
    assert len((await figures(works, by="category"))["parts"]) == 2
    monkeypatch.setattr(actions, "MOST_PARTS", 1)
    reply = await ask(works, by="category")
    assert (reply.code, reply.body["details"]["most"]) == ("too_many_repair_figures", 1)
    assert (await figures(works))["figures"]["reported"] == 2


async def random_life(works: Works, seed: int) -> None:
    """Let some repairs go as far as chance will have it, over the end of a month."""
    random = Random(seed)  # noqa: S311
    for number in range(6):
        place = {"place": LI_HOME, "category": TAP} if random.random() < 0.5 else {}
        repair_id = await works.report("li", **place)
        if random.random() < 0.7:
            await works.repaired(repair_id)
            fixed = random.random() < 0.6
            await works.do("li", repair_id, "answer", fixed=fixed)
            if fixed and random.random() < 0.5:
                await works.do("li", repair_id, "reopen", reason="又坏了")
        if number == 3:
            await works.advance(days=31)
    await works.world.work()


async def test_a_rebuild_is_the_same(works: Works) -> None:
    deps, rows = works.world.deps, works.world.db[repair_figures.COLLECTION]
    await random_life(works, 12)
    await copied(works, OTHER_COMPOUND)
    await copied(works, FAR_COMPOUND)
    before = await kept(works)
    assert {each["month"] for each in before} == {"2026-03", "2026-04"}
    assert {each["place"] for each in before} == {
        place
        for compound in (COMPOUND, OTHER_COMPOUND, FAR_COMPOUND)
        for place in ancestors(compound)
    }
    assert await jobs.rebuild(deps) == 6
    assert await kept(works) == before
    wrong = {"month": "2026-03", "by": "all"}
    await rows.update_many(wrong, {"$set": {"counts.reported": 99}})
    await rows.delete_many({"month": "2026-04"})
    for place in (f"{COMMUNITY}.c99", "cc.nowhere"):
        astray = {"_id": f"{place}|2026-03|all||", "place": place, "parent": parent(place)}
        await rows.insert_one({**before[0], **astray})
    assert await jobs.rebuild(deps) == 7
    assert await kept(works) == before


async def test_a_rebuild_goes_on_when_the_database_was_away(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.report("li")
    await works.world.work()
    before, count, tries = await kept(works), jobs.count, 0

    async def late(deps: Dependencies, compound: str, month: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise AutoReconnect
        await count(deps, compound, month)

    monkeypatch.setattr(jobs, "count", late)
    assert (await jobs.rebuild(works.world.deps), tries) == (1, 2)
    assert await kept(works) == before


async def test_figures_of_each_place_are_those_of_its_repairs(works: Works) -> None:
    """Counted naively: every repair under the place, each time by its step."""
    await random_life(works, 14)
    await copied(works, OTHER_COMPOUND)
    await copied(works, FAR_COMPOUND)
    all_of = msgspec.convert(
        await works.world.db[repairs.COLLECTION].find().to_list(), list[Repair]
    )
    for place in ancestors(COMPOUND):
        under = [each for each in all_of if covers(place, each.place)]
        found = (await figures(works, "admin", place, to_month="2026-04"))["figures"]
        assert found["reported"] == len(under)
        assert found["open"] == sum(each.state in OPEN for each in under)
        fixed = [each for each in under if each.state is RepairState.CONFIRMED]
        assert found["fixed"] == len(fixed)
        for name, times in (
            ("first_response", [(each.created_at, each.accepted_at) for each in under]),
            ("fix", [(each.created_at, each.done_at) for each in fixed]),
        ):
            took = sorted(
                begin_of(step_of(int((last - first).total_seconds()) // 60))
                for first, last in times
                if last is not None
            )
            for figure, percent in (("median", 50), ("p90", 90)):
                rank = -(-len(took) * percent // 100)
                expected = took[rank - 1] if took else None
                assert found[f"{name}_{figure}"] == expected, (place, name, figure)


async def test_counted_at_once_nothing_is_lost(works: Works) -> None:
    """Of compounds and months of one city, also the same ones twice."""
    await works.report("li")
    await works.report("li", place=LI_HOME, category=TAP)
    await works.world.work()
    deps, compounds = works.world.deps, (COMPOUND, OTHER_COMPOUND, FAR_COMPOUND)
    for compound in compounds[1:]:
        await copied(works, compound)
    before = await kept(works)
    await works.world.db[repair_figures.COLLECTION].delete_many({})
    await gather(
        *(
            jobs.count(deps, compound, month)
            for compound in compounds
            for month in ("2026-03", "2026-02", "2026-03")
        )
    )
    assert await kept(works) == before


async def test_of_two_at_once_the_later_begins_again(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reads that a repair is late; then it is not, and the other finds nothing to write."""
    await works.report("li")
    await works.world.work()
    before, rows = await kept(works), works.world.db[repairs.COLLECTION]
    others: list[Task[None]] = []

    async def of_month(*arguments: Any) -> Any:
        found = await store.of_month(*arguments)
        if not others:
            await rows.update_many({}, {"$set": {"overdue": False}})
            others.append(create_task(jobs.count(works.world.deps, COMPOUND, "2026-03")))
        return found

    monkeypatch.setattr(jobs, "repairs", SimpleNamespace(of_month=of_month))
    await rows.update_many({}, {"$set": {"overdue": True}})
    await jobs.count(works.world.deps, COMPOUND, "2026-03")
    await others[0]
    assert await kept(works) == before


async def test_what_is_kept_as_before_is_counted_and_never_taken_for_nothing(
    works: Works,
) -> None:
    await works.report("li")
    await works.world.work()
    before = await kept(works)
    await works.world.db[repair_figures.COLLECTION].delete_many({})
    row = {
        "_id": f"{COMPOUND}|2026-03",
        "compound": COMPOUND,
        "month": "2026-03",
        "cells": [{}],
    }
    await works.world.db[repair_rollups.COLLECTION].insert_one(row)
    for place in ancestors(COMPOUND):
        reply = await ask(works, "admin", place)
        assert (reply.status, reply.code) == (503, "repair_figures_not_counted")
        assert reply.body["details"] == {"retry_after_seconds": 600}
    assert (await figures(works, "admin", OTHER_COMPOUND))["figures"]["reported"] == 0
    await jobs.renew(works.world.deps, {})
    assert await kept(works) == before
    assert (await figures(works, "admin", "cc"))["figures"]["reported"] == 1


async def test_what_a_firm_left_counts_as_nobodys(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    ended = {"$set": {"to_day": "2026-03-01"}}
    await works.world.db["contracts"].update_many({}, ended)
    await pass_back(works.world.deps, {})
    [found] = await works.world.db[repairs.COLLECTION].find().to_list()
    assert found["firm"] == ""
    await works.world.work()
    assert {row["key"] for row in await kept(works) if row["by"] == "firm"} == {""}
