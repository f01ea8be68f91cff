"""Rows about keys, and one key that each home has."""

from typing import Final

import pytest

from mongo_indexes import key_loans
from services.keys.models import Loan
from tests.matrix.posts import HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def loan(scene: Scene) -> str:
    """A key that a home has borrowed."""
    made = Loan(
        id=scene.town.new_id(),
        home=scene.place,
        person=scene.owner.person_id,
        door="单元门",
        back_on="2026-12-31",
        lent_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(key_loans.COLLECTION, made)


FURNITURE: Final[Furniture] = ((loan, tuple(HOMES)),)
ROWS = (Row("post", "/api/v1/key-loans/{loan_id}/return", at(HOME), makes=loan),)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
