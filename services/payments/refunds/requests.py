"""Requests of refunds: the bytes WeChat is sent, drafted once and the same at each try.

WeChat refuses a repeated out_refund_no with other parameters (INVALID_REQUEST), though the
money is on its way: one of them is our public address, which may change between two tries
(docs/reference/wechat.md, Refunds).
"""

from services.dependencies import Dependencies
from services.fees.payees.merchants import client_of_account, client_of_order
from services.payments.models import Payment
from services.payments.refunds import store
from services.payments.refunds.models import Refund
from services.wechat.errors import PayError
from services.wechat.pay import PayClient


def client_of(deps: Dependencies, refund: Refund, payment: Payment | None) -> PayClient:
    """Return the client of the merchant that was paid. PayError when it is gone.

    `payment`: the order that is refunded; None for money of no order of ours.
    """
    if payment is None:
        return client_of_account(deps, refund.account)
    return client_of_order(deps, payment.account, payment.body)


def draft(deps: Dependencies, refund: Refund, payment: Payment | None) -> bytes:
    """Return the request of a refund, to be kept with it; empty while the merchant is gone."""
    try:
        return _body(client_of(deps, refund, payment), refund)
    except PayError:
        return b""


async def kept(deps: Dependencies, client: PayClient, refund: Refund) -> bytes:
    """Return the request that is kept with a refund, and keep one first where there is none.

    None is kept with a refund from before requests were, or whose merchant was gone.
    """
    if refund.body:
        return refund.body
    return await store.keep_body(deps.db, refund, _body(client, refund))


def _body(client: PayClient, refund: Refund) -> bytes:
    return client.refund_body(
        refund.payment,
        out_refund_no=refund.number,
        refund_fen=refund.amount_fen,
        total_fen=refund.total_fen,
        reason=refund.reason,
    )
