"""Rows about refunds by hand: who asks, decides, pays out and sees them."""

from typing import Any, Final

import pytest

from mongo_indexes import bills, counter_payments, payments, receipts, refund_requests
from services.bills.models import Bill, Portion
from services.bills.states import BillState
from services.counter_payments.models import CounterPayment, CounterWay
from services.kernel.documents import to_document
from services.ledger.models import payment_journal
from services.payments.models import Line, Payment, PaymentWay
from services.payments.receipts.models import Receipt
from services.payments.refund_requests.models import RefundRequest
from services.payments.refund_requests.states import RefundRequestState
from services.payments.states import PaymentState
from services.places.actions import compound_of
from tests.build import refund_requests as build
from tests.build.counter_payments import kept as kept_payment
from tests.build.refund_requests import NO, REASON
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, mine
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN
WISH: Final = {"reason": REASON}


async def paid_bill(scene: Scene, journal: str) -> tuple[Bill, Line]:
    """A bill at the scene's place that a journal paid, and its line."""
    now, made = scene.town.world.deps.now(), await makers.bill(scene, BillState.PAID)
    made.paid = [Portion(journal=journal, fen=made.amount_fen, at=now)]
    made.owed_fen = 0
    await scene.town.world.db[bills.COLLECTION].replace_one({"_id": made.id}, to_document(made))
    line = Line(
        bill_id=made.id,
        home=made.home,
        kind=made.kind,
        period=made.period,
        explanation=made.explanation,
        amount_fen=made.amount_fen,
    )
    return made, line


async def receipt(scene: Scene, payment: Payment | CounterPayment) -> None:
    way = PaymentWay(payment.way) if isinstance(payment, CounterPayment) else PaymentWay.WECHAT
    made = Receipt(
        id=payment.id,
        number=f"20260302{scene.number:010d}",
        person="",
        payee_name=payment.payee_name,
        lines=payment.lines,
        amount_fen=payment.amount_fen,
        amount_capital="壹元整",
        way=way,
        transaction_id="",
        paid_at=scene.town.world.deps.now(),
    )
    await scene.town.insert(receipts.COLLECTION, made)


async def paid(scene: Scene) -> str:
    """A payment in WeChat of somebody who is not of the matrix."""
    deps, transaction = scene.town.world.deps, scene.town.new_id()
    client, payment_id = deps.merchants["firm"], scene.town.new_id()
    journal = payment_journal(client.account.mchid, transaction)
    bill, line = await paid_bill(scene, journal)
    now = deps.now()
    made = Payment(
        id=payment_id,
        person=scene.town.new_id(),
        account="firm",
        payee_name=bill.payee_name,
        lines=[line],
        bill_ids=[bill.id],
        amount_fen=bill.amount_fen,
        state=PaymentState.PAID,
        open=False,
        body=client.prepay_body(
            payment_id,
            amount_fen=bill.amount_fen,
            description="物业费",
            openid="o-nobody",
            expires_at=now,
        ),
        created_at=now,
        expires_at=now,
        paid_at=now,
        transaction_id=transaction,
    )
    await receipt(scene, made)
    return await scene.town.insert(payments.COLLECTION, made)


async def taken(scene: Scene) -> CounterPayment:
    """A transfer that was booked for a bill at the scene's place."""
    now, payment_id = scene.town.world.deps.now(), scene.town.new_id()
    bill, line = await paid_bill(scene, f"counter:{payment_id}")
    compound = compound_of(bill.home)
    made = kept_payment(scene.number, home=bill.home, compound=compound, at=now)
    made.id, made.account, made.way = payment_id, bill.account, CounterWay.TRANSFER
    made.lines, made.bill_ids, made.amount_fen = [line], [bill.id], bill.amount_fen
    await receipt(scene, made)
    await scene.town.insert(counter_payments.COLLECTION, made)
    return made


async def taken_id(scene: Scene) -> str:
    return (await taken(scene)).id


async def request(
    scene: Scene, state: RefundRequestState = RefundRequestState.ASKED, **more: Any
) -> str:
    """A refund at the counter that somebody else asked for."""
    payment, now = await taken(scene), scene.town.world.deps.now()
    home = payment.lines[0].home
    made: RefundRequest = build.kept(scene.number, home=home, compound=payment.compound, at=now)
    made.id, made.payment, made.journal = (
        scene.town.new_id(),
        payment.id,
        f"counter:{payment.id}",
    )
    made.account, made.way, made.state = payment.account, PaymentWay.TRANSFER, state
    made.lines, made.amount_fen = payment.lines, payment.amount_fen
    for name, value in more.items():
        setattr(made, name, value)
    return await scene.town.insert(refund_requests.COLLECTION, made)


async def own_request(scene: Scene) -> str:
    """A refund that whoever asks asked for."""
    return await request(scene, asked_by=scene.owner.person_id)


async def approved(scene: Scene) -> str:
    return await request(scene, RefundRequestState.APPROVED)


def by_transfer(scene: Scene, _: Any) -> dict[str, Any]:
    return {"way": "transfer", "voucher": f"R-{scene.number}"}


FURNITURE: Final[Furniture] = ((request, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/payments/{payment_id}/refund-requests",
        at(HOME),
        makes=paid,
        body=WISH,
    ),
    Row(
        "post",
        "/api/v1/counter-payments/{counter_payment_id}/refund-requests",
        at(HOME),
        makes=taken_id,
        body=WISH,
    ),
    Row("get", "/api/v1/places/{place}/refund-requests", at(HOME, UNIT, COMPOUND)),
    Row("get", "/api/v1/refund-requests/{request_id}", at(HOME), makes=request),
    Row(
        "post",
        "/api/v1/refund-requests/{request_id}/decision",
        at(HOME),
        makes=request,
        body=NO,
    ),
    Row(
        "post",
        "/api/v1/refund-requests/{request_id}/payout",
        at(HOME),
        makes=approved,
        body=by_transfer,
    ),
    Row(
        "post",
        "/api/v1/refund-requests/{request_id}/withdrawal",
        mine(),
        makes=own_request,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
