"""Rows about systems of a city: added and ended by administrators, let in by their key."""

from typing import Final

import pytest

from mongo_indexes import city_clients
from services.repairs.city_clients.models import CityClient
from tests.matrix.posts import COMMUNITY, COMPOUND, COMPOUNDS
from tests.matrix.row import Row
from tests.matrix.rules import at, public
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

BY_KEY: Final = "a system is known by its key, whoever asks: tests/repairs/test_open311.py"
REFUSED: Final = (403, "")  # a list of errors, as the standard has it


async def client(scene: Scene) -> str:
    made = CityClient(
        id=scene.town.new_id(),
        name="城市平台",
        place=scene.place,
        key_index=f"{scene.number}",
        added_by="test",
        added_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(city_clients.COLLECTION, made)


async def code(_: Scene) -> str:
    """A whole part of the path, its format included."""
    return "stair_light.json"


FURNITURE: Final[Furniture] = ((client, COMPOUNDS),)
ROWS = (
    Row(
        "post",
        "/api/v1/places/{place}/city-clients",
        at(COMPOUND, COMMUNITY),
        body={"name": "城市平台"},
    ),
    Row("get", "/api/v1/places/{place}/city-clients", at(COMPOUND, COMMUNITY)),
    Row("post", "/api/v1/city-clients/{client_id}/end", at(COMPOUND), makes=client),
    *(
        Row("get", f"/open311/v2/{path}", public(), land=REFUSED, because=BY_KEY)
        for path in ("services.json", "requests.json")
    ),
    *(
        Row("get", f"/open311/v2/{path}", public(), makes=code, land=REFUSED, because=BY_KEY)
        for path in ("services/{service_code}.json", "requests/{request_id}.json")
    ),
    Row(
        "post",
        "/open311/v2/requests.json",
        public(),
        body=b"service_code=stair_light",
        land=REFUSED,
        because=BY_KEY,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
