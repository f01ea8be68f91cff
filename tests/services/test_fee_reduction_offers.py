"""Days on which each rule of fee reductions may be asked for: pure functions."""

from datetime import UTC, datetime

import pytest

from services.fee_reductions.rules.models import Cause, Decider, ReductionRule
from services.fee_reductions.rules.offers import holding, spans
from services.fees.models import FeeKind
from services.kernel.days import plus_days

FIRST, LAST = "2026-01-10", "2026-12-20"
# (start, end) of rules → (number of the rule, from, to) of what may be asked for.
CASES: list[tuple[list[tuple[str, str | None]], list[tuple[int, str, str]]]] = [
    ([], []),
    ([("2025-01-01", None)], [(0, FIRST, LAST)]),
    ([("2026-03-01", None)], [(0, "2026-03-01", LAST)]),
    ([("2026-12-20", None)], [(0, LAST, LAST)]),
    ([("2026-12-21", None)], []),
    ([("2025-01-01", "2026-01-10")], [(0, FIRST, FIRST)]),
    ([("2025-01-01", "2026-01-09")], []),
    ([("2026-03-01", "2026-02-28")], []),  # withdrawn
    (
        [("2025-01-01", None), ("2026-03-01", None)],
        [(0, FIRST, "2026-02-28"), (1, "2026-03-01", LAST)],
    ),
    (
        [("2025-01-01", None), ("2026-03-01", "2026-04-30")],
        [
            (0, FIRST, "2026-02-28"),
            (1, "2026-03-01", "2026-04-30"),
            (0, "2026-05-01", LAST),
        ],
    ),
    ([("2025-01-01", None), ("2026-03-01", "2026-02-28")], [(0, FIRST, LAST)]),
    (
        [("2025-01-01", "2026-02-28"), ("2026-05-01", None)],
        [(0, FIRST, "2026-02-28"), (1, "2026-05-01", LAST)],
    ),
]


def rule(number: int, start: str, end: str | None) -> ReductionRule:
    return ReductionRule(
        id=str(number),
        place="cc",
        cause=Cause.VACANT,
        kinds=[FeeKind.PROPERTY_FEE],
        share=3000,
        longest_months=12,
        decider=Decider.FIRM,
        source="物业服务合同第12条",
        version=number + 1,
        start_day=start,
        end_day=end,
        slots=[],
        created_by="staff",
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(("given", "wanted"), CASES)
def test_each_day_is_offered_by_the_rule_that_holds_on_it(
    given: list[tuple[str, str | None]], wanted: list[tuple[int, str, str]]
) -> None:
    rules = sorted(
        (rule(number, *days) for number, days in enumerate(given)),
        key=lambda each: each.start_day,
        reverse=True,
    )
    found = [(int(each.id), begin, end) for each, begin, end in spans(rules, FIRST, LAST)]
    assert found == wanted
    offered: dict[str, ReductionRule] = {}
    for each, begin, end in spans(rules, FIRST, LAST):
        day = begin
        while day <= end:
            assert day not in offered
            offered[day], day = each, plus_days(day, 1)
    day = FIRST
    while day <= LAST:
        assert offered.get(day) is holding(rules, day), day
        day = plus_days(day, 1)
