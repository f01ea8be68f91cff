"""Messages about receipts, to whoever paid."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.receipts.models import Receipt

PAYMENT_RECEIVED: Final = Template(
    key="payment_received",
    title="缴费成功",
    body="{payee}已收到您{paid_at}缴纳的{amount},收据号{number}。谢谢您的支持!",
    page="pages/payments/payments",
    data={
        "thing1": "payee",
        "amount2": "amount",
        "time3": "paid_at",
        "character_string4": "number",
    },
    purpose=Purpose.PAYMENT,
    asks=(
        Ask(Moment.AFTER_PAYING, "钱到账后告诉您收据号"),
        Ask(Moment.AFTER_BINDING, "缴费到账时告诉您"),
    ),
)
TEMPLATES: Final = (PAYMENT_RECEIVED,)


async def notify_payer(deps: Dependencies, tx: Transaction, receipt: Receipt) -> None:
    """Tell whoever paid that the money arrived, with the number of the receipt."""
    await messaging.notify(
        deps,
        tx,
        person_id=receipt.person,
        template=PAYMENT_RECEIVED,
        key=receipt.id,
        values={
            "payee": receipt.payee_name,
            "amount": yuan(receipt.amount_fen),
            "paid_at": receipt.paid_at.isoformat(),
            "number": receipt.number,
        },
        page=f"pages/payments/detail?id={receipt.id}",
    )
