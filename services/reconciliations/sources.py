"""Sources of a day: WeChat's two bills, our records and the journals, read into a matcher."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from msgspec import Struct, field

from services.dependencies import Dependencies
from services.kernel.days import end_of, plus_days, start_of
from services.payments.trade_bills import records, returns, trades
from services.payments.trade_bills.records import Lacking
from services.reconciliations import store
from services.reconciliations.entries import Entry, Match, MovementKind, Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import Flow, Reconciliation, day_id
from services.wechat.bill_models import FundRow, TradeRow
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState

BATCH: Final = 500
# So near to midnight WeChat's clock may put a payment on the other day.
NEAR_MIDNIGHT: Final = timedelta(minutes=5)


class Reading(Struct, kw_only=True):
    """What came of reading a day. `breaks`: where the account's balance does not go on."""

    pending: int = 0
    flow: Flow | None = None
    breaks: list[Match] = field(default_factory=list)


async def read(deps: Dependencies, client: PayClient, day: str, matcher: Matcher) -> Reading:
    """Read all sides of a day; on the way, what the books lack is booked by the usual path."""
    reading = Reading()
    await _trade_bill(deps, client, day, matcher, reading)
    await _lacking(deps, client, day, matcher, reading)
    if Side.FLOWED in matcher.compared:
        await _fund_flow(client, day, matcher, reading)
    return reading


async def _trade_bill(
    deps: Dependencies, client: PayClient, day: str, matcher: Matcher, reading: Reading
) -> None:
    async with aclosing(client.trade_batches(day, size=BATCH)) as arriving:
        async for rows in arriving:
            own = [row for row in rows if _is_own(client, row)]
            others = [row for row in rows if not _is_own(client, row)]
            await _own(deps, client, own, matcher, reading)
            await records.mark_billed(deps, client.account.key, own, day)
            await _foreign(deps, others, matcher)


def _is_own(client: PayClient, row: TradeRow) -> bool:
    """Tell whether a row is of our mini-program: an account may serve other programs too."""
    return row.appid in {client.account.appid, client.account.sub_appid}


async def _own(
    deps: Dependencies,
    client: PayClient,
    rows: Sequence[TradeRow],
    matcher: Matcher,
    reading: Reading,
) -> None:
    paid = [row for row in rows if row.trade_state == TradeState.SUCCESS]
    back = [row for row in rows if row.refund_id]
    reading.pending += await trades.book(deps, client, paid)
    standing = await returns.book(deps, client, back)
    reading.pending += standing.pending
    void = [row for row in back if row.refund_id in standing.closed]
    matcher.add(Side.VOID, map(_refund, void))
    moved = [row for row in back if row.refund_id not in standing.closed]
    matcher.add(Side.BILLED, [*map(_payment, paid), *map(_refund, moved), *map(_fee, paid)])
    account = client.account.key
    booked = await trades.booked(deps, client, paid)
    told = await records.told_payments(deps, account, paid)
    for side, fen in ((Side.BOOKED, booked), (Side.TOLD, told)):
        matcher.add(side, _same(map(_payment, paid), fen))
    booked = await returns.booked(deps, client, moved)
    told = await records.told_refunds(deps, moved, booked)
    for side, fen in ((Side.BOOKED, booked), (Side.TOLD, told)):
        matcher.add(side, _same(map(_refund, moved), fen))


def _same(entries: Iterable[Entry], fen: Mapping[str, int]) -> list[Entry]:
    """Return the entries that another side has, too, with its amounts."""
    found = {entry.reference: entry for entry in entries}
    return [
        Entry(kind=e.kind, reference=number, amount_fen=fen[number], at=e.at, order=e.order)
        for number, e in found.items()
        if number in fen
    ]


async def _foreign(deps: Dependencies, rows: Sequence[TradeRow], matcher: Matcher) -> None:
    """Add trades of other programs; one under a number of ours is a difference."""
    paid = [row for row in rows if row.trade_state == TradeState.SUCCESS]
    back = [row for row in rows if row.refund_id]
    matcher.add(Side.FOREIGN, [*map(_payment, paid), *map(_refund, back)])
    matcher.add(Side.BILLED, map(_fee, paid))
    ours = await records.ours(deps, {row.out_trade_no for row in paid}) if paid else set()
    matcher.add(Side.TOLD, [_payment(row) for row in paid if row.out_trade_no in ours])


def _payment(row: TradeRow) -> Entry:
    return _entry(MovementKind.PAYMENT, row.transaction_id, row.amount_fen, row)


def _refund(row: TradeRow) -> Entry:
    return _entry(MovementKind.REFUND, row.refund_id or "", row.refund_fen, row)


def _fee(row: TradeRow) -> Entry:
    fen = (row.fee_yuan * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return _entry(MovementKind.FEE, row.transaction_id, int(fen), row)


def _entry(kind: MovementKind, reference: str, amount_fen: int, row: TradeRow) -> Entry:
    order = row.out_trade_no
    return Entry(
        kind=kind, reference=reference, amount_fen=amount_fen, at=row.traded_at, order=order
    )


async def _lacking(
    deps: Dependencies, client: PayClient, day: str, matcher: Matcher, reading: Reading
) -> None:
    """Add what the books have of the day and no bill does.

    Near midnight the other day's bill may have it: until that one was read, it is pending.
    """
    async for found in records.lacking(deps, client.account.key, day):
        neighbour = _neighbour(found.at, day)
        if neighbour is not None and not await _is_read(deps, client, neighbour):
            reading.pending += 1
            continue
        entry = _lacking_entry(found)
        for side in (Side.BOOKED, Side.TOLD):
            if not matcher.knows(side, entry.kind, entry.reference):
                matcher.add(side, [entry])


def _lacking_entry(found: Lacking) -> Entry:
    return Entry(
        kind=MovementKind.REFUND if found.is_refund else MovementKind.PAYMENT,
        reference=found.reference,
        amount_fen=found.amount_fen,
        at=found.at,
        order=found.order,
    )


def _neighbour(at: datetime, day: str) -> str | None:
    """Return the other day whose bill may have a payment, when it is so near to midnight."""
    if at < start_of(day) + NEAR_MIDNIGHT:
        return plus_days(day, -1)
    return plus_days(day, 1) if at >= end_of(day) - NEAR_MIDNIGHT else None


async def _is_read(deps: Dependencies, client: PayClient, day: str) -> bool:
    found = await store.find(deps.db, day_id(client.account.key, client.account.mchid, day))
    return found is not None and found.is_read


async def _fund_flow(client: PayClient, day: str, matcher: Matcher, reading: Reading) -> None:
    reading.flow = flow = Flow()
    async with aclosing(client.fund_batches(day, size=BATCH)) as arriving:
        async for rows in arriving:
            for row in rows:
                before = row.balance_fen - row.amount_fen
                if flow.rows and before != flow.closing_fen:
                    reading.breaks.append(broken(row.flow_id, flow.closing_fen, before))
                add(flow, row)
            matcher.add(Side.FLOWED, [e for row in rows if (e := _flowed(row))])


def add(flow: Flow, row: FundRow) -> None:
    """Add a movement up."""
    if not flow.rows:
        flow.opening_fen = row.balance_fen - row.amount_fen
    flow.rows += 1
    flow.income_fen += max(row.amount_fen, 0)
    flow.expense_fen += max(-row.amount_fen, 0)
    flow.closing_fen = row.balance_fen
    if kind_of(row) is MovementKind.FEE:
        flow.fees_fen -= row.amount_fen
    elif "提现" in row.business_type:
        flow.withdrawn_fen -= row.amount_fen
    elif kind_of(row) is None:
        flow.other_fen += row.amount_fen


def kind_of(row: FundRow) -> MovementKind | None:
    """Return what moved; None for what is no trade. A fee's name holds the trade's."""
    if "手续费" in row.business_type:
        return MovementKind.FEE
    if "退款" in row.business_type:
        return MovementKind.REFUND
    return MovementKind.PAYMENT if "交易" in row.business_type else None


def _flowed(row: FundRow) -> Entry | None:
    kind = kind_of(row)
    if kind is None or (kind is MovementKind.FEE and row.amount_fen > 0):
        return None  # of a fee that is given back no bill says how much it should be
    sign = 1 if kind is MovementKind.PAYMENT else -1
    return Entry(
        kind=kind,
        reference=row.transaction_id,
        amount_fen=sign * row.amount_fen,
        at=row.booked_at,
        order="" if kind is MovementKind.REFUND else row.voucher,
    )


def broken(reference: str, expected_fen: int, found_fen: int) -> Match:
    """Return a balance that does not go on from the one before."""
    fen = {Side.BOOKED: expected_fen, Side.FLOWED: found_fen}
    return Match(kind=MovementKind.BALANCE, reference=reference, fen=fen)


async def breaks_around(deps: Dependencies, day: Reconciliation) -> list[Match]:
    """Return where the balance does not go on between a day and those around it.

    Both ways, because days may be read in any order; a break belongs to the day read last.
    """
    if day.flow is None or not day.flow.rows:
        return []
    found: list[Match] = []
    before = await store.moved_before(deps.db, day)
    if before and before.flow and await _adjoin(deps, before, day):
        found += _breaks("opening", before.flow.closing_fen, day.flow.opening_fen)
    after = await store.moved_after(deps.db, day)
    if after and after.flow and await _adjoin(deps, day, after):
        found += _breaks("closing", day.flow.closing_fen, after.flow.opening_fen)
    return found


async def _adjoin(deps: Dependencies, one: Reconciliation, other: Reconciliation) -> bool:
    """Tell whether every day between was read, so that nothing can have moved on them."""
    first, last = plus_days(one.day, 1), plus_days(other.day, -1)
    between = await store.of_account(deps.db, one.account, one.mchid, first, last)
    read = [day.day for day in between if day.is_read]
    return plus_days(one.day, len(read) + 1) == other.day


def _breaks(where: str, expected_fen: int, found_fen: int) -> list[Match]:
    return [] if expected_fen == found_fen else [broken(where, expected_fen, found_fen)]
