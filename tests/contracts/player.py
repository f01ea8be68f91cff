"""Runner of scripted cases: a minimal product that reports each outcome in one word."""

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

from tests.contracts.acts import Acts
from tests.contracts.clients import Forged, Reply
from tests.contracts.stage import Delivery, Silence

NAME = re.compile(r"\{(\w+)\}")


def word_for(answer: Any) -> str:
    match answer:
        case None:
            return ""
        case Reply(status=status, body={"code": code}):
            return f"{status} {code}"
        case Reply(status=status, body=body):
            body = body or {}
            return str(body.get("trade_state") or body.get("status") or status)
        case bytes():
            return "image"
        case dict():
            return str(answer.get("errcode") or "ok")
    return str(answer)


@dataclass
class Player(Acts):
    words: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)  # of our own calls, in order
    notices: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
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
                return {self.filled(key): self.filled(inner) for key, inner in value.items()}
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
        """Set the clients' clocks to the stand-in's."""
        skew = (await self.control.get("clock"))["epoch"] - time.time()
        for client in self.clients.values():
            client.skew_seconds = skew

    # ---- receiving notices and pushes
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
            self.hanging = False  # once; repeats are answered immediately
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
