"""Helpers of WeChat tests: control desk, clock of both sides, receiver of notices."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine

from services.wechat.errors import BadSignature, Forgery
from services.wechat.pay import PayClient
from services.wechat.pay_models import Notice
from tests.build.world import WeChat

CERTIFICATES = "/v3/certificates"
NUMBER = "ORDER-0001"
TEMPLATE = "a-template"


@dataclass
class Desk(WeChat):
    """WeChat's stand-in, with the credentials of its mini-program and merchants."""

    credentials: dict[str, Any]

    @property
    def appid(self) -> str:
        return str(self.credentials["mini_program"]["appid"])

    @property
    def secret(self) -> str:
        return str(self.credentials["mini_program"]["secret"])

    @property
    def account(self) -> dict[str, str]:
        """Return the credentials of the service account."""
        return dict(self.credentials["service_account"])

    async def follow(self, name: str = "li", **wish: Any) -> str:
        """Let somebody follow the service account; return their openid there."""
        return str((await self.do(f"users/{name}/follow", **wish))["openid"])

    async def count(self, path: str) -> int:
        return len(await self.calls(path))

    async def grant(self, name: str = "li") -> str:
        """Let somebody accept one message; return the openid."""
        await self.do(f"users/{name}/subscribe", template_ids=[TEMPLATE])
        return await self.openid(name)


@dataclass
class Letter:
    headers: HTTPHeaders
    body: bytes
    query: dict[str, str]
    path: str


@dataclass
class Doorstep:
    """Keeps what is delivered, answers 204 or what it was told to."""

    url: str = ""
    letters: list[Letter] = field(default_factory=list)
    on_letter: Callable[[Letter], int] = lambda _letter: 204

    def __call__(self, request: HTTPServerRequest) -> None:
        query = {name: values[-1].decode() for name, values in request.arguments.items()}
        letter = Letter(request.headers, request.body, query, request.path)
        self.letters.append(letter)
        status = self.on_letter(letter)
        assert request.connection is not None
        headers = HTTPHeaders({} if status == 204 else {"Content-Length": "0"})
        request.connection.write_headers(ResponseStartLine("HTTP/1.1", status, ""), headers)
        request.connection.finish()


async def order(
    client: PayClient, desk: Desk, number: str = NUMBER, *, amount_fen: int = 12_345
) -> str:
    """Place Li's order; return its prepay_id."""
    body = client.prepay_body(
        number,
        amount_fen=amount_fen,
        description="2026年3月物业费",
        openid=await desk.openid(),
        expires_at=desk.clock() + timedelta(minutes=30),
    )
    return await client.prepay(body)


async def paid(client: PayClient, desk: Desk, number: str = NUMBER) -> None:
    prepay_id = await order(client, desk, number)
    answer = await desk.do("users/li/pay", prepay_id=prepay_id)
    assert answer["result"] == "ok", answer


async def notice(desk: Desk, doorstep: Doorstep, **craft: Any) -> Letter:
    """Have WeChat send one more notice of the order, crafted as told."""
    await desk.do("notify", out_trade_no=NUMBER, **craft)
    return doorstep.letters[-1]


async def believe(client: PayClient, letter: Letter) -> Notice:
    return await client.notification(letter.headers, letter.body)


async def disbelief(client: PayClient, letter: Letter) -> Forgery:
    with pytest.raises(BadSignature) as refused:
        await believe(client, letter)
    return refused.value.reason
