"""Numbers of rows that left: several rows of one number, in one file and in another."""

import pytest

from services.bank_statements.files.models import Movement
from services.bank_statements.transfers.models import Transfer
from services.bank_statements.transfers.numbers import named

DAY, OTHER = "2026-03-02", "2026-02-27"


def moved(row: int, amount_fen: int, day: str) -> Movement:
    return Movement(
        row=row,
        number="N",
        day=day,
        amount_fen=amount_fen,
        payer="",
        remark="",
        leaves=True,
    )


def kept(number: str, amount_fen: int) -> Transfer:
    return Transfer(
        id=number,
        account="firm",
        statement="earlier",
        row=2,
        number=number,
        day=DAY,
        amount_fen=amount_fen,
    )


def names(fen: list[int], day: str, earlier: list[Transfer]) -> dict[str, int]:
    rows = [moved(row, each, day) for row, each in enumerate(fen)]
    found = named(rows, earlier)
    assert len(found) == len(rows) == len({each.number for each in found})
    return {each.number: each.amount_fen for each in found}


def test_the_greatest_amount_keeps_the_number() -> None:
    assert names([2, 3, 3], DAY, []) == {"N": 3, "N#2": 3, "N#3": 2}


@pytest.mark.parametrize(
    ("fen", "day", "expected"),
    [
        ([500, 300, 200], DAY, {"N": 300, "N#2": 200, "N#3": 500}),
        ([300, 300, 200, 100], DAY, {"N": 300, "N#2": 200, "N#3": 300, "N#4": 100}),
        ([200], DAY, {"N#2": 200}),
        ([900], OTHER, {"N#3": 900}),
        ([900, 200], DAY, {"N": 900, "N#2": 200}),  # the earlier file said otherwise
        ([300], OTHER, {"N": 300}),  # of another day
        ([900, 800, 700], DAY, {"N": 900, "N#2": 800, "N#3": 700}),
    ],
)
def test_what_an_earlier_file_had_keeps_its_name(
    fen: list[int], day: str, expected: dict[str, int]
) -> None:
    assert names(fen, day, [kept("N", 300), kept("N#2", 200)]) == expected
