"""Terms of fee rules over HTTP: periods, methods, charges per person, versions and sources."""

import asyncio
from typing import Any

import pytest
from pymongo.errors import OperationFailure, WriteError

import mongo_indexes
from mongo_indexes import fee_rules
from services.fees import store as fees_store
from services.fees.models import FeeKind
from services.kernel.documents import Document
from services.places import store as places_store
from tests.build.cast import COMPOUND, LI_HOME, UNIT, WANG_HOME, Estate, payee_of
from tests.build.sign_ins import Member
from tests.build.world import Api, World
from tests.handlers.test_debts import sell
from tests.handlers.test_fees import drafts, run_to
from tests.handlers.test_home_corrections import correct, outdated

SOURCE = {"kind": "contract", "title": "春光小区物业服务合同", "number": "2026-8"}
RULE = {
    "kind": "property_fee",
    "price": 7000,
    "start_day": "2026-03-01",
    "due_days": 30,
    "source": SOURCE,
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}


async def write(api: Api, staff: Member, place: str = UNIT, **terms: Any) -> Document:
    path = f"/api/v1/places/{place}/fee-rules"
    reply = await api.post(path, {**RULE, **terms}, as_=staff)
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def test_a_rule_says_its_terms_its_source_its_number_and_who_wrote_it(
    world: World, staff: Member
) -> None:
    """The compound has a rule already: it is the first version."""
    terms = {"period": "yearly", "timing": "end", "proration": "thirty_days"}
    made = await write(world.api, staff, COMPOUND, **terms)
    assert {name: made[name] for name in terms} == terms
    assert (made["source"], made["version"], made["created_by"]) == (
        SOURCE,
        2,
        staff.person_id,
    )
    assert (await write(world.api, staff, COMPOUND, **terms))["version"] == 2  # the same rule
    later = await write(world.api, staff, COMPOUND, start_day="2026-06-01")
    in_unit = await write(world.api, staff)
    assert (later["version"], in_unit["version"]) == (3, 1)


async def test_of_two_rules_at_once_the_second_has_the_next_number(
    api: Api, staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written between the count of the first and its commit, or has to begin again."""
    hold, count, met = places_store.hold, fees_store.count, asyncio.Event()
    second: list[asyncio.Task[Document]] = []

    async def counted(*given: Any) -> int:
        found = await count(*given)
        if not second:
            other = asyncio.create_task(write(api, staff, start_day="2026-04-01"))
            second.append(other)
            waiting = asyncio.create_task(met.wait())
            await asyncio.wait({other, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return found

    async def held(*given: Any) -> Any:
        try:
            return await hold(*given)
        except OperationFailure:
            met.set()
            raise

    monkeypatch.setattr(fees_store, "count", counted)
    monkeypatch.setattr(places_store, "hold", held)
    first = await write(api, staff)
    assert (first["version"], (await second[0])["version"]) == (1, 2)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"person_fen": 400}, "只填一项"),
        ({"timing": "end"}, "按月"),
        ({"anniversary_day": "2026-03-15"}, "按周年"),
        ({"period": "anniversary", "anniversary_day": "2026-02-30"}, "没有这一天"),
        ({"period": "quarterly", "source": None}, "依据"),
        ({"proration": "full_month", "source": None}, "依据"),
        ({"price": None, "person_fen": 400, "source": None}, "依据"),
    ],
)
async def test_terms_that_do_not_go_together_are_refused(
    api: Api, staff: Member, terms: dict[str, Any], said: str
) -> None:
    reply = await api.post(f"/api/v1/places/{UNIT}/fee-rules", {**RULE, **terms}, as_=staff)
    assert (reply.status, reply.code) == (422, "bad_fee_rule")
    assert said in reply.body["title"]


async def test_a_year_is_one_bill_of_its_first_month_and_says_why(
    world: World, estate: Estate, staff: Member
) -> None:
    """Ten months of 85.30 m² at 0.70 yuan; the homes of another unit pay by the month."""
    await write(world.api, staff, period="yearly")
    await run_to(world, staff, "publish", kinds=["property_fee"])
    [year] = [bill for bill in await estate.bills("li") if bill["period"] == "2026-03"]
    assert (year["title"], year["amount_fen"]) == ("2026年3月至12月物业费", 59710)
    assert year["explanation"] == "85.30㎡ × 0.70元/㎡·月 × 10个月 = 597.10元"
    named = "收费标准第1版,依据物业服务合同《春光小区物业服务合同》(2026-8),按年期初出账"
    assert year["terms"] == named
    april = await run_to(world, staff, period="2026-04", kinds=["property_fee"])
    found = {bill["home"]: bill["terms"] for bill in await drafts(world.api, staff, april)}
    assert LI_HOME not in found
    assert set(found.values()) == {"收费标准第1版"}


async def test_a_year_leaves_out_the_months_that_were_billed_beyond_its_run(
    world: World, estate: Estate, staff: Member
) -> None:
    await run_to(world, staff, "publish", period="2026-04", kinds=["property_fee"])
    await write(world.api, staff, period="yearly")
    await run_to(world, staff, "publish", kinds=["property_fee"])
    found = [bill for bill in await estate.bills("li") if bill["period"] > "2026-02"]
    fees = {b["period"]: b["amount_fen"] for b in found}
    assert fees == {"2026-03": 5971, "2026-04": 5118, "2026-05": 47768}


async def test_a_rule_of_a_later_month_of_the_year_outdates_its_drafts(
    world: World, staff: Member
) -> None:
    await write(world.api, staff, period="yearly")
    run = await run_to(world, staff)
    await write(world.api, staff, period="yearly", start_day="2026-11-01", price=7500)
    path = f"/api/v1/bill-runs/{run['run_id']}/publish"
    refused = await world.api.post(path, as_=staff)
    assert (refused.status, refused.code) == (409, "bill_run_outdated")


async def test_a_bill_of_a_year_is_compared_with_its_own_days(estate: Estate) -> None:
    """Of 85.30 m² on one day of March, and of 88.00 m² for 30/31 of it and nine months."""
    world, staff = estate.world, await estate.member("staff")
    await write(world.api, staff, period="yearly", hand_over="days")
    await run_to(world, staff, "publish")
    assert (await correct(estate, area=8800, from_day="2026-03-02")).status == 201
    year = (LI_HOME, "2026-03", 59710, 61594)
    assert await outdated(estate) == [year]


async def test_the_parts_of_a_year_of_two_owners_are_right_as_they_are(estate: Estate) -> None:
    """Published after the sale: the first of March, and the rest of the year."""
    world, staff = estate.world, await estate.member("staff")
    await write(world.api, staff, period="yearly", hand_over="days")
    await sell(estate, "2026-03-02")
    await run_to(world, staff, "publish", kinds=["property_fee"])
    found = await world.db.bills.find({"home": LI_HOME, "period": "2026-03"}).to_list()
    days = sorted((bill["from_day"], bill["to_day"]) for bill in found)
    assert days == [("2026-03-01", "2026-03-01"), ("2026-03-02", "2026-12-31")]
    assert await outdated(estate) == []


async def test_people_who_are_registered_are_charged_and_no_number_is_guessed(
    world: World, estate: Estate, staff: Member
) -> None:
    """Two live in the home of Li, for which a third pays; nobody is registered for Wang's."""
    paying = {"home": LI_HOME, "relation": "payer"}
    await world.db.residencies.update_many({"home": WANG_HOME}, {"$set": paying})
    await write(world.api, staff, COMPOUND, price=None, person_fen=400)
    run = await run_to(world, staff, "publish", kinds=["property_fee"])
    assert run["skip_reasons"] == {"no_residents": 1}
    assert [gap["home"] for gap in run["skipped"]] == [WANG_HOME]
    [march] = [bill for bill in await estate.bills("li") if bill["period"] == "2026-03"]
    assert march["explanation"] == "2人 × 4.00元/人·月 × 1个月 = 8.00元"


async def test_rules_from_before_bill_as_they_did(world: World, staff: Member) -> None:
    """Their new fields are filled, and nothing else of them changes."""
    new = ("period", "timing", "proration", "version", "person_fen", "source")
    kept = world.db[fee_rules.COLLECTION]
    await kept.update_many({}, {"$unset": dict.fromkeys((*new, "anniversary_day"), "")})
    before = await kept.find({}).sort("_id", 1).to_list()
    await mongo_indexes.apply(world.db)
    filled = {
        "period": "monthly",
        "timing": "start",
        "proration": "actual_days",
        "version": 0,
    }
    assert await kept.find({}).sort("_id", 1).to_list() == [row | filled for row in before]
    run = await run_to(world, staff, kinds=["property_fee"])
    [fen] = [
        b["amount_fen"] for b in await drafts(world.api, staff, run) if b["home"] == LI_HOME
    ]
    assert fen == 5118
    assert (await write(world.api, staff, COMPOUND))["version"] == 2


@pytest.mark.usefixtures("estate")
async def test_no_rule_has_two_prices(world: World) -> None:
    """The database itself refuses what would charge by two at once, or by none."""
    kept = world.db[fee_rules.COLLECTION]
    for prices in (
        {"price": 1, "person_fen": 1},
        {"price": None},
        {"monthly_fen": 1, "price": 1},
    ):
        with pytest.raises(WriteError, match="failed validation"):
            await kept.update_one({"kind": "property_fee"}, {"$set": prices})
