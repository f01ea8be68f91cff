"""Asynchronous client of the mini-program interfaces, with wechatpy's methods.

wechatpy's own client blocks, waits for ever by default, repeats without limit on 40001 and
knows only the real host. What its interfaces ask of a client is answered here, without that.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
import structlog
from redis.asyncio import Redis

from services.kernel.deferred import deferred
from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.replies import read_reply, typed
from services.wechat.token import StableToken
from services.wechat.transport import NoAnswer, Observe, Transport, ignore

if TYPE_CHECKING:
    from wechatpy.client import api
else:
    api = deferred("wechatpy.client.api")

log = structlog.get_logger(__name__)

# These carry the secret, or a code that proves a person: they never get a token.
WITHOUT_TOKEN: Final = ("/cgi-bin/stable_token", "/sns/")
ATTEMPTS: Final = 3  # for calls that may be repeated, when WeChat says it is busy
BACK_OFF_SECONDS: Final = 0.1
QUICK: Final = 0.5  # of the time-out: who failed slowly is not asked again, somebody waits


class AsyncClient:
    """Client as wechatpy's interfaces know it; `get` and `post` return awaitables.

    `appid`, `secret`: read by those interfaces, too.
    """

    def __init__(
        self,
        appid: str,
        secret: str,
        *,
        base: str,
        redis: Redis | None,
        now: Callable[[], datetime],
        timeout_seconds: float = 5,
        observe: Observe = ignore,
    ) -> None:
        self.appid, self.secret, self.timeout = appid, secret, timeout_seconds
        self._wxa: Any = None
        self._transport = Transport(base, timeout_seconds=timeout_seconds)
        self._observe = observe
        self.tokens = StableToken(appid, self._fetch_token, redis=redis, now=now)

    def close(self) -> None:
        self._transport.close()

    async def wxa(self) -> Any:
        """Return the interfaces of a mini-program: each `x(…)` returns an awaitable.

        A thread imports wechatpy, which takes 60 ms, when somebody first signs in.
        """
        if self._wxa is None:
            self._wxa = await asyncio.to_thread(lambda: api.WeChatWxa(self))
        return self._wxa

    def get(self, url: str, **given: Any) -> Awaitable[Any]:
        return self._request("get", url, **given)

    def post(self, url: str, **given: Any) -> Awaitable[Any]:
        return self._request("post", url, **given)

    async def _request(
        self,
        method: str,
        url_or_endpoint: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        attempts: int = 1,
        result_processor: Callable[[Any], Any] | None = None,
        api_base_url: str | None = None,
    ) -> Any:
        """Call WeChat. The parameter names are wechatpy's, which passes them by keyword.

        `attempts` above 1 only where doing it twice is harmless. Raises WeChatError.
        """
        del api_base_url  # wechatpy's fixed host; ours is configured
        started = asyncio.get_running_loop().time()
        path = "/" + url_or_endpoint
        for attempt in count(1):
            try:
                reply = await self._authorised(method, path, params or {}, data)
            except WeChatUnavailable as failure:
                waited = asyncio.get_running_loop().time() - started
                if attempt >= attempts or waited > QUICK * self.timeout:
                    raise
                log.warning("wechat_asked_again", api=path, problem=str(failure))
                await asyncio.sleep(BACK_OFF_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - jitter
            else:
                break
        return result_processor(reply) if result_processor else reply

    async def _authorised(
        self, method: str, path: str, params: Mapping[str, Any], data: Mapping[str, Any] | None
    ) -> Any:
        """Add the token; when WeChat refuses it, drop it and try once more with the next."""
        if path.startswith(WITHOUT_TOKEN):
            return await self._send(method, path, params, data)
        token = await self._token()
        try:
            return await self._send(method, path, {**params, "access_token": token}, data)
        except WeChatError as refusal:
            if refusal.reaction is not Reaction.NEW_TOKEN:
                raise
        await self.tokens.drop(token)
        token = await self._token()
        try:
            return await self._send(method, path, {**params, "access_token": token}, data)
        except WeChatError as refusal:
            if refusal.reaction is Reaction.NEW_TOKEN:
                await self.tokens.drop(token)
            raise

    async def _token(self) -> str:
        try:
            return await self.tokens.get()
        except WeChatUnavailable as failure:
            # Whatever became of that call, the caller's own was certainly not sent.
            problem = f"no access token: {failure}"
            raise WeChatUnavailable(problem, unknown=False, errcode=failure.errcode) from None

    async def _send(
        self, method: str, path: str, params: Mapping[str, Any], data: Mapping[str, Any] | None
    ) -> Any:
        query = f"?{urlencode(params)}" if params else ""
        body = None if data is None else msgspec.json.encode(data)  # never \\uXXXX: 40033
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            reply = await self._transport.send(
                method.upper(), path + query, headers=headers, body=body
            )
            answer = read_reply(reply)
        except NoAnswer as silence:
            self._observe(path, "no_answer")
            raise WeChatUnavailable(str(silence), unknown=silence.unknown) from None
        except WeChatError as refusal:
            self._observe(path, str(refusal.errcode or "no_answer"))
            raise
        self._observe(path, "ok")
        return answer

    async def _fetch_token(self) -> tuple[str, int]:
        wanted = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": False,
        }
        try:
            reply = await self.post("cgi-bin/stable_token", data=wanted, attempts=ATTEMPTS)
        except WeChatError as refusal:
            if refusal.reaction is Reaction.NEW_TOKEN:  # here 40001 means: wrong secret
                raise WeChatError(
                    refusal.errcode, refusal.errmsg, reaction=Reaction.CONFIG
                ) from None
            raise
        fresh = typed(reply, _Token)
        return fresh.access_token, fresh.expires_in


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int
