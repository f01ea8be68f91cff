"""Deliveries to WeChat: one message put into WeChat's form, one call, and what came of it."""

from collections.abc import Mapping
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.messaging import store
from services.messaging.models import Letter
from services.messaging.states import OUTCOMES, Grant, Move, Outcome
from services.people import actions as people
from services.wechat.errors import WeChatError
from services.wechat.template_values import clip_data

PAGE_NOT_RELEASED: Final = 41030

log = structlog.get_logger(__name__)


def letter(
    deps: Dependencies, template: str, values: Mapping[str, str], *, openid: str, page: str
) -> Letter | None:
    """Put a message in WeChat's form; None when this installation has not the template.

    Raises BadTemplateValue.
    """
    template_id = deps.templates.get(template)
    if template_id is None:
        return None
    cells = deps.features.templates[template].data
    data = clip_data({key: values[name] for key, name in cells.items()})
    return Letter(openid=openid, template_id=template_id, data=data, page=page)


async def deliver(
    deps: Dependencies, message_id: str, person: str, letter: Letter
) -> WeChatError | None:
    """Call WeChat and write down its answer; return its refusal. The message is SENDING."""
    try:
        wechat_id = await _call(deps, letter)
    except WeChatError as refusal:
        outcome = OUTCOMES[refusal.reaction]
        await _record(deps, message_id, person, letter, outcome, problem=str(refusal))
        return refusal
    await store.move(deps.db, message_id, Move.ACCEPT, wechat_id=wechat_id)
    return None


async def _call(deps: Dependencies, letter: Letter) -> str:
    """Return WeChat's number of the message, "" when it tells none."""
    try:
        return await deps.wechat.send_subscribe_message(
            letter.openid, letter.template_id, data=letter.data, page=letter.page
        )
    except WeChatError as refusal:
        if refusal.errcode != PAGE_NOT_RELEASED:
            raise
    # Certainly not sent. A message that opens no page is better than none.
    log.error("message_page_not_released", page=letter.page.partition("?")[0])
    return await deps.wechat.send_subscribe_message(
        letter.openid, letter.template_id, data=letter.data
    )


async def _record(
    deps: Dependencies,
    message_id: str,
    person: str,
    letter: Letter,
    outcome: Outcome,
    *,
    problem: str,
) -> None:
    """Write down what WeChat said against it, and what that means for the grant."""

    async def work(tx: Transaction) -> None:
        moved = await store.move(deps.db, message_id, outcome.move, tx=tx, problem=problem)
        if outcome.grant is Grant.VOID:
            await store.void_grants(deps.db, tx, letter.grant)
        elif outcome.grant is Grant.RETURNED and moved and await _is_open(deps, tx, person):
            await store.add_grant(deps.db, tx, letter.grant)

    await deps.in_transaction(work)


async def _is_open(deps: Dependencies, tx: Transaction, person: str) -> bool:
    """Tell whether the person still has an account: a closed one has no grants any more."""
    return await people.hold(deps, tx, person) is not None
