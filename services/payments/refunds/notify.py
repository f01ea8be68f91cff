"""Messages about refunds to whoever gets the money."""

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.payments.models import Payment
from services.payments.refunds.models import Refund
from services.wechat.pay_models import Refund as Answer

RETURNED_ELSEWHERE = "收款单位已退回"


async def notify_payer(
    deps: Dependencies, tx: Transaction, refund: Refund, template: TemplateKey
) -> None:
    """Tell whoever gets a refund how it stands; money of nobody we know tells nobody."""
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


async def notify_returned(
    deps: Dependencies, tx: Transaction, payment: Payment, answer: Answer
) -> None:
    """Tell the payer of money that the payee gave back without us."""
    await messaging.notify(
        deps,
        tx,
        person_id=payment.person,
        template=TemplateKey.REFUND_DONE,
        key=answer.out_refund_no,
        values={"amount": yuan(answer.refund_fen), "reason": RETURNED_ELSEWHERE},
        page=f"pages/payments/detail?id={payment.id}",
    )
