"""Rows about promises to pay, and about who may see which homes owe."""

from typing import Any, Final

import pytest

from mongo_indexes import payment_promises
from services.kernel.days import end_of, plus_days
from services.kernel.permissions import Role
from services.visits.promises.models import Promise
from services.visits.promises.states import PromiseState
from tests.matrix import makers
from tests.matrix.posts import COMMUNITY, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.test_visits import own, unit_of
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

PROMISES: Final = "/api/v1/payment-promises"


async def promise(scene: Scene) -> str:
    """A promise to the head of the unit."""
    deps = scene.town.world.deps
    await cleared(scene)
    day = plus_days(deps.today(), 1)
    made = Promise(
        id=scene.town.new_id(),
        home=scene.place,
        keeper=f"{Role.UNIT_HEAD}|{unit_of(scene.place)}",
        residencies=[],
        people=[],
        bills=["bill"],
        day=day,
        due_at=end_of(day),
        state=PromiseState.OPEN,
        noted_by="test",
        noted_at=deps.now(),
    )
    return await scene.town.insert(payment_promises.COLLECTION, made)


async def cleared(scene: Scene) -> None:
    """Nothing is promised."""
    query = {"home": scene.place}
    await scene.town.world.db[payment_promises.COLLECTION].delete_many(query)


async def debt(scene: Scene) -> str:
    """Something is owed, and nothing promised."""
    await cleared(scene)
    return (await makers.bill(scene)).id


def by_tomorrow(scene: Scene, _: Any) -> dict[str, str]:
    return {"home": scene.place, "day": plus_days(scene.town.world.deps.today(), 1)}


FURNITURE: Final[Furniture] = ((promise, tuple(HOMES)),)
ROWS = (
    Row("get", PROMISES, somewhere()),
    Row("post", PROMISES, at(HOME), makes=debt, body=by_tomorrow),
    Row("post", f"{PROMISES}/{{promise_id}}/close", own(), makes=promise),
    Row(
        "post",
        "/api/v1/places/{place}/heads-see-debts",
        at(COMMUNITY),
        body={"allowed": True},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
