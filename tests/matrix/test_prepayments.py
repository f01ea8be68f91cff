"""Rows about prepayments: who pays for bills to come, takes such money, and sees it."""

from typing import Any, Final

import pytest

from mongo_indexes import prepayments
from tests.build.prepayments import kept
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def lying_there(scene: Scene) -> str:
    """Something that a home paid in advance."""
    made = kept(scene.number, home=scene.place, at=scene.town.world.deps.now())
    made.id = scene.town.new_id()
    return await scene.town.insert(prepayments.COLLECTION, made)


def wish(scene: Scene, _: Any) -> dict[str, Any]:
    return {"home": scene.place, "kind": "property_fee", "months": 1}


def slip(scene: Scene, made: Any) -> dict[str, Any]:
    return {**wish(scene, made), "way": "cash", "voucher": f"A-{scene.number}"}


FURNITURE: Final[Furniture] = ((lying_there, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/me/prepayments", somewhere()),
    Row("post", "/api/v1/me/prepayments", at(HOME), body=wish),
    Row("post", "/api/v1/counter-prepayments", at(HOME), body=slip),
    Row("get", "/api/v1/places/{place}/prepayments", at(HOME, UNIT, COMPOUND)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
