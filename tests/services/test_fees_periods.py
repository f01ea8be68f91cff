"""Periods of bills, and charges per person: a home of 85.30 m² at 0.60 yuan, 51.18 a month."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bills.runs.models import SkipReason
from services.bills.runs.pieces import Prices
from services.bills.views import title_of
from services.fees.models import (
    BilledAt,
    BillingPeriod,
    FeeRule,
    HandOver,
    Proration,
    RuleSource,
    SourceKind,
)
from services.fees.payees.charters import Charter
from services.fees.periods import Period, period_of, terms_of
from services.fees.tariff import rule_book, rule_on
from services.kernel import days
from services.residencies import headcounts
from services.residencies.models import Stay
from tests.build.fees import (
    HOME,
    PAYEE,
    PROPERTY,
    amounts,
    billed,
    days_of,
    made,
    prices,
    rule,
)
from tests.depth import by_depth

QUARTERLY, YEARLY = BillingPeriod.QUARTERLY, BillingPeriod.YEARLY
ANNIVERSARY = BillingPeriod.ANNIVERSARY


def period(a_rule: FeeRule, day: str, *hand_overs: str) -> Period | None:
    return period_of(terms_of(a_rule, "payee"), day, hand_overs)


@pytest.mark.parametrize(
    ("kind", "since", "day", "first", "last"),
    [
        (BillingPeriod.MONTHLY, None, "2026-02-11", "2026-02-01", "2026-02-28"),
        (QUARTERLY, None, "2026-05-20", "2026-04-01", "2026-06-30"),
        (BillingPeriod.HALF_YEARLY, None, "2026-07-01", "2026-07-01", "2026-12-31"),
        (YEARLY, None, "2026-12-31", "2026-01-01", "2026-12-31"),
        (ANNIVERSARY, "2024-03-15", "2026-03-14", "2025-03-15", "2026-03-14"),
        (ANNIVERSARY, "2024-03-15", "2026-03-15", "2026-03-15", "2027-03-14"),
        (ANNIVERSARY, "2027-03-15", "2026-03-14", "2025-03-15", "2026-03-14"),
        (ANNIVERSARY, "2024-02-29", "2025-02-27", "2024-02-29", "2025-02-27"),
        (ANNIVERSARY, "2024-02-29", "2025-02-28", "2025-02-28", "2026-02-27"),
        (ANNIVERSARY, "2024-02-29", "2028-03-01", "2028-02-29", "2029-02-27"),
    ],
)
def test_a_day_lies_in_a_period(
    kind: BillingPeriod, since: str | None, day: str, first: str, last: str
) -> None:
    found = period(made(rule(), period=kind, anniversary_day=since), day)
    assert found is not None
    assert (found.first, found.last) == (first, last)


def test_the_months_of_a_year_from_a_day_on_begin_on_that_day_or_the_last_of_a_month() -> None:
    found = period(made(rule(), period=ANNIVERSARY, anniversary_day="2025-01-31"), "2026-02-01")
    assert found is not None
    assert found.months[:3] == (
        ("2026-01-31", "2026-02-27"),
        ("2026-02-28", "2026-03-30"),
        ("2026-03-31", "2026-04-29"),
    )
    assert (len(found.months), found.last) == (12, "2027-01-30")


def test_a_homes_own_year_counts_from_its_owners_and_ends_with_them() -> None:
    own = made(rule(), period=ANNIVERSARY)
    assert period(own, "2026-03-15") is None
    assert period(own, "2026-03-15", "2026-03-16") is None
    sold = ("2025-06-20", "2026-09-10")
    seller, buyer = period(own, "2026-09-09", *sold), period(own, "2026-09-10", *sold)
    assert seller is not None
    assert buyer is not None
    assert (seller.first, seller.last) == ("2026-06-20", "2026-09-09")
    assert (buyer.first, buyer.last) == ("2026-09-10", "2027-09-09")


@pytest.mark.parametrize(("at", "falls"), [(BilledAt.START, 1), (BilledAt.END, 3)])
def test_a_quarter_is_one_bill_of_its_first_or_last_month(at: BilledAt, falls: int) -> None:
    book = prices([made(rule(), period=QUARTERLY, timing=at)])
    found = {month: billed(book, f"2026-{month:02d}")[0] for month in (1, 2, 3)}
    assert [month for month, bills in found.items() if bills] == [falls]
    [bill] = found[falls]
    assert (bill.period, bill.months, bill.from_day, bill.amount_fen) == (
        "2026-01",
        3,
        None,
        15354,
    )
    assert bill.slots == [f"{PROPERTY}|2026-0{month}" for month in (1, 2, 3)]
    assert bill.explanation == "85.30㎡ × 0.60元/㎡·月 × 3个月 = 153.54元"
    assert bill.terms == f"按季{at.label}"


def test_a_run_of_many_months_bills_each_period_that_falls_in_it_once() -> None:
    quarters = prices([made(rule(), period=QUARTERLY)])
    assert amounts(quarters, "2026-02", 8) == [15354, 15354]
    assert amounts(prices([made(rule(), period=YEARLY)]), "2026-01", 12) == [61416]


def test_what_was_billed_by_the_month_is_left_out_of_the_year_that_follows() -> None:
    book = prices([made(rule(), period=YEARLY)])
    assert amounts(book, "2026-01", taken="2026-01") == []
    [rest], _ = billed(book, "2026-02", taken="2026-01")
    assert (rest.period, rest.months, rest.amount_fen) == ("2026-02", 11, 56298)


def test_a_rule_with_another_period_bills_from_its_first_day() -> None:
    """9/28 of February, and 19/28 of it with March: the payee's month has one method."""
    monthly = rule(end="2026-02-09")
    quarters = made(rule(start="2026-02-10"), period=QUARTERLY, proration=Proration.THIRTY_DAYS)
    found, gaps = billed(prices([monthly, quarters]), "2026-02")
    assert [(b.from_day, b.to_day, b.amount_fen) for b in found] == [
        ("2026-02-01", "2026-02-09", 1645),
        ("2026-02-10", "2026-03-31", 8591),
    ]
    assert gaps == []
    assert found[1].explanation == (
        "85.30㎡ × 0.60元/㎡·月 × 19/28个月 + 85.30㎡ × 0.60元/㎡·月 × 1个月 = 85.91元"
    )
    assert (found[0].terms, found[1].terms) == ("按实际天数", "按季期初出账,按实际天数")
    assert title_of(found[1]) == "2026年2月10日至3月31日物业费"
    assert found[1].slots[18:] == [f"{PROPERTY}|2026-02-28", f"{PROPERTY}|2026-03"]


def test_a_year_from_a_day_on_is_twelve_months_by_two_prices() -> None:
    """5 + 17/31 months at 0.60 yuan and 14/31 + 6 at 0.70: 283.966 + 385.226 yuan."""
    on = {"period": ANNIVERSARY, "anniversary_day": "2025-03-15"}
    old = made(rule(end="2026-08-31"), **on)
    assert amounts(prices([made(rule(), **on)]), "2026-03") == [61416]
    [bill], _ = billed(
        prices([old, made(rule(start="2026-09-01", price=7000), **on)]), "2026-03"
    )
    assert (bill.from_day, bill.to_day, bill.months) == ("2026-03-15", "2027-03-14", 12)
    assert (bill.period, bill.last_month, bill.amount_fen) == ("2026-03", "2027-03", 66919)
    taken = {day for slot in bill.slots for day in days_of(slot)}
    assert len(taken) == 365


def test_a_homes_year_begins_with_its_owners_and_before_it_there_is_a_gap() -> None:
    own = made(rule(), period=ANNIVERSARY, hand_over=HandOver.DAYS)
    book = msgspec.structs.replace(prices([own]), hand_overs={HOME: ["2026-03-16"]})
    [bill], [gap] = billed(book, "2026-03")
    assert (bill.from_day, bill.to_day, bill.amount_fen) == ("2026-03-16", "2027-03-15", 61416)
    assert (bill.liable_on, bill.owners_until) == ("2026-03-16", None)
    assert (gap.reason, gap.to_day) == (SkipReason.NO_ANNIVERSARY, "2026-03-15")


def test_a_year_of_two_households_is_two_bills_by_what_the_contract_says_of_the_month() -> None:
    by_month = made(rule(), period=YEARLY, hand_over=HandOver.BUYER)
    book = msgspec.structs.replace(prices([by_month]), hand_overs={HOME: ["2026-03-16"]})
    found, _ = billed(book, "2026-01")
    assert [(b.period, b.months, b.liable_on, b.amount_fen) for b in found] == [
        ("2026-01", 2, "2026-01-01", 10236),
        ("2026-03", 10, "2026-03-16", 51180),
    ]


def test_each_payees_part_of_a_year_is_billed_by_the_run_of_its_own_month() -> None:
    old, new = made(rule(), period=YEARLY), made(rule(start="2026-07-01"), period=YEARLY)
    other = msgspec.structs.replace(PAYEE, id="other")
    book = Prices(rule_book([old, new]), {old.id: Charter(PAYEE), new.id: Charter(other)})
    assert [(b.payee, b.months) for b in billed(book, "2026-01")[0]] == [("payee", 6)]
    assert [(b.payee, b.months) for b in billed(book, "2026-07")[0]] == [("other", 6)]


def stays(*spans: tuple[str, str, str | None]) -> list[Stay]:
    return [Stay(who=who, from_day=first, to_day=last) for who, first, last in spans]


LI = stays(
    ("li", "2020-01-01", None),
    ("mei", "2020-01-01", None),
    ("li", "2026-02-01", None),  # registered twice
    ("bo", "2026-02-01", "2026-03-31"),
    ("zoe", "2026-05-01", "2026-04-30"),  # written down by mistake
)


def test_people_are_counted_once_each_on_the_day() -> None:
    days_asked = ("2019-12-31", "2026-01-31", "2026-02-01", "2026-04-01", "2026-05-01")
    assert [headcounts.count(LI, day) for day in days_asked] == [None, 2, 3, 2, 2]


def test_each_registered_person_is_charged_and_nobody_is_guessed() -> None:
    each = made(rule(), price=None, person_fen=400)
    book = msgspec.structs.replace(prices([each]), stays={HOME: LI})
    found, _ = billed(book, "2026-01", 4)
    assert [bill.explanation for bill in found] == [
        "2人 × 4.00元/人·月 × 1个月 = 8.00元",
        "3人 × 4.00元/人·月 × 2个月 = 24.00元",
        "2人 × 4.00元/人·月 × 1个月 = 8.00元",
    ]
    none, [gap] = billed(prices([each]), "2026-01", 4)
    assert (none, gap.reason, gap.to_day) == ([], SkipReason.NO_RESIDENTS, "2026-04-30")


def test_a_quarter_counts_the_people_of_its_first_day() -> None:
    each = made(rule(), price=None, person_fen=400, period=QUARTERLY)
    book = msgspec.structs.replace(prices([each]), stays={HOME: LI})
    assert amounts(book, "2026-01") == [2400]
    late = msgspec.structs.replace(book, stays={HOME: stays(("li", "2026-02-01", None))})
    assert amounts(late, "2026-01", 3) == []
    assert {gap.reason for gap in billed(late, "2026-02")[1]} == {SkipReason.NO_RESIDENTS}


def test_a_bill_names_the_rules_it_was_made_by() -> None:
    source = RuleSource(kind=SourceKind.CONTRACT, title="新城合同", number="2026-8")
    old = made(rule(end="2026-03-15"), version=2, source=source)
    new = made(rule(start="2026-03-16", price=7000), version=3)
    named = "收费标准第2版,依据物业服务合同《新城合同》(2026-8)"
    whole, cut = (billed(prices([old, new]), month)[0][0] for month in ("2026-02", "2026-03"))
    assert whole.terms == named
    assert cut.terms == f"{named},按实际天数;收费标准第3版,按实际天数"


# Rules of a home that follow one another, or not, on any terms.
TERMS = st.builds(
    lambda start, end, **terms: made(rule(start=start, end=end), **terms),
    st.sampled_from(["2025-01-01", "2026-02-01", "2026-03-16", "2026-08-31"]),
    st.sampled_from([None, "2026-05-31", "2026-11-10"]),
    period=st.sampled_from(BillingPeriod),
    timing=st.sampled_from(BilledAt),
    anniversary_day=st.sampled_from([None, "2025-01-31", "2024-03-15"]),
    proration=st.sampled_from(Proration),
    hand_over=st.sampled_from(HandOver),
)
HAND_OVERS = st.sampled_from([[], ["2025-06-20"], ["2025-06-20", "2026-04-10"]])
RUNS = st.lists(st.tuples(st.integers(0, 23), st.integers(1, 12)), max_size=6)


def all_billed(book: Prices, runs: list[tuple[str, int]]) -> list[str]:
    """Return kind|day of all that runs billed, one after the other."""
    taken, found = list[str](), list[str]()
    for period, months in runs:
        for bill in billed(book, period, months, taken=" ".join(taken))[0]:
            assert bill.months <= 12
            taken += [slot.partition("|")[2] for slot in bill.slots]
            found += [day for slot in bill.slots for day in days_of(slot)]
    return found


@settings(max_examples=by_depth(day=40, night=500))
@given(rules=st.lists(TERMS, min_size=1, max_size=3), sold=HAND_OVERS, runs=RUNS)
def test_no_day_is_billed_twice_whatever_the_terms_and_runs(
    rules: list[FeeRule], sold: list[str], runs: list[tuple[int, int]]
) -> None:
    book = msgspec.structs.replace(prices(rules), hand_overs={HOME: sold})
    asked = [(days.plus_months("2025-07", first), months) for first, months in runs]
    found = all_billed(book, asked + asked)
    assert len(found) == len(set(found))


@settings(max_examples=by_depth(day=40, night=500))
@given(rules=st.lists(TERMS, min_size=1, max_size=3), sold=HAND_OVERS)
def test_the_runs_of_all_months_bill_every_day_on_which_a_rule_holds(
    rules: list[FeeRule], sold: list[str]
) -> None:
    """Years that the rule dates, as homes' own may be unknown; and what is not left over."""
    rules = [_dated(each) for each in rules if each.proration is not Proration.NEXT_MONTH]
    book = msgspec.structs.replace(prices(rules), hand_overs={HOME: sold})
    found = set(all_billed(book, [(month, 1) for month in days.months_from("2024-06", 48)]))
    for day in days.days_between("2026-01-01", "2026-12-31"):
        # A 31st alone, or a part of a month too small to charge, is none of them.
        if rule_on(rules, day) and not day.endswith("-31"):
            assert f"{PROPERTY}|{day}" in found


def _dated(a_rule: FeeRule) -> FeeRule:
    day = a_rule.anniversary_day or "2024-03-15"
    return msgspec.structs.replace(a_rule, anniversary_day=day)
