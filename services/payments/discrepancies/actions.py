"""Discrepancies with WeChat Pay: what it said that does not fit what we wrote down.

Money that fits no order is never credited and never lost: a person decides. A notice is only a
claim; WeChat's answer to our own query is the word that counts.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Conflict, NotFound
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.payments.discrepancies import store
from services.payments.discrepancies.models import (
    OF_BILLS,
    DiscrepanciesQuery,
    Discrepancy,
    DiscrepancyView,
    Doubt,
    discrepancy_id,
)
from services.payments.discrepancies.states import WAITING, DiscrepancyEvent
from services.payments.models import Payment
from services.payments.states import TRADE_STATES, Word
from services.wechat.pay import PayClient
from services.wechat.pay_models import Transaction as Trade


class NotInSuspense(Conflict):
    code = "not_in_suspense"


def doubts_of(client: PayClient, payment: Payment | None, trade: Trade) -> list[Doubt]:
    """Compare what WeChat says with what we wrote down; empty when the money may be booked."""
    account = client.account
    found = {
        Doubt.NOT_SUCCESS: not trade.paid or not trade.transaction_id,
        Doubt.RETURNED_ELSEWHERE: TRADE_STATES[trade.trade_state] is Word.PAID_AND_BACK,
        Doubt.OTHER_MERCHANT: (trade.mchid, trade.sub_mchid)
        != (account.mchid, account.sub_mchid),
        Doubt.OTHER_APP: trade.appid != account.appid,
        Doubt.UNKNOWN_ORDER: payment is None,
    }
    if payment is not None:
        found |= {
            Doubt.OTHER_ACCOUNT: payment.account != account.key,
            Doubt.OTHER_COMBINED: trade.combined != payment.combined_number,
            Doubt.AMOUNT: trade.amount_fen != payment.amount_fen,
            Doubt.CURRENCY: trade.currency != "CNY",
            Doubt.TRADE_TYPE: trade.trade_type != "JSAPI",
            Doubt.SECOND_TRANSACTION: payment.transaction_id
            not in {None, trade.transaction_id},
        }
    return [doubt for doubt, holds in found.items() if holds]


async def note(
    deps: Dependencies,
    tx: Transaction,
    client: PayClient,
    trade: Trade,
    *,
    payment: Payment | None,
    doubts: Sequence[Doubt],
) -> str:
    """Write a difference down, or add to the one there is about this order; return its id."""
    difference = Discrepancy(
        id=discrepancy_id(client.account.key, trade.out_trade_no),
        account=client.account.key,
        doubts=list(doubts),
        out_trade_no=trade.out_trade_no,
        transaction_id=trade.transaction_id or "",
        amount_fen=trade.amount_fen or 0,
        expected_fen=payment.amount_fen if payment else None,
        found_at=deps.now(),
    )
    await store.put(deps.db, tx, difference)
    return difference.id


async def suspend(
    deps: Dependencies,
    tx: Transaction,
    client: PayClient,
    trade: Trade,
    *,
    payment: Payment | None,
    doubts: Sequence[Doubt],
) -> None:
    """Note a difference whose money WeChat confirmed: it lies in suspense."""
    noted = await note(deps, tx, client, trade, payment=payment, doubts=doubts)
    changes = {
        "amount_fen": trade.amount_fen or 0,
        "total_fen": trade.amount_fen or 0,
        "transaction_id": trade.transaction_id or "",
    }
    await store.move(deps.db, tx, noted, DiscrepancyEvent.SUSPEND, **changes)


async def take_out(
    deps: Dependencies, tx: Transaction, account: str, out_trade_no: str, *, amount_fen: int
) -> bool:
    """Note that suspended money went back without us; True when nothing of it is left."""
    difference = discrepancy_id(account, out_trade_no)
    left = await store.take(deps.db, tx, difference, amount_fen)
    if left is None or left.amount_fen > 0:
        return False
    return await store.move(deps.db, tx, difference, DiscrepancyEvent.EMPTY)


async def explain(deps: Dependencies, account: str, out_trade_no: str) -> None:
    """End doubts that a notice raised: WeChat, asked, says what we wrote down.

    Not where money went back without us: only a person knows why.
    """
    doubted = discrepancy_id(account, out_trade_no)

    async def work(tx: Transaction) -> None:
        found = await store.find(deps.db, doubted, tx=tx)
        if found is None or Doubt.RETURNED_ELSEWHERE in found.doubts:
            return
        at = deps.now()
        await store.move(deps.db, tx, doubted, DiscrepancyEvent.EXPLAIN, settled_at=at)

    await deps.in_transaction(work)


async def explain_bill(
    deps: Dependencies, tx: Transaction, account: str, out_trade_no: str
) -> None:
    """End a doubt that only a daily bill raised: its day's difference was settled."""
    doubted = discrepancy_id(account, out_trade_no)
    found = await store.find(deps.db, doubted, tx=tx)
    if found is not None and OF_BILLS.issuperset(found.doubts):
        at = deps.now()
        await store.move(deps.db, tx, doubted, DiscrepancyEvent.EXPLAIN, settled_at=at)


async def mark_billed(
    deps: Dependencies, account: str, orders: Sequence[str], day: str
) -> None:
    """Note in which day's trade bill money stands that lies, or lay, in suspense."""
    names = [discrepancy_id(account, order) for order in orders]
    await store.mark_billed(deps.db, names, day)


async def find_many(deps: Dependencies, ids: Sequence[str]) -> dict[str, Discrepancy]:
    """Return id → difference, of those that are there."""
    return await store.find_many(deps.db, ids)


async def find(deps: Dependencies, account: str, out_trade_no: str) -> Discrepancy | None:
    """Return the difference about an order, if there is one."""
    return await store.find(deps.db, discrepancy_id(account, out_trade_no))


async def get(deps: Dependencies, difference: str) -> Discrepancy:
    """Return a difference. NotFound otherwise."""
    found = await store.find(deps.db, difference)
    if found is None:
        raise NotFound("没有这条对账差异")
    return found


async def start_return(deps: Dependencies, tx: Transaction, difference: str) -> None:
    """Mark suspended money as on its way back. Raises NotInSuspense."""
    if not await store.move(deps.db, tx, difference, DiscrepancyEvent.REFUND):
        raise NotInSuspense("这笔款项已处理或还没有确认")


async def finish_return(
    deps: Dependencies, tx: Transaction, account: str, out_trade_no: str
) -> None:
    """Mark suspended money as arrived; nothing happens when it was another kind of refund."""
    difference = discrepancy_id(account, out_trade_no)
    at = deps.now()
    await store.move(deps.db, tx, difference, DiscrepancyEvent.ARRIVE, settled_at=at)


async def listing(
    deps: Dependencies, actor: Actor, query: DiscrepanciesQuery
) -> Page[DiscrepancyView]:
    """Return differences with WeChat as asked for; those that wait for a person by default."""
    require_city(actor, Permission.OPERATE)
    return (await store.page(deps.db, query)).map(_view)


def _view(found: Discrepancy) -> DiscrepancyView:
    return show(found, DiscrepancyView, discrepancy_id=found.id)


async def count_waiting(deps: Dependencies) -> int:
    """Count differences that wait for a person: for the figures and their alarms."""
    return await store.count(deps.db, WAITING)
