"""Tariff: which fee rule applies to a home and month, what it charges, how that is explained.

Pure functions. For one home, kind and month exactly one rule applies, or none. It is the rule
that
1. covers the home's place, names the home's usage (a home without one counts as a flat),
2. has start_day ≤ the month's first day ≤ end_day, and among those
3. lies deepest in the tree (unit before building before compound), and among those
4. started last.
When a rule ends, the one it displaced applies again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from services.fees.models import FeeKind, FeeRule
from services.kernel.money import area_charge_fen, price_yuan, square_metres, yuan
from services.kernel.paths import ancestors
from services.places.models import Usage

# (place, kind) → its rules, the latest start first
RuleBook = Mapping[tuple[str, FeeKind], Sequence[FeeRule]]


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
