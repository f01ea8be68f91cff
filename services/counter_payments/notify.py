"""Messages about money taken at the counter: to whoever owed it, so that nobody keeps it."""

from typing import Final

from services.counter_payments.models import CounterPayment
from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.receipts.models import Receipt
from services.residencies import owners

COUNTER_PAYMENT_BOOKED: Final = Template(
    key="counter_payment_booked",
    title="线下缴费已登记",
    body="{payee}于{paid_at}以{way}收到您家缴纳的{amount},收据号{number}。如与实际不符,请联系社区。",
    page="pages/bills/bills",
    data={
        "thing1": "payee",
        "amount2": "amount",
        "time3": "paid_at",
        "character_string4": "number",
        "thing5": "way",
    },
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_BINDING, "线下缴费登记时告诉您"),),
)
TEMPLATES: Final = (COUNTER_PAYMENT_BOOKED,)


async def notify_debtors(
    deps: Dependencies, tx: Transaction, payment: CounterPayment, receipt: Receipt
) -> None:
    """Tell who owed the bills that they were paid, and how."""
    homes = sorted({line.home for line in payment.lines})
    found = await owners.debtors_of(deps, homes)
    people = {row.person for rows in found.values() for row in rows if row.to_day is None}
    for person in sorted(filter(None, people)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=COUNTER_PAYMENT_BOOKED,
            key=payment.id,
            values={
                "payee": payment.payee_name,
                "amount": yuan(payment.amount_fen),
                "paid_at": payment.paid_at.isoformat(),
                "number": receipt.number,
                "way": payment.way.label,
            },
        )
