"""Rows and columns of the daily bills, in WeChat's words."""

import datetime as dt
from decimal import Decimal

from sandbox.clock import BEIJING, instant
from sandbox.keys import Merchant
from sandbox.records import PAID, Order, Refund, RefundStatus
from sandbox.world import World

Row = dict[str, str]
FEE_RATE = Decimal("0.006")
ALL_COLUMNS = [
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号",
    "用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额",
    "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态",
    "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
]  # fmt: skip
REFUND_ONLY = (
    "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态",
    "申请退款金额",
)  # fmt: skip
REFUND_TIMES = ("退款申请时间", "退款成功时间")
FLOW_COLUMNS = [
    "记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型",
    "收支金额(元)", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号",
]  # fmt: skip
TRADE_SUMMARY = {
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": "手续费",
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def fee(fen: int) -> Decimal:
    return Decimal(fen) / 100 * FEE_RATE


def _moment(at: float) -> str:
    return f"{instant(at):%Y-%m-%d %H:%M:%S}" if at else ""


def day_bounds(day: dt.date) -> tuple[float, float]:
    """Return the first instants of a Beijing day and of the next."""
    begin = dt.datetime.combine(day, dt.time(), BEIJING).timestamp()
    return begin, begin + 86400


def _common(order: Order) -> Row:
    return {
        "公众账号ID": order.appid,
        "商户号": order.mchid,
        "特约商户号": order.sub_mchid or "0",
        "设备号": "",
        "微信订单号": order.transaction_id,
        "商户订单号": order.out_trade_no,
        "用户标识": order.openid,
        "交易类型": "JSAPI",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "代金券金额": "0.00",
        "充值券退款金额": "0.00",
        "商品名称": str(order.request["description"]),
        "商户数据包": str(order.request.get("attach", "")),
        "费率": "0.60%",
        "费率备注": "",
    }


def _paid_row(order: Order) -> Row:
    return _common(order) | {
        "交易时间": _moment(order.paid_at),
        "交易状态": "SUCCESS",
        "应结订单金额": yuan(order.total_fen),
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "0.00",
        "退款类型": "",
        "退款状态": "",
        "手续费": f"{fee(order.total_fen):.5f}",
        "订单金额": yuan(order.total_fen),
        "申请退款金额": "0.00",
        "退款申请时间": "",
        "退款成功时间": "",
    }


def _refund_row(order: Order, refund: Refund, day_end: float) -> Row:
    """Return a refund's row, as of the end of the day it was accepted: bills do not change."""
    settled = refund.settled_at and refund.settled_at < day_end
    status = refund.status if settled else RefundStatus.PROCESSING
    return _common(order) | {
        "交易时间": _moment(refund.created_at),
        "交易状态": "REFUND",
        "应结订单金额": "0.00",
        "微信退款单号": refund.refund_id,
        "商户退款单号": refund.out_refund_no,
        "退款金额": yuan(refund.refund_fen),
        "退款类型": "ORIGINAL",
        "退款状态": status,
        "手续费": f"{-fee(refund.refund_fen):.5f}",
        "订单金额": "0.00",
        "申请退款金额": yuan(refund.refund_fen),
        "退款申请时间": _moment(refund.created_at),
        "退款成功时间": _moment(refund.settled_at) if status == RefundStatus.SUCCESS else "",
    }


def _paid(world: World, merchant: Merchant, day: dt.date, sub_mchid: str) -> list[Order]:
    begin, end = day_bounds(day)
    return [
        order
        for order in world.store.orders.rows.values()
        if order.mchid == merchant.mchid
        and order.state in PAID
        and begin <= order.paid_at < end
        and sub_mchid in ("", order.sub_mchid)
    ]


def _refunded(
    world: World, merchant: Merchant, day: dt.date, sub_mchid: str
) -> list[tuple[Order, Refund]]:
    begin, end = day_bounds(day)
    orders = world.store.orders.rows
    return [
        (orders[refund.order_key], refund)
        for refund in world.store.refunds.rows.values()
        if refund.mchid == merchant.mchid
        and begin <= refund.created_at < end
        and sub_mchid in ("", orders[refund.order_key].sub_mchid)
    ]


def trade_rows(
    world: World, merchant: Merchant, day: dt.date, kind: str, sub_mchid: str
) -> list[Row]:
    _, end = day_bounds(day)
    rows = []
    if kind in ("ALL", "SUCCESS"):
        rows += [_paid_row(order) for order in _paid(world, merchant, day, sub_mchid)]
    if kind in ("ALL", "REFUND"):
        refunded = _refunded(world, merchant, day, sub_mchid)
        rows += [_refund_row(order, refund, end) for order, refund in refunded]
    return sorted(rows, key=lambda row: row["交易时间"])


def trade_columns(kind: str) -> list[str]:
    match kind:
        case "SUCCESS":
            return [name for name in ALL_COLUMNS if name not in REFUND_ONLY]
        case "REFUND":
            at = ALL_COLUMNS.index("微信退款单号")
            return [*ALL_COLUMNS[:at], *REFUND_TIMES, *ALL_COLUMNS[at:]]
    return list(ALL_COLUMNS)


def trade_summary(rows: list[Row]) -> Row:
    def total(column: str) -> Decimal:
        return sum((Decimal(row.get(column) or "0") for row in rows), Decimal(0))

    sums = {
        name: f"{total(column):.5f}" if column == "手续费" else f"{total(column):.2f}"
        for name, column in TRADE_SUMMARY.items()
    }
    return {"总交易单数": str(len(rows)), **sums}


def flow_rows(world: World, merchant: Merchant, day: dt.date) -> list[Row]:
    """Return the fund flow of the basic account: trades, their fees, refunds.

    The balance goes on from what all days before left.
    """
    paid = [order.paid_at for order in world.store.orders.rows.values() if order.paid_at]
    balance, earlier = Decimal(0), instant(min(paid)).date() if paid else day
    while earlier < day:
        balance += sum((move[4] for move in _moves(world, merchant, earlier)), Decimal(0))
        earlier += dt.timedelta(days=1)
    rows: list[Row] = []
    for at, number, voucher, name, amount in _moves(world, merchant, day):
        balance += amount
        cells = (_moment(at), number, f"F{len(rows) + 1}{number}", name, name)
        direction = "收入" if amount > 0 else "支出"
        more = (direction, f"{abs(amount):.2f}", f"{balance:.2f}", "system", "", voucher)
        rows.append(dict(zip(FLOW_COLUMNS, cells + more, strict=True)))
    return rows


def _moves(
    world: World, merchant: Merchant, day: dt.date
) -> list[tuple[float, str, str, str, Decimal]]:
    """Return a day's movements in order: when, number, voucher, business, amount in yuan."""
    moves: list[tuple[float, str, str, str, Decimal]] = []
    for order in _paid(world, merchant, day, ""):
        amount = Decimal(order.total_fen) / 100
        cost = fee(order.total_fen).quantize(Decimal("0.01"))
        number = order.transaction_id
        moves.append((order.paid_at, number, order.out_trade_no, "交易", amount))
        if cost:
            moves.append((order.paid_at, number, order.out_trade_no, "扣除交易手续费", -cost))
    for _, refund in _refunded(world, merchant, day, ""):
        amount = -Decimal(refund.refund_fen) / 100
        moves.append(
            (refund.created_at, refund.refund_id, refund.out_refund_no, "退款", amount)
        )
    return sorted(moves, key=lambda move: move[0])


def flow_summary(rows: list[Row]) -> Row:
    def amounts(direction: str) -> list[Decimal]:
        return [Decimal(r["收支金额(元)"]) for r in rows if r["收支类型"] == direction]

    income, spending = amounts("收入"), amounts("支出")
    return {
        "资金流水总笔数": f"{len(rows)}.0",  # sic: counts with a decimal
        "收入笔数": f"{len(income)}.0",
        "收入金额": f"{sum(income, Decimal(0)):.2f}",
        "支出笔数": f"{len(spending)}.0",
        "支出金额": f"{sum(spending, Decimal(0)):.2f}",
    }
