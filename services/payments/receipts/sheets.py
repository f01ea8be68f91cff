"""Sheets of receipts: a receipt on paper, with a code by which anybody can check it.

Source of the capitals: 《正确填写票据和结算凭证的基本规定》. The payer's name is masked, as
receipts are shown to others; the payer may have it whole.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.deferred import deferred
from services.kernel.money import yuan
from services.kernel.sheets import Facts, QrCode, Sheet, Text
from services.payments.models import PaymentWay, ReceiptLine
from services.payments.receipts import checks, views
from services.payments.receipts.models import PayerName, ReceiptStanding, ReceiptView
from services.wechat.template_values import moment

if TYPE_CHECKING:
    from services.kernel import papers
else:
    papers = deferred("services.kernel.papers")

CODE_WIDTH: Final = 40  # mm: scanned from a hand's breadth
TITLE: Final = "收款收据"
CHECKS: Final = Text("扫码可核对收据真伪。")
NO_INVOICE: Final = Text("本收据不是发票。")


async def printed(
    deps: Dependencies, shown: ReceiptView, payment_id: str, payer: PayerName
) -> bytes:
    """Return a receipt as PDF, with what was reversed until now. Raises NotFound."""
    receipt, reversed_fen = await checks.of_payment(deps, payment_id)
    name = shown.payer_masked
    if payer is PayerName.WHOLE:
        name = await views.payer_of(deps, receipt)
    parts: list[Text | Facts | QrCode] = []
    match checks.standing(receipt, reversed_fen):
        case ReceiptStanding.REVERSED:
            parts.append(Text("【已全部冲销】", large=True))
        case ReceiptStanding.PARTLY:
            parts.append(Text(f"【已部分冲销 {yuan(reversed_fen)}元】", large=True))
    parts += [Facts(_facts(shown, name)), *(_line(line) for line in shown.lines)]
    parts += [Facts(_reversals(shown))] if shown.reversals else []
    if receipt.token:
        address = checks.address_of(deps, receipt.token)
        parts += [QrCode(address, width=CODE_WIDTH), CHECKS]
    parts.append(NO_INVOICE)
    sheet = Sheet(TITLE, tuple(parts))
    return await asyncio.to_thread(lambda: papers.pdf(f"{TITLE}{shown.number}", [sheet]))


def _facts(shown: ReceiptView, payer: str | None) -> tuple[tuple[str, str], ...]:
    serial = [("编号", shown.serial_number)] if shown.serial_number else []
    named = [("缴款人", payer)] if payer else []
    return (
        *serial,
        ("收据号", shown.number),
        ("收款单位", shown.payee_name),
        *named,
        ("金额", f"{yuan(shown.amount_fen)}元"),
        ("人民币大写", shown.amount_capital),
        ("缴款时间", moment(shown.paid_at)),
        ("缴款方式", shown.way.label),
        ("微信支付单号" if shown.way is PaymentWay.WECHAT else "凭证号", shown.transaction_id),
    )


def _line(line: ReceiptLine) -> Facts:
    rows = (
        (line.kind.label, f"{line.title} {yuan(line.amount_fen)}元"),
        ("房屋", line.address),
        ("计算", line.explanation),
    )
    return Facts(rows)


def _reversals(shown: ReceiptView) -> tuple[tuple[str, str], ...]:
    numbers = [each.serial_number or each.number for each in shown.reversals]
    return tuple(
        ("冲销", f"{day_of(each.reversed_at)} {yuan(each.amount_fen)}元,编号 {number}")
        for each, number in zip(shown.reversals, numbers, strict=True)
    )
