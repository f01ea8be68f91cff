"""What a pair of accounts is to a payee's money: it came, it went, or it is handed over."""

import pytest

from services.ledger.models import deducted, deposited
from services.year_books.allocations import effect_of, is_of
from services.year_books.models import Effect, Pair
from services.year_books.totals import name_of


@pytest.mark.parametrize(
    ("debit", "credit", "effect"),
    [
        ("wechat:firm", "overpaid:P1", Effect.RECEIVED),
        ("cash:firm:head", "prepaid:A1", Effect.RECEIVED),
        ("overpaid:P1", "wechat:firm", Effect.REFUNDED),
        ("prepaid:A1", "cash:firm:head", Effect.REFUNDED),
        ("safe:firm", "cash:firm:head", Effect.OTHER),  # handed over
        ("cashdiff:firm:head", "cash:firm:head", Effect.OTHER),  # too little of it
        ("safe:firm", "cashdiff:firm:head", Effect.OTHER),  # too much of it
        ("prepaid:A1", "overpaid:P1", Effect.OTHER),
        ("prepaid:A1", "payable:firm:T1", Effect.OTHER),  # approved
        ("payable:firm:T1", "cash:firm:head", Effect.REFUNDED),
    ],
)
def test_cash_that_is_handed_over_neither_comes_nor_goes(
    debit: str, credit: str, effect: Effect
) -> None:
    assert effect_of(Pair(debit, credit, 100)) is effect


@pytest.mark.parametrize(
    ("debit", "credit"),
    [
        ("wechat:firm", "overpaid:P1"),
        ("cash:firm:head", "prepaid:A1"),
        ("safe:firm", "cash:firm:head"),
        ("safe:firm", "cashdiff:firm:head"),
        ("deposit:D1", "bank:firm"),
        ("deposit:D1", deducted("firm")),
        ("prepaid:A1", "payable:firm:T1"),  # as it has what is handed out
    ],
)
def test_a_firm_has_its_own_cash_whoever_took_it(debit: str, credit: str) -> None:
    pair = Pair(debit, credit, 100)
    assert is_of(pair, ["firm"])
    assert is_of(pair, None)
    assert not is_of(pair, ["sanitation", "head"])


def test_accountants_read_no_name_of_the_program() -> None:
    assert name_of("safe:firm") == "已上交现金 firm"
    assert name_of("cashdiff:firm:head") == "现金长短款 firm:head"
    assert name_of(deposited("D1")) == "押金和保证金"
    assert name_of(deducted("firm")) == "收入(押金扣除)"
