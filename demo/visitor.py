"""Visitor of the running product: only HTTP, to the product and to the WeChat stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.client import fetch
from demo.desk import Desk


@dataclass(frozen=True)
class Guest:
    """Somebody who is signed in: the name of the WeChat user, and the access token."""

    name: str
    token: str


@dataclass(frozen=True)
class Visitor:
    address: str
    desk: Desk

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
        return await fetch(method, self.address + path, body, {**signed, **(headers or {})})

    async def sign_in(self, name: str, phone: str = "") -> Guest:
        """Sign a WeChat user in, with every consent given; with a phone, prove that too."""
        code = (await self.desk.act(f"users/{name}/login-code"))["code"]
        given = await self.ask("POST", "/api/v1/sessions/wechat", {"code": code})
        guest = Guest(name, given["access_token"])
        await self._agree(guest)
        if phone:
            shown = (await self.desk.act(f"users/{name}/phone-code", phone=phone))["code"]
            await self.ask("POST", "/api/v1/me/phone", {"code": shown}, as_=guest)
        return guest

    async def _agree(self, guest: Guest) -> None:
        for text in (await self.ask("GET", "/api/v1/privacy/policies"))["items"]:
            wish = {"policy": text["policy"], "version": text["version"]}
            await self.ask("POST", "/api/v1/me/consents", wish, as_=guest)
