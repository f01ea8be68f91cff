"""Lists of what is charged beside the runs."""

from typing import Final

import pytest

from mongo_indexes import meter_rounds, shared_costs
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.meters.models import MeterKind
from services.meters.rounds.models import MeterRound
from services.meters.rounds.states import MeterRoundState
from services.shared_costs.models import Share, SharedCost, Split
from services.shared_costs.states import SharedCostState
from tests.build import meters
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


def cost(estate: Estate, number: int) -> SharedCost:
    states, splits = [*SharedCostState], [*Split]
    homes = [f"{UNIT}.{number}" for number in range(601, 606)]
    homes = sorted([SUN_HOME, WANG_HOME, LI_HOME, *homes])
    return SharedCost(
        id=f"cost{number}",
        compound=COMPOUND,
        place=COMPOUND if number % 2 else UNIT,
        slot=f"{number}",
        title=FORMULA if number == 0 else "电费",
        total_fen=1000 + number,
        split=splits[number % 3],
        from_day=f"2026-0{number // 2 + 1}-01",  # two of each: ties
        to_day="2026-12-31",
        document_number=f"发票{number}",
        payee="payee",
        account="firm",
        payee_name="安居物业",
        shares=[Share(home, 1, 100 + number) for home in homes],
        homes=8,
        weight=8,
        state=states[number % 4],
        proposed_by="test",
        proposed_at=estate.world.clock.now,
    )


async def of_shared_costs(estate: Estate) -> Case:
    made = [to_document(cost(estate, number)) for number in range(8)]
    await estate.world.db[shared_costs.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/shared-costs",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "billed"}, {"split": "area"}, {"split": "home", "state": "refused"}],
        orders={"": "-from_day,-shared_cost_id"},
        rows=8,
    )


async def of_shares(estate: Estate) -> Case:
    made = cost(estate, 0)
    made.place = COMPOUND
    await estate.world.db[shared_costs.COLLECTION].insert_one(to_document(made))
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/shared-costs/{made.id}/shares",
        subject=made.id,
        place=COMPOUND,
        filters=[{"under": UNIT}, {"under": LI_HOME}],
        orders={"": "home"},
        rows=8,
        matches={"under": lambda item, place: covers(place, item["home"])},
        free_text=False,
    )


async def of_meters(estate: Estate) -> Case:
    for number in range(8):
        home = (LI_HOME, WANG_HOME, SUN_HOME)[number % 3]
        kind = "water" if number % 2 else "heat"
        serial = FORMULA[:40] if number == 0 else f"{number}"
        made = await meters.meter(estate, home, kind=kind, serial=serial)
        if number > 2:
            read = await meters.read(estate, made, f"2026-02-0{number}", 20_000, who="staff")
            assert read.status == 201, read.body
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.world.sign_in("nobody", "13900000098"),
        path=f"/api/v1/places/{COMPOUND}/meters",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"kind": "water"},
            {"unread_since": "2026-02-05"},
            {"kind": "heat", "unread_since": "2026-02-01"},
        ],
        orders={"": "home,meter_id"},
        rows=8,
        matches={"unread_since": lambda item, day: (item["read_day"] or "") < day},
        free_text=False,
    )


async def of_prices(estate: Estate) -> Case:
    for number in range(6):
        await meters.price(
            estate,
            kind="water" if number % 3 else "heat",
            from_day=f"2026-0{number // 2 + 1}-01",  # two of each: ties
            source=FORMULA if number == 0 else "文件",
        )
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/meter-prices",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "water"}, {"kind": "heat"}],
        orders={"": "-from_day,-version,-price_id"},
        rows=6,
    )


async def of_rounds(estate: Estate) -> Case:
    states = [*MeterRoundState]
    made = [
        MeterRound(
            id=f"round{number}",
            place=COMPOUND,
            kind=MeterKind.WATER if number % 3 else MeterKind.HEAT,
            to_day=f"2026-0{number // 2 + 1}-28",
            state=states[number % 2],
            asked_by="test",
            asked_at=estate.world.clock.now,
        )
        for number in range(6)
    ]
    kept = estate.world.db[meter_rounds.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/meter-rounds",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "water"}, {"state": "billed"}, {"kind": "heat", "state": "billing"}],
        orders={"": "-to_day,-round_id"},
        rows=6,
        free_text=False,
    )


async def of_dues(estate: Estate) -> Case:
    await meters.price(estate)
    await meters.meter(estate, kind="heat", serial="heat")
    for number in range(6):
        home = (LI_HOME, WANG_HOME, SUN_HOME)[number % 3]
        made = await meters.meter(estate, home, serial=f"{number}")
        if number % 2:
            await meters.read(estate, made, "2026-02-28", 20_000, who="staff")
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/meter-dues",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "heat"}, {"to_day": "2025-12-31"}],
        orders={"": "home,meter_id"},
        rows=6,
        matches={"to_day": lambda item, _: item["because"] == "up_to_date"},
        unless={
            "kind": lambda item: item["kind"] == "water",
            "to_day": lambda item: item["because"] != "up_to_date",
        },
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {
    "meter_dues": of_dues,
    "meter_prices": of_prices,
    "meter_rounds": of_rounds,
    "meters": of_meters,
    "shared_cost_shares": of_shares,
    "shared_costs": of_shared_costs,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
