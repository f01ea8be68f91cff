"""Cases 51-63: prepay and close of orders."""

from sandbox.cases.steps import (
    BY_NUMBER,
    CLOSE,
    IMPATIENT,
    JSAPI,
    PREPAY,
    QUERY,
    Step,
    ctl,
    fault,
    later,
    pay,
    product,
)

CASES: dict[int, tuple[str, list[Step]]] = {
    51: (
        "prepay answer lost, order made; the same call again gives a prepay_id",
        [fault(JSAPI, drop="after"), PREPAY, QUERY, PREPAY],
    ),
    52: ("prepay again with another amount", [PREPAY, product("prepay", fen=101)]),
    53: (
        "prepay_id older than two hours; a fresh one works",
        [PREPAY, later(7200), pay(), PREPAY, pay()],
    ),
    54: (
        "already paid (two spellings), number used, closed, wrong appid, no right",
        [
            PREPAY,
            pay(),
            PREPAY,
            fault(JSAPI, http=400, code="ORDER_PAID"),
            PREPAY,
            fault(JSAPI, http=403, code="OUT_TRADE_NO_USED"),
            PREPAY,
            product("prepay", no="{no}C"),
            product("close", no="{no}C"),
            product("prepay", no="{no}C"),
            product("prepay", no="{no}D", appid="{other_appid}"),
            product("prepay", no="{no}D", mchid="{sanitation_mchid}"),
        ],
    ),
    55: ("429, then ok", [fault(JSAPI, http=429, code="FREQUENCY_LIMITED"), PREPAY, PREPAY]),
    56: (
        "500 SYSTEM_ERROR, then ok; a slow 500",
        [
            fault(JSAPI, http=500, code="SYSTEM_ERROR"),
            PREPAY,
            PREPAY,
            fault(BY_NUMBER, http=500, code="SYSTEM_ERROR", delay_seconds=10),
            product("query", **IMPATIENT),
        ],
    ),
    57: (
        "2xx with a bad signature, and without one",
        [fault(JSAPI, sign="bad"), fault(JSAPI, sign="missing"), PREPAY, PREPAY, PREPAY],
    ),
    58: ("close: 204, as often as you like", [PREPAY, CLOSE, CLOSE, QUERY]),
    59: (
        "close while the password is typed",
        [
            PREPAY,
            pay(slow=True),
            CLOSE,
            ctl("users/li/finish-payment", out_trade_no="{no}"),
            QUERY,
        ],
    ),
    60: ("close of a paid order", [PREPAY, pay(), CLOSE]),
    61: (
        "close timed out unheard; a second later the user pays",
        [PREPAY, fault(BY_NUMBER, drop="before"), CLOSE, later(1), pay(), QUERY],
    ),
    62: (
        "money arrives after the end of payment",
        [
            product("prepay", expire_seconds=90),
            pay(slow=True),
            later(120),
            ctl("users/li/finish-payment", out_trade_no="{no}"),
            QUERY,
        ],
    ),
    63: (
        "double tap: two prepay calls at once, one order, one payment",
        [product("prepay", times=2), pay(), pay()],
    ),
}
