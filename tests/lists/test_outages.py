"""List of outages."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import outages
from services.kernel.documents import to_document
from services.repairs.outages.models import Outage, OutageKind
from services.repairs.outages.states import OutageState
from tests.build.cast import COMPOUND, OTHER_COMPOUND, Estate
from tests.build.offices import BUILDING
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_outages(estate: Estate) -> Case:
    world, kinds, states = estate.world, [*OutageKind], [*OutageState]
    now = world.clock.now
    made = [
        Outage(
            id=f"outage{number}",
            compound=OTHER_COMPOUND if number > 6 else COMPOUND,
            places=[BUILDING],
            kind=kinds[number % 2],
            planned=number % 3 == 0,
            categories=["no_water"],
            begins_at=now + timedelta(days=number // 2),
            ends_at=now + timedelta(days=9),
            text=FORMULA,
            state=states[number % 3],
            reports=number,
            announced_by="staff",
            announced_at=now,
        )
        for number in range(9)
    ]
    await world.db[outages.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/outages",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"kind": "water"},
            {"state": "ended"},
            {"planned": "true"},
            {"planned": "false", "kind": "electricity"},
        ],
        orders={"": "-begins_at,-outage_id"},
        rows=7,
    )


MAKERS: Final[dict[str, Maker]] = {"outages": of_outages}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
