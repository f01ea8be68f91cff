"""Combined orders at WeChat Pay: placed, queried and closed whole, booked part by part.

Each part is an order of ours, with its own number, merchant, journal and receipt. What WeChat
says of the whole is recorded for each part, in one transaction where it makes the parts payable
or frees them: they are paid together or not at all (docs/reference/wechat.md, Combined orders).
"""

import structlog

from services.dependencies import Dependencies, Transaction
from services.fees.payees.merchants import client_of_order
from services.payments import booking, store
from services.payments.models import IN_FLIGHT, CombinedOrder, Payment
from services.payments.refusals import is_refused
from services.payments.states import Event
from services.wechat.combined_orders import close_body
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import CombinedTransaction
from services.wechat.pay_models import Transaction as Trade

log = structlog.get_logger(__name__)


async def place(deps: Dependencies, payment: Payment, whole: CombinedOrder) -> Payment:
    """Place a combined order, or place it again (same bytes); return the part as it is then.

    Raises PayError when WeChat refused or could not be heard; the parts' states tell which.
    """
    client = client_of_order(deps, whole.account, payment.body)
    try:
        prepay_id = await client.prepay_combined(payment.body)
    except PayError as error:
        await _record_failure(deps, whole, error)
        raise
    now = deps.now()

    async def work(tx: Transaction) -> None:
        for part in await store.parts_of(deps.db, whole.number, tx=tx):
            changes = {"prepay_id": prepay_id, "prepaid_at": now}
            if not await store.move(deps.db, part.id, Event.PREPARED, tx=tx, **changes):
                await store.renew_prepay(deps.db, part.id, prepay_id, now, tx=tx)

    await deps.in_transaction(work)
    return await store.find(deps.db, payment.id) or payment


async def _record_failure(deps: Dependencies, whole: CombinedOrder, error: PayError) -> None:
    """Record a refusal, which frees the bills of a first request only, or an unheard answer."""
    log.warning("prepay_failed", order=whole.number, code=error.code, unknown=error.unknown)
    at, because = deps.now(), error.code

    async def work(tx: Transaction) -> None:
        for part in await store.parts_of(deps.db, whole.number, tx=tx):
            if is_refused(error):
                event = Event.REFUSED
                await store.close(deps.db, part.id, event, because=because, at=at, tx=tx)
            else:
                await store.move(deps.db, part.id, Event.ANSWER_LOST, tx=tx)

    await deps.in_transaction(work)


async def query(deps: Dependencies, payment: Payment, whole: CombinedOrder) -> Payment:
    """Ask WeChat about all of it and record each part; return this one as it is then.

    Raises PayError when WeChat is not heard.
    """
    client = client_of_order(deps, whole.account, payment.body)
    try:
        answer = await client.query_combined(whole.number)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            raise
        await _record_missing(deps, payment, whole)
    else:
        await record(deps, answer)
    return await store.find(deps.db, payment.id) or payment


async def record(deps: Dependencies, answer: CombinedTransaction) -> None:
    """Record each part of WeChat's answer: what fits is booked, what does not is suspended."""
    for trade in answer.parts:
        client = client_of_part(deps, trade)
        if client is None:
            log.error("foreign_trade", order=trade.out_trade_no, combined=answer.number)
        else:
            await booking.record_found(deps, client, trade)


def client_of_part(deps: Dependencies, trade: Trade) -> PayClient | None:
    """Return the client of the merchant that a part is paid to; None for none of ours."""
    for client in deps.merchants.values():
        account = client.account
        if (account.mchid, account.sub_mchid) == (trade.mchid, trade.sub_mchid):
            return client
    return None


async def _record_missing(deps: Dependencies, payment: Payment, whole: CombinedOrder) -> None:
    """Record that WeChat denies all of it: as for an order, but for all parts or none."""
    now, because = deps.now(), "never_reached_wechat"
    if now - payment.created_at < IN_FLIGHT or not payment.is_pending:
        return

    async def work(tx: Transaction) -> None:
        for part in await store.parts_of(deps.db, whole.number, tx=tx):
            event = Event.NEVER_ARRIVED
            if not await store.close(deps.db, part.id, event, because=because, at=now, tx=tx):
                await store.note_missing(deps.db, part.id, now, tx=tx)
                log.error("order_missing_at_wechat", payment=part.id, account=part.account)

    await deps.in_transaction(work)


async def cancel(
    deps: Dependencies, payment: Payment, whole: CombinedOrder, *, because: str
) -> Payment:
    """Close all of it at WeChat, then query it: part of it cannot be closed.

    Raises PayError when WeChat is not heard.
    """
    client = client_of_order(deps, whole.account, payment.body)
    try:
        await client.close_combined(whole.number, close_body(payment.body))
    except PayError as error:
        # Whatever the refusal, the query that follows decides.
        log.info("close_refused", order=whole.number, code=error.code, because=because)
    return await query(deps, payment, whole)


async def find_trade(
    deps: Dependencies, client: PayClient, out_trade_no: str, transaction_id: str
) -> Trade:
    """Ask for a paid order by WeChat's number of it; for a part, all that it is a part of.

    WeChat's usual query knows nothing of parts. Raises PayError, also when there is none.
    """
    payment = await store.find(deps.db, out_trade_no)
    whole = payment.combined if payment and payment.account == client.account.key else None
    if payment is None or whole is None:
        return await client.query_transaction(transaction_id)
    first = client_of_order(deps, whole.account, payment.body)
    for trade in (await first.query_combined(whole.number)).parts:
        if (trade.out_trade_no, trade.transaction_id) == (out_trade_no, transaction_id):
            return trade
    raise PayError(404, "ORDER_NOT_EXIST", "no such part")
