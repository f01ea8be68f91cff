"""Jobs of refunds: each is sent, then asked about until WeChat says how it ended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent, RetryAt
from services.kernel.documents import Document
from services.payments import store as payments_store
from services.payments.refunds import outcomes, requests, store
from services.payments.refunds.models import JOB, Refund
from services.payments.refunds.states import RefundAction, RefundState
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus

FIRST_QUERY: Final = timedelta(minutes=1)
LATER_QUERY: Final = timedelta(hours=1)
WHILE_ABNORMAL: Final = timedelta(hours=6)
UNTIL_TOPPED_UP: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


async def send(deps: Dependencies, payload: Document) -> Again | None:
    """Ask for the refund, or how it stands. Always the same number: never a second refund."""
    refund = await store.find(deps.db, payload["refund_id"])
    if refund is None:
        raise Permanent("no such refund")
    match refund.state:
        case RefundState.REQUESTED:
            answer = await _request(deps, refund)
        case RefundState.SENT | RefundState.ABNORMAL:
            client = await client_of(deps, refund)
            answer = await client.query_refund(refund.number)
        case _:
            return None
    if not outcomes.is_about(refund, answer):
        log.error("refund_mismatch", refund=refund.id)
        raise Permanent("WeChat speaks of another refund under our number")
    await outcomes.record(deps, refund, answer)
    return _next_query(deps, refund, answer)


async def client_of(deps: Dependencies, refund: Refund) -> PayClient:
    """Return the client of the merchant that was paid. PayError when it is gone."""
    payment = await payments_store.find(deps.db, refund.payment)
    return requests.client_of(deps, refund, payment)


async def _request(deps: Dependencies, refund: Refund) -> Answer:
    client = await client_of(deps, refund)
    try:
        return await client.refund(await requests.kept(deps, client, refund))
    except PayError as error:
        match error.reaction:
            case PayReaction.NOT_ENOUGH:
                log.error("refund_waits_for_balance", refund=refund.id)  # noqa: TRY400  # an alarm, not a bug
                raise RetryAt(deps.now() + UNTIL_TOPPED_UP, error.code) from error
            case PayReaction.BY_HAND | PayReaction.PERMANENT | PayReaction.SHOW:
                return await _refused(deps, client, refund, error)
            case _:
                raise


async def _refused(
    deps: Dependencies, client: PayClient, refund: Refund, refusal: PayError
) -> Answer:
    """Return what WeChat has of a refund that it refused: an earlier try may have come through.

    Only of what it knows nothing the refusal stands. Raises PayError when it is not heard.
    """
    try:
        return await client.query_refund(refund.number)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            raise
    await outcomes.mark_stuck(deps, refund, RefundAction.FAIL, refusal.code)
    raise Permanent(f"WeChat refused the refund: {refusal.code}") from refusal


def _next_query(deps: Dependencies, refund: Refund, answer: Answer) -> Again | None:
    match answer.status:
        case RefundStatus.SUCCESS | RefundStatus.CLOSED:
            return None
        case RefundStatus.ABNORMAL:  # mended at WeChat by a person, on some later day
            return Again(deps.now() + WHILE_ABNORMAL)
        case RefundStatus.PROCESSING:
            early = deps.now() - refund.requested_at < LATER_QUERY
            return Again(deps.now() + (FIRST_QUERY if early else LATER_QUERY))


JOBS: Final[Mapping[str, jobs.Handler]] = {JOB: send}
