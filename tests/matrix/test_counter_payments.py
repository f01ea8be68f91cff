"""Rows about counter payments: who takes money, and sees what was taken."""

from typing import Any, Final

import pytest

from mongo_indexes import counter_payments, receipts
from services.payments.models import PaymentWay
from services.payments.receipts.models import Receipt
from services.places.actions import compound_of
from tests.build.counter_payments import kept
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def owing_bill(scene: Scene) -> str:
    return (await makers.bill(scene)).id


async def taken(scene: Scene) -> str:
    """A counter payment of a home at the scene's place, with its receipt."""
    number, now = scene.number, scene.town.world.deps.now()
    bill = await makers.bill(scene)
    made = kept(number, home=bill.home, compound=compound_of(bill.home), at=now)
    made.id, made.account = scene.town.new_id(), bill.account
    made.lines[0] = type(made.lines[0])(
        bill_id=bill.id,
        home=bill.home,
        kind=bill.kind,
        period=bill.period,
        explanation=bill.explanation,
        amount_fen=bill.amount_fen,
    )
    receipt = Receipt(
        id=made.id,
        number=f"20260302{number:010d}",
        person="",
        payee_name=made.payee_name,
        lines=made.lines,
        amount_fen=made.amount_fen,
        amount_capital="壹元整",
        way=PaymentWay(made.way),
        transaction_id=made.voucher,
        paid_at=now,
    )
    await scene.town.insert(receipts.COLLECTION, receipt)
    return await scene.town.insert(counter_payments.COLLECTION, made)


def slip(scene: Scene, bill_id: Any) -> dict[str, Any]:
    return {"bill_ids": [bill_id], "way": "cash", "voucher": f"S-{scene.number}"}


FURNITURE: Final[Furniture] = ((taken, tuple(HOMES)),)
ROWS = (
    Row("post", "/api/v1/counter-payments", at(HOME), makes=owing_bill, body=slip),
    Row("get", "/api/v1/places/{place}/counter-payments", at(HOME, UNIT, COMPOUND)),
    Row("get", "/api/v1/counter-payments/{counter_payment_id}", at(HOME), makes=taken),
    Row(
        "get",
        "/api/v1/counter-payments/{counter_payment_id}/receipt/sheet",
        at(HOME),
        makes=taken,
        bare="a paper, compressed; what is on it is in tests/services/test_receipts_printed.py",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
