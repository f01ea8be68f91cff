"""Lists about homes: their people, requests for them, and their corrections."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import pytest

from mongo_indexes import home_corrections, home_requests
from services.home_corrections import entries
from services.home_corrections.entries import Why
from services.home_corrections.models import Change
from services.home_requests.models import HomeRequest, Known
from services.home_requests.states import OPEN, RequestState
from services.kernel.days import day_of
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.places import actions as places
from services.residencies import sealed
from services.residencies import store as residencies
from services.residencies.models import Newcomer, Relation
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

NAME, PHONE = "欧阳建国", "13911112222"
TODAY: Final = "2026-03-02"
S = RequestState


async def of_residents(estate: Estate) -> Case:
    deps = estate.world.deps
    terms = [
        (Relation.TENANT, "2021-01-01", "2021-12-31"),
        (Relation.TENANT, "2022-01-01", "2027-12-31"),
        (Relation.FAMILY, "2020-01-01", None),
        (Relation.FAMILY, "2019-05-01", "2020-05-01"),
        (Relation.PAYER, "2027-01-01", None),
    ]
    made = [
        sealed.draft(
            deps,
            Newcomer(
                home=LI_HOME,
                relation=relation,
                name=NAME,
                phone=f"+86{PHONE}",
                from_day=first,
                to_day=last,
                source="test",
            ),
        )
        for relation, first, last in terms
    ]
    await deps.in_transaction(lambda tx: residencies.put(deps.db, tx, made))
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("head")],
        stranger=await estate.member("sun"),
        path=f"/api/v1/homes/{LI_HOME}/residents",
        subject=LI_HOME,
        place=LI_HOME,
        filters=[
            {"relation": "tenant"},
            {"past": "true"},
            {"past": "true", "relation": "family"},
        ],
        orders={"earliest": "from_day,residency_id", "latest": "-from_day,-residency_id"},
        rows=5,
        matches={"past": lambda _item, _value: True},
        unless={"past": lambda item: item["to_day"] is None or item["to_day"] >= TODAY},
        secrets=[NAME, PHONE],
        free_text=False,
    )


async def of_requests(estate: Estate) -> Case:
    world, vault = estate.world, estate.world.deps.vault
    states = [S.WITH_COMMUNITY, S.WITH_COMMUNITY, S.WITH_HEAD, S.ACCEPTED]
    homes = [LI_HOME, WANG_HOME, SUN_HOME, ZHAO_HOME]
    made = []
    for number in range(12):
        state = states[number // 2 % 4]
        request = HomeRequest(
            id=world.deps.new_id(),
            home=homes[number % 4],
            relation=Relation.TENANT if number % 3 else Relation.OWNER,
            person=None,
            filed_by="somebody",
            open_key=f"somebody:{number}" if state in OPEN else None,
            state=state,
            disputed=number % 6 == 0,
            name_sealed="",
            # two of each instant: ties
            created_at=world.clock.now - timedelta(days=number // 2),
        )
        request.name_sealed = request.seal(vault, NAME, "name")
        request.note_sealed = request.seal(vault, FORMULA, "note")
        if state is not S.WITH_HEAD:
            request.advised_at, request.advice = world.clock.now, Known.YES
            request.advice_sealed = request.seal(vault, FORMULA, "advice")
        made.append(request)
    collection = world.db[home_requests.COLLECTION]
    await collection.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("head")],
        stranger=await estate.member("li"),
        path="/api/v1/home-requests",
        place=COMMUNITY,
        places={"head": UNIT},
        filters=[
            {"state": "accepted"},
            {"state": "with_community", "relation": "tenant"},
            {"place": NEXT_UNIT},
            {"disputed": "true"},
            {"disputed": "false", "place": COMPOUND},
            {"created_from": "2026-02-28", "created_to": "2026-03-01"},
        ],
        orders={"oldest": "created_at,request_id", "newest": "-created_at,-request_id"},
        rows=10,
        matches={"place": lambda item, value: covers(value, item["home"])},
        unless={"state": lambda item: item["state"] in OPEN},
        secrets=[NAME],
    )


async def of_corrections(estate: Estate) -> Case:
    deps, changes = estate.world.deps, [Change.CORRECTED, Change.RETIRED, Change.RESTORED]
    homes = [LI_HOME, WANG_HOME, SUN_HOME, ZHAO_HOME]  # Zhao's is in another compound
    there = {place.id: place for place in await places.find_many(deps, homes)}
    made = []
    for number in range(12):
        home = there[homes[number % 4]]
        why = Why(from_day="2026-01-01", document=FORMULA, reason="登记时抄错")
        right = msgspec.structs.replace(home, area=(home.area or 0) + number)
        row = entries.draft(deps, home, changes[number % 3], why, by="staff", now=right)
        row.at = deps.now() - timedelta(days=number // 2)
        made.append(row)
    collection = estate.world.db[home_corrections.COLLECTION]
    await collection.insert_many([to_document(row) for row in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/home-corrections",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"change": "retired"},
            {"written_from": "2026-02-28"},
            {"change": "corrected", "written_to": "2026-03-01"},
        ],
        orders={"home": "home,correction_id", "newest": "-at,-correction_id"},
        rows=9,
        matches={
            "written_from": lambda item, value: written_on(item) >= value,
            "written_to": lambda item, value: written_on(item) <= value,
        },
    )


def written_on(item: Item) -> str:
    """Return the day on which a correction was written."""
    return day_of(datetime.fromisoformat(item["at"]))


MAKERS: Final[dict[str, Maker]] = {
    "residents": of_residents,
    "home_requests": of_requests,
    "home_corrections": of_corrections,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
