"""Due days of bills: the last day to pay, and whether it is over."""

from datetime import date

from services.bills.models import Bill
from services.kernel.days import last_day, plus_days, plus_months


def due_on(bill: Bill, issued: str) -> str:
    """Return the last day to pay. Overdue begins the day after.

    `due_days`: that many days after issue. `due_day`: the first such day of a month that comes
    after the issue and not before the period; in shorter months their last day.
    """
    if bill.due_day is None:
        return plus_days(issued, bill.due_days or 0)
    earliest = max(plus_days(issued, 1), f"{bill.period}-01")
    this_month = _day_in(earliest[:7], bill.due_day)
    if this_month >= earliest:
        return this_month
    return _day_in(plus_months(earliest[:7], 1), bill.due_day)


def _day_in(month: str, number: int) -> str:
    return min(f"{month}-{number:02d}", last_day(month))


def is_overdue(due: str | None, today: str) -> bool:
    """Tell whether the due day is over, in Beijing's days: on the day itself there is time."""
    return due is not None and today > due


def days_overdue(due: str, today: str) -> int:
    return max(0, (date.fromisoformat(today) - date.fromisoformat(due)).days)
