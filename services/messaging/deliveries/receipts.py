"""Delivery receipts of messages, pushed by WeChat: what became of one it had taken.

Source: framework/open-ability/subscribe-message.md.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Unavailable
from services.messaging import store
from services.messaging.broadcasts import homes
from services.messaging.models import Delivery, Message, grant_id, service_bearer
from services.messaging.states import Move
from services.wechat.errors import REACTIONS, Reaction
from services.wechat.events import Receipt, SubscribeSent, TemplateSent

OF_SERVICE: Final = {
    Receipt.DELIVERED: Move.CONFIRM,
    Receipt.BLOCKED: Move.BOUNCE_REFUSED,
    Receipt.FAILED: Move.BOUNCE_FAILED,
}

log = structlog.get_logger(__name__)


class StillSending(Unavailable):
    """The receipt overtook the answer to our call: pushed again, it will find its message."""

    code = "still_sending"


async def record(deps: Dependencies, tx: Transaction, receipt: SubscribeSent) -> None:
    """Record on its message how a delivery ended. Raises StillSending."""
    problem = f"{receipt.error_code} {receipt.error_status}" if receipt.error_code else ""
    bearer = grant_id(receipt.openid, receipt.template_id)
    await _record(deps, tx, receipt, bearer, by=_move(receipt.error_code), problem=problem)


async def record_of_service(deps: Dependencies, tx: Transaction, receipt: TemplateSent) -> None:
    """Record the same of a message of the service account. Raises StillSending."""
    by = OF_SERVICE[receipt.receipt]
    problem = "" if by is Move.CONFIRM else receipt.status
    await _record(deps, tx, receipt, service_bearer(receipt.openid), by=by, problem=problem)


async def _record(
    deps: Dependencies,
    tx: Transaction,
    receipt: SubscribeSent | TemplateSent,
    bearer: str,
    *,
    by: Move,
    problem: str,
) -> None:
    waiting = await store.awaiting_receipt(deps.db, tx, bearer, receipt.message_id)
    message = match(waiting, receipt.message_id)
    if message is None:
        log.info("receipt_unmatched", kind=type(receipt).__name__)
        return
    moved = await store.move(
        deps.db,
        message.id,
        by,
        tx=tx,
        receipt_at=receipt.created_at,
        wechat_id=receipt.message_id,
        problem=problem,
    )
    if moved and message.broadcast:
        await homes.follow_receipt(deps, tx, message, arrived=by is Move.CONFIRM)


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
