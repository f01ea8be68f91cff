"""Cases 64-72: refunds."""

from sandbox.cases.steps import PAID, Step, ctl, fault, later, pay, product, wish_refunds

REFUNDS = "/v3/refund/domestic/refunds"
REFUND, STATUS = product("refund"), product("refund_status")
DAY_SECONDS = 86400


def part(number: int, fen: int = 1) -> Step:
    return product("refund", refund_no=f"{{no}}R{number}", fen=fen)


CASES: dict[int, tuple[str, list[Step]]] = {
    64: ("refund accepted, then a SUCCESS notice", [*PAID, REFUND, later(1), STATUS]),
    65: (
        "refund PROCESSING for days, no notice",
        [*PAID, wish_refunds("PROCESSING"), REFUND, later(3 * DAY_SECONDS), STATUS],
    ),
    66: (
        "refund ABNORMAL; sent to another card, SUCCESS",
        [
            *PAID,
            wish_refunds("ABNORMAL"),
            REFUND,
            later(1),
            STATUS,
            product("abnormal_refund"),
            later(1),
            STATUS,
        ],
    ),
    67: (
        "refund CLOSED; a new number works",
        [*PAID, wish_refunds("CLOSED"), REFUND, later(1), STATUS, part(2, 100)],
    ),
    68: (
        "NOT_ENOUGH, then ok with the same number",
        [
            *PAID,
            ctl("merchants/firm", balance_fen=0),
            REFUND,
            ctl("merchants/firm", balance_fen=100),
            REFUND,
        ],
    ),
    69: (
        "refund answer lost, asked again: one refund only",
        [*PAID, fault(REFUNDS, drop="after"), REFUND, later(1), REFUND, STATUS],
    ),
    70: ("two partial refunds beyond the sum", [*PAID, part(1, 60), part(2, 60)]),
    71: (
        "refunds less than a minute apart, the 51st, and after a year",
        [
            *PAID,
            part(1),
            part(2),
            *(step for number in range(2, 52) for step in (later(61), part(number))),
            product("prepay", no="{no}B"),
            pay(),
            later(366 * DAY_SECONDS),
            product("refund", no="{no}B", refund_no="{no}BR"),
        ],
    ),
    72: (
        "refund notice before the refund answer",
        [*PAID, wish_refunds("SUCCESS", after_seconds=0), REFUND, STATUS],
    ),
}
