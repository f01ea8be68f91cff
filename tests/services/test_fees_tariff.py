"""Which rule applies, what it charges, when it is due, what a run still has to bill."""

import itertools
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bills import due_days as bills_due_days
from services.bills import views as bills_views
from services.bills.models import Bill, Known
from services.bills.runs.drafts import draft, slot
from services.bills.runs.models import BillRun, SkipReason
from services.bills.states import (
    BILL_MOVES,
    RUN_MOVES,
    BillState,
    IllegalRunMove,
    RunAction,
    RunState,
    run_target,
)
from services.fees import tariff
from services.fees.models import FeeKind, FeeRule
from services.kernel import days
from services.kernel.days import plus_months
from services.kernel.money import area_charge_fen
from services.places.models import Kind, Place, Usage

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
COMPOUND = "cc.chaoyang.guilin.xincheng.c07"
HOME = f"{COMPOUND}.b3.u2.502"
PROPERTY, WASTE = FeeKind.PROPERTY_FEE, FeeKind.WASTE_FEE


def rule(
    place: str = COMPOUND,
    start: str = "2025-01-01",
    end: str | None = None,
    *,
    price: int | None = 6000,
    monthly_fen: int | None = None,
    kind: FeeKind = PROPERTY,
    usages: tuple[Usage, ...] = tuple(Usage),
) -> FeeRule:
    return FeeRule(
        id=f"{place}|{kind}|{start}|{','.join(usages)}",
        place=place,
        kind=kind,
        price=None if monthly_fen else price,
        monthly_fen=monthly_fen,
        usages=list(usages),
        start_day=start,
        end_day=end,
        due_days=30,
        account="firm",
        payee_name="物业",
        slots=["-"],
        created_by="test",
        created_at=NOW,
    )


def home(path: str = HOME, area: int | None = 8530, usage: Usage | None = None) -> Place:
    return Place(
        id=path,
        kind=Kind.HOME,
        name="",
        address="",
        area=area,
        usage=usage,
        created_at=NOW,
    )


def run(period: str = "2026-11", months: int = 1, *kinds: FeeKind) -> BillRun:
    return BillRun(
        id="run",
        place=COMPOUND,
        period=period,
        months=months,
        kinds=list(kinds or FeeKind),
        asked_by="test",
        asked_at=NOW,
    )


def applies(rules: list[FeeRule], month: str, usage: Usage | None = None) -> FeeRule | None:
    book = tariff.rule_book(rules)
    return tariff.rule_for(book, HOME, usage, kind=PROPERTY, month=month)


def test_the_deepest_place_wins_then_the_latest_start() -> None:
    compound, later = rule(), rule(start="2026-06-01")
    unit = rule(f"{COMPOUND}.b3.u2", start="2024-01-01")
    assert applies([compound, later], "2026-05") == compound
    assert applies([compound, later], "2026-06") == later
    assert applies([compound, later, unit], "2026-06") == unit
    assert applies([rule(f"{COMPOUND}.b3.u1")], "2026-06") is None


def test_a_rule_counts_from_the_first_month_that_begins_under_it() -> None:
    assert applies([rule(start="2026-06-02")], "2026-06") is None
    assert applies([rule(start="2026-06-02")], "2026-07") is not None


def test_an_ended_rule_gives_way_to_the_one_it_displaced() -> None:
    old, summer = rule(), rule(start="2026-06-01", end="2026-08-31")
    months = ["2026-05", "2026-06", "2026-08", "2026-09"]
    assert [applies([old, summer], m) for m in months] == [old, summer, summer, old]


def test_rules_of_other_usages_do_not_apply_and_an_unknown_usage_is_a_flat() -> None:
    flats, shops = rule(usages=(Usage.FLAT,)), rule(usages=(Usage.SHOP,), price=12000)
    assert applies([flats, shops], "2026-11", Usage.SHOP) == shops
    assert applies([flats, shops], "2026-11", Usage.FLAT) == flats
    assert applies([flats, shops], "2026-11") == flats
    assert applies([flats, shops], "2026-11", Usage.GARAGE) is None


def test_a_bill_explains_itself_in_one_line() -> None:
    assert tariff.explain(rule(), 8530, 1) == "85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元"
    assert tariff.explain(rule(price=3850), 10005, 3) == (
        "100.05㎡ × 0.385元/㎡·月 × 3个月 = 115.56元"
    )
    assert tariff.explain(rule(monthly_fen=500), None, 2) == "每户5.00元/月 × 2个月 = 10.00元"


@given(area=st.integers(1, 10**8), price=st.integers(1, 10**6), months=st.integers(1, 12))
def test_charges_are_the_exact_product_rounded_half_up_once(
    area: int, price: int, months: int
) -> None:
    exact_fen = Fraction(area, 100) * Fraction(price, 10_000) * months * 100
    charged = area_charge_fen(area, price, months)
    assert charged - Fraction(1, 2) <= exact_fen < charged + Fraction(1, 2)


@pytest.mark.parametrize(
    ("issued", "due_day", "due_days", "expected"),
    [
        ("2026-11-05", None, 30, "2026-12-05"),
        ("2026-10-25", 10, None, "2026-11-10"),  # not before the period
        ("2026-11-05", 10, None, "2026-11-10"),
        ("2026-11-10", 10, None, "2026-12-10"),  # never the day of issue
        ("2027-02-20", 31, None, "2027-02-28"),
        ("2026-11-30", 31, None, "2026-12-31"),
        ("2027-01-30", 30, None, "2027-02-28"),
    ],
)
def test_due_days(
    issued: str, due_day: int | None, due_days: int | None, expected: str
) -> None:
    [bill], _ = draft(
        run("2026-11", 1, PROPERTY), [home()], tariff.rule_book([rule()]), Known(), at=NOW
    )
    terms = msgspec.structs.replace(bill, due_day=due_day, due_days=due_days)
    assert bills_due_days.due_on(terms, issued) == expected


@given(
    period=st.integers(0, 60).map(lambda n: plus_months("2024-01", n)),
    issued=st.dates(date(2024, 1, 1), date(2029, 1, 1)).map(str),
    due_day=st.integers(1, 31),
)
def test_a_due_day_is_after_the_issue_and_never_before_the_period(
    period: str, issued: str, due_day: int
) -> None:
    due = bills_due_days.due_on(bill_like(period, due_day), issued)
    assert due > issued
    assert due >= f"{period}-01"
    assert bills_due_days.days_overdue(due, max(issued, f"{period}-01")) == 0


def bill_like(period: str, due_day: int) -> Bill:
    [bill], _ = draft(
        run(period, 1, PROPERTY),
        [home()],
        tariff.rule_book([rule(start="2020-01-01")]),
        Known(),
        at=NOW,
    )
    return msgspec.structs.replace(bill, due_day=due_day, due_days=None)


def test_overdue_begins_the_day_after_the_due_day() -> None:
    assert not bills_due_days.is_overdue("2026-12-05", "2026-12-05")
    assert bills_due_days.is_overdue("2026-12-05", "2026-12-06")
    assert not bills_due_days.is_overdue(None, "2026-12-06")


def test_titles() -> None:
    assert bills_views.title(PROPERTY, "2026-11", 1) == "2026年11月物业费"
    assert bills_views.title(WASTE, "2026-10", 3) == "2026年10月至12月垃圾处理费"
    assert bills_views.title(PROPERTY, "2026-11", 3) == "2026年11月至2027年1月物业费"


def drafted(
    a_run: BillRun, rules: list[FeeRule], *homes: Place, known: Known | None = None
) -> tuple[list[Bill], list[SkipReason]]:
    book = tariff.rule_book(rules)
    bills, skipped = draft(a_run, list(homes), book, known or Known(), at=NOW)
    return bills, [s.reason for s in skipped]


def test_a_quarter_bills_only_the_months_that_are_left() -> None:
    taken = Known(frozenset({(HOME, slot(PROPERTY, "2026-11"))}))
    bills, _ = drafted(run("2026-10", 3, PROPERTY), [rule()], home(), known=taken)
    assert [(b.period, b.months, b.amount_fen) for b in bills] == [
        ("2026-10", 1, 5118),
        ("2026-12", 1, 5118),
    ]


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


def test_nothing_is_billed_where_the_charge_rounds_to_nothing() -> None:
    bills, skipped = drafted(run("2026-11", 1, PROPERTY), [rule(price=1)], home(area=1))
    assert bills == []
    assert skipped == [SkipReason.ZERO_AMOUNT]


def test_a_voided_bill_made_again_has_another_id() -> None:
    [first], _ = drafted(run("2026-11", 1, PROPERTY), [rule()], home())
    again = Known(editions={(HOME, PROPERTY, "2026-11"): 1})
    [second], _ = drafted(run("2026-11", 1, PROPERTY), [rule()], home(), known=again)
    assert first.id != second.id


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
        st.sampled_from(["2025-12-15", "2026-01-01", "2026-02-01", "2026-04-01"]),
        st.sampled_from([None, "2026-03-31", "2026-05-31"]),
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
    """Return (home, slot) of everything the runs billed, one after the other."""
    book, taken, found = tariff.rule_book(rules), set[tuple[str, str]](), []
    for a_run in runs:
        for bill in draft(a_run, HOMES, book, Known(frozenset(taken)), at=NOW)[0]:
            covered = [(bill.home, s) for s in bill.slots]
            found += covered
            taken.update(covered)
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
def test_every_month_with_a_charge_is_billed(rules: list[FeeRule], runs: list[BillRun]) -> None:
    book, found = tariff.rule_book(rules), set(billed(runs, rules))
    for a_run, place, kind in itertools.product(runs, HOMES, FeeKind):
        for month in days.months_from(a_run.period, a_run.months):
            one = tariff.rule_for(book, place.id, place.usage, kind=kind, month=month)
            chargeable = one and (tariff.charge_fen(one, place.area, 1) or 0) > 0
            if chargeable and kind in a_run.kinds:
                assert (place.id, slot(kind, month)) in found


@pytest.mark.parametrize("state", [None, *RunState])
@pytest.mark.parametrize("action", RunAction)
def test_a_run_does_what_its_table_says(state: RunState | None, action: RunAction) -> None:
    table = {(m.source, m.action): m.target for m in RUN_MOVES}
    assert len(table) == len(RUN_MOVES)
    if (state, action) in table:
        assert run_target(state, action) is table[state, action]
    else:
        with pytest.raises(IllegalRunMove):
            run_target(state, action)


def test_paid_and_void_bills_never_move() -> None:
    assert {m.source for m in BILL_MOVES} == {BillState.DRAFT, BillState.OWING}
