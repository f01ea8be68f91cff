"""Webhooks of WeChat server push (消息推送): the mini-program's, the service account's."""

from typing import Final

import msgspec

from handlers.http.admission import Lane
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download
from services.limits.models import Rate
from services.pushes import actions as pushes
from services.pushes.actions import App

LARGEST_PUSH: Final = 64 * 1024
PUSH_SECONDS: Final = 4.5  # WeChat waits five and then sends it again
PLAIN: Final = "text/plain; charset=utf-8"


class PushQuery(msgspec.Struct):
    """WeChat's own parameters; it may add others.

    `signature`: SHA-1 of the token, timestamp and nonce, in plain mode.
    `timestamp`: Seconds since 1970, as WeChat signed them.
    `nonce`: Random digits, as WeChat signed them.
    `echostr`: Text to send back when WeChat checks the address.
    `encrypt_type`: `aes` in safe mode.
    `msg_signature`: SHA-1 that covers the encrypted body, in safe mode.
    """

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    echostr: str = ""
    encrypt_type: str = ""
    msg_signature: str = ""


class BasePushHandler(ApiHandler):
    lane = Lane.PUSHES
    max_body_bytes = LARGEST_PUSH

    def seconds(self) -> float:
        return PUSH_SECONDS

    async def echo(self, app: App, query: PushQuery) -> Download:
        said = await pushes.verify_url(self.deps, app, msgspec.to_builtins(query))
        return Download(said.encode(), PLAIN)

    async def take(self, app: App, query: PushQuery, body: bytes) -> Download:
        content_type = self.request.headers.get("Content-Type", "")
        given = msgspec.to_builtins(query)
        await pushes.receive(self.deps, app, given, body, content_type)
        return Download(b"success", PLAIN)


class PushHandler(BasePushHandler):
    @endpoint(
        "verifyPushAddress",
        needs=Access.PUBLIC,
        media_type="text/plain",
        errors=("not_from_wechat",),
        rate=Rate.CALLBACK,
    )
    async def get(self, query: PushQuery) -> Download:
        """Prove to WeChat that this address is ours."""
        return await self.echo(App.MINI_PROGRAM, query)

    @endpoint(
        "receivePush",
        needs=Access.PUBLIC,
        media_type="text/plain",
        errors=("not_from_wechat", "still_sending"),
        rate=Rate.CALLBACK,
    )
    async def post(self, query: PushQuery, body: bytes) -> Download:
        """Take an event from WeChat: JSON or XML, sealed in safe mode."""
        return await self.take(App.MINI_PROGRAM, query, body)


class ServicePushHandler(BasePushHandler):
    @endpoint(
        "verifyServicePushAddress",
        needs=Access.PUBLIC,
        media_type="text/plain",
        errors=("not_from_wechat",),
        rate=Rate.CALLBACK,
    )
    async def get(self, query: PushQuery) -> Download:
        """Prove to WeChat that this address is ours, for the service account."""
        return await self.echo(App.SERVICE_ACCOUNT, query)

    @endpoint(
        "receiveServicePush",
        needs=Access.PUBLIC,
        media_type="text/plain",
        errors=("not_from_wechat",),
        rate=Rate.CALLBACK,
    )
    async def post(self, query: PushQuery, body: bytes) -> Download:
        """Take an event of the linked service account: somebody follows it, or no more."""
        return await self.take(App.SERVICE_ACCOUNT, query, body)


ROUTES = [
    Route("/wx/push", PushHandler),
    Route("/wx/push/service-account", ServicePushHandler),
]
