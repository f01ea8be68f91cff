"""Figures of repairs: kept as repairs go on, shown by place, and rebuilt exactly."""

from random import Random
from typing import Any, Final

import pytest

from mongo_indexes import places, repair_rollups, repairs
from services.kernel.documents import Document
from services.repairs.figures import actions, jobs
from services.repairs.jobs import pass_back
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, UNIT, appoint
from tests.build.query_recorder import QueryRecorder
from tests.build.repairs import SUBDISTRICT, TAP, Works
from tests.build.world import Reply

MARCH: Final = {"from_month": "2026-03", "to_month": "2026-03"}


async def ask(works: Works, who: Any = "staff", place: str = COMPOUND, **query: str) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in {**MARCH, **query}.items())
    return await works.get(who, f"places/{place}/repair-figures?{asked}")


async def figures(works: Works, who: Any = "staff", place: str = COMPOUND, **query: str) -> Any:
    reply = await ask(works, who, place, **query)
    assert reply.status == 200, reply.body
    return reply.body


async def kept(works: Works) -> list[Document]:
    return await works.world.db[repair_rollups.COLLECTION].find().sort("_id").to_list()


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
    await works.world.db[places.COLLECTION].delete_many(
        {"kind": "home", "_id": {"$ne": LI_HOME}}
    )
    assert (await figures(works, "manager"))["figures"]["reported"] == 2
    for where in (COMPOUND, COMMUNITY, place):
        for by in ("place", "category", "firm"):
            found = await figures(works, above, where, by=by)
            assert (found["figures"]["reported"], found["is_without_homes"]) == (1, True)
            assert [part["figures"]["reported"] for part in found["parts"]] == [1]


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
    assert asked.count(repair_rollups.COLLECTION) == 1


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
    await random_life(works, 12)
    before = await kept(works)
    assert [each["month"] for each in before] == ["2026-03", "2026-04"]
    assert await jobs.rebuild(works.world.deps) == 2
    assert await kept(works) == before
    rollups = works.world.db[repair_rollups.COLLECTION]
    await rollups.update_one({"month": "2026-03"}, {"$set": {"cells.0.counts.reported": 99}})
    await rollups.delete_one({"month": "2026-04"})
    await rollups.insert_one({**before[0], "_id": "x|2026-03", "compound": "x"})
    assert await jobs.rebuild(works.world.deps) == 3
    assert await kept(works) == before


async def test_what_a_firm_left_counts_as_nobodys(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    ended = {"$set": {"to_day": "2026-03-01"}}
    await works.world.db["contracts"].update_many({}, ended)
    await pass_back(works.world.deps, {})
    [found] = await works.world.db[repairs.COLLECTION].find().to_list()
    assert found["firm"] == ""
    await works.world.work()
    assert [cell["firm"] for cell in (await kept(works))[0]["cells"]] == [""]
