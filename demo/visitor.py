"""Somebody with a phone, seen from outside: only HTTP, to the product and to the stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from server.errors import StartError
from server.settings import Settings


class Unexpected(Exception):
    """The product answered otherwise than it should: the step that failed, in one line.

    `status`: of an answer that was a refusal, else 0.
    """

    def __init__(self, line: str, status: int = 0) -> None:
        super().__init__(line)
        self.status = status


@dataclass(frozen=True)
class Guest:
    name: str
    token: str


@dataclass(frozen=True)
class Visitor:
    address: str
    wechat: str

    @classmethod
    def of(cls, settings: Settings, data_dir: Path) -> Self:
        """Visit the product that runs on this data folder."""
        if not settings.wx_api_base.startswith("http://127.0.0.1"):
            raise StartError("Only beside the WeChat stand-in: real WeChat has real users")
        try:
            address = (data_dir / "address").read_text(encoding="ascii")
        except OSError:
            raise StartError(
                "Nothing runs on this data folder: start `make run` first"
            ) from None
        return cls(address, settings.wx_api_base)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: Guest | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the decoded answer. Raises Unexpected on any refusal."""
        signed = {"Authorization": f"Bearer {as_.token}"} if as_ else {}
        return await self._fetch(
            method, self.address + path, body, {**signed, **(headers or {})}
        )

    async def act(self, path: str, **wish: Any) -> Any:
        """Do what a person does in WeChat: show a code, pay, allow messages."""
        return await self._fetch("POST", f"{self.wechat}/__ctl/{path}", wish, {})

    async def look(self, path: str) -> Any:
        """Look behind WeChat's curtain."""
        return await self._fetch("GET", f"{self.wechat}/__ctl/{path}", None, {})

    async def sign_in(self, name: str, phone: str = "") -> Guest:
        code = (await self.act(f"users/{name}/login-code"))["code"]
        given = await self.ask("POST", "/api/v1/sessions/wechat", {"code": code})
        guest = Guest(name, given["access_token"])
        await self._agree(guest)
        if phone:
            shown = (await self.act(f"users/{name}/phone-code", phone=phone))["code"]
            await self.ask("POST", "/api/v1/me/phone", {"code": shown}, as_=guest)
        return guest

    async def _agree(self, guest: Guest) -> None:
        """Say yes to every text the mini-program shows after sign-in."""
        for text in (await self.ask("GET", "/api/v1/privacy/policies"))["items"]:
            wish = {"policy": text["policy"], "version": text["version"]}
            await self.ask("POST", "/api/v1/me/consents", wish, as_=guest)

    async def _fetch(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Any:
        raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        request = HTTPRequest(
            url,
            method=method,
            body=raw if raw is not None or method in {"GET", "DELETE"} else b"",
            headers=dict(headers),
            request_timeout=30,
        )
        try:
            reply = await AsyncHTTPClient().fetch(request, raise_error=False)
        except OSError as error:
            raise Unexpected(f"{method} {url}: {error}") from None
        if reply.code >= 300:  # noqa: PLR2004  # anything but success
            line = f"{method} {url}: {reply.code} {reply.body.decode()[:300]}"
            raise Unexpected(line, reply.code)
        is_json = "json" in reply.headers.get("Content-Type", "")
        return msgspec.json.decode(reply.body) if is_json and reply.body else reply.body
