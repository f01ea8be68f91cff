"""Debts that a demand may ask for: what is overdue, by the household that owes it.

Who owes follows from the register as it is now (decision 59): who owned the home on the day
that a bill is liable for, all who owned it with them, and a tenant who pays by contract. Their
family, who bought the home since, and neighbours owe nothing and are asked for nothing.
"""

from collections.abc import Collection, Sequence
from itertools import groupby

from services.bills.arrears import actions as arrears
from services.bills.arrears.models import OwedBill
from services.bills.due_days import is_overdue
from services.demands.models import Debt
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.residencies import owners, tenures
from services.residencies.models import Residency


async def of_homes(
    deps: Dependencies,
    homes: Sequence[str],
    *,
    accounts: Collection[str] | None = None,
    kind: HomeFee | None = None,
    tx: Transaction | None = None,
) -> list[Debt]:
    """Return what is overdue of homes, by home and household, that of today first.

    `accounts`: only what is paid into these; all without.
    """
    today = deps.today()
    bills = [
        bill
        for bill in await arrears.owed(deps, homes, tx=tx)
        if is_overdue(bill.due_on, today)
        and (accounts is None or bill.account in accounts)
        and kind in {None, bill.kind}
    ]
    if not bills:
        return []
    known = await owners.debtors_of(deps, sorted({bill.home for bill in bills}))
    bills.sort(key=_key)
    groups = [[*found] for _, found in groupby(bills, key=_key)]
    return [_debt(found, known[found[0].home]) for found in groups]


def _key(bill: OwedBill) -> tuple[str, str]:
    return bill.home, bill.household


def _debt(bills: Sequence[OwedBill], rows: Sequence[Residency]) -> Debt:
    debtors = {row.id: row for bill in bills for row in tenures.debtors(rows, bill.liable_on)}
    return Debt(
        home=bills[0].home,
        household=bills[0].household,
        debtors=sorted(debtors),
        people=sorted({row.person for row in debtors.values() if row.person}),
        bills=list(bills),
    )
