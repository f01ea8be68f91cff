"""Journals of deposits: what is kept is a liability, and only a deduction becomes income."""

from typing import Final

import msgspec

from services.counter_payments.actions import journal_id
from services.counter_payments.models import CounterWay
from services.counter_payments.payouts import deposit_return_id
from services.counter_payments.refunds.models import PayoutWay
from services.deposits.models import Deposit
from services.ledger.models import (
    Journal,
    Posting,
    bank,
    card_machine,
    cash_in_hand,
    deducted,
    deposited,
)

DEPOSIT: Final = "deposit"
DEPOSIT_RETURN: Final = "deposit_return"
DEDUCTION_REVERSED: Final = "deposit_deduction_reversed"


def returned_id(deposit: Deposit) -> str:
    """Name the journal that gives it back: a transfer is the journal of its voucher, once."""
    if deposit.back is PayoutWay.TRANSFER:
        return deposit_return_id(deposit.account, deposit.back_voucher)
    return _deduction_id(deposit, deposit.reversals)


def _deduction_id(deposit: Deposit, reversals: int) -> str:
    """Name the journal of a deposit that ends without a voucher, after so many reversals."""
    again = f":{reversals}" if reversals else ""
    return f"deposit-return:{deposit.id}{again}"


def taken(deposit: Deposit) -> Journal:
    """Return the journal by which a deposit is kept.

    It has the name that a counter payment of the same voucher would have, so that no slip is
    booked as both.
    """
    match deposit.way:
        case CounterWay.TRANSFER:
            source = bank(deposit.account)
        case CounterWay.POS:
            source = card_machine(deposit.account)
        case CounterWay.CASH:
            source = cash_in_hand(deposit.account, deposit.taken_by)
    return Journal(
        id=journal_id(deposit.id),
        kind=DEPOSIT,
        place=deposit.compound,
        at=deposit.taken_at,
        postings=[
            Posting(source, deposit.amount_fen),
            Posting(deposited(deposit.id), -deposit.amount_fen),
        ],
        reference={"deposit": deposit.id, "voucher": deposit.voucher},
    )


def returned(deposit: Deposit) -> Journal:
    """Return the journal by which a deposit is given back, less what is deducted."""
    is_cash = deposit.back is PayoutWay.CASH
    account = deposit.account
    source = cash_in_hand(account, deposit.paid_out_by) if is_cash else bank(account)
    amounts = {
        deposited(deposit.id): deposit.amount_fen,
        source: -deposit.back_fen,
        deducted(account): -deposit.deduct_fen,
    }
    return Journal(
        id=returned_id(deposit),
        kind=DEPOSIT_RETURN,
        place=deposit.compound,
        at=deposit.ended_at or deposit.taken_at,
        postings=[Posting(name, fen) for name, fen in amounts.items() if fen],
        reference={"deposit": deposit.id, "voucher": deposit.back_voucher},
    )


def reversal(deposit: Deposit, number: int) -> Journal:
    """Return the journal by which the deduction of all of a deposit is taken back.

    `number`: the how many-th of this deposit, from 1.
    """
    return Journal(
        id=f"deposit-deduction-reversed:{deposit.id}:{number}",
        kind=DEDUCTION_REVERSED,
        place=deposit.compound,
        at=deposit.reviewed_at or deposit.taken_at,
        postings=[
            Posting(deducted(deposit.account), deposit.amount_fen),
            Posting(deposited(deposit.id), -deposit.amount_fen),
        ],
        reference={"deposit": deposit.id},
    )


def reversed_ones(deposit: Deposit) -> list[Journal]:
    """Return the deductions of all of a deposit that were taken back, with their reversals."""
    found = []
    for number in range(deposit.reversals):
        back = reversal(deposit, number + 1)
        postings = [Posting(each.account, -each.amount_fen) for each in back.postings]
        name = _deduction_id(deposit, number)
        deduction = msgspec.structs.replace(back, id=name, postings=postings)
        found += [deduction, back]
    return found
