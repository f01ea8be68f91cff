"""Rules by which entries of the sides are compared, as tables; and the matcher over them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from services.reconciliations.entries import DifferenceKind, Entry, Match, MovementKind, Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import DaySums, unexplained

B, T, J, F = Side.BILLED, Side.TOLD, Side.BOOKED, Side.FLOWED
X, V = Side.FOREIGN, Side.VOID
ALL = frozenset({B, T, J, F})
D = DifferenceKind
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize("kind", [MovementKind.PAYMENT, MovementKind.REFUND])
@pytest.mark.parametrize(
    ("fen", "found"),
    [
        ({B: 5, T: 5, J: 5, F: 5}, None),
        ({B: 5, F: 5}, D.NOT_BOOKED),
        ({B: 5, T: 5, F: 5}, D.NOT_BOOKED),
        ({T: 5, J: 5}, D.NOT_AT_WECHAT),
        ({J: 5, F: 5}, D.NOT_AT_WECHAT),
        ({B: 6, T: 5, J: 5, F: 5}, D.AMOUNT),
        ({B: 5, T: 5, J: 6, F: 5}, D.AMOUNT),
        ({B: 5, J: 5, F: 5}, D.NOT_TOLD),
        ({B: 5, T: 4, J: 5, F: 5}, D.NOT_TOLD),
        ({B: 5, T: 5, J: 5}, D.NOT_IN_FLOW),
        ({B: 5, T: 5, J: 5, F: 4}, D.FLOW_AMOUNT),
        ({F: 5}, D.FLOW_ONLY),
        ({X: 5, F: 5}, None),
        ({X: 5}, D.NOT_IN_FLOW),
        ({X: 5, F: 4}, D.FLOW_AMOUNT),
        ({X: 5, T: 5, F: 5}, D.FOREIGN_TRADE),
        ({X: 5, J: 5, F: 5}, D.FOREIGN_TRADE),
        ({V: 5}, None),
        ({V: 5, F: 5}, None),
    ],
)
def test_how_the_sides_of_a_movement_differ(
    kind: MovementKind, fen: dict[Side, int], found: DifferenceKind | None
) -> None:
    assert Match(kind=kind, reference="4200", fen=fen).difference(ALL) is found


@pytest.mark.parametrize(
    ("compared", "fen", "found"),
    [
        ({B, J}, {B: 5, J: 5}, None),
        ({B, J}, {B: 5}, D.NOT_BOOKED),
        ({B, J}, {J: 5}, D.NOT_AT_WECHAT),
        ({B, J}, {B: 5, J: 4}, D.AMOUNT),
        ({B, T, J}, {B: 5, T: 5, J: 5}, None),
        ({B, T, J}, {B: 5, J: 5}, D.NOT_TOLD),
    ],
)
def test_a_side_that_was_not_read_is_asked_nothing(
    compared: set[Side], fen: dict[Side, int], found: DifferenceKind | None
) -> None:
    """A bank's file or a cash box has no notices and no fund flow bill."""
    match = Match(kind=MovementKind.PAYMENT, reference="4200", fen=fen)
    assert match.difference(frozenset(compared)) is found


@pytest.mark.parametrize(
    ("fen", "found"),
    [
        ({B: 61, F: 61}, None),
        ({B: 61, F: 62}, None),  # how WeChat rounds is not known
        ({B: 61, F: 63}, D.FEE),
        ({B: 61}, D.FEE),
        ({F: 61}, D.FEE),
        ({B: 0}, None),
    ],
)
def test_a_fee_may_be_rounded(fen: dict[Side, int], found: DifferenceKind | None) -> None:
    match = Match(kind=MovementKind.FEE, reference="4200", fen=fen)
    assert match.difference(ALL) is found
    assert match.difference(ALL - {F}) is None


@pytest.mark.parametrize("side", [B, J, F])
def test_what_a_side_has_twice_is_a_difference(side: Side) -> None:
    fen = {B: 5, T: 5, J: 5, F: 5} | {side: 10}
    match = Match(kind=MovementKind.PAYMENT, reference="4200", fen=fen, counts={side: 2})
    assert match.difference(ALL) is D.TWICE


def entries(*fen: tuple[str, int], kind: MovementKind = MovementKind.PAYMENT) -> list[Entry]:
    return [
        Entry(kind=kind, reference=name, amount_fen=each, at=AT, order=f"O{name}")
        for name, each in fen
    ]


def found_by(matcher: Matcher) -> list[tuple[str, DifferenceKind]]:
    return [(match.reference, kind) for match, kind in matcher.differences()]


def test_entries_are_matched_however_they_arrive() -> None:
    with Matcher({B, J}) as matcher:
        matcher.add(B, entries(("3", 300), ("1", 100)))
        matcher.add(J, entries(("1", 100), ("4", 400), ("2", 250)))
        matcher.add(B, entries(("2", 200)))
        assert found_by(matcher) == [
            ("2", D.AMOUNT),
            ("3", D.NOT_BOOKED),
            ("4", D.NOT_AT_WECHAT),
        ]
        assert matcher.sums(B) == DaySums(payments=3, paid_fen=600)
        assert matcher.sums(J) == DaySums(payments=3, paid_fen=750)
        assert matcher.knows(J, MovementKind.PAYMENT, "4")
        assert not matcher.knows(J, MovementKind.REFUND, "4")


def test_a_payment_and_a_refund_of_one_number_are_two() -> None:
    with Matcher({B, J}) as matcher:
        matcher.add(B, entries(("1", 100)) + entries(("1", 40), kind=MovementKind.REFUND))
        matcher.add(J, entries(("1", 100)))
        [(match, kind)] = matcher.differences()
        assert (match.kind, match.order, kind) == (MovementKind.REFUND, "O1", D.NOT_BOOKED)
        assert matcher.sums(B) == DaySums(payments=1, paid_fen=100, refunds=1, refunded_fen=40)


def test_the_fee_of_a_payment_that_lacks_is_not_said_twice() -> None:
    with Matcher(ALL) as matcher:
        matcher.add(F, entries(("1", 100)) + entries(("1", 9), kind=MovementKind.FEE))
        matcher.add(F, entries(("2", 9), kind=MovementKind.FEE))
        assert found_by(matcher) == [("2", D.FEE), ("1", D.FLOW_ONLY)]


PAID, BACK = MovementKind.PAYMENT, MovementKind.REFUND


@pytest.mark.parametrize(
    ("other", "closed", "left"),
    [
        (DaySums(paid_fen=100, refunded_fen=10), [], (0, 0)),
        (DaySums(paid_fen=80, refunded_fen=10), [], (20, 0)),
        (DaySums(paid_fen=80, refunded_fen=10), [(PAID, 20, 0)], (0, 0)),
        (DaySums(paid_fen=80, refunded_fen=10), [(PAID, 30, 10)], (0, 0)),
        # what is too little of one must not make up for too much of the other
        (DaySums(paid_fen=90, refunded_fen=0), [], (10, 10)),
        (DaySums(paid_fen=90, refunded_fen=0), [(PAID, 10, 0)], (0, 10)),
        (DaySums(paid_fen=90, refunded_fen=0), [(PAID, 10, 0), (BACK, 10, 0)], (0, 0)),
        (DaySums(paid_fen=100, refunded_fen=10), [(PAID, 1, 0)], (-1, 0)),
        (DaySums(paid_fen=80, refunded_fen=10), [(MovementKind.FEE, 20, 0)], (20, 0)),
    ],
)
def test_totals_are_apart_by_what_nobody_explained(
    other: DaySums, closed: Sequence[tuple[MovementKind, int, int]], left: tuple[int, int]
) -> None:
    assert unexplained(DaySums(paid_fen=100, refunded_fen=10), other, closed) == left
