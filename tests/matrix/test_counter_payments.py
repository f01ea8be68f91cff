"""Rows about counter payments: who takes money, and sees what was taken."""

from typing import Any, Final

import pytest

from mongo_indexes import cash_deliveries, counter_payments, receipts
from services.counter_payments.deliveries.models import Delivery
from services.kernel.permissions import Permission
from services.payments.models import PaymentWay
from services.payments.receipts.models import Receipt
from services.places.actions import compound_of
from tests.build.counter_payments import delivery, kept
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, mine
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


def cash(scene: Scene) -> Delivery:
    compound, now = compound_of(scene.place), scene.town.world.deps.now()
    made = delivery(scene.number, compound=compound, at=now)
    made.id, made.given_by, made.account = scene.town.new_id(), scene.town.new_id(), "firm"
    return made


async def offered(scene: Scene) -> str:
    """Cash that somebody else offers."""
    return await scene.town.insert(cash_deliveries.COLLECTION, cash(scene))


async def own_offer(scene: Scene) -> str:
    """Cash that whoever asks offered themselves, of a payee of its own."""
    made = cash(scene)
    made.given_by, made.account = scene.owner.person_id, scene.town.new_id()
    return await scene.town.insert(cash_deliveries.COLLECTION, made)


FURNITURE: Final[Furniture] = ((taken, tuple(HOMES)), (offered, COMPOUNDS))
SEES: Final = "who takes money there, and is not kept from seeing what homes owe"


def takes(post: Post, place: str) -> Outcome:
    if not post.may(Permission.TAKE_PAYMENTS, place):
        held = post.places(Permission.TAKE_PAYMENTS)
        return Outcome.MISSING if held else Outcome.FORBIDDEN
    return Outcome.ALLOWED if post.may(Permission.VIEW_UNPAID, place) else Outcome.MISSING


ROWS = (
    Row("get", "/api/v1/homes/{home}/payable-bills", decided(takes, SEES, HOME)),
    Row(
        "get",
        "/api/v1/places/{place}/cash-in-hand",
        at(UNIT, COMPOUND),
        bare="sums of one's own",
    ),
    Row("get", "/api/v1/places/{place}/cash-deliveries", at(COMPOUND)),
    Row(
        "post",
        "/api/v1/places/{place}/cash-deliveries",
        at(COMPOUND),
        body={"account": "firm", "counted_fen": 100},
    ),
    Row(
        "post",
        "/api/v1/cash-deliveries/{delivery_id}/taking",
        at(COMPOUND),
        makes=offered,
        body={"counted_fen": 100},
    ),
    Row(
        "post",
        "/api/v1/cash-deliveries/{delivery_id}/withdrawal",
        mine(),
        makes=own_offer,
    ),
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
