"""Which rule applies, what it charges, when that is due, and how it is told. Pure functions.

For one home, kind and month exactly one rule applies, or none. It is the rule that
1. covers the home's place, names the home's usage (a home without one counts as a flat),
2. has start_day ≤ the month's first day ≤ end_day, and among those
3. lies deepest in the tree (unit before building before compound), and among those
4. started last.
When a rule ends, the one it displaced applies again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from services.fees.models import KIND_NAMES, Bill, FeeKind, FeeRule
from services.kernel.days import last_day, plus_days, plus_months
from services.kernel.documents import encode
from services.kernel.money import area_charge_fen, price_yuan, square_metres, yuan
from services.kernel.paths import ancestors
from services.places.models import Usage

ID_LENGTH: Final = 26  # base 32: 130 bits of a digest

# (place, kind) → its rules, the latest start first
RuleBook = Mapping[tuple[str, FeeKind], Sequence[FeeRule]]


def digest(*parts: object) -> str:
    """Return a short deterministic id of the parts."""
    hashed = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return encode(int.from_bytes(hashed), ID_LENGTH)


def months_from(period: str, count: int) -> list[str]:
    return [plus_months(period, i) for i in range(count)]


def rule_book(rules: Iterable[FeeRule]) -> RuleBook:
    book: dict[tuple[str, FeeKind], list[FeeRule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: rule.start_day, reverse=True):
        book[rule.place, rule.kind].append(rule)
    return book


def rule_for(
    book: RuleBook, home: str, usage: Usage | None, *, kind: FeeKind, month: str
) -> FeeRule | None:
    """Return the one rule that applies (see the module's docstring), or None."""
    first = f"{month}-01"
    for place in reversed(ancestors(home)):
        for rule in book.get((place, kind), ()):
            if (usage or Usage.FLAT) in rule.usages and in_force(rule, first):
                return rule
    return None


def in_force(rule: FeeRule, day: str) -> bool:
    return rule.start_day <= day and (rule.end_day is None or day <= rule.end_day)


def charge_fen(rule: FeeRule, area: int | None, months: int) -> int | None:
    """Return what the rule charges in fen; None when it needs an area nobody wrote down.

    Rounded half up, once, on the product: see services/kernel/money.py.
    """
    if rule.monthly_fen is not None:
        return rule.monthly_fen * months
    if area is None or rule.price is None:
        return None
    return area_charge_fen(area, rule.price, months)


def explain(rule: FeeRule, area: int | None, months: int) -> str:
    """Write the sum on one line: 85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元."""
    total = yuan(charge_fen(rule, area, months) or 0)
    if rule.monthly_fen is not None:
        return f"每户{yuan(rule.monthly_fen)}元/月 × {months}个月 = {total}元"
    factors = f"{square_metres(area or 0)}㎡ × {price_yuan(rule.price or 0)}元/㎡·月"
    return f"{factors} × {months}个月 = {total}元"


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
