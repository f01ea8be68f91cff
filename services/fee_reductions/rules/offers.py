"""Offers of fee reductions: by which rule one may be asked for, from which first days.

The first day that somebody asks for chooses the rule, so the days are divided as rules
succeed each other: what a request would be accepted for is listed, and nothing else.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.fee_reductions.rules import store
from services.fee_reductions.rules.models import Cause, ReductionOffer, ReductionRule
from services.kernel.days import Day, plus_days
from services.kernel.views import show


def holding(rules: Sequence[ReductionRule], day: Day) -> ReductionRule | None:
    """Return the rule that holds on a day, of one cause's rules, the latest start first."""
    return next((rule for rule in rules if _holds(rule, day)), None)


def _holds(rule: ReductionRule, day: Day) -> bool:
    return rule.start_day <= day and (rule.end_day is None or day <= rule.end_day)


async def listing(
    deps: Dependencies, place: str, first: Day, last: Day
) -> list[ReductionOffer]:
    """Return what may be asked for in a compound from a day of `first` to `last`.

    By cause, then by day.
    """
    rules = await store.of_compound(deps.db, place)
    return [
        show(
            rule,
            ReductionOffer,
            needs_document=cause.is_sensitive,
            earliest_day=begin,
            latest_day=end,
        )
        for cause in Cause
        for rule, begin, end in spans([r for r in rules if r.cause is cause], first, last)
    ]


def spans(
    rules: Sequence[ReductionRule], first: Day, last: Day
) -> list[tuple[ReductionRule, Day, Day]]:
    """Return which of one cause's rules holds from which day to which, in order of days.

    `rules`: the latest start first. None holds on the days that are left out.
    """
    changes = {first}
    for rule in rules:
        changes.add(rule.start_day)
        if rule.end_day is not None:
            changes.add(plus_days(rule.end_day, 1))
    begins = sorted(day for day in changes if first <= day <= last)
    ends = [plus_days(day, -1) for day in begins[1:]] + [last]
    found: list[tuple[ReductionRule, Day, Day]] = []
    for begin, end in zip(begins, ends, strict=True):
        held = holding(rules, begin)
        if held is None:
            continue
        # A change of a rule that is overruled divides nothing.
        goes_on = bool(found) and found[-1][0] is held
        found.append((held, found.pop()[1] if goes_on else begin, end))
    return found
