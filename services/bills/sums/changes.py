"""Changes of the kept sums of bills, each in the transaction that changes the bills."""

from collections.abc import Collection, Iterable
from typing import Final

from services.bills.models import Bill
from services.bills.sums import arithmetic, store
from services.bills.sums.arithmetic import Fee
from services.dependencies import Database, Transaction
from services.kernel.sums import Cells, SumSource
from services.place_sums import actions as place_sums

NAME: Final = "bills"


async def record(
    db: Database,
    tx: Transaction,
    *,
    before: Collection[Bill] = (),
    after: Collection[Bill] = (),
) -> None:
    """Add what the change of some bills changes in the sums of their homes.

    The bills are already written as they are `after`. Drafts, void bills and those of repairs
    are in no sum. Two changes of one home at once would each count the other's bill as it was:
    the second of them begins again.
    """
    was, now = (_by_home(arithmetic.fees(bills)) for bills in (before, after))
    homes = sorted(was.keys() | now.keys())
    if not homes:
        return
    changed = [fee for fees in (*was.values(), *now.values()) for fee in fees]
    months = await store.months_of(db, tx, homes, *arithmetic.around(changed))
    cells = {
        home: arithmetic.change_of(was.get(home, []), now.get(home, []), found)
        for home, found in months.items()
    }
    await place_sums.change(db, tx, NAME, cells)


def _by_home(fees: Iterable[Fee]) -> dict[str, list[Fee]]:
    found: dict[str, list[Fee]] = {}
    for fee in fees:
        found.setdefault(fee.home, []).append(fee)
    return found


async def of_unit(db: Database, tx: Transaction, unit: str) -> Cells:
    """Return what the bills of a unit come to."""
    return arithmetic.cells_of(await store.issued(db, tx, unit))


SOURCE: Final = SumSource(name=NAME, next_place=store.next_home, of_unit=of_unit)
