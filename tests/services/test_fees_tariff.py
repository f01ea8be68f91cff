"""Which rule applies, what it charges, when it is due, what a run still has to bill."""

from datetime import date
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bills import due_days as bills_due_days
from services.bills import views as bills_views
from services.bills.models import Bill, Known
from services.bills.runs import states as run_states
from services.bills.runs.drafts import draft
from services.bills.runs.states import IllegalRunMove, RunAction, RunState
from services.bills.states import TABLE, BillAction, BillState
from services.fees import tariff
from services.fees.models import BillKind, FeeKind, FeeRule
from services.kernel.days import plus_months
from services.places.models import Usage
from tests.build.fees import COMPOUND, HOME, NOW, PROPERTY, WASTE, home, prices, rule, run


def applies(rules: list[FeeRule], day: str, usage: Usage | None = None) -> FeeRule | None:
    book = tariff.rule_book(rules)
    return tariff.rule_on(tariff.candidates(book, HOME, usage, PROPERTY), day)


def test_the_deepest_place_wins_then_the_latest_start() -> None:
    compound, later = rule(), rule(start="2026-06-01")
    unit = rule(f"{COMPOUND}.b3.u2", start="2024-01-01")
    assert applies([compound, later], "2026-05-31") == compound
    assert applies([compound, later], "2026-06-01") == later
    assert applies([compound, later, unit], "2026-06-01") == unit
    assert applies([rule(f"{COMPOUND}.b3.u1")], "2026-06-01") is None


def test_a_rule_counts_from_its_first_day() -> None:
    assert applies([rule(start="2026-06-02")], "2026-06-01") is None
    assert applies([rule(start="2026-06-02")], "2026-06-02") is not None


def test_an_ended_rule_gives_way_to_the_one_it_displaced() -> None:
    old, summer = rule(), rule(start="2026-06-01", end="2026-08-31")
    days = ["2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01"]
    assert [applies([old, summer], d) for d in days] == [old, summer, summer, old]


def test_rules_of_other_usages_do_not_apply_and_an_unknown_usage_is_a_flat() -> None:
    flats, shops = rule(usages=(Usage.FLAT,)), rule(usages=(Usage.SHOP,), price=12000)
    assert applies([flats, shops], "2026-11-01", Usage.SHOP) == shops
    assert applies([flats, shops], "2026-11-01", Usage.FLAT) == flats
    assert applies([flats, shops], "2026-11-01") == flats
    assert applies([flats, shops], "2026-11-01", Usage.GARAGE) is None


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (tariff.Part(rule(), 8530, 1), "85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元"),
        (
            tariff.Part(rule(price=3850), 10005, 3),
            "100.05㎡ × 0.385元/㎡·月 × 3个月 = 115.56元",
        ),
        (tariff.Part(rule(monthly_fen=500), None, 2), "每户5.00元/月 × 2个月 = 10.00元"),
    ],
)
def test_a_bill_explains_itself_in_one_line(part: tariff.Part, line: str) -> None:
    assert tariff.explain([part], tariff.charge_fen([part]) or 0) == line


PARTS = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(1, 31), st.sampled_from([1, 28, 30, 31])),
    min_size=1,
    max_size=3,
)


@given(area=st.integers(1, 10**8), parts=PARTS)
def test_charges_are_the_exact_product_rounded_half_up_once(
    area: int, parts: list[tuple[int, int, int]]
) -> None:
    exact_fen = sum(
        Fraction(area, 100) * Fraction(price, 10_000) * Fraction(count, of) * 100
        for price, count, of in parts
    )
    asked = [tariff.Part(rule(price=price), area, count, of) for price, count, of in parts]
    charged = tariff.charge_fen(asked)
    assert charged is not None
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
    [bill], _ = draft(run("2026-11", 1, PROPERTY), [home()], prices([rule()]), Known(), at=NOW)
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
        prices([rule(start="2020-01-01")]),
        Known(),
        at=NOW,
    )
    return msgspec.structs.replace(bill, due_day=due_day, due_days=None)


def test_overdue_begins_the_day_after_the_due_day() -> None:
    assert not bills_due_days.is_overdue("2026-12-05", "2026-12-05")
    assert bills_due_days.is_overdue("2026-12-05", "2026-12-06")
    assert not bills_due_days.is_overdue(None, "2026-12-06")


@pytest.mark.parametrize(
    ("kind", "period", "months", "title"),
    [
        (PROPERTY, "2026-11", 1, "2026年11月物业费"),
        (WASTE, "2026-10", 3, "2026年10月至12月生活垃圾处理费"),
        (PROPERTY, "2026-11", 3, "2026年11月至2027年1月物业费"),
    ],
)
def test_titles(kind: FeeKind, period: str, months: int, title: str) -> None:
    bill = Bill(
        id="b",
        run_id="r",
        rule_id="",
        kind=BillKind(kind),
        home=HOME,
        period=period,
        months=months,
        slots=[],
        amount_fen=1,
        explanation="",
        account="firm",
        payee_name="",
        created_at=NOW,
    )
    assert bills_views.title_of(bill) == title


@pytest.mark.parametrize("state", [None, *RunState])
@pytest.mark.parametrize("action", RunAction)
def test_a_run_does_what_its_table_says(state: RunState | None, action: RunAction) -> None:
    if (state, action) in {(row.source, row.action) for row in run_states.TABLE.rows}:
        run_states.require(state, action)
    else:
        with pytest.raises(IllegalRunMove):
            run_states.require(state, action)


def test_void_bills_never_move_and_paid_ones_only_when_the_money_went_back() -> None:
    moves = {(m.source, m.action) for m in TABLE.rows}
    assert BillState.VOID not in {source for source, _ in moves}
    assert [a for source, a in moves if source is BillState.PAID] == [BillAction.REOPEN]
