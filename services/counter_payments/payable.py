"""Payable bills of a home: what who takes money there may take it for."""

from services.bills import own_money
from services.bills.debts import actions as debts
from services.bills.due_days import is_overdue
from services.bills.models import Bill
from services.bills.views import title_of
from services.counter_payments.models import PayableBill, PayableBills
from services.dependencies import Dependencies
from services.kernel.days import Day
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show


async def of_home(deps: Dependencies, actor: Actor, home: str) -> PayableBills:
    """Return what is owed of a home, the oldest first.

    Of who sold it only to firm and community; to a firm what is paid to itself. A head whose
    community keeps debts from heads sees none. Raises NotFound, Forbidden.
    """
    for permission in (Permission.TAKE_PAYMENTS, Permission.VIEW_UNPAID):
        require_at(actor, permission, home)
    today = deps.today()
    found = await debts.bills_of(deps, home)
    if not actor.may(Permission.VIEW_DEBTORS, home):
        found = [bill for bill in found if _is_of_today(bill, today)]
    own = await own_money.find(deps, actor, home, by=Permission.TAKE_PAYMENTS)
    if own is not None:
        found = [bill for bill in found if own.holds(own_money.Money.of_bill(bill))]
    found.sort(key=lambda bill: (bill.due_on or "", bill.period, bill.id))
    return PayableBills(
        items=[_view(bill, today) for bill in found],
        owed_fen=sum(bill.owed_fen for bill in found),
    )


def _is_of_today(bill: Bill, today: Day) -> bool:
    """Tell whether a bill is owed by the household of today."""
    return bill.owners_until is None or bill.owners_until >= today


def _view(bill: Bill, today: Day) -> PayableBill:
    overdue = is_overdue(bill.due_on, today)
    return show(bill, PayableBill, bill_id=bill.id, title=title_of(bill), overdue=overdue)
