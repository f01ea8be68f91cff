"""Day of a bank account: the bank's file, our counter payments and payouts, the journals."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from services.bank_statements import actions as bank_statements
from services.bank_statements import bookings
from services.bank_statements.transfers.models import BankDirection, Transfer
from services.bank_statements.transfers.states import BankTransferState
from services.counter_days import late_entries, payouts
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterPayment, CounterWay
from services.dependencies import Dependencies
from services.deposits import actions as deposits
from services.deposits.models import Deposit
from services.kernel.days import Day, day_of
from services.ledger import actions as ledger
from services.ledger.models import bank, posted
from services.reconciliations.entries import Entry, MovementKind, Side
from services.reconciliations.matcher import Matcher

Slip = CounterPayment | Deposit


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days on which the bank or the counter says that money moved."""
    moved = await bank_statements.days_of(deps, account, first, last)
    moved |= await payouts.days_of(deps, account, first, last)
    kept = await deposits.taken(deps, account, CounterWay.TRANSFER, first, last)
    moved |= {day_of(each.taken_at) for each in kept}
    return moved | await counter_payments.days_of(
        deps, account, CounterWay.TRANSFER, first, last
    )


async def waits_for(deps: Dependencies, account: str, day: Day) -> str:
    """Return what a day waits for: a file that was brought in when it was over."""
    return "" if await bank_statements.covers(deps, account, day) else "bank_file"


async def read(deps: Dependencies, account: str, day: Day, matcher: Matcher) -> None:
    """Read all sides of what moved, or was booked as having moved, on a day.

    Money is known by the bank's number alone: a day that was mistyped makes no difference.
    What was entered for a closed day is read on the day of its entry: nobody would miss at the
    bank what is booked into a day that is not read again.
    """
    rows = await bank_statements.of_day(deps, account, day)
    rows += await late_entries.rows_of_day(deps, account, day)
    await payouts.read(deps, account, day, rows, matcher)
    came = {each.id: each for each in rows if each.direction is BankDirection.IN}
    paid = await _slips(deps, account, day)
    came |= await bank_statements.find_many(deps, sorted(paid.keys() - came.keys()))
    unknown = sorted(came.keys() - paid.keys())
    paid |= await bookings.money_of(deps, unknown)
    names = {each.id: each.voucher for each in paid.values()}
    names |= {each.id: each.number for each in came.values()}
    for row in came.values():
        for side in _sides(row, is_paid=row.id in paid):
            matcher.add(side, [_came(row)])
    told = [_paid(each, names[each.id], each.amount_fen) for each in paid.values()]
    matcher.add(Side.TOLD, told)
    matcher.add(Side.BOOKED, await _booked(deps, account, paid.values(), names))


def _sides(row: Transfer, *, is_paid: bool) -> Iterator[Side]:
    """Yield where a row counts. One that is set aside hides no payment that has its number.

    What a card machine took is compared on the machine's days: it is no payment besides.
    """
    match row.state:
        case BankTransferState.NO_FEE | BankTransferState.SETTLED if not is_paid:
            yield Side.VOID
        case BankTransferState.SETTLED:
            return
        case _:
            yield Side.BILLED


async def _slips(deps: Dependencies, account: str, day: Day) -> dict[str, Slip]:
    """Return what the counter says came on a day, or entered on it for a closed one."""
    paid: list[Slip] = [*await counter_payments.of_day(deps, account, CounterWay.TRANSFER, day)]
    paid += await late_entries.payments_of_day(deps, account, day)
    paid += await deposits.taken(deps, account, CounterWay.TRANSFER, day, day)
    return {each.id: each for each in paid}


async def _booked(
    deps: Dependencies, account: str, paid: Collection[Slip], names: Mapping[str, str]
) -> Iterable[Entry]:
    """Return what the journals of some slips say came into the bank account."""
    ids = {counter_payments.journal_id(each.id): each for each in paid}
    return [
        _paid(slip := ids[each.id], names[slip.id], posted(each, bank(account)))
        for each in await ledger.find_many(deps, [*ids])
    ]


def _came(transfer: Transfer) -> Entry:
    return Entry(
        kind=MovementKind.PAYMENT,
        reference=transfer.number,
        amount_fen=transfer.amount_fen,
        order=transfer.id,
    )


def _paid(slip: Slip, name: str, amount_fen: int) -> Entry:
    """Return what was booked. `name`: the number as the bank has it, or as it was typed."""
    return Entry(
        kind=MovementKind.PAYMENT,
        reference=name,
        amount_fen=amount_fen,
        order=slip.id,
    )
