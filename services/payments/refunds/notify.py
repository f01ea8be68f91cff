"""Messages about refunds to whoever gets the money."""

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.payments.refunds.models import Refund


async def notify_payer(
    deps: Dependencies, tx: Transaction, refund: Refund, template: TemplateKey
) -> None:
    if refund.person is None:
        return
    await messaging.notify(
        deps,
        tx,
        person_id=refund.person,
        template=template,
        key=refund.number,
        values={"amount": yuan(refund.amount_fen), "reason": refund.reason},
        page=f"pages/payments/detail?id={refund.payment}",
    )
