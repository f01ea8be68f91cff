"""Endpoints of receipt checks: whether a receipt on paper is ours, for anybody who holds it."""

from html import escape
from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download
from services.kernel.money import yuan
from services.kernel.types import OPAQUE
from services.limits.models import Rate
from services.payments.receipts import checks
from services.payments.receipts.models import ReceiptCheck

ReceiptToken = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=OPAQUE,
        description="Token of the receipt: the last part of the address that was scanned.",
    ),
]
HTML: Final = "text/html; charset=utf-8"
PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>收据核对</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="font: 1.2em sans-serif; margin: 2em">
<h1>收据核对</h1>
{said}
</body></html>
"""


class ReceiptCheckHandler(ApiHandler):
    @endpoint(
        "checkReceipt",
        needs=Access.PUBLIC,
        errors=("receipt_unknown",),
        rate=Rate.RECEIPT_CHECK,
    )
    async def get(self, token: ReceiptToken) -> ReceiptCheck:
        """What a receipt says of money and what of it was reversed; nothing of people."""
        return await checks.check(self.deps, token)


class ReceiptCheckPageHandler(ApiHandler):
    @endpoint(
        "getReceiptCheckPage",
        needs=Access.PUBLIC,
        media_type="text/html",
        rate=Rate.RECEIPT_CHECK,
    )
    async def get(self, token: ReceiptToken) -> Download:
        """Page for who scans the code of a receipt."""
        try:
            said = _said(await checks.check(self.deps, token))
        except checks.ReceiptUnknown as unknown:
            said = f"<p>{escape(str(unknown))}</p>"
        return Download(PAGE.format(said=said).encode(), HTML)


def _said(found: ReceiptCheck) -> str:
    """Return what a receipt says, as text of a page."""
    back = [("已冲销", f"{yuan(found.reversed_fen)}元")] if found.reversed_fen else []
    serial = [("编号", found.serial_number)] if found.serial_number else []
    rows = [
        ("状态", found.standing.label),
        *back,
        *serial,
        ("收据号", found.number),
        ("收款单位", found.payee_name),
        ("金额", f"{yuan(found.amount_fen)}元({found.amount_capital})"),
        ("缴款日期", found.paid_on),
    ]
    return "\n".join(f"<p>{escape(label)}:{escape(value)}</p>" for label, value in rows)


ROUTES = [
    Route("/api/v1/receipt-checks/{token}", ReceiptCheckHandler),
    Route("/v/{token}", ReceiptCheckPageHandler),
]
