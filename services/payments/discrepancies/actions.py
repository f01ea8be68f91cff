"""Discrepancies with WeChat Pay: doubtful notices, and confirmed money that fits no order.

Such money is never credited and never lost: a person decides. A notice is only a claim;
WeChat's answer to our own question is the word that counts.
"""

from collections.abc import Sequence

import structlog
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.permissions import Actor, Permission, require_city
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, suspense, wechat_cash
from services.payments import store as payments_store
from services.payments.discrepancies import store
from services.payments.discrepancies.models import (
    Discrepancy,
    DiscrepancyView,
    Doubt,
    discrepancy_id,
)
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.models import Booking, Payment, WeChatEvent
from services.payments.states import Event
from services.wechat.pay import PayClient
from services.wechat.pay_models import Transaction as Trade

log = structlog.get_logger(__name__)


def compare(client: PayClient, payment: Payment | None, trade: Trade) -> list[Doubt]:
    """Compare what WeChat says with what we wrote down; empty when the money may be booked."""
    account = client.account
    found = {
        Doubt.NOT_SUCCESS: not trade.paid or not trade.transaction_id,
        Doubt.OTHER_MERCHANT: (trade.mchid, trade.sub_mchid)
        != (account.mchid, account.sub_mchid),
        Doubt.OTHER_APP: trade.appid != account.appid,
        Doubt.UNKNOWN_ORDER: payment is None,
    }
    if payment is not None:
        found |= {
            Doubt.OTHER_ACCOUNT: payment.account != account.key,
            Doubt.AMOUNT: trade.amount_fen != payment.amount_fen,
            Doubt.CURRENCY: trade.currency != "CNY",
            Doubt.TRADE_TYPE: trade.trade_type != "JSAPI",
            Doubt.SECOND_TRANSACTION: payment.transaction_id
            not in {None, trade.transaction_id},
        }
    return [doubt for doubt, holds in found.items() if holds]


async def raise_doubts(
    deps: Dependencies,
    client: PayClient,
    trade: Trade,
    found: Sequence[Doubt],
    event: WeChatEvent,
    expected_fen: int | None,
) -> None:
    """Credit nothing, write the difference down, and have WeChat asked: its answer decides."""
    log.error(
        "payment_doubtful",
        account=client.account.key,
        doubts=[doubt.value for doubt in found],
        order=trade.out_trade_no,
    )

    async def work(tx: Transaction) -> None:
        await payments_store.insert_event(deps.db, event, tx)
        difference = _difference(deps, client, trade, found, expected_fen)
        await store.put(deps.db, difference, tx)
        await jobs.enqueue(
            deps,
            tx,
            "payments.clarify",
            event.id,
            account=client.account.key,
            out_trade_no=trade.out_trade_no,
        )

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        return  # the same notice again
    await jobs.wake(deps)


def _difference(
    deps: Dependencies,
    client: PayClient,
    trade: Trade,
    found: Sequence[Doubt],
    expected_fen: int | None,
) -> Discrepancy:
    return Discrepancy(
        id=discrepancy_id(client.account.key, trade.out_trade_no),
        account=client.account.key,
        doubts=list(found),
        out_trade_no=trade.out_trade_no,
        transaction_id=trade.transaction_id or "",
        amount_fen=trade.amount_fen or 0,
        expected_fen=expected_fen,
        found_at=deps.now(),
    )


async def suspend(
    deps: Dependencies,
    client: PayClient,
    payment: Payment | None,
    trade: Trade,
    found: Sequence[Doubt],
) -> Booking:
    """Keep money that WeChat, asked, confirms but that fits no order; a person decides.

    Only for trades of this merchant: another merchant's money never lay in our account.
    """
    transaction_id = trade.transaction_id or ""
    amount_fen = trade.amount_fen or 0
    journal = Journal(
        id=f"pay:{client.account.mchid}:{transaction_id}",
        kind="suspense",
        place=client.account.key,
        at=deps.now(),
        postings=[
            Posting(wechat_cash(client.account.key), amount_fen),
            Posting(suspense(transaction_id), -amount_fen),
        ],
        reference={"payment": trade.out_trade_no, "transaction": transaction_id},
    )
    expected_fen = payment.amount_fen if payment else None
    difference = _difference(deps, client, trade, found, expected_fen)

    async def work(tx: Transaction) -> None:
        await ledger.post(deps, tx, journal)
        await store.put(deps.db, difference, tx)
        await store.move(
            deps.db,
            difference.id,
            DiscrepancyState.OPEN,
            DiscrepancyState.IN_SUSPENSE,
            tx,
            amount_fen=amount_fen,
            transaction_id=transaction_id,
        )
        if payment is not None:
            await payments_store.move(
                deps.db, payment.id, Event.WRONG_MONEY, tx, transaction_id=transaction_id
            )

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        if not await ledger.is_posted(deps, journal.id):
            raise
        return Booking.REPEATED
    log.error("payment_in_suspense", order=trade.out_trade_no, doubts=[d.value for d in found])
    return Booking.SUSPENDED


WAITING = (DiscrepancyState.OPEN, DiscrepancyState.IN_SUSPENSE)


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> Sequence[DiscrepancyView]:
    """Return differences with WeChat that wait for a person, by id."""
    require_city(actor, Permission.OPERATE)
    found = await store.in_states(deps.db, WAITING, after=after, limit=limit)
    return [
        DiscrepancyView(
            discrepancy_id=row.id,
            account=row.account,
            doubts=row.doubts,
            out_trade_no=row.out_trade_no,
            transaction_id=row.transaction_id,
            amount_fen=row.amount_fen,
            expected_fen=row.expected_fen,
            state=row.state,
            found_at=row.found_at,
        )
        for row in found
    ]
