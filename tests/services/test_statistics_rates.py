"""The three rates by hand, and what must hold for any figures."""

from hypothesis import given
from hypothesis import strategies as st

from services.statistics.models import Counts, Rate
from services.statistics.rates import (
    amount_rate,
    arrears_recovery_rate,
    household_rate,
    rate,
    rates,
)

FEN = st.integers(0, 10**13)
COUNTS = st.builds(
    lambda paid, unpaid, received, missing, recovered, remaining: Counts(
        paid_homes=paid,
        billed_homes=paid + unpaid,
        received_fen=received,
        due_fen=received + missing,
        recovered_fen=recovered,
        remaining_fen=remaining,
    ),
    *(st.integers(0, 10**6),) * 2,
    *(FEN,) * 4,
)


def test_household_rate_is_paid_homes_of_billed_homes() -> None:
    counts = Counts(billed_homes=40, paid_homes=31)
    assert household_rate(counts) == Rate(numerator=31, denominator=40, basis_points=7750)


def test_amount_rate_is_received_of_due() -> None:
    counts = Counts(due_fen=204_720, received_fen=158_658)
    expected = Rate(numerator=158_658, denominator=204_720, basis_points=7750)
    assert amount_rate(counts) == expected


def test_arrears_recovery_is_recovered_of_recovered_and_remaining() -> None:
    counts = Counts(recovered_fen=30_000, remaining_fen=90_000)
    expected = Rate(numerator=30_000, denominator=120_000, basis_points=2500)
    assert arrears_recovery_rate(counts) == expected


def test_of_nothing_there_is_no_rate() -> None:
    found = rates(Counts())
    assert household_rate(Counts()).basis_points is None
    assert found.amount_rate.basis_points is None
    assert found.arrears_recovery_rate.basis_points is None


def test_all_but_one_is_not_all() -> None:
    assert rate(99_999, 100_000).basis_points == 9999
    assert rate(100_000, 100_000).basis_points == 10_000


@given(counts=COUNTS)
def test_no_rate_exceeds_the_whole_and_only_the_whole_is_the_whole(counts: Counts) -> None:
    found = rates(counts)
    for one in (found.household_rate, found.amount_rate, found.arrears_recovery_rate):
        assert (one.basis_points is None) == (one.denominator == 0)
        if one.basis_points is not None:
            assert 0 <= one.basis_points <= 10_000
            assert (one.basis_points == 10_000) == (one.numerator == one.denominator)


@given(parts=st.lists(COUNTS, max_size=5))
def test_parts_add_up_to_the_place(parts: list[Counts]) -> None:
    whole = sum(parts, Counts())
    assert household_rate(whole).numerator == sum(p.paid_homes for p in parts)
    assert amount_rate(whole).denominator == sum(p.due_fen for p in parts)
    remaining = sum(p.recovered_fen + p.remaining_fen for p in parts)
    assert arrears_recovery_rate(whole).denominator == remaining
