"""Words of a trail: each step in one short Chinese line, and where the money is now."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.kernel.days import day_of
from services.kernel.money import yuan
from services.payments.discrepancies.models import Discrepancy
from services.payments.models import Line, Payment, WeChatEvent, bills_of
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.prepayment_returns.states import ReturnState
from services.payments.receipts.models import Receipt
from services.payments.refund_requests.models import RefundRequest
from services.payments.refund_requests.states import RefundRequestState
from services.payments.refunds.models import Refund
from services.payments.refunds.states import REFUND_STUCK, RefundState
from services.payments.states import PaymentState
from services.payments.trails.models import TrailEntry, TrailStep
from services.payments.trails.sources import Sources

LAST = "9999"


def entries(found: Sources) -> list[TrailEntry]:
    """Return the steps of a payment in the order of time; those of a day last in it."""
    made = [
        *_of_order(found.payment),
        *(_of_notice(notice) for notice in found.notices),
        *_of_books(found),
        *(entry for request in found.requests for entry in of_request(request)),
        *(entry for refund in found.refunds for entry in _of_refund(refund)),
        *(entry for made in found.returned for entry in of_return(made)),
        *_of_difference(found.difference),
        *_of_bill(found.payment, found.refunds),
    ]
    return sorted(made, key=in_time)


def in_time(entry: TrailEntry) -> str:
    """Return what steps are sorted by: those of which only the day is known come last."""
    return entry.at.isoformat() if entry.at else LAST


def _of_order(payment: Payment) -> Iterator[TrailEntry]:
    yield TrailEntry(
        step=TrailStep.ORDERED,
        at=payment.created_at,
        text=f"下单{ordered(payment.lines)},共{yuan(payment.amount_fen)}元",
        number=payment.id,
        amount_fen=payment.amount_fen,
    )
    if payment.prepaid_at:
        together = ",与其他收款单位的账单一次支付" if payment.combined else ""
        text = f"微信已受理订单{together}"
        yield TrailEntry(step=TrailStep.PREPARED, at=payment.prepaid_at, text=text)
    if payment.checked_at:
        text = "最近一次向微信查询这笔订单"
        yield TrailEntry(step=TrailStep.ASKED, at=payment.checked_at, text=text)
    if payment.paid_at:
        yield TrailEntry(
            step=TrailStep.PAID,
            at=payment.paid_at,
            text="微信确认付款成功",
            number=payment.transaction_id,
            amount_fen=payment.amount_fen,
        )
    if payment.state is PaymentState.CLOSED:
        yield TrailEntry(
            step=TrailStep.CLOSED, at=payment.closed_at, text="订单已关闭,不能再付款"
        )


def ordered(lines: Sequence[Line]) -> str:
    """Say what is paid: so many bills, or a fee in advance."""
    bills = len(bills_of(lines))
    return f"缴{bills}张账单" if bills else f"预存{lines[0].kind.label}"


def _of_notice(notice: WeChatEvent) -> TrailEntry:
    return TrailEntry(
        step=TrailStep.NOTICE,
        at=notice.received_at,
        text=f"收到微信通知,{notice.outcome.label}",
        number=notice.transaction_id or None,
    )


def _of_books(found: Sources) -> Iterator[TrailEntry]:
    if found.journal is None:
        return
    at, payment = found.journal.at, found.payment
    yield booked(at, payment.payee_name, payment.amount_fen)
    if found.receipt:
        yield receipted(at, found.receipt)


def booked(at: datetime, payee_name: str, amount_fen: int) -> TrailEntry:
    """Say that money is in the books."""
    text = f"已入账,收款单位:{payee_name}"
    return TrailEntry(step=TrailStep.BOOKED, at=at, text=text, amount_fen=amount_fen)


def receipted(at: datetime, receipt: Receipt) -> TrailEntry:
    """Say that there is a receipt, and its number."""
    return TrailEntry(
        step=TrailStep.RECEIPT,
        at=at,
        text="已开收据",
        number=receipt.number,
        amount_fen=receipt.amount_fen,
    )


def of_request(request: RefundRequest) -> Iterator[TrailEntry]:
    """Yield that money is asked back by hand, and what was decided."""
    money = f"{yuan(request.amount_fen)}元"
    yield TrailEntry(
        step=TrailStep.REFUND_PROPOSED,
        at=request.asked_at,
        text=f"工作人员提出退款{money}:{request.reason}",
        number=request.number,
        amount_fen=request.amount_fen,
    )
    if request.decided_at:
        is_refused = request.state is RefundRequestState.REFUSED
        text = f"退款{money}未批准" if is_refused else f"退款{money}已批准"
        step, at = TrailStep.REFUND_DECIDED, request.decided_at
        yield TrailEntry(step=step, at=at, text=text, number=request.number)


def of_return(made: PrepaymentReturn) -> Iterator[TrailEntry]:
    """Yield that prepaid money is asked back, what was decided, and that it was handed out."""
    money = f"{yuan(made.amount_fen)}元"
    asked = TrailEntry(
        step=TrailStep.REFUND_PROPOSED,
        at=made.asked_at,
        text=f"工作人员提出退还预存款{money}:{made.reason}",
        number=made.number,
        amount_fen=made.amount_fen,
    )
    yield asked
    if made.decided_at:
        is_refused = made.state is ReturnState.REFUSED
        text = f"退还预存款{money}{'未批准' if is_refused else '已批准'}"
        yield replace(asked, step=TrailStep.REFUND_DECIDED, at=made.decided_at, text=text)
    if made.state is ReturnState.DONE:
        way = made.back.label if made.back else ""
        done = {"step": TrailStep.REFUND_DONE, "at": made.finished_at}
        text, number = f"预存款{money}已用{way}退还", made.voucher or made.number
        yield replace(asked, **done, text=text, number=number)


def of_prepaid_back(made: PrepaymentReturn) -> str:
    """Say where prepaid money is that was asked back; nothing for what stays."""
    money = f"{yuan(made.amount_fen)}元"
    match made.state:
        case ReturnState.ASKED:
            return f"预存款{money}的退还正在审批"
        case ReturnState.APPROVED:
            return f"预存款{money}已批准退还,请到收款单位领取"
        case ReturnState.DONE:
            return f"预存款{money}已退还"
        case _:
            return ""


def _of_refund(refund: Refund) -> Iterator[TrailEntry]:
    money = f"{yuan(refund.amount_fen)}元"
    asked = TrailEntry(
        step=TrailStep.REFUND_ASKED,
        at=refund.requested_at,
        text=f"申请退款{money}:{refund.reason}",
        number=refund.number,
        amount_fen=refund.amount_fen,
    )
    yield asked
    if refund.state is RefundState.DONE:
        done = {"step": TrailStep.REFUND_DONE, "at": refund.settled_at}
        yield replace(asked, **done, text=f"退款{money}已退回原支付方式")


def _of_difference(found: Discrepancy | None) -> Iterator[TrailEntry]:
    if found is None:
        return
    doubts = "、".join(doubt.label for doubt in found.doubts)
    yield TrailEntry(step=TrailStep.DOUBTED, at=found.found_at, text=f"发现不符:{doubts}")
    if found.settled_at:
        text = f"核对结果:{found.state.label}"
        yield TrailEntry(step=TrailStep.SETTLED, at=found.settled_at, text=text)


def _of_bill(payment: Payment, refunds: Sequence[Refund]) -> Iterator[TrailEntry]:
    done = [each for each in refunds if each.lines and each.state is RefundState.DONE]
    amount_fen = payment.returned_fen - sum(each.amount_fen for each in done)
    if amount_fen:
        text = f"收款单位在微信商户平台退回{yuan(amount_fen)}元,账单重新待缴"
        yield TrailEntry(step=TrailStep.RETURNED, at=None, text=text, amount_fen=amount_fen)
    if payment.billed_on:
        text = f"{payment.billed_on}的微信账单里有这笔款,已对上"
        yield TrailEntry(step=TrailStep.RECONCILED, at=None, text=text)


def answer(found: Sources) -> str:
    """Say in one sentence where the money is now."""
    payment = found.payment
    match payment.state:
        case PaymentState.CREATED | PaymentState.UNKNOWN | PaymentState.PREPAID:
            return "微信还没有确认收到付款。如果您已经付款,请稍等片刻,或点“问一下微信”。"
        case PaymentState.CLOSED if found.refunds:  # money that did not fit, sent back
            return _of_money(found)
        case PaymentState.CLOSED:
            return "订单已关闭,没有收到这笔款。如果微信显示已扣款,请点“问一下微信”。"
        case PaymentState.SUSPENDED:
            return "款项已收到,但与订单不符,工作人员正在核对,不会丢失。"
        case PaymentState.PAID:
            return _of_money(found)


def _of_money(found: Sources) -> str:
    settled_fen = found.receipt.amount_fen if found.receipt else 0
    arrived = f"{yuan(settled_fen)}元已由{found.payment.payee_name}收到" if settled_fen else ""
    waiting = [each for each in found.requests if each.state is RefundRequestState.ASKED]
    back = [f"{yuan(each.amount_fen)}元的退款正在审批" for each in waiting]
    back += [_of_money_back(refund) for refund in found.refunds]
    back += [of_prepaid_back(made) for made in found.returned]
    day = day_of(found.payment.paid_at) if found.payment.paid_at else ""
    said = ",".join(filter(None, [arrived, *back])) or "款项已收到"
    return f"{day} {said}。".strip()


def _of_money_back(refund: Refund) -> str:
    money = f"{yuan(refund.amount_fen)}元"
    if refund.state is RefundState.DONE:
        return f"{money}已退回"
    if refund.state in REFUND_STUCK:
        return f"{money}的退款没有成功,工作人员正在处理"
    return f"{money}正在退回"
