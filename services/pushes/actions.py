"""Pushes from WeChat about messages: grants given and withdrawn, delivery receipts.

Only these signed pushes count. What a phone claims about grants is worth nothing: it would let
anybody make us call WeChat in vain.
Source: framework/open-ability/subscribe-message.md.
"""

from collections.abc import Mapping, Sequence

import structlog
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Unauthenticated, Unavailable
from services.messaging import grant_store
from services.messaging import store as messaging_store
from services.messaging.models import Delivery, Message, grant_id
from services.messaging.states import Move
from services.pushes import store
from services.wechat.errors import REACTIONS, BadSignature, Reaction
from services.wechat.events import PushEvent, SubscribeChange, SubscribePopup, SubscribeSent

Event = SubscribePopup | SubscribeChange | SubscribeSent

log = structlog.get_logger(__name__)


class NotFromWeChat(Unauthenticated):
    """Forged, damaged, or meant for another mini-program."""

    code = "not_from_wechat"


class StillSending(Unavailable):
    """The receipt overtook the answer to our call: pushed again, it will find its place."""

    code = "still_sending"


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
        await _take(deps, event)


def _refusal(forgery: BadSignature) -> NotFromWeChat:
    log.warning("push_refused", reason=forgery.reason)
    return NotFromWeChat("签名不对")


async def _take(deps: Dependencies, event: PushEvent) -> None:
    if not isinstance(event, Event):
        log.info("push_ignored", kind=getattr(event, "kind", type(event).__name__))
        return

    async def apply(tx: Transaction) -> None:
        kind = type(event).__name__
        await store.insert(deps.db, event.dedupe_key, kind, deps.now(), tx)
        await _apply(deps, event, tx)

    try:
        await deps.in_transaction(apply)
    except DuplicateKeyError:
        log.info("push_repeated", kind=type(event).__name__)


async def _apply(deps: Dependencies, event: Event, tx: Transaction) -> None:
    grant = grant_id(event.openid, event.template_id)
    match event:
        case SubscribePopup(accepted=True):
            await grant_store.add(deps.db, grant, tx)
        case SubscribeChange(accepted=False):
            await grant_store.void(deps.db, grant, tx)
        case SubscribeSent():
            await _take_receipt(deps, grant, event, tx)
        case _:
            log.info("push_changes_nothing", kind=type(event).__name__)


async def _take_receipt(
    deps: Dependencies, grant: str, receipt: SubscribeSent, tx: Transaction
) -> None:
    waiting = await messaging_store.awaiting_receipt(deps.db, grant, receipt.message_id, tx)
    message = match(waiting, receipt.message_id)
    if message is None:
        log.info("receipt_unmatched", template=receipt.template_id)
        return
    problem = f"{receipt.error_code} {receipt.error_status}" if receipt.error_code else ""
    await messaging_store.move(
        deps.db,
        message.id,
        _move(receipt.error_code),
        tx,
        receipt_at=receipt.created_at,
        wechat_id=receipt.message_id,
        problem=problem,
    )


def match(waiting: Sequence[Message], wechat_id: str) -> Message | None:
    """Return the message a receipt speaks of, None when nobody can tell. Raises StillSending.

    By WeChat's number; else the only one whose number we never learnt. Guessing among several
    would call a lost message sent.
    """
    bearing = [message for message in waiting if message.wechat_id == wechat_id != ""]
    if bearing or len(waiting) == 1:
        return (bearing or waiting)[0]
    if any(message.delivery is Delivery.SENDING for message in waiting):
        raise StillSending("还在发送,请稍后再推")
    return None


def _move(error_code: int) -> Move:
    if error_code == 0:
        return Move.CONFIRM
    refused = REACTIONS.get(error_code) is Reaction.REFUSED
    return Move.BOUNCE_REFUSED if refused else Move.BOUNCE_FAILED
