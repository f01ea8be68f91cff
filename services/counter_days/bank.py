"""Day of a bank account: the bank's file, our counter payments, and the journals."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

from services.bank_statements import actions as bank_statements
from services.bank_statements.transfers.models import BankDirection, Transfer
from services.bank_statements.transfers.states import BankTransferState
from services.counter_days import payouts
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterPayment, CounterWay
from services.dependencies import Dependencies
from services.kernel.days import Day, day_of
from services.ledger import actions as ledger
from services.ledger.models import COUNTER_PAYMENT, bank, posted
from services.reconciliations import actions as reconciliations
from services.reconciliations.entries import Entry, MovementKind, Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import DaySource

# A payment says when it was begun: so much later it may be kept, and a comparison not see it.
AT_WORK: Final = timedelta(minutes=10)


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days on which the bank or the counter says that money moved."""
    moved = await bank_statements.days_of(deps, account, first, last)
    moved |= await payouts.days_of(deps, account, first, last)
    return moved | await counter_payments.days_of(
        deps, account, CounterWay.TRANSFER, first, last
    )


async def waits_for(deps: Dependencies, account: str, day: Day) -> str:
    """Return what a day waits for: a file that was brought in when it was over."""
    return "" if await bank_statements.covers(deps, account, day) else "bank_file"


async def read(deps: Dependencies, account: str, day: Day, matcher: Matcher) -> None:
    """Read all sides of what moved, or was booked as having moved, on a day.

    Money is known by the bank's number alone: a day that was mistyped makes no difference.
    """
    rows = await bank_statements.of_day(deps, account, day)
    await payouts.read(deps, account, day, rows, matcher)
    came = {each.id: each for each in rows if each.direction is BankDirection.IN}
    paid = {
        each.id: each
        for each in await counter_payments.of_day(deps, account, CounterWay.TRANSFER, day)
    }
    paid |= {each.id: each for each in await _of_closed_days(deps, account, day)}
    came |= await bank_statements.find_many(deps, sorted(paid.keys() - came.keys()))
    paid |= await counter_payments.booked(deps, sorted(came.keys() - paid.keys()))
    fees = [each for each in came.values() if each.state is not BankTransferState.NO_FEE]
    aside = [each for each in came.values() if each.state is BankTransferState.NO_FEE]
    matcher.add(Side.BILLED, map(_came, fees))
    matcher.add(Side.VOID, map(_came, aside))
    matcher.add(Side.TOLD, [_paid(each, each.amount_fen) for each in paid.values()])
    matcher.add(Side.BOOKED, await _booked(deps, account, paid.values()))


async def _of_closed_days(deps: Dependencies, account: str, day: Day) -> list[CounterPayment]:
    """Return what was booked on a day for an earlier one that had been closed before.

    A closed day is not read again: nobody would miss at the bank what is booked into it.
    """
    late = await counter_payments.late_of_day(deps, account, CounterWay.TRANSFER, day)
    if not late:
        return []
    first = min(day_of(each.paid_at) for each in late)
    closed = await reconciliations.closed_days(deps, account, DaySource.BANK, first, day)
    return [
        each
        for each in late
        if (at := closed.get(day_of(each.paid_at))) and each.taken_at >= at - AT_WORK
    ]


async def _booked(
    deps: Dependencies, account: str, paid: Collection[CounterPayment]
) -> Iterable[Entry]:
    """Return what the journals of some payments say came into the bank account."""
    ids = [counter_payments.journal_id(each.id) for each in paid]
    journals = {
        journal.reference[COUNTER_PAYMENT]: posted(journal, bank(account))
        for journal in await ledger.find_many(deps, ids)
    }
    return [_paid(each, journals[each.id]) for each in paid if each.id in journals]


def _came(transfer: Transfer) -> Entry:
    return Entry(
        kind=MovementKind.PAYMENT,
        reference=transfer.number,
        amount_fen=transfer.amount_fen,
        order=transfer.id,
    )


def _paid(payment: CounterPayment, amount_fen: int) -> Entry:
    return Entry(
        kind=MovementKind.PAYMENT,
        reference=payment.voucher,
        amount_fen=amount_fen,
        order=payment.id,
    )
