"""Lists of what is charged beside the runs."""

from typing import Final

import pytest

from mongo_indexes import shared_costs
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.shared_costs.models import Share, SharedCost, Split
from services.shared_costs.states import SharedCostState
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


MAKERS: Final[dict[str, Maker]] = {
    "shared_cost_shares": of_shares,
    "shared_costs": of_shared_costs,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
