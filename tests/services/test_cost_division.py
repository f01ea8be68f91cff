"""Division of a sum among homes: exact to the fen, whatever the weights and their order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared_costs.division import divide

HOMES = st.dictionaries(
    st.text("0123456789bu.", min_size=1, max_size=8),
    st.integers(0, 10**8),
    min_size=1,
    max_size=40,
).filter(lambda weights: any(weights.values()))


@given(total=st.integers(1, 10**10), weights=HOMES, data=st.data())
def test_shares_come_to_the_sum_in_any_order_a_fen_from_exact(
    total: int, weights: dict[str, int], data: st.DataObject
) -> None:
    shares = divide(total, weights)
    assert sum(shares.values()) == total
    whole = sum(weights.values())
    for home, share in shares.items():
        assert abs(share - Fraction(total * weights[home], whole)) < 1
        assert share == 0 or weights[home] > 0
    assert divide(total, dict(data.draw(st.permutations([*weights.items()])))) == shares


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),  # a tie: the first path
        (200, {"c": 1, "b": 1, "a": 1}, {"a": 67, "b": 67, "c": 66}),
        (100, {"a": 1, "b": 2}, {"a": 33, "b": 67}),  # 66.67 has the larger remainder
        (1, {"a": 5, "b": 0}, {"a": 1, "b": 0}),
        (120000, {"a": 8530, "b": 6000, "c": 7000}, {"a": 47543, "b": 33442, "c": 39015}),
    ],
)
def test_the_largest_remainders_get_the_fen_that_are_left(
    total: int, weights: dict[str, int], shares: dict[str, int]
) -> None:
    assert divide(total, weights) == shares


@pytest.mark.parametrize("weights", [{"a": 0}, {"a": 2, "b": -1}])
def test_nothing_is_divided_by_nothing(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="nothing"):
        divide(100, weights)
