"""HTTP to the product's web processes and to WeChat's stand-in."""

import asyncio
import random
from typing import Any, Final, NamedTuple

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

SECONDS: Final = 15.0
TAPS: Final = 8  # how often somebody tries again whom the product did not answer
UNHEARD: Final = 0
FAILED: Final = 500


class Said(NamedTuple):
    """`status`: 0 when nothing was heard."""

    status: int
    body: Any


class Wire:
    """`webs`: base addresses of the web processes; each request goes to one by chance."""

    def __init__(self, webs: list[str], wechat: str, chance: random.Random) -> None:
        self.webs, self.wechat, self.chance = webs, wechat, chance
        self._http = AsyncHTTPClient(force_instance=True, max_clients=500)

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str, address: str
    ) -> Said:
        """Ask the product, again when it did not answer: as a person taps again."""
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": address}
        said = Said(UNHEARD, None)
        for _ in range(TAPS):
            url = f"{self.chance.choice(self.webs)}/api/v1/{path}"
            said = await self._send(method, url, body, headers)
            if said.status != UNHEARD and said.status < FAILED:
                break
            await asyncio.sleep(self.chance.uniform(0.2, 0.8))
        return said

    async def control(self, path: str, **wish: Any) -> Any:
        """Act on the stand-in, which is never killed."""
        said = await self._send("POST", f"{self.wechat}/__ctl/{path}", wish, {})
        if said.status != 200:
            raise RuntimeError(f"the stand-in said {said.status} to {path}: {said.body}")
        return said.body

    async def look(self, path: str) -> Any:
        said = await self._send("GET", f"{self.wechat}/__ctl/{path}", None, {})
        if said.status != 200:
            raise RuntimeError(f"the stand-in said {said.status} to {path}: {said.body}")
        return said.body

    async def _send(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Said:
        request = HTTPRequest(
            url,
            method=method,
            body=None if body is None else msgspec.json.encode(body),
            headers=headers,
            connect_timeout=SECONDS,
            request_timeout=SECONDS,
        )
        try:
            answer = await self._http.fetch(request, raise_error=False)
        except (HTTPError, OSError):
            return Said(UNHEARD, None)
        if answer.code == 599:  # Tornado's own: nothing was heard
            return Said(UNHEARD, None)
        return Said(answer.code, msgspec.json.decode(answer.body) if answer.body else None)
