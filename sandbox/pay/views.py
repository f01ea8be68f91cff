"""Views of orders and refunds in answers and notices."""

from typing import Any

from sandbox.clock import rfc3339
from sandbox.records import PAID, Order, Refund, RefundStatus, TradeState
from sandbox.store import Store

STATE_NAMES = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.USERPAYING: "用户支付中，需要输入密码",
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "转入退款",
    TradeState.CLOSED: "订单已关闭",
}


def _owner(order: Order) -> dict[str, Any]:
    if not order.sub_mchid:
        return {"appid": order.appid, "mchid": order.mchid}
    names = ("sp_appid", "sub_appid")
    appids = {name: order.request[name] for name in names if name in order.request}
    return {**appids, "sp_mchid": order.mchid, "sub_mchid": order.sub_mchid}


def transaction(order: Order) -> dict[str, Any]:
    attach = order.request.get("attach")
    shown = {
        **_owner(order),
        "out_trade_no": order.out_trade_no,
        "trade_state": order.state,
        "trade_state_desc": STATE_NAMES[order.state],
        **({"attach": attach} if attach is not None else {}),
    }
    if order.state not in PAID:
        amount: dict[str, Any] = {"total": order.total_fen, "currency": "CNY"}
        return {**shown, "amount": amount, "payer": order.payer}
    return {
        **shown,
        "transaction_id": order.transaction_id,
        "trade_type": "JSAPI",
        "bank_type": "OTHERS",
        "success_time": rfc3339(order.paid_at),
        "payer": order.payer,
        "amount": {
            "total": order.total_fen,
            "payer_total": order.total_fen,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
        "promotion_detail": [],
    }


def combined(store: Store, order: Order) -> dict[str, Any]:
    """Show a combined order with all its parts, paid or not."""
    return {
        "combine_appid": order.appid,
        "combine_mchid": order.mchid,
        "combine_out_trade_no": order.out_trade_no,
        "sub_orders": [_part(part) for part in store.parts(order)],
        "combine_payer_info": order.payer,
    }


def _part(order: Order) -> dict[str, Any]:
    amount: dict[str, Any] = {"total_amount": order.total_fen, "currency": "CNY"}
    shown = {
        "mchid": order.mchid,
        **({"sub_mchid": order.sub_mchid} if order.sub_mchid else {}),
        "out_trade_no": order.out_trade_no,
        "trade_state": order.state,
        "attach": order.request["attach"],
        "amount": amount,
    }
    if order.state not in PAID:
        return shown
    return {
        **shown,
        "transaction_id": order.transaction_id,
        "trade_type": "JSAPI",
        "bank_type": "OTHERS",
        "success_time": rfc3339(order.paid_at),
        "amount": {**amount, "payer_amount": order.total_fen, "payer_currency": "CNY"},
    }


def _amounts(order: Order, refund: Refund) -> dict[str, Any]:
    return {
        "total": order.total_fen,
        "refund": refund.refund_fen,
        "payer_total": order.total_fen,
        "payer_refund": refund.refund_fen,
    }


def refund_view(store: Store, refund: Refund) -> dict[str, Any]:
    order = store.orders.rows[refund.order_key]
    settled = {"success_time": rfc3339(refund.settled_at)}
    return {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": order.transaction_id,
        "out_trade_no": order.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        **(settled if refund.status == RefundStatus.SUCCESS else {}),
        "create_time": rfc3339(refund.created_at),
        "status": refund.status,
        "funds_account": "AVAILABLE",
        "amount": {
            **_amounts(order, refund),
            "settlement_total": order.total_fen,
            "settlement_refund": refund.refund_fen,
            "discount_refund": 0,
            "currency": "CNY",
            "from": [],
        },
        "promotion_detail": [],
    }


def refund_in_notice(order: Order, refund: Refund) -> dict[str, Any]:
    partner = {"sp_mchid": order.mchid, "sub_mchid": order.sub_mchid}
    settled = {"success_time": rfc3339(refund.settled_at)}
    return {
        **(partner if order.sub_mchid else {"mchid": order.mchid}),
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.status,  # "status" in answers, another name here
        **(settled if refund.status == RefundStatus.SUCCESS else {}),
        "user_received_account": "支付用户零钱",
        "amount": _amounts(order, refund),
    }
