"""Actions of the product in scripted cases: one method for each verb of the scripts."""

import base64
import gzip
import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.contracts.clients import MiniClient, PayClient, Reply
from tests.contracts.stage import Control, Receiver
from tests.deadlines import SAFETY_NET


@dataclass
class Acts:
    control: Control
    mini: MiniClient
    clients: dict[str, PayClient]
    receiver: Receiver
    known: dict[str, Any] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    hanging: bool = False

    async def answers_with(self, statuses: list[int]) -> None:
        self.receiver.answers = list(statuses)

    async def hangs(self) -> None:
        self.hanging = True

    async def login(self, code: str | None = None) -> Any:
        return await self.mini.login(code or self.known["code"])

    async def _token(self, index: int | None) -> str:
        if index is None and not self.tokens:
            self.tokens.append(await self.mini.token())
        return self.tokens[-1 if index is None else index]

    async def token(self, seconds: float = SAFETY_NET) -> Any:
        answer = await self.mini.stable_token(seconds)
        if "access_token" in answer:
            self.tokens.append(answer["access_token"])
        return answer

    async def phone(self) -> Any:
        path = "/wxa/business/getuserphonenumber"
        return await self.mini.asked(
            path, {"code": self.known["code"]}, await self._token(None)
        )

    async def send(self, template_id: str = "T1", **more: Any) -> Any:
        token = await self._token(None)
        return await self.mini.send_message(self.known["openid"], template_id, token, **more)

    async def qrcode(
        self, scene: str = "d=4Tz", page: str = "pages/index/index", token: int | None = None
    ) -> Any:
        body = {"scene": scene, "page": page}
        path = "/wxa/getwxacodeunlimit"
        return await self.mini.asked(path, body, await self._token(token))

    async def check_text(self, content: str) -> Any:
        openid, token = self.known["openid"], await self._token(None)
        body = {"version": 2, "openid": openid, "scene": 2, "content": content}
        answer = await self.mini.asked("/wxa/msg_sec_check", body, token)
        return answer["result"]["suggest"] if answer["errcode"] == 0 else answer

    async def check_media(self) -> Any:
        openid, token = self.known["openid"], await self._token(None)
        url = "https://shenghuo.example.com/photos/1.jpg"
        body = {"version": 2, "openid": openid, "scene": 2, "media_url": url, "media_type": 2}
        return await self.mini.asked("/wxa/media_check_async", body, token)

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
        openid = (await self.control.post("users/li", app="other_mini_program"))["openid"]
        order = self.clients["partner"].order(no, openid, url)
        changes = {"sub_appid": app, "payer": {"sub_openid": openid}}
        reply = await self.clients["partner"].prepay(order | changes)
        self.known["prepay_id"] = reply.body["prepay_id"]
        return reply
