"""Rows about checkouts: bills of several payees that somebody set out to pay."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import checkouts
from services.checkouts.models import Checkout, Part
from services.fees.models import BillKind
from tests.matrix import makers
from tests.matrix.posts import HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import decided, mine
from tests.matrix.test_money import PAYS, owing_bill, pays
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

CHECKOUTS: Final = "/api/v1/me/checkouts"


async def checkout(scene: Scene) -> str:
    """A checkout of the owner's, for a repair that they ordered, to a payee of no other row."""
    now, person = scene.town.world.deps.now(), scene.owner.person_id
    bill = await makers.bill(scene, kind=BillKind.REPAIR_FEE, debtor=person, account="partner")
    part = Part(
        account=bill.account, payee_name=bill.payee_name, kind=bill.kind, bill_ids=[bill.id]
    )
    made = Checkout(
        id=scene.town.new_id(),
        person=person,
        parts=[part],
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    return await scene.town.insert(checkouts.COLLECTION, made)


FURNITURE: Final[Furniture] = ((checkout, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        CHECKOUTS,
        decided(pays, PAYS, HOME),
        makes=owing_bill,
        body=lambda _, made: {"bill_ids": [made]},
        silent="a checkout moves nothing; each of its orders has its own row",
    ),
    Row("get", f"{CHECKOUTS}/{{checkout_id}}", mine(), makes=checkout),
    Row("post", f"{CHECKOUTS}/{{checkout_id}}/next", mine(), makes=checkout),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
