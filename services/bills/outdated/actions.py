"""Outdated bills: issued before their home was corrected, sold or let off, and now wrong.

What is published is never edited. Staff read here which bills are wrong and by how much: a note
makes a bill right (services/bill_notes), and one that nothing was paid of can be voided and
billed again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from services.bills import own_money, store
from services.bills.models import Bill, BillView, Known
from services.bills.outdated.models import OutdatedBill, OutdatedBillsQuery
from services.bills.runs import basis, drafts
from services.bills.runs.models import BillRun
from services.bills.runs.pieces import Prices, slot
from services.bills.views import view
from services.dependencies import Dependencies
from services.fee_reductions import actions as fee_reductions
from services.fees.models import FeeKind
from services.fees.periods import REACH
from services.home_corrections import actions as home_corrections
from services.kernel.days import (
    Day,
    days_between,
    days_of,
    months_between,
    months_from,
    plus_months,
)
from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Place
from services.residencies import owners

HOMES_AT_ONCE: Final = 20
BY_HOME: Final = Keyset(Key("home"), Key("period"), Key("bill_id"))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: OutdatedBillsQuery
) -> Page[OutdatedBill]:
    """Return the outdated bills of the next changed homes of a place, by home and month.

    Those that were corrected, let off a part, or sold: a bill that two households owe is to be
    two. A page looks at twenty homes and may be empty although others follow. Raises NotFound.
    """
    require_at(actor, Permission.RUN_BILLS, place)
    begin = BY_HOME.read(query.cursor)
    changed = await _changed(
        deps, place, since=begin[0] if begin else "", limit=HOMES_AT_ONCE + 1
    )
    following = changed.popitem()[0] if len(changed) > HOMES_AT_ONCE else None
    found = await _outdated_of(deps, actor, changed, query)
    rows = [_position(item.bill) for item in found]
    first = sum(begin is not None and [*row.values()] <= begin for row in rows)
    page = BY_HOME.cut(rows[first:], query.limit)
    items = found[first : first + len(page.items)]
    if page.next_cursor is None and following:
        return Page(items, BY_HOME.write({"home": following, "period": "", "bill_id": ""}))
    return Page(items, page.next_cursor)


async def _changed(deps: Dependencies, place: str, *, since: str, limit: int) -> dict[str, Day]:
    """Return home → the first day of its earliest correction, sale or reduction, by home."""
    corrected = await home_corrections.homes_corrected(deps, place, since=since, limit=limit)
    sold = await owners.homes_sold(deps, place, since=since, limit=limit)
    reduced = await fee_reductions.homes_reduced(deps, place, since=since, limit=limit)
    changes = (corrected, sold, reduced)
    homes = sorted({home for change in changes for home in change})[:limit]
    days = {home: [d[home] for d in changes if home in d] for home in homes}
    return {home: min(days[home]) for home in homes}


async def of_bill(deps: Dependencies, bill: Bill) -> OutdatedBill | None:
    """Return what a bill of a fee would be today; None where it is right, or is no fee."""
    homes = await places.find_many(deps, [bill.home])
    if bill.debtor or not homes:
        return None
    return _outdated(deps, homes[0], bill, await _prices(deps, [bill.home]))


def _position(bill: BillView) -> Document:
    return {key.field: getattr(bill, key.field) for key in BY_HOME.keys}


async def _outdated_of(
    deps: Dependencies, actor: Actor, changed: Mapping[str, Day], query: OutdatedBillsQuery
) -> list[OutdatedBill]:
    """Return the outdated bills of some homes. `changed`: home → its first day."""
    months = between("period", query.period_from, query.period_to)
    wanted = chosen(query, "kind", "state") | months
    homes = {home.id: home for home in await places.find_many(deps, list(changed))}
    issued = await store.issued_since(deps.db, changed, wanted)
    prices = await _prices(deps, sorted(homes))
    return [
        shown
        for bill in await _own(deps, actor, issued)
        if (shown := _outdated(deps, homes[bill.home], bill, prices)) is not None
    ]


async def _own(deps: Dependencies, actor: Actor, issued: Sequence[Bill]) -> list[Bill]:
    """Leave out what another payee is owed, for who runs bills as a firm's manager."""
    compounds = sorted({places.compound_of(bill.home) for bill in issued})
    by = Permission.RUN_BILLS
    owned = {each: await own_money.find(deps, actor, each, by=by) for each in compounds}
    return [
        bill
        for bill in issued
        if (own := owned[places.compound_of(bill.home)]) is None
        or own.holds(own_money.Money.of_bill(bill))
    ]


async def _prices(deps: Dependencies, homes: Sequence[str]) -> Mapping[str, Prices]:
    """Return compound → what its homes are billed by today."""
    found = {}
    for compound, own in groupby(homes, key=places.compound_of):
        run = _run(compound, list(FeeKind), at=deps.now())
        found[compound] = await basis.prices_for(deps, run, list(own))
    return found


def _run(
    compound: str, kinds: list[FeeKind], *, at: datetime, period: str = "", months: int = 0
) -> BillRun:
    """Return a run that is never kept: the drafts of these months are compared only."""
    return BillRun(
        id="",
        place=compound,
        period=period,
        months=months,
        kinds=kinds,
        asked_by="",
        asked_at=at,
    )


def _outdated(
    deps: Dependencies, home: Place, bill: Bill, prices: Mapping[str, Prices]
) -> OutdatedBill | None:
    """Compare a bill with what its days would be billed today; None when they are equal."""
    now, compound = deps.now(), places.compound_of(home.id)
    run = _run(compound, [FeeKind(bill.kind)], at=now, period=bill.period, months=_months(bill))
    right, _ = drafts.draft(run, [home], prices[compound], _others(bill), at=now)
    right_fen = sum(draft.amount_fen for draft in right)
    same_owners = {draft.owners_until for draft in right} == {bill.owners_until}
    if right_fen == bill.due_fen and same_owners:
        return None
    return OutdatedBill(
        bill=view(bill, home.address, deps.today()),
        right_fen=right_fen,
        right_explanation="; ".join(draft.explanation for draft in right),
        same_owners=same_owners,
    )


def _months(bill: Bill) -> int:
    """Count the months of the calendar that have days of a bill."""
    return months_between(bill.period, bill.last_month) + 1


def _others(bill: Bill) -> Known:
    """Return the days and months that a bill is not for, as if others billed them."""
    kind, own_months = FeeKind(bill.kind), months_from(bill.period, bill.months)
    own = set[str]()
    if bill.from_day and bill.to_day:
        own = set(days_between(bill.from_day, bill.to_day))
        own_months = sorted({day[:7] for day in own})
    rest = [day for month in own_months for day in days_of(month) if own and day not in own]
    near = months_from(plus_months(bill.period, -REACH), len(own_months) + 2 * REACH)
    times = [*rest, *(month for month in near if month not in own_months)]
    return Known(frozenset((bill.home, slot(kind, time)) for time in times))
