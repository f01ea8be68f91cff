"""Lists of agreed services, and of what homes answered."""

from typing import Final

import pytest

from mongo_indexes import agreed_services
from services.agreed_services.models import (
    AgreedService,
    Counting,
    Pricing,
    Rhythm,
    ServicePart,
    Share,
)
from services.agreed_services.states import ServiceState
from services.kernel.days import end_of
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.places.models import Usage
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


def service(estate: Estate, number: int) -> AgreedService:
    states, parts = [*ServiceState], [*ServicePart]
    homes = [f"{UNIT}.{each}" for each in range(601, 606)]
    homes = sorted([SUN_HOME, WANG_HOME, LI_HOME, *homes])
    return AgreedService(
        id=f"service{number}",
        compound=COMPOUND,
        place=COMPOUND if number % 2 else UNIT,
        slot=f"{number}",
        title=FORMULA if number == 0 else "门禁",
        description="检修",
        pricing=Pricing.HOME,
        amount_fen=1000 + number,
        rhythm=Rhythm.MONTHLY,
        part=parts[number % 2],
        from_day=f"2026-0{number // 2 + 4}-01",  # two of each: ties
        to_day="2026-12-31",
        closing_day="2026-03-20",
        closes_at=end_of("2026-03-20"),
        needed_percent=50,
        counting=Counting.HOMES,
        source="规则",
        usages=[*Usage],
        payee="payee",
        account="firm",
        payee_name="安居物业",
        shares=[Share(home, 1, 1000 + number) for home in homes],
        homes=8,
        area=8,
        state=states[number % 6],
        proposed_by="test",
        proposed_at=estate.world.clock.now,
    )


async def of_services(estate: Estate) -> Case:
    made = [to_document(service(estate, number)) for number in range(8)]
    await estate.world.db[agreed_services.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/agreed-services",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "open"}, {"part": "all"}, {"part": "all", "state": "agreed"}],
        orders={"": "-from_day,-service_id"},
        rows=8,
    )


async def of_homes(estate: Estate) -> Case:
    made = service(estate, 0)
    made.place = COMPOUND
    await estate.world.db[agreed_services.COLLECTION].insert_one(to_document(made))
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/agreed-services/{made.id}/homes",
        subject=made.id,
        place=COMPOUND,
        filters=[{"under": UNIT}, {"under": LI_HOME}],
        orders={"": "home"},
        rows=8,
        matches={"under": lambda item, place: covers(place, item["home"])},
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {
    "agreed_service_homes": of_homes,
    "agreed_services": of_services,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
