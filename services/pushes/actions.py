"""Pushes from WeChat about messages: grants given and withdrawn, delivery receipts.

Only these signed pushes count. What a phone claims about grants is worth nothing: it would let
anybody make us call WeChat in vain.
Source: framework/open-ability/subscribe-message.md.
"""

from collections.abc import Mapping

import structlog
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Unauthenticated
from services.messaging import message_grants
from services.messaging.deliveries import receipts
from services.pushes import store
from services.wechat.errors import BadSignature
from services.wechat.events import PushEvent, SubscribeChange, SubscribePopup, SubscribeSent

Event = SubscribePopup | SubscribeChange | SubscribeSent

log = structlog.get_logger(__name__)


class NotFromWeChat(Unauthenticated):
    """Forged, damaged, or meant for another mini-program."""

    code = "not_from_wechat"


def verify_url(deps: Dependencies, query: Mapping[str, str]) -> str:
    """Return what WeChat wants to hear from the address it pushes to. Raises NotFromWeChat."""
    try:
        return deps.push.verify_url(query)
    except BadSignature as forgery:
        raise _refusal(forgery) from None


async def receive(
    deps: Dependencies, query: Mapping[str, str], body: bytes, content_type: str
) -> None:
    """Act on a push; whatever it changes is committed on return.

    WeChat wants its answer within five seconds and repeats a push three times: repeats are
    harmless, also at the same moment. Raises NotFromWeChat, StillSending.
    """
    try:
        events = deps.push.receive(query, body, content_type)
    except BadSignature as forgery:
        raise _refusal(forgery) from None
    for event in events:
        await _apply_once(deps, event)


def _refusal(forgery: BadSignature) -> NotFromWeChat:
    log.warning("push_refused", reason=forgery.reason)
    return NotFromWeChat("签名不对")


async def _apply_once(deps: Dependencies, event: PushEvent) -> None:
    if not isinstance(event, Event):
        log.info("push_ignored", kind=getattr(event, "kind", type(event).__name__))
        return
    kind = type(event).__name__

    async def work(tx: Transaction) -> None:
        await store.insert(deps.db, tx, event.dedupe_key, kind, deps.now())
        await _apply(deps, tx, event)

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        log.info("push_repeated", kind=kind)


async def _apply(deps: Dependencies, tx: Transaction, event: Event) -> None:
    match event:
        case SubscribePopup(accepted=True):
            await message_grants.add(deps, tx, event.openid, event.template_id)
        case SubscribeChange(accepted=False):
            await message_grants.void(deps, tx, event.openid, event.template_id)
        case SubscribeSent():
            await receipts.record(deps, tx, event)
        case _:
            log.info("push_changes_nothing", kind=type(event).__name__)
