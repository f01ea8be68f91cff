"""Pushes from WeChat: grants and receipts of messages, followers, verdicts on pictures.

Only these signed pushes are believed. What a phone reports of grants is a hint that one of them
confirms: alone it would let anybody make us call WeChat in vain
(services/messaging/grants/counts.py).
Source: framework/open-ability/subscribe-message.md, media_check_async.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final

import structlog
from pymongo.errors import DuplicateKeyError

from services.content_checks import pictures
from services.dependencies import Dependencies, Transaction
from services.followers import actions as followers
from services.kernel.errors import Unauthenticated
from services.messaging import message_grants
from services.messaging.deliveries import receipts
from services.pushes import store
from services.wechat.errors import BadSignature
from services.wechat.events import (
    Followed,
    MediaCheck,
    PushEvent,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
    TemplateSent,
    Unfollowed,
)
from services.wechat.push import PushReceiver


class App(StrEnum):
    """App that a push is about: each has an address, a token and a key of its own."""

    MINI_PROGRAM = auto()
    SERVICE_ACCOUNT = auto()


# What one app tells is not believed of the other: openids differ between them.
EVENTS: Final[dict[App, tuple[type, ...]]] = {
    App.MINI_PROGRAM: (SubscribePopup, SubscribeChange, SubscribeSent, MediaCheck),
    App.SERVICE_ACCOUNT: (Followed, Unfollowed, TemplateSent),
}

log = structlog.get_logger(__name__)


class NotFromWeChat(Unauthenticated):
    """Forged, damaged, or meant for another mini-program."""

    code = "not_from_wechat"


async def verify_url(deps: Dependencies, app: App, query: Mapping[str, str]) -> str:
    """Return what WeChat wants to hear from the address it pushes to. Raises NotFromWeChat."""
    try:
        return await asyncio.to_thread(_receiver(deps, app).verify_url, query)
    except BadSignature as forgery:
        raise _refusal(forgery) from None


async def receive(
    deps: Dependencies, app: App, query: Mapping[str, str], body: bytes, content_type: str
) -> None:
    """Act on a push; whatever it changes is committed on return.

    WeChat wants its answer within five seconds and repeats a push three times: repeats are
    harmless, also at the same moment. Raises NotFromWeChat, StillSending.
    """
    try:
        receiver = _receiver(deps, app)
        events = await asyncio.to_thread(receiver.receive, query, body, content_type)
    except BadSignature as forgery:
        raise _refusal(forgery) from None
    for event in events:
        await _apply_once(deps, app, event)


def _receiver(deps: Dependencies, app: App) -> PushReceiver:
    if app is App.MINI_PROGRAM:
        return deps.push
    if deps.service is None:
        raise NotFromWeChat("没有关联服务号")
    return deps.service.push


def _refusal(forgery: BadSignature) -> NotFromWeChat:
    log.warning("push_refused", reason=forgery.reason)
    return NotFromWeChat("签名不对")


async def _apply_once(deps: Dependencies, app: App, event: PushEvent) -> None:
    if not isinstance(event, EVENTS[app]):
        log.info("push_ignored", kind=getattr(event, "kind", type(event).__name__))
        return
    kind = type(event).__name__

    async def work(tx: Transaction) -> None:
        await store.insert(deps.db, tx, event.dedupe_key, kind, deps.now())
        await _apply(deps, tx, event)

    async def known(tx: Transaction) -> bool:
        return await store.is_known(deps.db, tx, event.dedupe_key)

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        # Of this very push, and not of what a feature writes when a content was checked.
        if not await deps.in_transaction(known):
            raise
        log.info("push_repeated", kind=kind)


async def _apply(deps: Dependencies, tx: Transaction, event: PushEvent) -> None:
    match event:
        case Followed():
            await followers.note_followed(deps, tx, event.openid)
        case Unfollowed():
            await followers.note_unfollowed(deps, tx, event.openid)
        case SubscribePopup(accepted=True):
            await message_grants.add(
                deps, tx, event.openid, event.template_id, at=event.created_at
            )
        case SubscribeChange(accepted=False):
            await message_grants.switch_off(
                deps, tx, event.openid, event.template_id, at=event.created_at
            )
        case SubscribeSent():
            await receipts.record(deps, tx, event)
        case TemplateSent():
            await receipts.record_of_service(deps, tx, event)
        case MediaCheck():
            await pictures.receive(deps, tx, event)
        case _:
            log.info("push_changes_nothing", kind=type(event).__name__)
