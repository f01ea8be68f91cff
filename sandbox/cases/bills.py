"""Cases 73-80: bills of one fixed day."""

from typing import Any

from sandbox.cases.steps import (
    PAID,
    PREPAY,
    Step,
    ctl,
    fault,
    later,
    pay,
    product,
    wish_refunds,
)

DAY = "2026-03-02"
NOON = ctl("clock", now=f"{DAY}T12:00:00+08:00", frozen=True)
NEXT_NOON = ctl("clock", now="2026-03-03T12:00:00+08:00")
BILL = product("bill", day=DAY)
ORDERED = [NOON, *PAID]


def edit(**wrongs: Any) -> Step:
    return ctl("bills", mchid="firm", bill_date=DAY, **wrongs)


CASES: dict[int, tuple[str, list[Step]]] = {
    73: (
        "bill at 09:30 STATEMENT_CREATING, at 10:00 there",
        [
            *ORDERED,
            ctl("clock", now="2026-03-03T09:30:00+08:00"),
            BILL,
            ctl("clock", now="2026-03-03T10:00:00+08:00"),
            BILL,
        ],
    ),
    74: (
        "NO_STATEMENT_EXIST without trades, and although there were some",
        [NOON, NEXT_NOON, BILL, *ORDERED, edit(drop=["{no}"]), NEXT_NOON, BILL],
    ),
    75: (
        "a row is missing",
        [
            *ORDERED,
            product("prepay", no="{no}B"),
            pay(),
            edit(drop=["{no}"]),
            NEXT_NOON,
            BILL,
        ],
    ),
    76: (
        "a row too many: paid in WeChat, never heard of by us",
        [NOON, PREPAY, pay(notify=False), NEXT_NOON, BILL],
    ),
    77: (
        "the amount differs by one fen",
        [
            *ORDERED,
            edit(set={"{no}": {"应结订单金额": "1.01", "订单金额": "1.01"}}),
            NEXT_NOON,
            BILL,
        ],
    ),
    78: (
        "a refund row, PROCESSING for ever",
        [*ORDERED, wish_refunds("PROCESSING"), product("refund"), NEXT_NOON, BILL],
    ),
    79: (
        "wrong SHA1, truncated gzip, expired address",
        [
            *ORDERED,
            NEXT_NOON,
            fault("/v3/bill/tradebill", body_patch={"hash_value": "0" * 40}),
            BILL,
            edit(truncate=True),
            BILL,
            edit(),
            product("bill", day=DAY, fetch=False),
            later(31),
            product("fetch_bill"),
        ],
    ),
    80: (
        "commas, quotes and backticks; BOM; old column names; an order before midnight",
        [
            ctl("clock", now=f"{DAY}T23:59:59+08:00", frozen=True),
            product("prepay", description='物业费,"3月",`一`,`二`'),
            pay(),
            edit(bom=True, rename={"订单金额": "总金额"}),
            NEXT_NOON,
            BILL,
        ],
    ),
}
