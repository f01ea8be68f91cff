"""Work records: counted by one definition each, seen first by the head, and never changed."""

from typing import Any, Final

from mongo_indexes import work_records
from services.kernel.permissions import Role
from services.work_records import jobs, privacy
from tests.build import cast
from tests.build.cast import COMMUNITY, NEXT_UNIT, UNIT, WANG_HOME, appoint
from tests.build.exports import my_data
from tests.build.offices import BUILDING, GRID, appointment_of
from tests.work_records.conftest import Work

WORKED: Final = {
    "visits_made": 2,
    "visits_met": 1,
    "feedback_handled": 2,
    "feedback_solved": 1,
    "notices_delivered": 1,
    "survey_papers": 1,
    "tasks_reported": 0,
    "tasks_in_time": 0,
    "household_rate": None,
    "amount_rate": None,
}
NOTHING: Final = dict.fromkeys(WORKED, 0) | {"household_rate": None, "amount_rate": None}
REMARK: Final = "住院两周,由代理人走访"


async def test_what_a_head_did_is_counted_and_then_frozen(work: Work) -> None:
    await work.work_a_little()
    assert await work.figures() == WORKED
    assert await work.figures("building") == NOTHING
    assert await work.mine("li") == []
    [so_far] = await work.mine()
    assert (so_far["record_id"], so_far["remark_until"]) == (None, None)
    await work.voices.until("2026-04-01T00:30:00+08:00")
    assert await work.figures(query="?month=2026-03") == WORKED, "counted until it is made"
    assert await work.figures() == NOTHING
    await work.month_ends("2026-04-01")
    await work.world.db.visits.update_many({}, {"$set": {"outcome": "met"}})
    await work.visit()
    assert await work.figures(query="?month=2026-03") == WORKED, "what is made stays"
    assert (await work.figures())["visits_made"] == 1
    [record] = await work.mine(query="?month=2026-03")
    assert (record["from_day"], record["to_day"]) == ("2026-03-02", "2026-03-31")
    assert await work.mine(query="?month=2025-11") == []


async def test_the_head_sees_it_first_and_remarks(work: Work) -> None:
    phone = "13900000020"
    await appoint(work.world.deps, Role.UNIT_HEAD, NEXT_UNIT, phone, name="张卫国")
    await work.world.sign_in("next_head", phone)
    await work.month_ends("2026-04-01")
    [record] = await work.mine(query="?month=2026-03")
    assert record["remark_until"] == "2026-04-04T16:00:00Z"
    assert await work.voices.told("head", "work_record") == [
        "您2026年3月的工作记录已生成,4月5日起社区可以看到。需要说明的,请在那之前写上。"
    ]
    for query in ("", "?month=2026-03"):
        assert await work.listed("staff", COMMUNITY, query) == []
    mine = record["record_id"]
    for who in ("building", "staff", "li"):
        assert (await work.remark(who, mine, "x")).status == 404
    for remark in ("写错了", None, REMARK, REMARK):
        reply = await work.remark("head", mine, remark)
        assert (reply.status, reply.body["remark"]) == (200, remark)
    row = await work.world.db[work_records.COLLECTION].find_one({"_id": mine})
    assert REMARK not in str(row)
    await work.voices.until("2026-04-05T00:00:00+08:00")
    late = await work.remark("head", mine, "再改")
    assert (late.status, late.code) == (409, "work_record_open")
    rows = await work.listed("staff", COMMUNITY)
    assert [each["place"] for each in rows] == [BUILDING, NEXT_UNIT, UNIT, GRID]
    assert (rows[2]["remark"], rows[2]["month"]) == (REMARK, "2026-03")
    assert [each["name_masked"] for each in rows] == [None, "张*", None, None]
    assert [each["place"] for each in await work.listed("staff", UNIT)] == [UNIT]
    assert await work.listed("staff", COMMUNITY, "?month=2026-02") == []
    for who in ("head", "building", "manager", "li"):
        reply = await work.voices.get(who, f"places/{UNIT}/work-records")
        assert reply.status in {403, 404}, who


async def test_what_is_made_late_or_again_changes_nothing(work: Work) -> None:
    await work.month_ends("2026-04-20")
    kept: list[Any] = await work.world.db[work_records.COLLECTION].find().to_list()
    assert {each["month"] for each in kept} == {"2026-03"}
    assert len(kept) == 3
    [record] = await work.mine(query="?month=2026-03")
    assert record["remark_until"] == "2026-04-23T16:00:00Z", "the head first, all the same"
    assert await work.listed("staff", COMMUNITY) == []
    await work.voices.advance(hours=30)
    for _ in range(2):
        await jobs.make(work.world.deps, {})
    assert await work.world.db[work_records.COLLECTION].find().to_list() == kept
    assert len(await work.voices.told("head", "work_record")) == 1


async def test_of_an_office_only_its_own_days_and_places_count(work: Work) -> None:
    """Who stands in has a record of their own; a grid's is that of its buildings."""
    await work.visit()
    substitute = await work.voices.substitute("unit_head", UNIT)
    await work.visit(who=substitute)
    assert (await work.figures(substitute))["visits_made"] == 1
    assert (await work.figures())["visits_made"] == 1
    await work.visit(who="grid")
    assert (await work.figures("grid"))["visits_made"] == 1
    head = await appointment_of(work.voices.estate, "unit_head", UNIT)
    await work.voices.advance(days=3)
    await work.visit(WANG_HOME)
    ended = {"$set": {"to_day": "2026-03-03"}}
    await work.world.db.appointments.update_one({"_id": head}, ended)
    [record] = await work.mine()
    assert (record["from_day"], record["to_day"]) == ("2026-03-02", "2026-03-03")
    assert (await work.figures())["visits_made"] == 1, "what was done later is no head's"


async def test_rates_of_few_homes_are_withheld_where_debts_are_hidden(work: Work) -> None:
    await cast.bill(work.world, "2026-03")
    assert (await work.figures())["household_rate"] == 0
    assert (await work.figures("grid"))["amount_rate"] == 0
    hidden = await work.voices.post(
        "staff", f"places/{COMMUNITY}/heads-see-debts", allowed=False
    )
    assert hidden.status == 200, hidden.body
    assert (await work.figures())["household_rate"] is None


async def test_erasure_leaves_the_counts(work: Work) -> None:
    await work.work_a_little()
    await work.month_ends("2026-04-01")
    head = await work.voices.member("head")
    [record] = await work.mine(query="?month=2026-03")
    await work.remark("head", record["record_id"], REMARK)
    taken = (await my_data(work.world, head)).raw.decode()
    for words in ('"走访": "2次"', '"步骤": "开始办理"', REMARK):
        assert words in taken, words
    assert "visits_made" not in taken
    deps = work.world.deps
    await deps.in_transaction(lambda tx: privacy.forget(deps, tx, head.person_id))
    row = await work.world.db[work_records.COLLECTION].find_one({"_id": record["record_id"]})
    assert row is not None
    assert (row["person"], row["remark_sealed"]) == ("", "")
    assert row["figures"] == WORKED
    assert head.person_id not in str(row)
