"""Plays a scripted case: a minimal product that says in one word what it met with."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from tests.contracts.clients import Forged, MiniClient, PayClient, Reply
from tests.contracts.stage import Control, Delivery, Receiver, Silence

NAME = re.compile(r"\{(\w+)\}")


def word_for(answer: Any) -> str:
    match answer:
        case None:
            return ""
        case Reply(status=status, body={"code": code}):
            return f"{status} {code}"
        case Reply(status=status, body=body):
            return str((body or {}).get("trade_state", status))
        case bytes():
            return "image"
        case dict():
            return str(answer.get("errcode") or "ok")
    return str(answer)


@dataclass
class Player:
    control: Control
    mini: MiniClient
    clients: dict[str, PayClient]
    receiver: Receiver
    known: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)  # of our own calls, in order
    notices: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    hanging: bool = False
    played: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        credentials = self.control.process.credentials
        self.known |= {f"{key}_mchid": client.mchid for key, client in self.clients.items()}
        self.known["other_appid"] = credentials["other_mini_program"]["appid"]
        self.known["push_url"] = self.receiver.url.replace("/notify", "/push")
        self.receiver.judge = self.judge
        app = self.mini.app
        self.crypto = WeChatCrypto(app["push_token"], app["push_aes_key"], app["appid"])

    async def play(self, number: int, script: list[dict[str, Any]]) -> None:
        self.known["no"] = f"CASE{number:06}"
        self.known["openid"] = await self.control.openid("li")
        for step in script:
            if "ctl" in step:
                await self.direct(step["ctl"].removeprefix("POST /__ctl/"), step["body"])
            else:
                await self.act(step["product"], self.filled(step["with"]))
        self.played.set()

    def filled(self, value: Any) -> Any:
        match value:
            case str():
                return NAME.sub(lambda found: str(self.known[found[1]]), value)
            case dict():
                return {key: self.filled(inner) for key, inner in value.items()}
            case list():
                return [self.filled(inner) for inner in value]
        return value

    async def direct(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.control.post(path, **self.filled(body))
        self.known |= answer
        if path == "clock":
            await self._set_watches()
        if path.endswith(("/pay", "/finish-payment")):
            self.words.append(f"user: {answer['result']}")

    async def act(self, verb: str, arguments: dict[str, Any]) -> None:
        times = arguments.pop("times", 1)
        act = getattr(self, verb)
        if times == 1:
            self.words.append(await self._word(act(**arguments)))
        else:
            self.words += await asyncio.gather(
                *(self._word(act(**arguments)) for _ in range(times))
            )
        self.words = [word for word in self.words if word]

    async def _word(self, call: Awaitable[Any]) -> str:
        try:
            answer = await call
        except Silence:
            return "silence"
        except Forged:
            return "forged answer"
        self.answers.append(answer)
        return word_for(answer)

    async def _set_watches(self) -> None:
        """Our clocks go by WeChat's, as they do in the world outside."""
        skew = (await self.control.get("clock"))["epoch"] - time.time()
        for client in self.clients.values():
            client.skew_seconds = skew

    # ---- our end of notices and pushes
    async def judge(self, delivery: Delivery) -> tuple[int, bytes]:
        if delivery.path == "/push":
            return await self._judge_push(delivery)
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

    async def _judge_push(self, delivery: Delivery) -> tuple[int, bytes]:
        if self.hanging:
            self.words.append("late push")
            await self.played.wait()
            return 0, b""
        body = delivery.body
        if "msg_signature" in delivery.query:
            query = delivery.query
            parts = (query["msg_signature"], query["timestamp"], query["nonce"])
            sealed = json.loads(body) if body.startswith(b"{") else body.decode()
            try:
                body = self.crypto.decrypt_message(sealed, *parts).encode()
            except WeChatException as error:
                self.words.append(f"bad push: {type(error).__name__}")
                return 401, b""
        self.pushes.append(json.loads(body) if body.startswith(b"{") else {"xml": body})
        self.words.append("push")
        return 200, b"success"

    # ---- what the product does
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

    async def token(self, seconds: float = 10) -> Any:
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
        **changes: str,
    ) -> Reply:
        client = self.clients[merchant]
        url = f"{self.receiver.url}/{client.mchid}"
        order = client.order(no or self.known["no"], self.known["openid"], url, fen)
        if expire_seconds is not None:
            at = time.gmtime(client.now() + expire_seconds)
            order["time_expire"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", at)
        reply = await client.prepay(order | changes)
        self.known |= {"prepay_id": reply.body["prepay_id"]} if reply.status == 200 else {}
        return reply

    async def query(self, no: str = "", seconds: float = 10) -> Reply:
        return await self.clients["firm"].query(no or self.known["no"], seconds)

    async def close(self, no: str = "") -> Reply:
        return await self.clients["firm"].close(no or self.known["no"])
