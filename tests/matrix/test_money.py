"""Bills, payments, registers, figures, messages, the audit; and what is no person's."""

from typing import Final

import pytest

from mongo_indexes import (
    discrepancies,
    invoice_requests,
    payments,
    receipts,
    refunds,
)
from services.bills.states import BillState
from services.fees.models import BillKind
from services.kernel.permissions import Permission
from services.payments.discrepancies.models import Discrepancy, Doubt
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.invoices.models import TITLE, InvoiceRequest, TitleKind
from services.payments.invoices.states import InvoiceState
from services.payments.models import Line, Payment
from services.payments.receipts.models import Receipt
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundState
from services.payments.states import PaymentState
from services.places.actions import compound_of
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES, OWNER, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, citywide, decided, everyone, mine, public, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

WHOLE_SYSTEM = "an installation is one city's: its merchants' accounts and books are one"
MONEY = "who paid, and who minds the money of a place, see what became of it"
UNIT_DEPTH = UNIT.count(".")


def by_unit(scene: Scene, _: str) -> dict[str, str]:
    """Figures of every unit, of places that are larger than one."""
    return {"by": "unit", "period": "2020-06"} if scene.place.count(".") < UNIT_DEPTH else {}


async def owing_bill(scene: Scene) -> str:
    """A bill of a home that owes it; the amount is no other bill's."""
    return (await makers.bill(scene)).id


async def repair_bill(scene: Scene) -> str:
    """A bill of a repair that whoever asks ordered."""
    debtor = scene.owner.person_id
    return (await makers.bill(scene, kind=BillKind.REPAIR_FEE, debtor=debtor)).id


def sees_money(post: Post, place: str) -> Outcome:
    sees = post == OWNER or post.may(Permission.VIEW_DEBTORS, place)
    return Outcome.ALLOWED if sees else Outcome.MISSING


async def own_payment(scene: Scene) -> str:
    """A settled order that the owner of the home made."""
    return await payment(scene, scene.town.people[OWNER].person_id)


async def payment(scene: Scene, payer: str = "") -> str:
    """A settled order of the owner's, with its receipt, for a home at the scene's place.

    `payer`: of somebody else instead: nobody sends back what they paid themselves.
    """
    now, paid = scene.town.world.deps.now(), await makers.bill(scene, BillState.PAID)
    line = Line(
        bill_id=paid.id,
        home=paid.home,
        kind=paid.kind,
        period=paid.period,
        explanation=paid.explanation,
        amount_fen=paid.amount_fen,
    )
    made = Payment(
        id=scene.town.new_id(),
        person=payer or scene.owner.person_id,
        account="firm",
        payee_name=paid.payee_name,
        lines=[line],
        bill_ids=[paid.id],
        amount_fen=paid.amount_fen,
        state=PaymentState.PAID,
        open=False,
        body=b"",
        created_at=now,
        expires_at=now,
        paid_at=now,
        transaction_id=scene.town.new_id(),
    )
    receipt = Receipt(
        id=made.id,
        number=f"20260302{scene.number:010d}",
        person=made.person,
        payee_name=made.payee_name,
        lines=made.lines,
        amount_fen=made.amount_fen,
        amount_capital="壹元整",
        transaction_id=made.transaction_id or "",
        paid_at=now,
    )
    await scene.town.insert(receipts.COLLECTION, receipt)
    return await scene.town.insert(payments.COLLECTION, made)


async def printed(scene: Scene) -> str:
    """The token of a receipt that was printed."""
    payment_id, token = await payment(scene), f"token-{scene.town.new_id()}"
    collection = scene.town.world.db[receipts.COLLECTION]
    await collection.update_one({"_id": payment_id}, {"$set": {"token": token}})
    return token


async def invoice(scene: Scene, payer: str = "", *, reversed_too: bool = False) -> str:
    """A request of the owner's for an invoice, of money that their firm was paid.

    `payer`: of somebody else instead: nobody keeps the invoice of what they paid themselves.
    """
    payment_id, vault = await payment(scene, payer), scene.town.world.deps.vault
    now = scene.town.world.deps.now()
    made = InvoiceRequest(
        id=payment_id,
        person=payer or scene.owner.person_id,
        place=compound_of(scene.place),
        account="firm",
        payee_name="安居物业",
        receipt_number=f"20260302{scene.number:010d}",
        amount_fen=100,
        kind=TitleKind.PERSONAL,
        title_sealed=TITLE.seal(vault, payment_id, scene.owner.name),
        state=InvoiceState.SENT if reversed_too else InvoiceState.REQUESTED,
        asked_at=now,
        changed_at=now,
    )
    return await scene.town.insert(invoice_requests.COLLECTION, made)


async def asked_invoice(scene: Scene) -> str:
    """A request of somebody else's for an invoice."""
    return await invoice(scene, scene.town.new_id())


async def sent_invoice(scene: Scene) -> str:
    """An invoice that was sent, of a payment of somebody else's that went back."""
    request_id = await invoice(scene, scene.town.new_id(), reversed_too=True)
    back = {"$set": {"returned_fen": 1}}
    await scene.town.world.db[payments.COLLECTION].update_one({"_id": request_id}, back)
    return request_id


async def refund(scene: Scene) -> str:
    """A refund that WeChat gave up."""
    made = Refund(
        id=f"R{scene.town.new_id()}",
        number=f"R{scene.number}",
        payment=await payment(scene, scene.town.new_id()),
        person=scene.owner.person_id,
        account="firm",
        transaction_id=scene.town.new_id(),
        amount_fen=100,
        total_fen=100,
        source="suspense",
        reason="退款",
        state=RefundState.FAILED,
        open=False,
        requested_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(refunds.COLLECTION, made)


async def suspended(scene: Scene) -> str:
    """Money that fits no order, and waits for somebody to decide."""
    number = await payment(scene, scene.town.new_id())
    made = Discrepancy(
        id=f"firm:{number}",
        account="firm",
        doubts=[Doubt.AMOUNT],
        out_trade_no=number,
        transaction_id=scene.town.new_id(),
        amount_fen=100,
        expected_fen=200,
        state=DiscrepancyState.IN_SUSPENSE,
        found_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(discrepancies.COLLECTION, made)


# What there is of it everywhere, so that it can leak.
PAYS: Final = "for a home of theirs; who pays for none may only pay repairs they ordered"


def pays(post: Post, place: str) -> Outcome:
    if post.may(Permission.PAY_BILLS, place):
        return Outcome.ALLOWED
    return Outcome.MISSING if post.places(Permission.PAY_BILLS) else Outcome.FORBIDDEN


EVERYWHERE: Final = (
    owing_bill,
    repair_bill,
    payment,
    invoice,
    refund,
    suspended,
)
FURNITURE: Final[Furniture] = (*[(make, tuple(HOMES)) for make in EVERYWHERE],)
ROWS = (
    Row("get", "/api/v1/me/bills", somewhere()),
    Row("get", "/api/v1/me/repair-bills", everyone()),
    Row(
        "post",
        "/api/v1/bills/{bill_id}/void",
        at(HOME),
        makes=owing_bill,
        body={"reason": "面积登记有误", "months": "open"},
    ),
    Row("get", "/api/v1/payments", everyone()),
    Row(
        "post",
        "/api/v1/payments",
        decided(pays, PAYS, HOME),
        makes=owing_bill,
        body=lambda _, made: {"bill_ids": [made]},
    ),
    Row("get", "/api/v1/payments/{payment_id}", mine(), makes=payment),
    Row("get", "/api/v1/payments/{payment_id}/receipt", mine(), makes=payment),
    Row(
        "get",
        "/api/v1/money-trails/{number}",
        decided(sees_money, MONEY, HOME),
        makes=own_payment,
    ),
    Row(
        "post",
        "/api/v1/money-trails/{number}/ask",
        decided(sees_money, MONEY, HOME),
        makes=own_payment,
        silent="a question changes nothing; what WeChat answers is booked as always",
    ),
    Row(
        "get",
        "/api/v1/payments/{payment_id}/receipt/sheet",
        mine(),
        makes=payment,
        bare="a paper, compressed; what is on it is in tests/services/test_receipts_printed.py",
    ),
    Row(
        "get",
        "/api/v1/receipt-checks/{token}",
        public(),
        makes=printed,
        bare="number, payee, amount and day: nothing of people or homes",
    ),
    Row(
        "get",
        "/v/{token}",
        public(),
        makes=printed,
        bare="number, payee, amount and day: nothing of people or homes",
    ),
    Row("get", "/api/v1/payments/{payment_id}/invoice-request", mine(), makes=invoice),
    Row(
        "put",
        "/api/v1/payments/{payment_id}/invoice-request",
        mine(),
        makes=payment,
        body={"kind": "personal", "title": "李伟"},
    ),
    Row("get", "/api/v1/places/{place}/invoice-requests", at(COMPOUND)),
    Row("get", "/api/v1/invoice-requests/{request_id}", at(HOME), makes=invoice),
    Row(
        "post",
        "/api/v1/invoice-requests/{request_id}/sent",
        at(HOME),
        makes=asked_invoice,
        body={"number": "26222000000012345678"},
    ),
    Row(
        "post",
        "/api/v1/invoice-requests/{request_id}/red-letter",
        at(HOME),
        makes=sent_invoice,
        body={"number": "26222000000012345678"},
    ),
    Row("get", "/api/v1/refunds", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/refunds/{refund_id}/retry",
        citywide(),
        makes=refund,
        beyond=WHOLE_SYSTEM,
    ),
    Row("get", "/api/v1/discrepancies", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/discrepancies/{discrepancy_id}/return",
        citywide(),
        makes=suspended,
        beyond=WHOLE_SYSTEM,
    ),
    Row(
        "get",
        "/api/v1/ledger/trial-balance",
        citywide(),
        query={"from_day": "2026-03-01", "to_day": "2026-03-31"},
        beyond=WHOLE_SYSTEM,
        bare="sums of the whole system",
    ),
    Row(
        "get",
        "/api/v1/places/{place}/unpaid-homes",
        at(UNIT, COMPOUND),
        query={"due": "all"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/rates",
        at(HOME, UNIT, COMPOUND),
        query=by_unit,
    ),
    Row("get", "/api/v1/audit", somewhere()),
    Row("get", "/api/v1/me/messages", everyone(private=False)),
    Row("get", "/api/v1/me/messages/unread", everyone(), bare="a number"),
    Row(
        "post",
        "/api/v1/me/messages/{message_id}/read",
        mine(),
        makes=makers.message,
        silent="a message that was read is no act: services/audit/actions.py",
    ),
    Row("get", "/api/v1/me/message-templates", everyone(), bare="the same texts for all"),
    Row(
        "get",
        "/api/v1/me/message-grants",
        everyone(),
        query={"moment": "after_paying"},
        bare="the same texts for all",
    ),
    Row(
        "post",
        "/api/v1/me/message-grants",
        everyone(),
        body=lambda scene, _: {
            "results": [{"template_id": "stand-in-bill_issued", "result": "accept"}],
            "asked_at": scene.town.world.clock.now.isoformat(),
        },
        bare="ids of templates",
        silent="to allow messages is no act: services/audit/actions.py",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
