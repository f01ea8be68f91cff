"""Messages about invoices, to who asked for one."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.invoices.models import InvoiceRequest

INVOICE_SENT: Final = Template(
    key="invoice_sent",
    title="发票已开好",
    body="{payee}已为您{amount}的缴费开好发票,发票号{number}。请留意查收。",
    page="pages/payments/payments",
    data={"thing1": "payee", "amount2": "amount", "character_string3": "number"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "发票开好时告诉您"),),
)
INVOICE_RED: Final = Template(
    key="invoice_red",
    title="发票已红冲",
    body="{payee}因退款红冲了您{amount}的缴费发票,红字发票号{number}。如有需要,可重新申请发票。",
    page="pages/payments/payments",
    data={"thing1": "payee", "amount2": "amount", "character_string3": "number"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "发票有变动时告诉您"),),
)
TEMPLATES: Final = (INVOICE_SENT, INVOICE_RED)


async def notify_payer(
    deps: Dependencies, tx: Transaction, request: InvoiceRequest, template: Template
) -> None:
    """Tell who asked for an invoice that it is there, or was taken back."""
    number = request.numbers[-1]
    await messaging.notify(
        deps,
        tx,
        person_id=request.person,
        template=template,
        key=f"{request.id}:{len(request.numbers)}",
        values={
            "payee": request.payee_name,
            "amount": yuan(request.amount_fen),
            "number": number,
        },
        page=f"pages/payments/detail?id={request.id}",
    )
