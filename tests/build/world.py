"""World of a test: a clock, WeChat's stand-in, people, and an API client."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.web import Application

from services.consents.policies import PolicyKey
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from tests.build import declared, details
from tests.build.documents import Database
from tests.build.sign_ins import Member, current, sign_in
from tests.deadlines import SAFETY_NET

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # Monday noon in Beijing


@dataclass
class Clock:
    """The product's time, and WeChat's: they move together unless a test says otherwise."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def code(self) -> str:
        return str(self.body["code"])


async def fetch(
    url: str, method: str, body: bytes | None, headers: Mapping[str, str] | None = None
) -> Reply:
    request = HTTPRequest(
        url,
        method=method,
        body=body,
        headers=dict(headers or {}),
        allow_nonstandard_methods=True,
        connect_timeout=SAFETY_NET,
        request_timeout=SAFETY_NET,
    )
    response = await AsyncHTTPClient().fetch(request, raise_error=False)
    is_json = "json" in response.headers.get("Content-Type", "")
    decoded = msgspec.json.decode(response.body) if is_json and response.body else None
    return Reply(response.code, decoded, response.headers, response.body)


@dataclass
class WeChat:
    """The stand-in's control API."""

    base: str
    clock: Clock

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        raw = None if body is None else msgspec.json.encode(body)
        return await fetch(f"{self.base}/__ctl/{path}", method, raw)

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = await self.ask(method, path, body)
        assert reply.status < 300, (path, reply.status, reply.raw)
        return reply.body

    async def get(self, what: str, **query: Any) -> Any:
        return await self.control("GET", f"{what}?{urlencode(query)}" if query else what)

    async def do(self, path: str, **body: Any) -> Any:
        return await self.control("POST", path, body)

    async def reset(self) -> None:
        await self.do("reset")
        await self.do("clock", now=self.clock.now.isoformat(), frozen=True)

    async def advance(self, seconds: float) -> None:
        """Let time pass, for us and for WeChat (whose due notices are then delivered)."""
        self.clock.now += timedelta(seconds=seconds)
        await self.do("clock", advance_seconds=seconds)

    async def login_code(self, name: str = "li", **wish: Any) -> str:
        return str((await self.do(f"users/{name}/login-code", **wish))["code"])

    async def phone_code(
        self, name: str = "li", phone: str = "13800000000", **wish: Any
    ) -> str:
        return str((await self.do(f"users/{name}/phone-code", phone=phone, **wish))["code"])

    async def fault(
        self, path: str, *, match: Mapping[str, Any] | None = None, **action: Any
    ) -> str:
        """Let requests to this path fare so; return the fault's id."""
        made = await self.do("faults", match={"path": path, **(match or {})}, action=action)
        return str(made["id"])

    async def openid(self, name: str = "li") -> str:
        return str((await self.do(f"users/{name}"))["openid"])

    async def calls(self, path: str, since: int = 0) -> list[dict[str, Any]]:
        """Return the requests to this path, oldest first, from the stand-in's journal."""
        return list(await self.get("journal", path=path, since=since))


class Api:
    """Talks to the real application over a real socket."""

    def __init__(self, base: str) -> None:
        self.base = base

    async def get(self, path: str, *, as_: Member | None) -> Reply:
        return await self.call("GET", path, None, as_=as_)

    async def post(
        self, path: str, body: Any = None, *, as_: Member | None, key: str | None = None
    ) -> Reply:
        headers = {"Idempotency-Key": key} if key else {}
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body or {})
        return await self.call("POST", path, raw, as_=as_, headers=headers)

    async def delete(self, path: str, *, as_: Member | None) -> Reply:
        return await self.call("DELETE", path, None, as_=as_)

    async def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        as_: Member | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        given = dict(headers or {})
        if as_ is not None:
            given["Authorization"] = f"Bearer {as_.token}"
        reply = await fetch(self.base + path, method, body, given)
        details.check(reply.headers, reply.body)
        declared.check(method, path, reply.status, reply.body)
        return reply


@dataclass
class World:
    """`db` is for looking: its queries are the test's, not the product's."""

    deps: Dependencies
    db: Database
    clock: Clock
    wechat: WeChat
    api: Api
    operator: Api
    app: Application
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # of who signs in

    async def advance(self, **delta: float) -> None:
        """Let time pass, for us and for WeChat."""
        await self.wechat.advance(timedelta(**delta).total_seconds())

    async def work(self) -> int:
        """Let the worker do everything that is due now."""
        return await jobs.run_due(self.deps, self.deps.features.jobs, "test-worker")

    async def sign_in(self, name: str, phone: str = "") -> Member:
        """Sign somebody in, who agrees to the text and proves the phone."""
        async with self.turn:
            return await sign_in(self.deps, self.db, name, phone)

    async def agree(self, member: Member, policy: str = "privacy") -> Reply:
        """Agree to the current text of a policy, as the mini-program asks after sign-in."""
        wish = msgspec.to_builtins(current(PolicyKey(policy)))
        reply = await self.api.post("/api/v1/me/consents", wish, as_=member)
        assert reply.status == 201, reply.body
        return reply

    async def confirm(self, member: Member) -> None:
        """Prove in WeChat once more who it is: sensitive acts ask for it after ten minutes."""
        path = "/api/v1/sessions/current/confirmation"
        code = {"code": await self.wechat.login_code(member.name)}
        reply = await self.api.post(path, code, as_=member)
        assert reply.status == 201, reply.body
