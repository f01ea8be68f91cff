"""Prices of repairs in homes over HTTP, and the lines of a quote that keep to them."""

import asyncio
from typing import Any, Final

import msgspec
import pytest

from mongo_indexes import repair_prices
from services.kernel.documents import to_document
from services.kernel.errors import DomainError
from services.kernel.permissions import Actor, Grant, Role
from services.repairs.prices import actions
from services.repairs.prices.models import Line, NewPrice, Price, PriceKind
from services.repairs.prices.refusals import NoContract
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, OTHER_COMPOUND, Estate
from tests.build.homes import acts
from tests.build.late_reads import one_behind
from tests.build.offices import hire
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

TODAY: Final = "2026-03-02"
NEW: Final = {
    "after_version": 0,
    "code": "tap",
    "label": "换水龙头",
    "unit": "个",
    "kind": "labour",
    "low_fen": 2000,
    "high_fen": 4000,
    "from_day": TODAY,
}


@pytest.fixture
async def manager(estate: Estate) -> Member:
    place = COMPOUND
    return await hire(
        estate.world, Role.FIRM_MANAGER, place, name="manager", phone="13900000099"
    )


async def write(api: Api, who: Member, place: str = COMPOUND, **change: Any) -> Reply:
    return await api.post(f"/api/v1/places/{place}/repair-prices", {**NEW, **change}, as_=who)


async def end(api: Api, who: Member, price: str, last_day: str) -> Reply:
    return await api.post(f"/api/v1/repair-prices/{price}/end", {"last_day": last_day}, as_=who)


async def items(api: Api, who: Member, place: str = LI_HOME) -> list[tuple[str, int, int]]:
    """Return (code, lowest, highest) of what residents read."""
    reply = await api.get(f"/api/v1/places/{place}/repair-price-list", as_=who)
    assert reply.status == 200, reply.body
    return [(each["code"], each["low_fen"], each["high_fen"]) for each in reply.body["items"]]


async def refused(world: World, *lines: tuple[str, int], day: str = TODAY) -> Any:
    """Return (code, details) of the refusal of a quote; None when it keeps to the list."""
    quote = [Line(code=code, unit_fen=fen) for code, fen in lines]
    try:
        found = await actions.check(world.deps, LI_HOME, quote, day)
    except DomainError as error:
        return error.code, error.details
    assert [price.code for price in found] == [line.code for line in quote]
    return None


async def test_the_firm_sets_prices_and_everybody_reads_them(
    world: World, manager: Member, li: Member
) -> None:
    made = await write(world.api, manager)
    assert (made.status, made.body["version"], made.body["to_day"]) == (201, 1, None)
    assert await items(world.api, li) == [("tap", 2000, 4000)]
    assert await items(world.api, li, OTHER_COMPOUND) == []
    again = await write(world.api, manager)
    assert (again.status, again.body) == (201, made.body)
    rows = await acts(world, "repair.price_set")
    assert [row["facts"].get("again", False) for row in rows] == [False, True]
    nowhere = "/api/v1/places/cc.nowhere/repair-price-list"
    assert (await world.api.get(nowhere, as_=li)).status == 404


async def test_only_the_firm_sets_prices_and_only_here(
    api: Api, manager: Member, staff: Member, li: Member
) -> None:
    assert (await write(api, staff)).status == 403
    assert (await write(api, li)).status == 403
    assert (await write(api, manager, OTHER_COMPOUND)).status == 404
    price = (await write(api, manager)).body["price_id"]
    assert (await end(api, li, price, TODAY)).status == 403


async def test_a_line_keeps_to_the_band_of_its_item(world: World, manager: Member) -> None:
    """Both ends of a band are within it; the first wrong line is told."""
    await write(world.api, manager)
    await write(world.api, manager, code="pipe", kind="material", low_fen=0, high_fen=0)
    assert await refused(world, ("tap", 2000), ("pipe", 0), ("tap", 4000)) is None
    band = {"low_fen": 2000, "high_fen": 4000}
    for fen in (1999, 4001):
        assert await refused(world, ("pipe", 0), ("tap", fen)) == (
            "repair_price_out_of_band",
            {"line": 1, "item": "tap", **band},
        )
    assert await refused(world, ("door", 1)) == (
        "repair_price_unknown",
        {"line": 0, "item": "door"},
    )
    day_before = await refused(world, ("tap", 2000), day="2026-03-01")
    assert day_before[0] == "repair_price_unknown"


async def test_a_new_price_counts_from_its_day_on(world: World, manager: Member) -> None:
    await write(world.api, manager)
    change = {"after_version": 1, "low_fen": 5000, "high_fen": 6000, "from_day": "2026-04-01"}
    later = await write(world.api, manager, **change)
    assert later.status == 201
    assert await refused(world, ("tap", 3000), day="2026-03-31") is None
    assert (await refused(world, ("tap", 3000), day="2026-04-01"))[1]["low_fen"] == 5000
    ended = await end(world.api, manager, later.body["price_id"], "2026-04-30")
    assert ended.status == 200
    assert await refused(world, ("tap", 5000), day="2026-04-30") is None
    over = await refused(world, ("tap", 5000), day="2026-05-01")
    assert over[0] == "repair_price_unknown"


async def test_prices_are_over_with_the_contract(world: World, manager: Member) -> None:
    await write(world.api, manager)
    await world.db.contracts.update_one({"place": COMPOUND}, {"$set": {"to_day": "2026-05-31"}})
    assert await refused(world, ("tap", 2000), day="2026-05-31") is None
    assert (await refused(world, ("tap", 2000), day="2026-06-01"))[0] == "repair_price_unknown"


async def test_without_a_contract_there_is_nobody_to_charge(world: World, li: Member) -> None:
    """So it is for a moment when the contract ended after the manager was let in."""
    late = Actor("late", "", (Grant(Role.FIRM_MANAGER, OTHER_COMPOUND),))
    wish = msgspec.convert(NEW, NewPrice)
    with pytest.raises(NoContract):
        await actions.write(world.deps, late, OTHER_COMPOUND, wish)
    assert await items(world.api, li, OTHER_COMPOUND) == []


async def test_the_community_ends_a_price_and_nobody_brings_it_back(
    world: World, manager: Member, staff: Member, li: Member
) -> None:
    price = (await write(world.api, manager)).body["price_id"]
    early = await end(world.api, staff, price, "2026-02-28")
    assert (early.status, early.code) == (422, "bad_repair_price")
    for who in (staff, manager):
        reply = await end(world.api, who, price, "2026-03-01")
        assert (reply.status, reply.body["to_day"]) == (200, "2026-03-01")
    later = await end(world.api, manager, price, TODAY)
    assert (later.status, later.code) == (409, "repair_price_ended")
    assert await items(world.api, li) == []
    assert (await end(world.api, staff, "nothing", TODAY)).status == 404
    rows = await acts(world, "repair.price_ended")
    assert [row["facts"].get("again", False) for row in rows] == [False, True]


async def test_a_later_end_that_is_read_late_is_told_the_day(
    world: World, manager: Member, staff: Member
) -> None:
    price = (await write(world.api, manager)).body["price_id"]
    ends = [end(world.api, staff, price, day) for day in (TODAY, "2026-03-05")]
    _, lost = await one_behind(world.deps, *ends)
    assert (lost.status, lost.body["details"]) == (409, {"to_day": TODAY})


async def test_of_two_versions_at_once_one_is_the_next(world: World, manager: Member) -> None:
    wishes = [write(world.api, manager, high_fen=fen) for fen in (4000, 5000)]
    replies = sorted(await asyncio.gather(*wishes), key=lambda reply: reply.status)
    assert [reply.status for reply in replies] == [201, 409]
    assert (replies[1].code, replies[1].body["details"]) == (
        "repair_price_moved_on",
        {"version": 1},
    )
    assert await world.db.repair_prices.count_documents({}) == 1


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"high_fen": 1999}, 422, "bad_repair_price"),
        ({"from_day": "2026-03-01"}, 422, "bad_repair_price"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"place": f"{COMPOUND}.b3"}, 422, "bad_repair_price"),
        ({"low_fen": -1}, 422, "invalid_input"),
        ({"high_fen": 40.5}, 422, "invalid_input"),
        ({"high_fen": 10**8}, 422, "invalid_input"),
        ({"unit": ""}, 422, "invalid_input"),
        ({"after_version": 1}, 409, "repair_price_moved_on"),
    ],
)
async def test_a_price_that_cannot_be_meant_is_refused(
    world: World, manager: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await write(world.api, manager, **wish)
    assert (reply.status, reply.code) == (status, code)
    assert await world.db.repair_prices.count_documents({}) == 0


async def test_a_list_has_an_end(
    world: World, manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST", 1)
    assert (await write(world.api, manager)).status == 201
    full = await write(world.api, manager, code="door")
    assert (full.status, full.code, full.body["details"]) == (
        409,
        "repair_prices_full",
        {"most": 1},
    )
    assert (await write(world.api, manager, after_version=1, high_fen=9000)).status == 201


async def of_repair_prices(estate: Estate) -> Case:
    made = [
        Price(
            id=f"price{number}",
            place=(COMPOUND, OTHER_COMPOUND)[number % 2],
            contract=f"contract{number % 2}",
            code="tap",
            label=FORMULA,
            unit="个",
            kind=[*PriceKind][number % 3 % 2],
            low_fen=100 + number,
            high_fen=1234 + number,
            version=number + 1,
            from_day=f"202{number}-01-01",
            to_day=None if number % 3 else f"202{number}-12-31",
            set_by="test",
            set_at=estate.world.clock.now,  # ties
        )
        for number in range(6)
    ]
    kept = estate.world.db[repair_prices.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/repair-prices",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"kind": "material"},
            {"contract_id": "contract1", "on_day": "2023-06-01"},
        ],
        orders={"place": "place,price_id", "newest": "-set_at,-price_id"},
        rows=6,
        matches={"on_day": _holds},
    )


def _holds(item: Item, day: str) -> bool:
    return item["from_day"] <= day and (item["to_day"] is None or day <= item["to_day"])


MAKERS: Final[dict[str, Maker]] = {"repair_prices": of_repair_prices}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
