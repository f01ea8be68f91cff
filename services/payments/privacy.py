"""Personal data of payments, receipts and refunds, and its erasure.

The accounts stay, as the law asks, under an id that leads to nobody. What WeChat was told of
the payer goes: it served to ask again for an order that is over now.
"""

from typing import Final

from msgspec import Struct

from mongo_indexes import (
    discrepancies,
    invoice_requests,
    payment_links,
    payments,
    prepayment_returns,
    receipt_series,
    receipts,
    refund_requests,
    refund_reserves,
    refunds,
    wechat_events,
)
from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Conflict
from services.kernel.personal_data import ACCOUNTING, Fate, Holding
from services.payments import store
from services.payments.invoices import store as invoices_store
from services.payments.invoices.models import EMAIL, PHONE, TAX_NUMBER, TITLE, TitleKind
from services.payments.invoices.states import InvoiceState
from services.payments.links import store as links_store
from services.payments.links.models import TOKEN
from services.payments.links.states import LinkState
from services.payments.prepayment_returns.models import SIGNED_BY as RETURN_SIGNED_BY
from services.payments.refund_requests import store as requests_store
from services.payments.refund_requests.models import SIGNED_BY
from services.payments.refund_requests.states import RefundRequestState
from services.payments.refunds import store as refunds_store
from services.payments.refunds.states import RefundState
from services.payments.states import PaymentState

HOLDINGS: Final = (
    Holding(
        collection=payments.COLLECTION,
        fate=Fate.BLANKED,
        title="支付订单",
        person="person",
        shows={
            "_id": "订单号",
            "payee_name": "收款单位",
            "lines": "账单",
            "amount_fen": "金额(元)",
            "state": "状态",
            "created_at": "下单时间",
            "paid_at": "支付时间",
            "transaction_id": "微信支付单号",
        },
        words={"state": PaymentState},
        law=ACCOUNTING,
    ),
    Holding(
        collection=payment_links.COLLECTION,
        fate=Fate.REMOVED,
        title="代缴链接",
        person="person",
        shows={
            "payee_name": "收款单位",
            "state": "状态",
            "created_at": "时间",
            "expires_at": "有效期至",
        },
        words={"state": LinkState},
        sealed={"token_sealed": TOKEN},
    ),
    Holding(
        collection=receipts.COLLECTION,
        fate=Fate.KEPT,
        title="收据",
        person="person",
        shows={
            "number": "收据号",
            "serial": "连续编号",
            "reverses": "冲销的支付订单",
            "payee_name": "收款单位",
            "lines": "账单",
            "amount_fen": "金额(元)",
            "amount_capital": "大写",
            "transaction_id": "微信支付单号",
            "paid_at": "支付时间",
        },
        law=ACCOUNTING,
    ),
    Holding(
        collection=receipt_series.COLLECTION,
        fate=Fate.NOBODYS,
        why="收据连续编号用到几号",
    ),
    Holding(
        collection=refunds.COLLECTION,
        fate=Fate.KEPT,
        title="退款",
        person="person",
        shows={
            "number": "退款单号",
            "payment": "订单号",
            "amount_fen": "金额(元)",
            "reason": "原因",
            "state": "状态",
            "requested_at": "申请时间",
            "settled_at": "办结时间",
        },
        words={"state": RefundState},
        law=ACCOUNTING,
    ),
    Holding(
        collection=refund_requests.COLLECTION,
        fate=Fate.KEPT,
        title="退款申请",
        person="person",
        shows={
            "number": "退款号",
            "payment": "订单号",
            "amount_fen": "金额(元)",
            "reason": "原因",
            "state": "状态",
            "asked_at": "申请时间",
            "decided_at": "审批时间",
            "finished_at": "退回时间",
        },
        words={"state": RefundRequestState},
        sealed={"signed_by_sealed": SIGNED_BY},
        law=ACCOUNTING,
        staff=("asked_by", "decided_by", "paid_out_by"),
    ),
    Holding(
        collection=refund_reserves.COLLECTION,
        fate=Fate.NOBODYS,
        why="一笔付款里正在退和已退的金额",
    ),
    Holding(
        collection=prepayment_returns.COLLECTION,
        fate=Fate.KEPT,
        why="房屋的预存款退还,领款人签名按会计凭证保存",
        sealed={"signed_by_sealed": RETURN_SIGNED_BY},
        law=ACCOUNTING,
        staff=("asked_by", "decided_by", "paid_out_by"),
    ),
    Holding(
        collection=invoice_requests.COLLECTION,
        fate=Fate.BLANKED,
        title="发票申请",
        person="person",
        shows={
            "payee_name": "收款单位",
            "receipt_number": "收据号",
            "amount_fen": "金额(元)",
            "kind": "抬头类型",
            "title_sealed": "抬头",
            "tax_number_sealed": "税号",
            "email_sealed": "邮箱",
            "phone_sealed": "联系电话",
            "state": "状态",
            "numbers": "发票号",
            "asked_at": "申请时间",
        },
        words={"kind": TitleKind, "state": InvoiceState},
        sealed={
            "title_sealed": TITLE,
            "tax_number_sealed": TAX_NUMBER,
            "email_sealed": EMAIL,
            "phone_sealed": PHONE,
        },
        law=ACCOUNTING,
        staff=("changed_by",),
    ),
    Holding(
        collection=discrepancies.COLLECTION,
        fate=Fate.KEPT,
        law=ACCOUNTING,
        why="对账差异,只有订单号和金额,订单在“支付订单”里",
    ),
    Holding(
        collection=wechat_events.COLLECTION,
        fate=Fate.KEPT,
        law=ACCOUNTING,
        why="微信支付通知的原文,由微信加密,我们只凭它记账",
    ),
)


class MoneyUnderWayDetails(Struct, frozen=True, kw_only=True):
    """Money that still moves.

    `payments`: Ids of the payments that are still open.
    `refunds`: Ids of the refunds that have not arrived, or are asked for.
    """

    payments: list[str]
    refunds: list[str]


class MoneyUnderWay(Conflict):
    """An order is open, or a refund on its way. `payments`, `refunds` in details."""

    code = "money_under_way"
    details_type = MoneyUnderWayDetails


async def require_no_money_under_way(
    deps: Dependencies, tx: Transaction, person_id: str
) -> None:
    """Raise MoneyUnderWay while money of this person's moves, or should."""
    found = {
        "payments": await store.open_of(deps.db, tx, person_id),
        "refunds": [
            *await refunds_store.unfinished_of(deps.db, tx, person_id),
            *await requests_store.open_of(deps.db, tx, person_id),
        ],
    }
    if any(found.values()):
        raise MoneyUnderWay("还有付款或退款没有办完,请办完后再注销", **found)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Withdraw the links by which somebody else could still pay for this person."""
    await links_store.withdraw_of(deps.db, tx, person_id)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase the payer's WeChat user, their links, and what they wrote for invoices."""
    more = await store.blank_bodies(deps.db, tx, person_id)
    more = await links_store.remove_of(deps.db, tx, person_id) or more
    return await invoices_store.blank(deps.db, tx, person_id) or more
