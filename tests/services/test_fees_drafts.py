"""What a bill run drafts for a home: whole months, days of a month, and gaps with a reason."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bills.models import Bill, Known
from services.bills.runs.drafts import Prices, draft, slot
from services.bills.runs.jobs import homes_at_once
from services.bills.runs.models import BillRun, SkipReason
from services.bills.views import title_of
from services.fees import tariff
from services.fees.models import FeeKind, FeeRule, HandOver
from services.fees.payees.charters import Charter
from services.firms.models import Contract
from services.kernel import days
from services.kernel.days import plus_months
from services.places import homes
from services.places.models import Place, Usage
from tests.build.fees import (
    COMPOUND,
    HOME,
    NOW,
    PAYEE,
    PROPERTY,
    WASTE,
    days_of,
    home,
    prices,
    rule,
    run,
)


def drafted(
    a_run: BillRun, rules: list[FeeRule], *homes: Place, known: Known | None = None
) -> tuple[list[Bill], list[SkipReason]]:
    bills, skipped = draft(a_run, list(homes), prices(rules), known or Known(), at=NOW)
    return bills, [s.reason for s in skipped]


def test_a_quarter_bills_only_the_months_that_are_left() -> None:
    taken = Known(frozenset({(HOME, slot(PROPERTY, "2026-11"))}))
    bills, _ = drafted(run("2026-10", 3, PROPERTY), [rule()], home(), known=taken)
    assert [(b.period, b.months, b.amount_fen) for b in bills] == [
        ("2026-10", 1, 5118),
        ("2026-12", 1, 5118),
    ]


@pytest.mark.parametrize(
    ("months", "kinds", "homes"),
    [(1, [WASTE], 250), (1, [PROPERTY, WASTE], 125), (2, [WASTE], 125), (12, [WASTE], 100)],
)
def test_homes_of_one_transaction_are_fewer_where_each_may_have_more_bills(
    months: int, kinds: list[FeeKind], homes: int
) -> None:
    assert homes_at_once(run("2026-11", months, *kinds)) == homes


def test_a_new_price_within_a_quarter_makes_two_bills() -> None:
    rules = [rule(), rule(start="2026-12-01", price=7000)]
    bills, _ = drafted(run("2026-10", 3, PROPERTY), rules, home())
    assert [b.explanation for b in bills] == [
        "85.30㎡ × 0.60元/㎡·月 × 2个月 = 102.36元",
        "85.30㎡ × 0.70元/㎡·月 × 1个月 = 59.71元",
    ]


def test_a_home_without_area_is_skipped_for_what_needs_one() -> None:
    rules = [rule(), rule(monthly_fen=500, kind=WASTE)]
    bills, skipped = drafted(run(), rules, home(area=None))
    assert [b.kind for b in bills] == [WASTE]
    assert skipped == [SkipReason.NO_AREA]


def corrected(*steps: tuple[str, int]) -> Place:
    """A home of 80 m² whose area was corrected from these days on."""
    found = home(area=8000)
    for day, area in steps:
        found = homes.corrected(found, day, area=area)
    return found


def test_a_corrected_area_counts_from_its_day() -> None:
    right = corrected(("2026-11-16", 8800))
    bills, _ = drafted(run("2026-10", 3, PROPERTY), [rule()], right)
    assert [(b.period, b.explanation) for b in bills] == [
        ("2026-10", "80.00㎡ × 0.60元/㎡·月 × 1个月 = 48.00元"),
        (
            "2026-11",
            "80.00㎡ × 0.60元/㎡·月 × 15/30个月 + 88.00㎡ × 0.60元/㎡·月 × 15/30个月 = 50.40元",
        ),
        ("2026-12", "88.00㎡ × 0.60元/㎡·月 × 1个月 = 52.80元"),
    ]


def test_days_with_an_area_are_billed_and_those_without_are_listed() -> None:
    bare = home(area=None)
    measured = homes.corrected(bare, "2026-11-16", area=8000)
    bills, gaps = draft(
        run("2026-11", 1, PROPERTY), [measured], prices([rule()]), Known(), at=NOW
    )
    assert [(b.from_day, b.amount_fen) for b in bills] == [("2026-11-16", 2400)]
    assert [(g.reason, g.from_day, g.to_day) for g in gaps] == [
        (SkipReason.NO_AREA, "2026-11-01", "2026-11-15")
    ]


def test_a_fee_that_is_the_same_for_all_is_not_cut_where_an_area_is_corrected() -> None:
    right = corrected(("2026-11-16", 8800))
    bills, _ = drafted(run("2026-10", 3, WASTE), [rule(monthly_fen=500, kind=WASTE)], right)
    assert [b.explanation for b in bills] == ["每户5.00元/月 × 3个月 = 15.00元"]


def test_a_corrected_use_is_charged_by_the_rule_for_it_from_its_day() -> None:
    flats, shops = rule(usages=(Usage.FLAT,)), rule(usages=(Usage.SHOP,), price=12000)
    shop = homes.corrected(home(area=8000), "2026-11-01", usage=Usage.SHOP)
    bills, _ = drafted(run("2026-10", 3, PROPERTY), [flats, shops], shop)
    assert [(b.period, b.months, b.amount_fen) for b in bills] == [
        ("2026-10", 1, 4800),
        ("2026-11", 2, 19200),
    ]


def test_a_retired_home_is_billed_until_its_day_and_then_there_is_none() -> None:
    gone = msgspec.structs.replace(home(area=8000), retired_from="2026-11-16")
    bills, skipped = drafted(run("2026-10", 3, PROPERTY), [rule()], gone)
    assert [(b.period, b.amount_fen) for b in bills] == [("2026-10", 4800), ("2026-11", 2400)]
    assert skipped == [SkipReason.RETIRED]


def test_nothing_is_billed_where_the_charge_rounds_to_nothing() -> None:
    bills, skipped = drafted(run("2026-11", 1, PROPERTY), [rule(price=1)], home(area=1))
    assert bills == []
    assert skipped == [SkipReason.ZERO_AMOUNT]


def test_a_voided_bill_made_again_has_another_id() -> None:
    [first], _ = drafted(run("2026-11", 1, PROPERTY), [rule()], home())
    again = Known(editions={(HOME, PROPERTY, "2026-11"): 1})
    [second], _ = drafted(run("2026-11", 1, PROPERTY), [rule()], home(), known=again)
    assert first.id != second.id


def amounts(rules: list[FeeRule], a_run: BillRun, area: int) -> list[int]:
    return [b.amount_fen for b in drafted(a_run, rules, home(area=area))[0]]


# A case of tests/cases: rules (price, first day, last day), area, run → amounts of its bills.
BY_DAYS = {
    "the last day lies in the last month": (
        [(6000, "2025-01-01", "2026-08-19")], 8235, ("2026-01", 8), [34587, 3028],
    ),
    "the first day lies in the month": (
        [(5000, "2026-11-11", None)], 7560, ("2026-11", 1), [2520],
    ),
    "a new price from the middle of the month": (
        [(5000, "2025-01-01", "2026-03-15"), (6500, "2026-03-16", None)],
        6318, ("2026-03", 1), [3648],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "area", "span", "expected"), BY_DAYS.values(), ids=BY_DAYS)
def test_part_of_a_month_is_charged_by_its_days(
    rules: list[tuple[int, str, str | None]],
    area: int,
    span: tuple[str, int],
    expected: list[int],
) -> None:
    made = [rule(start=start, end=end, price=price) for price, start, end in rules]
    assert amounts(made, run(*span, PROPERTY), area) == expected


def test_a_bill_of_days_says_which_and_explains_both_prices() -> None:
    rules = [rule(end="2026-03-15", price=5000), rule(start="2026-03-16", price=6500)]
    [bill], _ = drafted(run("2026-03", 1, PROPERTY), rules, home(area=6318))
    assert bill.explanation == (
        "63.18㎡ × 0.50元/㎡·月 × 15/31个月 + 63.18㎡ × 0.65元/㎡·月 × 16/31个月 = 36.48元"
    )
    assert (bill.slots, bill.from_day) == ([slot(PROPERTY, "2026-03")], None)
    [bill], skipped = drafted(run("2026-03", 1, PROPERTY), rules[1:], home(area=6318))
    assert bill.explanation == "63.18㎡ × 0.65元/㎡·月 × 16/31个月 = 21.20元"
    assert (bill.from_day, bill.to_day) == ("2026-03-16", "2026-03-31")
    assert title_of(bill) == "2026年3月16日至31日物业费"
    assert skipped == [SkipReason.NO_RULE]


def test_days_that_are_billed_are_billed_no_more_when_the_rest_is() -> None:
    [first], _ = drafted(run("2026-03", 1, PROPERTY), [rule(end="2026-03-15")], home())
    taken = Known(frozenset((HOME, name) for name in first.slots))
    rules = [rule(end="2026-03-15"), rule(start="2026-03-16", price=6500)]
    [rest], skipped = drafted(run("2026-03", 1, PROPERTY), rules, home(), known=taken)
    assert (rest.from_day, rest.to_day, skipped) == ("2026-03-16", "2026-03-31", [])
    assert rest.id != first.id


def test_a_month_of_two_payees_is_two_bills() -> None:
    old, new = rule(end="2026-03-15"), rule(start="2026-03-16")
    other = msgspec.structs.replace(PAYEE, id="other", account="other", name="另一家")
    found = Prices(
        tariff.rule_book([old, new]), {old.id: Charter(PAYEE), new.id: Charter(other)}
    )
    made, _ = draft(run("2026-03", 1, PROPERTY), [home()], found, Known(), at=NOW)
    assert [(b.payee_name, b.from_day, b.amount_fen) for b in made] == [
        ("物业", "2026-03-01", 2476),
        ("另一家", "2026-03-16", 2642),
    ]
    assert len({b.id for b in made}) == 2


SOLD = "2026-03-16"
WHOLE, SELLERS_PART, BUYERS_PART = 5118, 2476, 2642  # 85.30 m² at 0.60 yuan: 31, 15 and 16 days


def sold(by: HandOver, first: str, months: int, *days: str) -> list[tuple[str | None, ...]]:
    """Bill some months of a home that has other owners from some days on."""
    charged = msgspec.structs.replace(rule(), hand_over=by)
    book = prices([charged])
    book = msgspec.structs.replace(book, hand_overs={HOME: list(days)})
    made, _ = draft(run(first, months, PROPERTY), [home()], book, Known(), at=NOW)
    assert len({bill.id for bill in made}) == len(made)
    return [(b.from_day, b.liable_on, b.owners_until, b.amount_fen) for b in made]


def test_the_month_of_a_sale_is_the_sellers_the_buyers_or_both_by_days() -> None:
    until = "2026-03-15"
    assert sold(HandOver.SELLER, "2026-03", 1, SOLD) == [(None, "2026-03-01", until, WHOLE)]
    assert sold(HandOver.BUYER, "2026-03", 1, SOLD) == [(None, SOLD, None, WHOLE)]
    assert sold(HandOver.DAYS, "2026-03", 1, SOLD) == [
        ("2026-03-01", "2026-03-01", until, SELLERS_PART),
        (SOLD, SOLD, None, BUYERS_PART),
    ]


@pytest.mark.parametrize(
    ("by", "split"),
    [
        (HandOver.SELLER, [("2026-02-01", 2 * WHOLE), ("2026-04-01", WHOLE)]),
        (HandOver.BUYER, [("2026-02-01", WHOLE), (SOLD, 2 * WHOLE)]),
        (
            HandOver.DAYS,
            [
                ("2026-02-01", WHOLE),
                ("2026-03-01", SELLERS_PART),
                (SOLD, BUYERS_PART),
                ("2026-04-01", WHOLE),
            ],
        ),
    ],
)
def test_no_bill_of_several_months_is_owed_by_two_households(
    by: HandOver, split: list[tuple[str, int]]
) -> None:
    found = sold(by, "2026-02", 3, SOLD)
    assert [(liable_on, fen) for _, liable_on, _, fen in found] == split


def test_a_sale_on_the_first_of_a_month_leaves_its_month_whole() -> None:
    for by in HandOver:
        assert sold(by, "2026-03", 1, "2026-03-01") == [(None, "2026-03-01", None, WHOLE)]


def test_days_without_a_known_owner_are_not_the_next_owners() -> None:
    found = sold(HandOver.SELLER, "2026-03", 3, "2026-03-01", "2026-05-01")
    assert [(liable, until, fen) for _, liable, until, fen in found] == [
        ("2026-03-01", "2026-04-30", 2 * WHOLE),
        ("2026-05-01", None, WHOLE),
    ]


def test_the_sellers_month_is_theirs_also_where_a_rule_begins_after_the_sale() -> None:
    """What they owe is found by a day on which they owned the home."""
    charged = msgspec.structs.replace(rule(start="2026-03-20"), hand_over=HandOver.SELLER)
    book = msgspec.structs.replace(prices([charged]), hand_overs={HOME: [SOLD]})
    [made], _ = draft(run("2026-03", 1, PROPERTY), [home()], book, Known(), at=NOW)
    assert (made.from_day, made.liable_on) == ("2026-03-20", "2026-03-15")


def test_a_firm_is_paid_for_no_day_without_a_contract() -> None:
    contract = Contract(
        id="c",
        firm="f",
        place=COMPOUND,
        from_day="2026-01-01",
        to_day="2026-11-25",
        agreed_to_day="2026-11-25",
        signed_by="test",
        signed_at=NOW,
    )
    firm = msgspec.structs.replace(PAYEE, firm="f")
    book = prices([rule()], firm, contracts=(contract,))
    made, skipped = draft(run("2026-11", 2, PROPERTY), [home()], book, Known(), at=NOW)
    assert [(b.from_day, b.to_day) for b in made] == [("2026-11-01", "2026-11-25")]
    assert [(s.reason, s.from_day, s.to_day) for s in skipped] == [
        (SkipReason.CONTRACT_OVER, "2026-11-26", "2026-12-31")
    ]


@pytest.mark.parametrize(
    ("payee", "configured"),
    [
        ({"kinds": [WASTE]}, True),
        ({"to_day": "2026-10-31"}, True),
        ({"from_day": "2026-12-01"}, True),
        ({}, False),
    ],
)
def test_whoever_may_not_charge_is_owed_nothing(
    payee: dict[str, Any], *, configured: bool
) -> None:
    who = msgspec.structs.replace(PAYEE, **payee)
    book = prices([rule()], who, configured=configured)
    made, skipped = draft(run("2026-11", 1, PROPERTY), [home()], book, Known(), at=NOW)
    assert (made, [s.reason for s in skipped]) == ([], [SkipReason.NO_PAYEE])


HOMES = [
    home(f"{COMPOUND}.b1.u1.101", 8530, Usage.FLAT),
    home(f"{COMPOUND}.b1.u2.101", 6000, Usage.SHOP),
    home(f"{COMPOUND}.b2.u1.101", None, Usage.GARAGE),
]
PLACES = [COMPOUND, f"{COMPOUND}.b1", f"{COMPOUND}.b1.u1", f"{COMPOUND}.b2.u1"]
RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from(PLACES),
        st.sampled_from(["2025-12-15", "2026-01-01", "2026-02-11", "2026-04-01"]),
        st.sampled_from([None, "2026-03-15", "2026-05-31"]),
        price=st.sampled_from([1, 6000]),
        monthly_fen=st.sampled_from([None, 500]),
        kind=st.sampled_from(FeeKind),
        usages=st.sampled_from([tuple(Usage), (Usage.FLAT,), (Usage.SHOP,)]),
    ),
    max_size=6,
)
RUNS = st.lists(
    st.builds(
        lambda start, months, kinds: run(plus_months("2026-01", start), months, *kinds),
        st.integers(0, 5),
        st.integers(1, 4),
        st.sampled_from([(PROPERTY,), (WASTE,), tuple(FeeKind)]),
    ),
    max_size=5,
)


def billed(runs: list[BillRun], rules: list[FeeRule]) -> list[tuple[str, str]]:
    """Return (home, kind|day) of everything the runs billed, one after the other."""
    taken, found = set[tuple[str, str]](), []
    for a_run in runs:
        for bill in draft(a_run, HOMES, prices(rules), Known(frozenset(taken)), at=NOW)[0]:
            taken.update((bill.home, slot) for slot in bill.slots)
            found += [(bill.home, day) for slot in bill.slots for day in days_of(slot)]
    return found


@given(rules=RULES, runs=RUNS)
def test_no_month_is_billed_twice_whatever_the_rules_and_runs(
    rules: list[FeeRule], runs: list[BillRun]
) -> None:
    found = billed(runs + runs, rules)
    assert len(found) == len(set(found))


@given(rules=RULES, runs=RUNS.filter(lambda runs: len(runs) < 4))
def test_the_order_of_runs_does_not_matter_when_every_month_has_a_charge(
    rules: list[FeeRule], runs: list[BillRun]
) -> None:
    # a month alone may round to nothing where three together do not: leave those out
    rules = [r for r in rules if r.monthly_fen or r.price == 6000]
    orders = itertools.permutations(runs)
    assert len({frozenset(billed(list(order), rules)) for order in orders}) == 1


@given(rules=RULES, runs=RUNS)
def test_every_day_with_a_charge_is_billed(rules: list[FeeRule], runs: list[BillRun]) -> None:
    # a few days at the lowest price may round to nothing
    rules = [r for r in rules if r.monthly_fen or r.price == 6000]
    book, found = tariff.rule_book(rules), set(billed(runs, rules))
    for a_run, place, kind in itertools.product(runs, HOMES, FeeKind):
        ones = tariff.candidates(book, place.id, place.usage, kind)
        for month in days.months_from(a_run.period, a_run.months) * (kind in a_run.kinds):
            for day in days.days_between(f"{month}-01", days.last_day(month)):
                one = tariff.rule_on(ones, day)
                if one and (one.monthly_fen or place.area):
                    assert (place.id, slot(kind, day)) in found
