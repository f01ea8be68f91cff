"""Views of bills, and how a bill is called."""

from collections.abc import Sequence

from services.bills.due_days import is_overdue
from services.bills.models import Bill, BillView
from services.bills.states import BillState
from services.fees.models import KIND_NAMES, FeeKind
from services.kernel import views as kernel_views
from services.kernel.days import plus_months


def view(bill: Bill, address: str, today: str) -> BillView:
    """`today`: a Beijing day. An unpaid bill is overdue only once its due day is over."""
    return kernel_views.show(
        bill,
        BillView,
        bill_id=bill.id,
        title=title(bill.kind, bill.period, bill.months),
        address=address,
        overdue=bill.state is BillState.OWING and is_overdue(bill.due_on, today),
    )


def views(bills: Sequence[Bill], addresses: dict[str, str], today: str) -> list[BillView]:
    return [view(bill, addresses.get(bill.home, bill.home), today) for bill in bills]


def title(kind: FeeKind, period: str, months: int) -> str:
    """Name a bill: 2026年11月物业费, 2026年10月至12月物业费."""
    return f"{span(period, months)}{KIND_NAMES[kind]}"


def span(period: str, months: int) -> str:
    last = plus_months(period, months - 1)
    text = _month(period)
    if months == 1:
        return text
    same_year = last[:4] == period[:4]
    return f"{text}至{_month(last).split('年')[1] if same_year else _month(last)}"


def _month(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"
