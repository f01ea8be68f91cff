"""Due days of bills: the last day to pay, and whether it is over."""

from datetime import date
from typing import Final

from services.bills.models import Bill, Noted
from services.bills.states import BillState
from services.kernel.days import Day, day_of, last_day, plus_days, plus_months

# Nobody is late with what they were told of less than so many days ago.
NOTICE_DAYS: Final = 30


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


def after_note(bill: Bill, note: Noted) -> Day | None:
    """Return the last day to pay a bill once a note is made of it.

    What is owed beyond what was billed leaves as long as a new charge. A bill that is overdue
    stays so: a small correction takes no old debt off the lists of arrears.
    """
    day = day_of(note.at)
    is_late = bill.state is BillState.OWING and is_overdue(bill.due_on, day)
    if note.fen < 0 or bill.due_on is None or is_late:
        return bill.due_on
    return max(bill.due_on, plus_days(day, NOTICE_DAYS))


def _day_in(month: str, number: int) -> str:
    return min(f"{month}-{number:02d}", last_day(month))


def is_overdue(due: str | None, today: str) -> bool:
    """Tell whether the due day is over, in Beijing's days: on the day itself there is time."""
    return due is not None and today > due


def days_overdue(due: str, today: str) -> int:
    """Count the days since the due day was over; 0 until then."""
    return max(0, (date.fromisoformat(today) - date.fromisoformat(due)).days)
