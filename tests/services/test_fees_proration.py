"""Proration by each method, worked out by hand for one home."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bills.runs.models import SkipReason
from services.bills.runs.pieces import Prices
from services.fees.models import (
    Proration,
)
from services.fees.payees.charters import Charter
from services.fees.proration import Share, share
from services.fees.tariff import Part, charge_fen, rule_book
from services.firms.models import Contract
from services.kernel import days
from services.places import homes
from services.places.models import Place
from tests.build.fees import (
    COMPOUND,
    NOW,
    PAYEE,
    amounts,
    billed,
    home,
    made,
    prices,
    rule,
)

ACTUAL, THIRTY = Proration.ACTUAL_DAYS, Proration.THIRTY_DAYS
NEXT, FULL = Proration.NEXT_MONTH, Proration.FULL_MONTH


MARCH, APRIL = ("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30")
FEBRUARY, LEAP = ("2026-02-01", "2026-02-28"), ("2028-02-01", "2028-02-29")
FROM_THE_15TH = ("2026-03-15", "2026-04-14")  # 31 days


@pytest.mark.parametrize(
    ("method", "first", "last", "month", "count", "of"),
    [
        (ACTUAL, "2026-03-01", "2026-03-15", MARCH, 15, 31),
        (ACTUAL, "2026-03-16", "2026-03-31", MARCH, 16, 31),
        (ACTUAL, "2026-02-10", "2026-02-28", FEBRUARY, 19, 28),
        (THIRTY, "2026-03-01", "2026-03-15", MARCH, 15, 30),
        (THIRTY, "2026-03-16", "2026-03-31", MARCH, 15, 30),
        (THIRTY, "2026-03-31", "2026-03-31", MARCH, 0, 30),
        (THIRTY, "2026-03-01", "2026-03-30", MARCH, 30, 30),
        (THIRTY, "2026-04-30", "2026-04-30", APRIL, 1, 30),
        (THIRTY, "2026-02-01", "2026-02-27", FEBRUARY, 27, 30),
        (THIRTY, "2026-02-28", "2026-02-28", FEBRUARY, 3, 30),
        (THIRTY, "2026-02-16", "2026-02-28", FEBRUARY, 15, 30),
        (THIRTY, "2028-02-29", "2028-02-29", LEAP, 2, 30),
        (ACTUAL, "2026-04-01", "2026-04-14", FROM_THE_15TH, 14, 31),
        (THIRTY, "2026-03-15", "2026-03-31", FROM_THE_15TH, 17, 30),
        (THIRTY, "2026-04-01", "2026-04-14", FROM_THE_15TH, 13, 30),
    ],
)
def test_days_are_a_share_of_their_month(
    method: Proration, first: str, last: str, month: tuple[str, str], count: int, of: int
) -> None:
    assert share(method, (first, last), month) == Share(count, of)


MONTHS = st.sampled_from([MARCH, APRIL, FEBRUARY, LEAP, FROM_THE_15TH])


@given(
    method=st.sampled_from([ACTUAL, THIRTY]),
    month=MONTHS,
    cuts=st.sets(st.integers(1, 27), max_size=6),
    area=st.integers(1, 10**6),
    price=st.integers(1, 10**5),
)
def test_the_parts_of_a_month_are_the_month_to_the_fen_however_it_is_cut(
    method: Proration, month: tuple[str, str], cuts: set[int], area: int, price: int
) -> None:
    starts = [month[0], *(days.plus_days(month[0], cut) for cut in sorted(cuts))]
    ends = [*(days.plus_days(start, -1) for start in starts[1:]), month[1]]
    shares = [share(method, span, month) for span in zip(starts, ends, strict=True)]
    charged = rule(price=price)
    parts = [Part(charged, area, each.count, each.of) for each in shares]
    assert charge_fen(parts) == charge_fen([Part(charged, area, 1)])


# Area 63.18 m², 0.50 yuan until and 0.65 yuan from 16 March 2026; (March, April) in fen.
BOTH = [rule(end="2026-03-15", price=5000), rule(start="2026-03-16", price=6500)]


@pytest.mark.parametrize(
    ("method", "changed", "begun", "retired"),
    [
        (ACTUAL, [3648, 4107], [2120, 4107], [1529]),  # 15/31 + 16/31 | 16/31 | 15/31
        (THIRTY, [3633, 4107], [2053, 4107], [1580]),  # 15/30 each
        (NEXT, [3159, 4107], [4107], [3159]),
        (FULL, [3159, 4107], [4107, 4107], [3159]),  # 8214 as one bill of two months
    ],
)
def test_a_month_is_charged_by_the_contracts_method(
    method: Proration, changed: list[int], begun: list[int], retired: list[int]
) -> None:
    old, new = (made(each, proration=method) for each in BOTH)
    bare = home(area=6318)
    gone = msgspec.structs.replace(bare, retired_from="2026-03-16")
    always = msgspec.structs.replace(old, end_day=None)
    by_month = ("2026-03", "2026-04")
    assert _each(by_month, prices([old, new]), bare) == changed
    assert _each(by_month, prices([new]), bare) == begun
    assert _each(by_month, prices([always]), gone) == retired


def _each(months: tuple[str, ...], book: Prices, of: Place) -> list[int]:
    return [fen for month in months for fen in amounts(book, month, of=of)]


def test_what_begins_within_a_month_is_a_gap_where_it_is_charged_from_the_next() -> None:
    _, gaps = billed(prices([made(BOTH[1], proration=NEXT)]), "2026-03")
    assert [(gap.reason, gap.from_day, gap.to_day) for gap in gaps] == [
        (SkipReason.NO_RULE, "2026-03-01", "2026-03-15"),
        (SkipReason.NEXT_MONTH, "2026-03-16", "2026-03-31"),
    ]


@pytest.mark.parametrize(
    ("method", "fen"), [(ACTUAL, 5040), (THIRTY, 5040), (NEXT, 4800), (FULL, 4800)]
)
def test_a_corrected_area_is_charged_by_the_contracts_method(
    method: Proration, fen: int
) -> None:
    """80 m² until and 88 m² from 16 November: 24.00 and 26.40 yuan, or the first for all."""
    right = homes.corrected(home(area=8000), "2026-11-16", area=8800)
    book = prices([made(rule(), proration=method)])
    assert amounts(book, "2026-11", of=right) == [fen]
    [bill], _ = billed(book, "2026-11", of=right)
    assert method.label in bill.terms


def test_the_31st_alone_is_charged_nothing_by_months_of_thirty_days() -> None:
    book = prices([made(rule(start="2026-03-31"), proration=THIRTY)])
    found, gaps = billed(book, "2026-03")
    assert (found, gaps[-1].reason) == ([], SkipReason.ZERO_AMOUNT)


def test_one_method_charges_a_month_that_two_rules_of_a_payee_share() -> None:
    both = [made(rule(end="2026-03-30"), proration=THIRTY), made(rule(start="2026-03-31"))]
    [bill], _ = billed(prices(both), "2026-03")
    assert (bill.from_day, bill.amount_fen) == (None, 5118)  # the 31st is none
    assert bill.explanation == "85.30㎡ × 0.60元/㎡·月 × 30/30个月 = 51.18元"


def test_another_payees_days_are_charged_by_its_own_method() -> None:
    """The first payee's contract ends on the 15th; the second charges from the next month."""
    old, new = made(rule(), proration=FULL), made(rule(start="2026-03-16"), proration=NEXT)
    ended = msgspec.structs.replace(PAYEE, to_day="2026-03-15")
    other = msgspec.structs.replace(PAYEE, id="other", account="other")
    charters = {old.id: Charter(ended), new.id: Charter(other)}
    [bill], [gap] = billed(Prices(rule_book([old, new]), charters), "2026-03")
    assert (bill.payee, bill.to_day, bill.amount_fen) == ("payee", "2026-03-15", 2476)
    assert (gap.reason, gap.from_day) == (SkipReason.NEXT_MONTH, "2026-03-16")
    always = made(rule(start="2026-03-16"), proration=FULL)
    charters[always.id] = Charter(other)
    found, _ = billed(Prices(rule_book([old, always]), charters), "2026-03")
    assert [(b.payee, b.from_day, b.amount_fen) for b in found] == [
        ("payee", "2026-03-01", 2476),
        ("other", "2026-03-16", 2642),
    ]


def test_no_day_without_a_contract_is_charged_whatever_the_method_says() -> None:
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
    for method in (NEXT, FULL):
        book = prices([made(rule(), proration=method)], firm, contracts=(contract,))
        [bill], [gap] = billed(book, "2026-11")
        assert (bill.to_day, bill.amount_fen) == ("2026-11-25", 4265)  # 25/30
        assert gap.reason is SkipReason.CONTRACT_OVER
        assert "25/30个月" in bill.explanation


def test_days_that_were_billed_are_not_billed_again_by_a_whole_month() -> None:
    book = prices([made(BOTH[1], proration=FULL)])
    [bill], _ = billed(book, "2026-03", taken=" ".join(days.days_of("2026-03")[:10]))
    assert (bill.from_day, bill.amount_fen) == ("2026-03-11", 3756)  # 21/31 of 55.445 yuan
