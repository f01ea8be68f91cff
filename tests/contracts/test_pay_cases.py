"""Each numbered case of WeChat Pay does what its title says, seen by an own client."""

import base64
import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.contracts.clients import Forged, PayClient, Reply
from tests.contracts.player import Player
from tests.contracts.stage import Control, Delivery, Process, Receiver
from tests.deadlines import SAFETY_NET

FIRST = 31  # of these cases; those before are about the mini-program
NOTICE = ("notice", "user: ok")
PAID = ("200", *NOTICE)
WORDS: dict[int, tuple[str, ...]] = {
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
    83: PAID,
    84: ("401 SIGN_ERROR", "401 SIGN_ERROR", "200"),
}


@dataclass(kw_only=True)
class PayPlayer(Player):
    """One method for each verb of the scripts, and the receiver of notices."""

    clients: dict[str, PayClient]
    notices: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    async def direct(self, path: str, body: dict[str, Any]) -> None:
        await super().direct(path, body)
        if path == "clock":
            await self._set_watches()

    async def certificates(self, merchant: str = "firm") -> None:
        await self.clients[merchant].load_certificates()

    async def prepay(
        self,
        merchant: str = "firm",
        no: str = "",
        fen: int = 100,
        expire_seconds: float | None = None,
        skew_seconds: float = 0,
        leave_out: str = "",
        **changes: str,
    ) -> Reply:
        client = replace(self.clients[merchant])
        client.skew_seconds += skew_seconds
        url = f"{self.receiver.url}/{client.mchid}"
        order = client.order(no or self.known["no"], self.known["openid"], url, fen)
        if expire_seconds is not None:
            at = time.gmtime(client.now() + expire_seconds)
            order["time_expire"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", at)
        sent = {key: value for key, value in (order | changes).items() if key != leave_out}
        reply = await client.prepay(sent)
        self.known |= {"prepay_id": reply.body["prepay_id"]} if reply.status == 200 else {}
        return reply

    async def query(self, no: str = "", seconds: float = SAFETY_NET) -> Reply:
        return await self.clients["firm"].query(no or self.known["no"], seconds)

    async def close(self, no: str = "") -> Reply:
        return await self.clients["firm"].close(no or self.known["no"])

    async def refund(self, refund_no: str = "", no: str = "", fen: int = 100) -> Reply:
        number = no or self.known["no"]
        url = f"{self.receiver.url}/{self.clients['firm'].mchid}"
        reply = await self.clients["firm"].refund(
            number, refund_no or f"{number}R", fen, notify_url=url
        )
        self.known |= {"refund_id": reply.body["refund_id"]} if reply.status == 200 else {}
        return reply

    async def refund_status(self) -> str:
        return await self.clients["firm"].refund_status(f"{self.known['no']}R")

    async def abnormal_refund(self) -> Reply:
        client = self.clients["firm"]
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - WeChat's choice
        key = client.keys[client.merchant["public_key_id"]]
        name, account = (
            base64.b64encode(key.encrypt(text.encode(), oaep)).decode()
            for text in ("李明", "6225880137706868")
        )
        body = {
            "out_refund_no": f"{self.known['no']}R",
            "type": "USER_BANK_CARD",
            "bank_type": "ICBC_DEBIT",
            "bank_account": account,
            "real_name": name,
        }
        root = "/v3/refund/domestic/refunds"
        path = f"{root}/{self.known['refund_id']}/apply-abnormal-refund"
        return await client.call("POST", path, body)

    async def bill(self, day: str, *, fetch: bool = True) -> Any:
        """Apply for a bill and fetch it; return "bill" or what is wrong with it."""
        path = f"/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP"
        reply = await self.clients["firm"].call("GET", path)
        if reply.status != 200:
            return reply
        self.known["bill"] = reply.body
        return await self.fetch_bill() if fetch else reply

    async def fetch_bill(self) -> Any:
        parts = urlsplit(self.known["bill"]["download_url"])
        response = await self.clients["firm"].send("GET", f"{parts.path}?{parts.query}")
        if response.code != 200:
            return "refused"
        try:
            plain = gzip.decompress(response.body)
        except EOFError:
            return "truncated"
        if hashlib.sha1(plain).hexdigest() != self.known["bill"]["hash_value"]:  # noqa: S324 - WeChat's choice
            return "wrong hash"
        self.known["bill_text"] = plain.decode()
        return "bill"

    async def prepay_in_other_app(self, no: str) -> Reply:
        """Order of a firm with its own mini-program, where the payer has another openid."""
        app = self.known["other_appid"]
        url = f"{self.receiver.url}/{self.clients['partner'].mchid}"
        openid = (await self.control.do("users/li", app="other_mini_program"))["openid"]
        order = self.clients["partner"].order(no, openid, url)
        changes = {"sub_appid": app, "payer": {"sub_openid": openid}}
        reply = await self.clients["partner"].prepay(order | changes)
        self.known["prepay_id"] = reply.body["prepay_id"]
        return reply

    async def _set_watches(self) -> None:
        """Set the clients' clocks to the stand-in's."""
        skew = (await self.control.get("clock"))["epoch"] - time.time()
        for client in self.clients.values():
            client.skew_seconds = skew

    async def judge(self, delivery: Delivery) -> tuple[int, bytes]:
        await self._set_watches()
        client = next(c for c in self.clients.values() if f"/{c.mchid}" in delivery.path)
        try:
            self.notices.append(client.opened(delivery))
        except Forged:
            self.words.append("forged notice")
            return 401, b'{"code":"FAIL","message":"signature"}'
        except InvalidTag:
            self.words.append("sealed notice")
            return 500, b'{"code":"FAIL","message":"resource"}'
        self.words.append("notice")
        return 204, b""


def same_event(player: PayPlayer) -> bool:
    return len({event["id"] for event, _ in player.notices}) == 1


def plain(player: PayPlayer, index: int = -1) -> dict[str, object]:
    return player.notices[index][1]


def other_firms_number(player: PayPlayer) -> bool:
    mchid, appid, number = (plain(player, index) for index in (0, 1, 2))
    return (
        mchid["mchid"] == player.known["sanitation_mchid"]
        and appid["appid"] == player.known["other_appid"]
        and number["out_trade_no"] == player.known["no"] + "S"
    )


def rows_of(player: PayPlayer) -> list[dict[str, str]]:
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
DETAILS: dict[int, Callable[[PayPlayer], object]] = {
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
def player(control: Control, process: Process, receiver: Receiver) -> PayPlayer:
    keys = ("firm", "sanitation", "partner")
    clients = {key: PayClient(process, process.merchant(key)) for key in keys}
    return PayPlayer(control, receiver, clients=clients)


@pytest.mark.parametrize("number", WORDS)
async def test_the_script_does_what_its_title_says(player: PayPlayer, number: int) -> None:
    await player.prove(number, WORDS[number], DETAILS.get(number))


async def test_every_case_is_proven(control: Control) -> None:
    numbers = sorted(map(int, await control.get("cases")))
    assert [number for number in numbers if number >= FIRST] == list(WORDS)
