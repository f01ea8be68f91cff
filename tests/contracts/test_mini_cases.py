"""Each numbered case of the mini-program does what its title says, seen by an own client."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from tests.contracts.clients import MiniClient
from tests.contracts.player import Player
from tests.contracts.stage import Control, Delivery, Receiver
from tests.deadlines import SAFETY_NET

LAST = 30  # of these cases; from the next on they are about paying
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
}


@dataclass(kw_only=True)
class MiniPlayer(Player):
    """One method for each verb of the scripts, and the receiver of pushes."""

    mini: MiniClient
    tokens: list[str] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    hanging: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        app = self.mini.app
        self.crypto = WeChatCrypto(app["push_token"], app["push_aes_key"], app["appid"])

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

    async def judge(self, delivery: Delivery) -> tuple[int, bytes]:
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


def wrapped_xml(player: MiniPlayer) -> bool:
    text = player.pushes[2]["xml"].decode()
    return text.count("<List>") == 2 and "<SubscribeMsgPopupEvent><List>" in text


def named_fields(player: MiniPlayer) -> bool:
    return all(
        f"data.{key}" in answer["errmsg"]
        for key, answer in zip(
            ("thing1", "phrase2", "thing3", "thing4", "thing5"), player.answers, strict=True
        )
    )


# What one word does not say.
DETAILS: dict[int, Callable[[MiniPlayer], object]] = {
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
}


@pytest.fixture
def player(control: Control, receiver: Receiver, mini: MiniClient) -> MiniPlayer:
    return MiniPlayer(control, receiver, mini=mini)


@pytest.mark.parametrize("number", WORDS)
async def test_the_script_does_what_its_title_says(player: MiniPlayer, number: int) -> None:
    await player.prove(number, WORDS[number], DETAILS.get(number))


async def test_every_case_is_proven(control: Control) -> None:
    numbers = sorted(map(int, await control.get("cases")))
    assert [number for number in numbers if number <= LAST] == list(WORDS)
