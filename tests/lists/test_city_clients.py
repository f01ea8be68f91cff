"""List of city clients."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import city_clients
from services.kernel.documents import to_document
from services.repairs.city_clients.models import CityClient
from tests.build.cast import COMMUNITY, COMPOUND, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

ELSEWHERE: Final = "cc.chaoyang.guilin.other"


async def of_city_clients(estate: Estate) -> Case:
    world = estate.world
    made = [
        CityClient(
            id=f"client{number}",
            name=FORMULA,
            place=ELSEWHERE if number > 6 else COMPOUND,
            key_index=f"{number}",
            filed=number,
            added_by="admin",
            added_at=world.clock.now + timedelta(days=number // 2),
            ended_at=world.clock.now + timedelta(days=9) if number % 3 else None,
        )
        for number in range(9)
    ]
    await world.db[city_clients.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path=f"/api/v1/places/{COMMUNITY}/city-clients",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"ended": "true"}, {"ended": "false"}],
        orders={"": "added_at,client_id"},
        rows=7,
        matches={
            "ended": lambda item, value: (item["ended_at"] is not None) is (value == "true")
        },
    )


MAKERS: Final[dict[str, Maker]] = {"city_clients": of_city_clients}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
