"""Inquiry: WeChat asked at once how refunds stand, because somebody wants to know."""

from collections.abc import Sequence

import structlog

from services.dependencies import Dependencies
from services.payments.refunds import jobs, outcomes
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundState
from services.wechat.errors import PayError

log = structlog.get_logger(__name__)


async def ask(deps: Dependencies, refunds: Sequence[Refund]) -> None:
    """Ask about refunds that WeChat has; those that wait to be sent are the worker's.

    What WeChat does not answer now, the job that follows each refund asks again.
    """
    for refund in refunds:
        if refund.state in {RefundState.SENT, RefundState.ABNORMAL}:
            try:
                await _ask(deps, refund)
            except PayError as error:
                log.info("refund_not_told", refund=refund.id, code=error.code)


async def _ask(deps: Dependencies, refund: Refund) -> None:
    client = await jobs.client_of(deps, refund)
    answer = await client.query_refund(refund.number)
    if outcomes.is_about(refund, answer):
        await outcomes.record(deps, refund, answer)
