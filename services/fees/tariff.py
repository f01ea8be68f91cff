"""Tariff: which fee rule applies to a home on a day, what it charges, how that is explained.

Pure functions. For one home, kind and day exactly one rule applies, or none. It is the rule
that
1. covers the home's place, names the home's usage (a home without one counts as a flat),
2. has start_day ≤ the day ≤ end_day, and among those
3. lies deepest in the tree (unit before building before compound), and among those
4. started last.
When a rule ends, the one it displaced applies again. A month that a rule covers in part is
charged by its actual days: 19 of the 31 days of August are 19/31 of the month's price. The law
names no method; why this one: docs/decisions/20-payees-and-runs.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from services.fees.models import FeeKind, FeeRule
from services.kernel.days import Day, Month, last_day, plus_days
from services.kernel.money import area_charge, half_up, price_yuan, square_metres, yuan
from services.kernel.paths import ancestors
from services.places.models import Usage

# (place, kind) → its rules, the latest start first
RuleBook = Mapping[tuple[str, FeeKind], Sequence[FeeRule]]


class Part(Struct, frozen=True):
    """Time that one rule charges: `count` months, or `count` days of a month that has `of`.

    `area`: of the home at that time, in 0.01 m²; None when nobody wrote it down.
    """

    rule: FeeRule
    area: int | None
    count: int
    of: int = 1


def rule_book(rules: Iterable[FeeRule]) -> RuleBook:
    """Sort rules by place and kind, the latest start first."""
    book: dict[tuple[str, FeeKind], list[FeeRule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: rule.start_day, reverse=True):
        book[rule.place, rule.kind].append(rule)
    return book


def candidates(book: RuleBook, home: str, usage: Usage | None, kind: FeeKind) -> list[FeeRule]:
    """Return the rules that may apply to a home, whichever goes before the other first."""
    return [
        rule
        for place in reversed(ancestors(home))
        for rule in book.get((place, kind), ())
        if (usage or Usage.FLAT) in rule.usages
    ]


def rule_on(rules: Sequence[FeeRule], day: Day) -> FeeRule | None:
    """Return the one of a home's candidates that applies on a day, or None."""
    return next((rule for rule in rules if in_force(rule, day)), None)


def in_force(rule: FeeRule, day: Day) -> bool:
    """Tell whether a rule covers a day; its last day is included."""
    return rule.start_day <= day and (rule.end_day is None or day <= rule.end_day)


def spans(month: Month, turns: Iterable[tuple[Day, Day | None]]) -> list[tuple[Day, Day]]:
    """Cut a month at the first days, and after the last days, of `turns`."""
    first, last = f"{month}-01", last_day(month)
    cuts = {first}
    for begin, end in turns:
        cuts |= {begin} if first < begin <= last else set()
        cuts |= {plus_days(end, 1)} if end is not None and first <= end < last else set()
    starts = sorted(cuts)
    return list(zip(starts, [*(plus_days(day, -1) for day in starts[1:]), last], strict=True))


def charge_fen(parts: Sequence[Part]) -> int | None:
    """Return what parts come to in fen; None when a price needs an area nobody wrote down.

    Exact until the end, and rounded half up once: see services/kernel/money.py.
    """
    total = Fraction(0)
    for part in parts:
        rule, time = part.rule, Fraction(part.count, part.of)
        if rule.monthly_fen is not None:
            total += rule.monthly_fen * time
        elif part.area is None or rule.price is None:
            return None
        else:
            total += area_charge(part.area, rule.price, time)
    return half_up(total)


def explain(parts: Sequence[Part], fen: int) -> str:
    """Write a charge on one line: 85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元."""
    factors = " + ".join(_factors(part) for part in parts)
    return f"{factors} = {yuan(fen)}元"


def _factors(part: Part) -> str:
    time = f"{part.count}个月" if part.of == 1 else f"{part.count}/{part.of}个月"
    if part.rule.monthly_fen is not None:
        return f"每户{yuan(part.rule.monthly_fen)}元/月 × {time}"
    price = price_yuan(part.rule.price or 0)
    return f"{square_metres(part.area or 0)}㎡ × {price}元/㎡·月 × {time}"
