"""Counter payments in tests: taken at the counter, or as they are kept."""

from datetime import datetime

from services.counter_payments.deliveries.models import Delivery
from services.counter_payments.models import CounterPayment, CounterWay
from services.fees.models import BillKind, FeeKind
from services.kernel.permissions import Role
from services.payments.models import Line
from tests.build.cast import COMPOUND, Estate, payee_of
from tests.build.deeds import Ask
from tests.build.offices import firm_at, hire
from tests.build.sign_ins import Member


async def firms_cashier(estate: Estate) -> Member:
    """Return the cashier of the firm that charges the property fee."""
    firm = await firm_at(estate.world, COMPOUND)
    payee = payee_of(FeeKind.PROPERTY_FEE)
    await estate.world.db.payees.update_one(
        {"_id": payee}, {"$set": {"firm": firm, "place": COMPOUND}}
    )
    whose = {"name": "cashier", "phone": "13900000091", "firm": firm}
    return await hire(estate.world, Role.CASHIER, COMPOUND, **whose)


async def payment_taken(estate: Estate) -> Ask:
    """Return the request that takes cash for what a home owes."""
    body = {"bill_ids": await estate.bill_ids("li"), "way": "cash", "voucher": "A-000001"}
    return Ask("/api/v1/counter-payments", body)


def kept(number: int, *, home: str, compound: str, at: datetime) -> CounterPayment:
    """Return a counter payment as it is kept; those of different numbers differ."""
    line = Line(
        bill_id=f"b{number}",
        home=home,
        kind=BillKind.PROPERTY_FEE,
        period="2026-01",
        explanation="-",
        amount_fen=1234 + number,
    )
    return CounterPayment(
        id=f"c{number}",
        compound=compound,
        place=home,
        way=[*CounterWay][number % 3],
        voucher=f"A-{number}",
        payee="payee",
        account="firm" if number % 2 else "sanitation",
        payee_name="物业",
        lines=[line],
        bill_ids=[line.bill_id],
        amount_fen=line.amount_fen,
        paid_at=at,
        taken_by=f"person{number % 2}",
        taken_at=at,
    )


def delivery(number: int, *, compound: str, at: datetime) -> Delivery:
    """Return a delivery of cash as it is kept; those of different numbers differ."""
    return Delivery(
        id=f"d{number}",
        compound=compound,
        account="firm" if number % 2 else "sanitation",
        payee_name="物业",
        given_by=f"person{number}",
        given_at=at,
        booked_fen=100,
        counted_fen=100,
    )
