"""Trail of a payment: what happened to the money, step by step."""

from datetime import datetime

from msgspec import Struct

from services.kernel.labels import Labelled
from services.payments.states import PaymentState


class TrailStep(Labelled):
    """Kind of a step."""

    ORDERED = "ordered", "下单"
    PREPARED = "prepared", "微信受理"
    NOTICE = "notice", "微信通知"
    ASKED = "asked", "向微信查询"
    PAID = "paid", "付款"
    BOOKED = "booked", "入账"
    RECEIPT = "receipt", "收据"
    DOUBTED = "doubted", "核对"
    SETTLED = "settled", "核对结束"
    REFUND_PROPOSED = "refund_proposed", "提出退款"
    REFUND_DECIDED = "refund_decided", "退款审批"
    REFUND_ASKED = "refund_asked", "申请退款"
    REFUND_DONE = "refund_done", "退款到账"
    RETURNED = "returned", "商户退回"
    CLOSED = "closed", "关闭"
    RECONCILED = "reconciled", "对账"


class TrailEntry(Struct, frozen=True, kw_only=True):
    """One step of the money.

    `step`: Kind of the step.
    `at`: When it happened; null where only the day is known.
    `text`: What happened, in Chinese.
    `number`: Number it has at WeChat or on paper; null for none.
    `amount_fen`: Money it is about, in fen; null for none.
    """

    step: TrailStep
    at: datetime | None
    text: str
    number: str | None = None
    amount_fen: int | None = None


class MoneyTrail(Struct, kw_only=True):
    """Answer to "where is my money", for one payment.

    `payment_id`: Id of the payment: the merchant's number of the order at WeChat.
    `state`: How far the payment is.
    `amount_fen`: What was ordered, in fen.
    `payee_name`: Who receives the money.
    `answer`: Where the money is now, in one Chinese sentence.
    `entries`: Steps in the order of time.
    `can_ask`: Whether WeChat may still say something new.
    """

    payment_id: str
    state: PaymentState
    amount_fen: int
    payee_name: str
    answer: str
    entries: list[TrailEntry]
    can_ask: bool
