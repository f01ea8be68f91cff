"""Messages about refunds to whoever gets the money."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.models import Payment
from services.payments.refunds.models import Refund
from services.wechat.pay_models import Refund as Answer

RETURNED_ELSEWHERE: Final = "收款单位已退回"

REFUND_DONE: Final = Template(
    key="refund_done",
    title="退款已办好",
    body="{amount}已退回您的微信付款账户,原因:{reason}。请留意查收。",
    page="pages/payments/payments",
    data={"amount1": "amount", "thing2": "reason"},
    purpose=Purpose.PAYMENT,
    asks=(
        Ask(Moment.AFTER_PAYING, "万一有退款,办好时告诉您"),
        Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "退款办好时告诉您"),
    ),
)
REFUND_DELAYED: Final = Template(
    key="refund_delayed",
    title="退款需要人工办理",
    body="您的{amount}退款({reason})没有自动办成,工作人员会尽快处理,给您添麻烦了。",
    page="pages/payments/payments",
    data={"amount1": "amount", "thing2": "reason"},
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "退款要多等几天时告诉您"),),
)
TEMPLATES: Final = (REFUND_DONE, REFUND_DELAYED)


async def notify_payer(
    deps: Dependencies, tx: Transaction, refund: Refund, template: Template
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
        template=REFUND_DONE,
        key=answer.out_refund_no,
        values={"amount": yuan(answer.refund_fen), "reason": RETURNED_ELSEWHERE},
        page=f"pages/payments/detail?id={payment.id}",
    )
