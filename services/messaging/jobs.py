"""Jobs of messages: one carries a message to WeChat, at most once.

WeChat gives us no key to make a repeat harmless, and every message spends a grant that the
person gave once: a second copy would annoy them and eat the grant of the next message. The
inbox has it in any case. So what may have been sent is never sent again, receipts included.
"""

from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Permanent, RetryAt
from services.kernel.documents import Document
from services.messaging import store
from services.messaging.deliveries import actions as deliveries
from services.messaging.deliveries import quota
from services.messaging.deliveries.actions import Parcel
from services.messaging.models import SEND, Delivery, Message
from services.messaging.states import OUTCOMES, TABLE, Move, Then
from services.people import actions as people
from services.wechat.errors import WeChatError

log = structlog.get_logger(__name__)


async def send(deps: Dependencies, payload: Document) -> None:
    """Carry a message to WeChat when a grant is left. Source: api_sendmessage.

    Nothing but the erasure of its person removes a message: there is nobody left to tell. One
    that is written for a closed account, weeks later even, is removed here.
    """
    message = await store.find(deps.db, payload["message_id"])
    if message is None:
        log.info("message_gone", message=payload["message_id"])
        return
    known = await people.find_many(deps, [message.person])
    if any(person.closed_at for person in known.values()):
        await store.remove(deps.db, message.id, message.person)
        return
    if message.delivery is Delivery.SENDING:
        # An earlier attempt died between its note and WeChat's answer.
        await store.move(deps.db, message.id, Move.LOSE)
        log.warning("message_outcome_unknown", message=message.id)
        return
    if not TABLE.find(message.delivery, Move.START):
        return
    parcel = Parcel(
        message_id=message.id,
        person=message.person,
        template=message.template,
        values=message.values,
        page=message.page,
    )
    addressed = await deliveries.addressed(deps, [parcel], known)
    if problem := addressed.failed.get(message.id):
        # Somebody must look.
        raise Permanent(f"{message.template}: {problem}")
    if not addressed.posts:
        return
    if until := await quota.reached_until(deps):
        raise RetryAt(until, "WeChat's daily quota of messages is used up")
    # Trouble with the token shows here, while it is certain that nothing was sent.
    await deps.wechat.tokens.get()
    for started in await deliveries.reserve(deps, addressed.posts) or ():
        refusal = await deliveries.deliver(deps, addressed.posts[started])
        if refusal:
            await _end_job(deps, message, OUTCOMES[refusal.reaction].then, refusal)


async def _end_job(
    deps: Dependencies, message: Message, then: Then, refusal: WeChatError
) -> None:
    match then:
        case Then.DONE:
            log.info("message_not_sent", message=message.id, errcode=refusal.errcode)
        case Then.BACK_OFF:
            raise refusal
        case Then.NEXT_MINUTE:
            soon = deps.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
            raise RetryAt(soon, str(refusal))
        case Then.NEXT_DAY:
            raise RetryAt(await quota.note_reached(deps), str(refusal))
        case Then.DIE:
            raise Permanent(f"{message.template}: {refusal}")


JOBS: Final[dict[str, jobs.Handler]] = {SEND: send}
