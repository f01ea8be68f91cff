"""Changes of the kept sums of bills, each in the transaction that changes the bills."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from services.bills.models import Bill
from services.bills.sums import arithmetic, store
from services.bills.sums.arithmetic import EVERYTHING, Fee, Months, Window
from services.dependencies import Database, Dependencies, Transaction
from services.kernel.days import Month
from services.kernel.paths import parent
from services.kernel.sums import Cells, Change, Moved, SumSource
from services.place_sums import actions as place_sums

NAME: Final = "bills"


async def record(
    deps: Dependencies,
    tx: Transaction,
    *,
    before: Collection[Bill] = (),
    after: Collection[Bill] = (),
) -> None:
    """Add what the change of some bills changes in the sums of their units: one insert.

    Drafts, void bills and those of repairs are in no sum. Nothing is read: how many homes that
    makes depends on their other bills, and is found with these where the change is read.
    """
    was, now = (_by_unit(arithmetic.fees(bills)) for bills in (before, after))
    changes = {unit: _change(was.get(unit, []), now.get(unit, [])) for unit in was | now}
    await place_sums.append(deps, tx, NAME, changes)


def _by_unit(fees: Iterable[Fee]) -> dict[str, list[Fee]]:
    found: dict[str, list[Fee]] = {}
    for fee in fees:
        found.setdefault(parent(fee.home) or fee.home, []).append(fee)
    return found


def _change(before: Collection[Fee], after: Collection[Fee]) -> Change:
    """Return what the change of some bills of a unit changes."""
    was, now = _by_home(before), _by_home(after)
    moved = {
        home: arithmetic.moved_of(was.get(home, []), now.get(home, [])) for home in was | now
    }
    return Change(
        cells=arithmetic.money_of(before, after),
        members={home: _named(months) for home, months in moved.items() if months},
    )


def _by_home(fees: Iterable[Fee]) -> dict[str, list[Fee]]:
    found: dict[str, list[Fee]] = {}
    for fee in fees:
        found.setdefault(fee.home, []).append(fee)
    return found


def _named(months: Months) -> Moved:
    return Counter({"|".join(key): count for key, count in months.items()})


def _months(moved: Moved) -> Months:
    found: Months = Counter()
    for name, count in moved.items():
        kind, what, month = name.split("|")
        found[kind, what, month] = count
    return found


async def of_unit(db: Database, tx: Transaction, unit: str) -> Cells:
    """Return what the bills of a unit come to."""
    return arithmetic.cells_of(await store.issued(db, tx, unit))


async def of_members(
    db: Database, session: Transaction, members: Mapping[str, Moved], window: Window | None
) -> dict[str, Cells]:
    """Return home → what changes in homes by what moved of it; of the months of a window."""
    window = window or EVERYTHING
    alike: dict[frozenset[tuple[str, int]], list[str]] = {}
    for home, moved in members.items():
        alike.setdefault(frozenset(moved.items()), []).append(home)
    billed: list[tuple[Months, list[str]]] = []
    unpaid: list[tuple[Months, list[str]]] = []
    for named, homes in alike.items():
        if months := window.of(_months(dict(named))):
            is_billed = any(what == "billed" for _, what, _ in months)
            (billed if is_billed else unpaid).append((months, homes))
    found: dict[str, Cells] = {}
    for some, read in ((billed, store.months_of), (unpaid, store.unpaid_months_of)):
        if some:
            around = arithmetic.around([m for moved, _ in some for _, _, m in moved], window)
            now = await read(db, session, [h for _, homes in some for h in homes], *around)
            for months, homes in some:
                found |= _homes_of(months, homes, now)
    return found


def _homes_of(
    moved: Months, homes: Iterable[str], now: Mapping[str, Months]
) -> dict[str, Cells]:
    """Return what changes in homes by what moved of each. Of those with the same bills once."""
    none: Months = Counter()
    alike: dict[frozenset[tuple[tuple[str, str, Month], int]], Cells] = {}
    found: dict[str, Cells] = {}
    for home in homes:
        own = now.get(home, none)
        key = frozenset(own.items())
        if key not in alike:
            alike[key] = arithmetic.homes_of(moved, own)
        found[home] = alike[key]
    return found


SOURCE: Final = SumSource(
    name=NAME, next_place=store.next_home, of_unit=of_unit, of_members=of_members
)
