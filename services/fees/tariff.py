"""Tariff: which fee rule applies to a home on a day, what it charges, how that is explained.

Pure functions. For one home, kind and day exactly one rule applies, or none. It is the rule
that
1. covers the home's place, names the home's usage (a home without one counts as a flat),
2. has start_day ≤ the day ≤ end_day, and among those
3. lies deepest in the tree (unit before building before compound), and among those
4. started last.
When a rule ends, the one it displaced applies again. What of a month is charged in which
something changes stands in proration.py, which days one bill is for in periods.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from services.fees.models import BillingPeriod, FeeKind, FeeRule, Proration
from services.kernel.days import Day, plus_days
from services.kernel.money import area_charge, half_up, price_yuan, square_metres, yuan
from services.kernel.paths import ancestors
from services.kernel.types import WHOLE
from services.places.models import Usage

Span = tuple[Day, Day]  # the first and the last day, both included
# (place, kind) → its rules, the latest start first
RuleBook = Mapping[tuple[str, FeeKind], Sequence[FeeRule]]


class Part(Struct, frozen=True):
    """Time that one rule charges: `count` months, or `count` days of a month that has `of`.

    `area`: of the home at that time, in 0.01 m²; None when nobody wrote it down.
    `people`: registered for the home; None when nobody is, or the rule does not ask.
    `method`: by which the days were counted, where they are no whole months.
    `off`: share that is not charged, in hundredths of a percent.
    """

    rule: FeeRule
    area: int | None
    count: int
    of: int = 1
    people: int | None = None
    method: Proration = Proration.ACTUAL_DAYS
    off: int = 0

    def goes_on(self, before: "Part") -> bool:
        """Tell whether both are whole months of one rule, charged by the same."""
        names = ("area", "people", "off")
        same = all(getattr(before, name) == getattr(self, name) for name in names)
        return same and before.rule.id == self.rule.id and before.of == self.of == 1


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


def spans(first: Day, last: Day, turns: Iterable[tuple[Day, Day | None]]) -> list[Span]:
    """Cut some days at the first days, and after the last days, of `turns`."""
    cuts = {first}
    for begin, end in turns:
        cuts |= {begin} if first < begin <= last else set()
        cuts |= {plus_days(end, 1)} if end is not None and first <= end < last else set()
    starts = sorted(cuts)
    return list(zip(starts, [*(plus_days(day, -1) for day in starts[1:]), last], strict=True))


def charge_fen(parts: Sequence[Part]) -> int | None:
    """Return what parts come to in fen; None when a price needs what nobody wrote down.

    Exact until the end, and rounded half up once: see services/kernel/money.py.
    """
    total = Fraction(0)
    for part in parts:
        months = _a_month(part)
        if months is None:
            return None
        total += months * Fraction(part.count * (WHOLE - part.off), part.of * WHOLE)
    return half_up(total)


def _a_month(part: Part) -> Fraction | None:
    """Return what a whole month comes to in fen, exactly; None when it is not known."""
    rule = part.rule
    if rule.monthly_fen is not None:
        return Fraction(rule.monthly_fen)
    if rule.person_fen is not None:
        return None if part.people is None else Fraction(rule.person_fen * part.people)
    if part.area is None or rule.price is None:
        return None
    return area_charge(part.area, rule.price, Fraction(1))


def explain(parts: Sequence[Part], fen: int) -> str:
    """Write a charge on one line: 85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元."""
    factors = " + ".join(_factors(part) for part in parts)
    return f"{factors} = {yuan(fen)}元"


def percent(share: int) -> str:
    """Write hundredths of a percent: 3000 → 30%, 3333 → 33.33%. Never why."""
    whole, rest = divmod(share, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%" if rest else f"{whole}%"


def _factors(part: Part) -> str:
    time = f"{part.count}个月" if part.of == 1 else f"{part.count}/{part.of}个月"
    time += f"(减免{percent(part.off)})" if part.off else ""
    rule = part.rule
    if rule.monthly_fen is not None:
        return f"每户{yuan(rule.monthly_fen)}元/月 × {time}"
    if rule.person_fen is not None:
        return f"{part.people}人 × {yuan(rule.person_fen)}元/人·月 × {time}"
    price = price_yuan(rule.price or 0)
    return f"{square_metres(part.area or 0)}㎡ × {price}元/㎡·月 × {time}"


def terms(parts: Sequence[Part]) -> str:
    """Name the rules of a charge, what they rest on, and the method where it counted.

    收费标准第2版,依据物业服务合同《春光小区合同》(2026-8号),按季期初出账,按30天制.
    """
    rules = {part.rule.id: part.rule for part in parts}
    return ";".join(
        _terms(rule, [part for part in parts if part.rule is rule]) for rule in rules.values()
    )


def _terms(rule: FeeRule, parts: Sequence[Part]) -> str:
    said = [f"收费标准第{rule.version}版"] if rule.version else []
    if source := rule.source:
        number = f"({source.number})" if source.number else ""
        said.append(f"依据{source.kind.label}《{source.title}》{number}")
    if rule.period is not BillingPeriod.MONTHLY:
        said.append(f"{rule.period.label}{rule.timing.label}")
    cut = next((part for part in parts if part.of != 1), None)
    method = cut.method if cut else rule.proration
    if cut or method is not Proration.ACTUAL_DAYS:
        said.append(method.label)
    return ",".join(said)
