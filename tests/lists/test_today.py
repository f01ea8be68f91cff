"""List of how much the heads of places have to do."""

from typing import Final

import pytest

from services.home_requests.states import RequestState
from services.kernel.paths import parent
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, SUN_HOME, ZHAO_HOME, Estate
from tests.build.homes import asked, newcomer
from tests.build.notices import delivered
from tests.lists.case import Case, Maker
from tests.lists.walk import walk


async def of_today_counts(estate: Estate) -> Case:
    """Compounds of which two have something to do, and the buildings of one of them."""
    deps = estate.world.deps
    for number in range(1, 5):
        new = NewPlace(path=f"{COMMUNITY}.c2{number}", kind=Kind.COMPOUND, name=f"{number}院")
        await places.create(deps, new)
    building = NewPlace(path=f"{COMPOUND}.b4", kind=Kind.BUILDING, name="4栋")
    await places.create(deps, building)
    await estate.member("head")
    chen = await newcomer(estate, "chen")
    for home in (LI_HOME, SUN_HOME, ZHAO_HOME):
        await asked(estate, chen, home)
    change = {"$set": {"state": RequestState.WITH_HEAD.value}}
    await estate.world.db.home_requests.update_many({}, change)
    await delivered(estate)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path="/api/v1/today-counts",
        place=COMMUNITY,
        places={"admin": "cc"},
        filters=[{"place": COMPOUND}],
        orders={"": "place"},
        rows=6,
        matches={"place": lambda item, value: parent(item["place"]) == value},
        unless={"place": lambda item: parent(item["place"]) == COMMUNITY},
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {"today_counts": of_today_counts}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
