"""Job that tells WeChat what was paid for, of accounts that ask for it.

For mini-programs with "发货信息管理" WeChat keeps each payment until it is told
(docs/reference/wechat.md). Off unless an account is set so.
"""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Permanent
from services.kernel.documents import Document
from services.payments import store
from services.payments.models import Payment
from services.people import actions as people
from services.wechat.errors import Reaction, WeChatError

SHIP: Final = "payments.ship"
# 支付单不存在: what the payment system knows may reach this one a little later.
NOT_THERE_YET: Final = 10060001


async def plan(deps: Dependencies, tx: Transaction, payment: Payment) -> None:
    """Have WeChat told of a payment, in the transaction that books it."""
    if deps.merchants.ships(payment.account):
        await jobs.enqueue(deps, tx, SHIP, payment.id, payment_id=payment.id)


async def ship(deps: Dependencies, payload: Document) -> None:
    """Tell WeChat; what it refuses for good is dead at once, with its alarm."""
    payment = await store.find(deps.db, payload["payment_id"])
    if payment is None or not payment.transaction_id:
        raise Permanent("no such booked payment")
    payer = await people.find(deps, payment.person)
    if payer is None or payer.closed_at:
        raise Permanent("the payer's account is closed: tell WeChat in the merchant platform")
    try:
        await deps.wechat.upload_shipping_info(
            payment.transaction_id,
            payer.openid,
            description=f"{payment.payee_name} {payment.lines[0].kind.label}",
            at=deps.now(),
        )
    except WeChatError as error:
        if error.reaction is Reaction.PERMANENT and error.errcode != NOT_THERE_YET:
            message = f"WeChat refuses the shipping info of {payment.id}: {error.errcode}"
            raise Permanent(message) from error
        raise


JOBS: Final[Mapping[str, jobs.Handler]] = {SHIP: ship}
