"""Discounts of a home and the days of a fee reduction: pure functions."""

from typing import Any

import msgspec
import pytest

from services.bills.models import Known
from services.bills.runs.drafts import draft
from services.bills.runs.models import SkipReason
from services.fee_reductions import discounts, periods
from services.fee_reductions.discounts import Discount
from services.fee_reductions.models import Reduction
from services.fee_reductions.rules.models import Cause, Decider
from services.fee_reductions.states import ReductionState
from services.fees.models import FeeRule
from services.fees.tariff import percent
from services.kernel import masking
from tests.build.fees import HOME, NOW, PROPERTY, WASTE, home, prices, rule, run

QUARTER = run("2026-10", 3, PROPERTY)
WHOLE = ("85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元", 5118)


def off(first: str, last: str, share: int = 3000, *kinds: Any) -> Discount:
    return Discount(list(kinds or (PROPERTY,)), first, last, share)


def billed(
    *granted: Discount, rules: list[FeeRule] | None = None, area: int | None = 8530
) -> tuple[list[tuple[str, int]], list[tuple[SkipReason, str | None, str | None]]]:
    charged = prices(rules or [rule()])
    charged = msgspec.structs.replace(charged, discounts={HOME: granted})
    bills, gaps = draft(QUARTER, [home(area=area)], charged, Known(), at=NOW)
    skipped = [(gap.reason, gap.from_day, gap.to_day) for gap in gaps]
    return [(bill.explanation, bill.amount_fen) for bill in bills], skipped


def test_months_of_a_discount_are_a_bill_of_their_own() -> None:
    whole = ("85.30㎡ × 0.60元/㎡·月 × 2个月(减免30%) = 71.65元", 7165)
    assert billed(off("2026-11-01", "2026-12-31")) == ([WHOLE, whole], [])
    assert billed(off("2026-11-01", "2026-12-31", 3000, WASTE))[0][0][1] == 3 * 5118


def test_a_month_reduced_in_part_is_one_bill_by_its_days() -> None:
    found, _ = billed(off("2026-10-17", "2026-10-31"))
    price = "85.30㎡ × 0.60元/㎡·月"
    said = f"{price} × 16/31个月 + {price} × 15/31个月(减免30%) = 43.75元"
    assert found == [(said, 4375), ("85.30㎡ × 0.60元/㎡·月 × 2个月 = 102.36元", 10236)]


def test_the_largest_of_several_counts_and_they_are_not_added_up() -> None:
    found, _ = billed(
        off("2026-10-01", "2026-10-31", 2000), off("2026-10-01", "2026-12-31", 3000)
    )
    assert [fen for _, fen in found] == [10748]  # 3 × 51.18 at 70 %, rounded once


def test_all_of_a_fee_is_a_gap_and_never_a_bill_of_nothing() -> None:
    found, gaps = billed(off("2026-10-01", "2026-11-30", 10_000))
    assert found == [WHOLE]
    assert gaps == [(SkipReason.EXEMPT, "2026-10-01", "2026-11-30")]
    # who pays nothing needs no area
    _, gaps = billed(off("2026-10-01", "2026-11-30", 10_000), area=None)
    assert [reason for reason, *_ in gaps] == [SkipReason.EXEMPT, SkipReason.NO_AREA]
    # but where nothing is charged there is nothing to let off
    _, gaps = billed(off("2026-10-01", "2026-12-31", 10_000), rules=[rule(end="2026-10-31")])
    assert [reason for reason, *_ in gaps] == [SkipReason.EXEMPT, SkipReason.NO_RULE]


@pytest.mark.parametrize(("share", "said"), [(3000, "30%"), (3333, "33.33%"), (3350, "33.5%")])
def test_a_share_is_said_without_idle_zeros(share: int, said: str) -> None:
    assert percent(share) == said


def reduction(first: str, last: str, owners: str) -> Reduction:
    return Reduction(
        id="r",
        home=HOME,
        cause=Cause.VACANT,
        rule_id="rule",
        rule_version=1,
        kinds=[PROPERTY],
        share=3000,
        decider=Decider.FIRM,
        person=None,
        filed_by="test",
        open_key=None,
        owners=owners,
        state=ReductionState.GRANTED,
        from_day=first,
        to_day=last,
        last_day=last,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("owners", "hand_overs", "last"),
    [
        ("", [], "2026-12-31"),
        ("2026-10-01", ["2026-10-01"], "2026-12-31"),  # bought before
        ("", ["2026-11-15"], "2026-11-14"),  # sold within
        ("", ["2026-09-20"], None),  # sold before it began
        ("2026-03-01", ["2026-03-01", "2026-10-02"], "2026-10-01"),
        ("", ["2027-01-01"], "2026-12-31"),
        ("2026-03-01", [], "2026-12-31"),  # that sale was a mistake
    ],
)
def test_a_discount_ends_with_the_household(
    owners: str, hand_overs: list[str], last: str | None
) -> None:
    granted = [reduction("2026-10-01", "2026-12-31", owners)]
    found = discounts.by_home(granted, {HOME: hand_overs})
    lasts = [one.last for one in found.get(HOME, [])]
    assert lasts == ([last] if last else [])


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-01-31", 1, "2026-02-27"),
        ("2026-03-15", 6, "2026-09-14"),
        ("2027-12-31", 2, "2028-02-28"),
    ],
)
def test_so_many_months_from_a_day_on(first: str, months: int, last: str) -> None:
    assert periods.longest(first, months) == last


@pytest.mark.parametrize(
    ("whole", "masked"), [("吉低保2026-00123", "****0123"), ("1234567", "****")]
)
def test_little_is_shown_of_a_certificates_number(whole: str, masked: str) -> None:
    assert masking.document(whole) == masked
