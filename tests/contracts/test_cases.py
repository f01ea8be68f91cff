"""Every numbered case does what its title says, seen by an independent client."""

import json
from collections.abc import Callable

import pytest

from tests.contracts.clients import MiniClient, PayClient
from tests.contracts.player import Player
from tests.contracts.stage import Control, Process, Receiver, fetch

NOTICE = ("notice", "user: ok")
PAID = ("200", *NOTICE)
WORDS: dict[int, tuple[str, ...]] = {
    1: ("ok",),
    2: ("40029",),
    3: ("ok", "40163"),
    4: ("40029",),
    5: ("40226",),
    6: ("45011",),
    7: ("-1", "-1", "ok"),
    8: ("silence", "40163"),
    9: ("ok", "ok"),
    10: ("ok",),
    11: ("ok",),
    12: ("ok",),
    13: ("ok", "40163"),
    14: ("ok", "ok", "ok", "image", "image"),
    15: ("ok", *["40001"] * 100, "ok", "image"),
    16: ("ok", "40001", "ok", "40001"),
    17: ("40125", "40164"),
    18: ("silence", "HTTP 502"),
    19: ("ok",),
    20: ("43101", "ok", "43101"),
    21: ("push", "push", "43101"),
    22: ("47003",) * 5,
    23: ("40037",),
    24: ("41030",),
    25: ("ok", "45009", "45009"),
    26: ("silence", "43101"),
    27: (
        *("push",) * 4,
        "bad push: InvalidSignatureException",
        "bad push: InvalidAppIdException",
        *("push",) * 2,
        "late push",
        *("push",) * 3,
    ),
    28: ("pass", "review", "risky", "-1", "ok", "61010"),
    29: (*("ok", "push") * 2, "ok", "ok", "push", "push", "ok", "push"),
    30: ("image", "41030", "45009", "40169"),
    31: ("200", *NOTICE, "SUCCESS"),
    32: ("200", "notice", *NOTICE),
    33: ("200", "notice", *NOTICE),
    34: ("user: announced", "notice", "200", "SUCCESS"),
    35: ("200", "user: ok", "SUCCESS"),
    36: ("200", *NOTICE, "notice"),
    37: ("200", *NOTICE, *["notice"] * 3, "200", *NOTICE, *["notice"] * 15),
    38: ("200", "forged notice", "user: ok", "notice"),
    39: ("200", "forged notice", "user: ok", "notice"),
    40: ("200", "forged notice", "user: ok", "notice", "forged notice"),
    41: ("200", "forged notice", "user: ok", "notice", "forged notice"),
    42: ("200", "forged notice", "user: ok", "notice"),
    43: ("200", *NOTICE, "forged notice"),
    44: ("200", "sealed notice", "user: ok", "notice"),
    45: ("200", *NOTICE),
    46: ("200", "200", "user: ok", "notice", "notice", "notice"),
    47: ("200", "user: ok", "notice"),
    48: ("200", "user: ok", "notice"),
    49: ("200", *NOTICE),
    50: ("200", "forged notice", "user: ok", "notice"),
    51: ("silence", "NOTPAY", "200"),
    52: ("200", "400 INVALID_REQUEST"),
    53: ("200", "user: fail", "200", *NOTICE),
    54: (
        "200",
        *NOTICE,
        "400 ORDERPAID",
        "400 ORDER_PAID",
        "403 OUT_TRADE_NO_USED",
        "200",
        "204",
        "400 ORDER_CLOSED",
        "400 APPID_MCHID_NOT_MATCH",
        "403 NO_AUTH",
    ),
    55: ("429 FREQUENCY_LIMITED", "200"),
    56: ("500 SYSTEM_ERROR", "200", "silence"),
    57: ("forged answer", "forged answer", "200"),
    58: ("200", "204", "204", "CLOSED"),
    59: ("200", "user: paying", "429 FREQUENCY_LIMITED", *NOTICE, "SUCCESS"),
    60: ("200", *NOTICE, "400 ORDERPAID"),
    61: ("200", "silence", *NOTICE, "SUCCESS"),
    62: ("200", "user: paying", *NOTICE, "SUCCESS"),
    63: ("200", "200", *NOTICE, "user: fail"),
    64: (*PAID, "PROCESSING", "notice", "SUCCESS"),
    65: (*PAID, "PROCESSING", "PROCESSING"),
    66: (*PAID, "PROCESSING", "notice", "ABNORMAL", "PROCESSING", "notice", "SUCCESS"),
    67: (*PAID, "PROCESSING", "notice", "CLOSED", "PROCESSING"),
    68: (*PAID, "403 NOT_ENOUGH", "PROCESSING"),
    69: (*PAID, "silence", "notice", "SUCCESS", "SUCCESS"),
    70: (*PAID, "PROCESSING", "400 INVALID_REQUEST"),
    71: (
        *PAID,
        "PROCESSING",
        "429 FREQUENCY_LIMITED",
        *("notice", "PROCESSING") * 49,
        *("notice", "400 INVALID_REQUEST"),
        *PAID,
        "400 INVALID_REQUEST",
    ),
    72: (*PAID, "notice", "PROCESSING", "SUCCESS"),
    73: (*PAID, "400 STATEMENT_CREATING", "bill"),
    74: ("400 NO_STATEMENT_EXIST", *PAID, "400 NO_STATEMENT_EXIST"),
    75: (*PAID, *PAID, "bill"),
    76: ("200", "user: ok", "bill"),
    77: (*PAID, "bill"),
    78: (*PAID, "PROCESSING", "bill"),
    79: (*PAID, "wrong hash", "truncated", "200", "refused"),
    80: (*PAID, "bill"),
    81: ("400 PARAM_ERROR", "403 NO_AUTH", *PAID, *PAID),
    82: ("200", "user: ok", "notice"),
    84: ("401 SIGN_ERROR", "401 SIGN_ERROR", "200"),
}


def same_event(player: Player) -> bool:
    return len({event["id"] for event, _ in player.notices}) == 1


def plain(player: Player, index: int = -1) -> dict[str, object]:
    return player.notices[index][1]


def wrapped_xml(player: Player) -> bool:
    text = player.pushes[2]["xml"].decode()
    return text.count("<List>") == 2 and "<SubscribeMsgPopupEvent><List>" in text


def named_fields(player: Player) -> bool:
    return all(
        f"data.{key}" in answer["errmsg"]
        for key, answer in zip(
            ("thing1", "phrase2", "thing3", "thing4", "thing5"), player.answers, strict=True
        )
    )


def other_firms_number(player: Player) -> bool:
    mchid, appid, number = (plain(player, index) for index in (0, 1, 2))
    return (
        mchid["mchid"] == player.known["sanitation_mchid"]
        and appid["appid"] == player.known["other_appid"]
        and number["out_trade_no"] == player.known["no"] + "S"
    )


def rows_of(player: Player) -> list[dict[str, str]]:
    """Return the data rows by column; cells are split at backticks, from both ends."""
    lines = player.known["bill_text"].split("\r\n")
    columns = lines[0].split(",")
    at = columns.index("商品名称")
    rows = []
    for line in lines[1:]:
        if not line.startswith("`"):
            break
        cells = line[1:].split(",`")
        tail = len(columns) - at - 1
        free = ",`".join(cells[at : len(cells) - tail])
        rows.append(dict(zip(columns, [*cells[:at], free, *cells[-tail:]], strict=True)))
    return rows


# What one word does not say.
DETAILS: dict[int, Callable[[Player], object]] = {
    1: lambda p: "errcode" not in p.answers[0] and p.answers[0]["openid"] == p.known["openid"],
    9: lambda p: "unionid" not in p.answers[0] and p.answers[1]["unionid"],
    10: lambda p: p.answers[0]["phone_info"]["countryCode"] == "86",
    11: lambda p: p.answers[0]["phone_info"]["countryCode"] == 86,
    12: lambda p: p.answers[0]["phone_info"]["watermark"]["appid"] == p.known["other_appid"],
    14: lambda p: (
        p.tokens[0] == p.tokens[1] != p.tokens[2]
        and [a["expires_in"] for a in p.answers[:3]] == [7200, 7200, 7200]
    ),
    21: lambda p: p.pushes[1]["List"]["SubscribeStatusString"] == "reject",
    22: named_fields,
    27: lambda p: (
        p.pushes[0]["List"]["TemplateId"] == "T1"
        and [row["TemplateId"] for row in p.pushes[1]["List"]] == ["T1", "T2"]
        and wrapped_xml(p)
        and p.pushes[4] == p.pushes[5]
    ),
    29: lambda p: (
        [push.get("errcode") for push in p.pushes[:3]] == [0, 0, -1008]
        and p.pushes[3]["trace_id"] == "unknown"
        and p.pushes[4]["isrisky"] == 1
    ),
    32: same_event,
    33: same_event,
    34: lambda p: p.answers[0].body["prepay_id"] == p.known["prepay_id"],
    36: same_event,
    37: lambda p: len({event["id"] for event, _ in p.notices}) == 2,
    45: lambda p: plain(p)["amount"]["total"] == 1,  # type: ignore[index]  # JSON
    46: other_firms_number,
    47: lambda p: plain(p)["out_trade_no"] == "UNKNOWN0001",
    48: lambda p: plain(p)["trade_state"] == "PAYERROR",
    49: lambda p: (
        p.answers[-1].headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
        and not p.receiver.deliveries[0].headers["Wechatpay-Serial"].startswith("PUB")
    ),
    63: lambda p: p.answers[0].body != p.answers[1].body,
    64: lambda p: plain(p)["refund_status"] == "SUCCESS",
    66: lambda p: plain(p, -2)["refund_status"] == "ABNORMAL",
    67: lambda p: plain(p)["refund_status"] == "CLOSED",
    75: lambda p: [row["商户订单号"] for row in rows_of(p)] == [p.known["no"] + "B"],
    76: lambda p: rows_of(p)[0]["商户订单号"] == p.known["no"],
    77: lambda p: rows_of(p)[0]["订单金额"] == "1.01",
    78: lambda p: (
        [(row["交易状态"], row["退款状态"]) for row in rows_of(p)]
        == [("SUCCESS", ""), ("REFUND", "PROCESSING")]
    ),
    80: lambda p: (
        p.known["bill_text"].startswith("\ufeff")
        and rows_of(p)[0]["商品名称"] == '物业费,"3月",`一`,`二`'
        and rows_of(p)[0]["总金额"] == "1.00"
        and rows_of(p)[0]["\ufeff交易时间"] == "2026-03-02 23:59:59"
    ),
    81: lambda p: set(plain(p)["payer"]) == {"sub_openid"},  # type: ignore[call-overload]  # JSON
    82: lambda p: "sub_orders" in plain(p),
}


@pytest.fixture
def player(control: Control, process: Process, mini: MiniClient, receiver: Receiver) -> Player:
    keys = ("firm", "sanitation", "partner")
    clients = {key: PayClient(process, process.merchant(key)) for key in keys}
    return Player(control, mini, clients, receiver)


@pytest.mark.parametrize("number", WORDS)
async def test_the_script_does_what_its_title_says(player: Player, number: int) -> None:
    rows = await player.control.get("cases")
    row = rows[str(number)]
    await player.play(number, row["script"])
    assert tuple(player.words) == WORDS[number], row["title"]
    if number in DETAILS:
        assert DETAILS[number](player), row["title"]


async def test_every_case_is_proven(process: Process) -> None:
    response = await fetch(f"{process.url}/__ctl/cases")
    assert sorted(map(int, json.loads(response.body))) == list(WORDS)
