"""Views of bills, and how a bill is called."""

from collections.abc import Mapping, Sequence

from services.bills.due_days import is_overdue
from services.bills.models import Bill, BillView, Noted, NoteLine
from services.bills.states import BillState
from services.dependencies import Dependencies
from services.fees.models import BillKind
from services.kernel.days import plus_months
from services.kernel.money import yuan
from services.kernel.views import show
from services.places import actions as places


def view(bill: Bill, address: str, today: str) -> BillView:
    """Show a bill to whoever owes it. `today`: a Beijing day.

    An unpaid bill is overdue only once its due day is over.
    """
    return show(
        bill,
        BillView,
        bill_id=bill.id,
        title=title_of(bill),
        address=address,
        paid_fen=bill.paid_fen,
        notes=[show(note, NoteLine, amount_fen=note.fen) for note in bill.notes],
        correction=correction(bill),
        overdue=bill.state is BillState.OWING and is_overdue(bill.due_on, today),
    )


def correction(bill: Bill) -> str:
    """Write how its notes make of a bill what is due.

    原账单 51.18元 − 贷项 3.00元(面积更正) = 48.18元
    """
    if not bill.notes:
        return ""
    lines = "".join(map(_line, bill.notes))
    return f"原账单 {yuan(bill.amount_fen)}元{lines} = {yuan(bill.due_fen)}元"


def _line(note: Noted) -> str:
    sign = "−" if note.fen < 0 else "+"
    return f" {sign} {note.kind.label} {yuan(abs(note.fen))}元({note.reason})"


async def views(deps: Dependencies, bills: Sequence[Bill]) -> list[BillView]:
    """Show bills; one whose home has no address shows the path."""
    addresses = await places.addresses(deps, sorted({bill.home for bill in bills}))
    return shown(deps, bills, addresses)


def shown(
    deps: Dependencies, bills: Sequence[Bill], addresses: Mapping[str, str]
) -> list[BillView]:
    """Show bills, with the addresses of their homes. Order as given."""
    today = deps.today()
    return [view(bill, addresses.get(bill.home, bill.home), today) for bill in bills]


def title_of(bill: Bill) -> str:
    """Name a bill: 2026年10月至12月物业费.

    Where it is for some of a month, with its days: 2026年3月16日至31日物业费.
    What was ordered once has its day: 2026年3月16日维修费. Days may lie in two months:
    2026年9月25日至10月24日计量费.
    """
    return f"{time_of(bill)}{bill.kind.label}"


def time_of(bill: Bill) -> str:
    """Write what days or months a bill is for."""
    if bill.from_day is None or bill.to_day is None:
        return span(bill.period, bill.months)
    first, last = bill.from_day, bill.to_day
    days = f"{_month(first[:7])}{int(first[8:])}日"
    if bill.kind is not BillKind.REPAIR_FEE:
        year = "" if first[:4] == last[:4] else f"{last[:4]}年"
        month = "" if first[:7] == last[:7] else f"{year}{int(last[5:7])}月"
        days += f"至{month}{int(last[8:])}日"
    return days


def span(period: str, months: int) -> str:
    """Write the months a bill covers: 2026年10月至12月."""
    last = plus_months(period, months - 1)
    text = _month(period)
    if months == 1:
        return text
    same_year = last[:4] == period[:4]
    return f"{text}至{_month(last).split('年')[1] if same_year else _month(last)}"


def _month(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"
