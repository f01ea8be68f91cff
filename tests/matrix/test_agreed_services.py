"""Rows about agreed services: proposed, opened by another person, answered by homes."""

from typing import Any, Final

import pytest

from mongo_indexes import agreed_service_answers, agreed_services, payees
from services.agreed_services import store
from services.agreed_services.models import (
    AgreedService,
    Answer,
    Counting,
    Pricing,
    Rhythm,
    ServicePart,
    Share,
)
from services.agreed_services.states import ServiceState
from services.kernel.days import end_of
from services.kernel.paths import covers
from services.places.actions import compound_of
from services.places.models import Usage
from tests.build.agreed_services import SERVICE
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN
ONE: Final = "/api/v1/agreed-services/{service_id}"
OF_HOME: Final = "/api/v1/homes/{home}/agreed-services/{service_id}"


async def payee_of_firm(scene: Scene) -> dict[str, str]:
    """The payee of the firm that serves a compound."""
    of_firm = {"place": scene.place, "firm": {"$gt": ""}, "account": "firm"}
    found = await scene.town.world.db[payees.COLLECTION].find_one(of_firm)
    assert found is not None
    return {"place": scene.place, "payee": found["_id"]}


def new_service(scene: Scene, made: Any) -> dict[str, Any]:
    return {**SERVICE, "payee_id": made["payee"], "title": f"服务{scene.number}"}


async def service(scene: Scene, state: ServiceState = ServiceState.PROPOSED) -> str:
    """A service that somebody else proposed, for one home of the place."""
    home = next(home for home in HOMES if covers(scene.place, home))
    number = scene.number
    made = AgreedService(
        id=scene.town.new_id(),
        compound=compound_of(scene.place),
        place=scene.place,
        slot=f"服务{number}",
        title=f"服务{number}",
        description="检修",
        pricing=Pricing.HOME,
        amount_fen=number,
        rhythm=Rhythm.MONTHLY,
        part=ServicePart.ALL,
        from_day="2026-04-01",
        to_day="2026-12-31",
        closing_day="2026-03-20",
        closes_at=end_of("2026-03-20"),
        needed_percent=50,
        counting=Counting.HOMES,
        source="规则",
        usages=[*Usage],
        payee="payee",
        account="firm",
        payee_name="物业",
        shares=[Share(home, 1, number)],
        homes=1,
        area=1,
        state=state,
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(agreed_services.COLLECTION, made)


async def open_service(scene: Scene) -> str:
    return await service(scene, ServiceState.OPEN)


async def asked(scene: Scene) -> dict[str, str]:
    """A home, and a service that it is asked about."""
    return {"home": scene.place, "service_id": await open_service(scene)}


async def answered(scene: Scene) -> dict[str, str]:
    """A home whose owner answered."""
    made = await asked(scene)
    home, service_id = made["home"], made["service_id"]
    answer = Answer(
        id=store.answer_id(service_id, home),
        service=service_id,
        home=home,
        area=1,
        agree=True,
        person=scene.town.new_id(),
        at=scene.town.world.deps.now(),
    )
    await scene.town.insert(agreed_service_answers.COLLECTION, answer)
    return made


FURNITURE: Final[Furniture] = ((service, COMPOUNDS), (open_service, tuple(HOMES)))
ROWS = (
    Row(
        "post",
        "/api/v1/places/{place}/agreed-services",
        at(COMPOUND),
        makes=payee_of_firm,
        body=new_service,
    ),
    Row("get", f"{ONE}/homes", at(COMPOUND), makes=service),
    Row(
        "get",
        "/api/v1/homes/{home}/agreed-services",
        at(HOME),
        beyond="a service is of a place around the homes that it asks",
    ),
    Row(
        "post",
        f"{ONE}/decision",
        at(COMPOUND),
        makes=service,
        body={"approve": False, "reason": "价格有误"},
    ),
    Row("post", f"{ONE}/end", at(COMPOUND), makes=open_service, body={"reason": "取消"}),
    Row("put", f"{OF_HOME}/answer", at(HOME), makes=asked, body={"agree": True}),
    Row(
        "put",
        f"{OF_HOME}/paper-answer",
        at(HOME),
        makes=answered,
        body={"agree": True, "photo_ids": ["photo"]},
        land=(409, "answered_by_owner"),
        because="a photo is its sender's; tests/handlers/test_agreed_services.py sends one",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
