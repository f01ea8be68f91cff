"""Cases 31-50: payment notices, genuine, repeated, wrong and forged."""

from sandbox.cases.steps import (
    PREPAY,
    QUERY,
    Step,
    crafted,
    ctl,
    later,
    pay,
    product,
    spoilt,
)

CASES: dict[int, tuple[str, list[Step]]] = {
    31: ("prepay, pay, notice", [PREPAY, pay(), QUERY]),
    32: ("the notice comes twice, one after the other", [PREPAY, pay(notify="twice")]),
    33: ("two notices in the same moment", [PREPAY, pay(notify="simultaneous")]),
    34: (
        "notice before the prepay answer",
        [ctl("users/li/pay", notify="early"), PREPAY, QUERY],
    ),
    35: ("no notice ever: a query finds it", [PREPAY, pay(notify=False), later(90000), QUERY]),
    36: (
        "we crashed between commit and answer: the notice comes again",
        [product("answers_with", statuses=[0]), PREPAY, pay(), later(15)],
    ),
    37: (
        "500 three times: 15 s, 15 s, 30 s; for ever: 15 repeats in a day, then silence",
        [
            product("answers_with", statuses=[500] * 3),
            PREPAY,
            pay(),
            later(60),
            later(86640),
            product("answers_with", statuses=[500] * 17),
            product("prepay", no="{no}B"),
            pay(),
            later(86640),
            later(86640),
        ],
    ),
    38: ("forged signature", spoilt(sign="bad")),
    39: ("tampered body", spoilt(sign="tampered")),
    40: (
        "unknown serial; another merchant's public key",
        [*spoilt(sign="unknown_serial"), crafted(signed_by="{partner_mchid}")],
    ),
    41: (
        "timestamp 301 s old; timestamp in the future",
        [*spoilt(sign="stale"), crafted(sign="future")],
    ),
    42: ("SIGNTEST probe", spoilt(sign="signtest")),
    43: (
        "replay of an old, once valid notice",
        [PREPAY, pay(), later(301), ctl("replay")],
    ),
    44: ("encrypted with the wrong APIv3 key", spoilt(api_v3_key="0" * 32)),
    45: ("another amount", [PREPAY, pay(notify_fault={"overrides": {"amount": {"total": 1}}})]),
    46: (
        "another mchid, another appid, another firm's out_trade_no",
        [
            product("certificates", merchant="sanitation"),
            product("prepay", merchant="sanitation", no="{no}S"),
            PREPAY,
            pay(notify=False),
            crafted(overrides={"mchid": "{sanitation_mchid}"}),
            crafted(overrides={"appid": "{other_appid}"}),
            crafted(overrides={"out_trade_no": "{no}S"}),
        ],
    ),
    47: (
        "unknown out_trade_no",
        [PREPAY, pay(notify=False), crafted(overrides={"out_trade_no": "UNKNOWN0001"})],
    ),
    48: (
        "TRANSACTION.SUCCESS that says it is not paid",
        [PREPAY, pay(notify=False), crafted(overrides={"trade_state": "PAYERROR"})],
    ),
    49: (
        "grey switch: answers by public key, notices by certificate",
        [
            ctl("merchants/firm", grey_share=1),
            product("certificates"),
            PREPAY,
            pay(),
        ],
    ),
    50: (
        "the platform certificate rotates: unknown at first, right once it is loaded",
        [
            product("certificates", merchant="sanitation"),
            product("prepay", merchant="sanitation"),
            ctl("certificates/rotate"),
            pay(),
            product("certificates", merchant="sanitation"),
            later(15),
        ],
    ),
}
