"""Messages about refunds by hand: to who paid, and to who owes the bills again."""

from typing import Final

from services.bills import actions as bills
from services.bills.debts import actions as debts
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.models import PaymentWay
from services.payments.refund_requests.models import RefundRequest
from services.places import actions as places

REFUND_APPROVED: Final = Template(
    key="refund_approved",
    title="退款已批准",
    body="{payee}已批准退回{amount},原因:{reason}。钱将退回您的微信付款账户,退款号{number}。",
    page="pages/payments/payments",
    data={
        "thing1": "payee",
        "amount2": "amount",
        "thing3": "reason",
        "character_string4": "number",
    },
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "退款批准时告诉您"),),
)
BILL_REOPENED: Final = Template(
    key="bill_reopened",
    title="已退款,账单重新待缴",
    body="{home}的{bill}已退回{amount},原因:{reason}。退回的金额重新待缴,如已不需缴纳,会另行更正。",
    page="pages/bills/bills",
    data={"thing1": "home", "thing2": "bill", "amount3": "amount", "thing4": "reason"},
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "退款后账单重新待缴时告诉您"),),
)
TEMPLATES: Final = (REFUND_APPROVED, BILL_REOPENED)


async def notify_payer(deps: Dependencies, tx: Transaction, request: RefundRequest) -> None:
    """Tell who paid by WeChat that money comes back; who stood at a counter hears it there."""
    if request.way is not PaymentWay.WECHAT:
        return
    await messaging.notify(
        deps,
        tx,
        person_id=request.person,
        template=REFUND_APPROVED,
        key=request.id,
        values={
            "payee": request.payee_name,
            "amount": yuan(request.amount_fen),
            "reason": request.reason,
            "number": request.number,
        },
        page=f"pages/payments/detail?id={request.payment}",
    )


async def notify_debtors(deps: Dependencies, tx: Transaction, request: RefundRequest) -> None:
    """Tell who owes the bills what of them is owed again; not what prepaid money paid."""
    homes = sorted({line.home for line in request.lines})
    addresses = await places.addresses(deps, homes)
    for line in request.lines:
        bill = await bills.get(deps, line.bill_id, tx=tx)
        if not bill.owed_fen:
            continue
        values = {
            "home": addresses.get(bill.home, bill.home),
            "bill": title_of(bill),
            "amount": yuan(min(line.amount_fen, bill.owed_fen)),
            "reason": request.reason,
        }
        for person in await debts.debtors(deps, bill):
            key = f"{request.id}:{bill.id}"
            await messaging.notify(
                deps, tx, person_id=person, template=BILL_REOPENED, key=key, values=values
            )
