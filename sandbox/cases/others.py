"""Cases 81-84: partner mode, combined orders, shipping info, clock skew."""

from sandbox.cases.steps import PREPAY, Step, crafted, pay, product

CASES: dict[int, tuple[str, list[Step]]] = {
    81: (
        "partner: sub_mchid missing, mismatch, sp_openid, sub_openid",
        [
            product("prepay", merchant="partner", no="{no}A", leave_out="sub_mchid"),
            product("prepay", merchant="partner", no="{no}A", sub_mchid="1799999999"),
            product("prepay", merchant="partner", no="{no}A"),
            pay(),
            product("prepay_in_other_app", no="{no}B"),
            pay(app="other_mini_program"),
        ],
    ),
    82: (
        "the notice of a combined order at the usual address",
        [
            PREPAY,
            pay(notify=False),
            crafted(
                resource={
                    "combine_mchid": "{firm_mchid}",
                    "combine_out_trade_no": "{no}",
                    "sub_orders": [
                        {
                            "mchid": "{firm_mchid}",
                            "out_trade_no": "{no}",
                            "trade_state": "SUCCESS",
                            "amount": {"total_amount": 100, "payer_amount": 100},
                        }
                    ],
                }
            ),
        ],
    ),
    83: (
        "trade-managed mini-program: shipping info refused, then uploaded",
        [
            {"ctl": "POST /__ctl/settings", "body": {"trade_managed": True}},
            {
                "ctl": "POST /__ctl/faults",
                "body": {
                    "match": {"path": "/wxa/sec/order/upload_shipping_info"},
                    "action": {"errcode": -1},
                },
            },
            PREPAY,
            pay(),
        ],
    ),
    84: (
        "our clock is six minutes off: 401",
        [product("prepay", skew_seconds=360), product("prepay", skew_seconds=-360), PREPAY],
    ),
}
