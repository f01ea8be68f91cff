"""Day of a bank account, as far as money left it: the file, our payouts, and the journals."""

from collections.abc import Iterator, Mapping, Sequence

from services.bank_statements import actions as bank_statements
from services.bank_statements.payouts import actions as payouts
from services.bank_statements.payouts.models import Payout
from services.bank_statements.transfers.models import BankDirection, Transfer, payout_id
from services.bank_statements.transfers.states import BankTransferState
from services.dependencies import Dependencies
from services.kernel.days import Day, day_of, end_of, start_of
from services.reconciliations.entries import Entry, MovementKind, Side
from services.reconciliations.matcher import Matcher


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days of a span on which a payout by transfer was entered."""
    found = await payouts.of_span(deps, account, start_of(first), end_of(last))
    return {day_of(each.at) for each in found}


async def read(
    deps: Dependencies, account: str, day: Day, rows: Sequence[Transfer], matcher: Matcher
) -> None:
    """Read all sides of what left on a day, or was entered as having left.

    `rows`: those of the day. A payout is known by its row, whatever day was typed.
    """
    left = {each.id: each for each in rows if each.direction is BankDirection.OUT}
    paid = {
        each.id: each
        for each in await payouts.of_span(deps, account, start_of(day), end_of(day))
    }
    links = await bank_statements.of_payouts(deps, [*paid])
    named = [payout_id(account, each.voucher) for each in paid.values() if each.id not in links]
    left |= {each.id: each for each in links.values()}
    left |= await bank_statements.find_many(deps, named)
    paid |= await _of_rows(deps, account, [*left.values()])
    links = await bank_statements.of_payouts(deps, [*paid])
    _add(matcher, left, paid, links)


async def _of_rows(
    deps: Dependencies, account: str, rows: Sequence[Transfer]
) -> dict[str, Payout]:
    """Return the payouts that rows are, or whose number they have while no other row is it."""
    ids = [each.payment for each in rows if each.payment]
    found = {each.id: each for each in await payouts.find_many(deps, account, ids)}
    numbers = [each.number for each in rows if not each.payment]
    named = await payouts.of_numbers(deps, account, numbers)
    links = await bank_statements.of_payouts(deps, [each.id for each in named])
    return found | {each.id: each for each in named if each.id not in links}


def _add(
    matcher: Matcher,
    left: Mapping[str, Transfer],
    paid: Mapping[str, Payout],
    links: Mapping[str, Transfer],
) -> None:
    names = {each.id: _name(each, left, links) for each in paid.values()}
    orders = {name: payout for payout, name in names.items()}
    is_aside = {
        each.id
        for each in left.values()
        if each.state is BankTransferState.NO_FEE and each.number not in orders
    }
    for row in left.values():
        side = Side.VOID if row.id in is_aside else Side.BILLED
        matcher.add(side, [_entry(row.number, row.amount_fen, orders.get(row.number, ""))])
    matcher.add(Side.BOOKED, _entries(paid, names))
    told = {each.id: each.told_fen for each in paid.values() if each.told_fen is not None}
    matcher.add(Side.TOLD, [_entry(names[each], fen, each) for each, fen in told.items()])


def _name(payout: Payout, left: Mapping[str, Transfer], links: Mapping[str, Transfer]) -> str:
    """Return the number by which the bank knows a payout, or is asked for it.

    The bank may write it in other letters than who typed it.
    """
    row = links.get(payout.id) or left.get(payout_id(payout.account, payout.voucher))
    return row.number if row else payout.voucher


def _entries(paid: Mapping[str, Payout], names: Mapping[str, str]) -> Iterator[Entry]:
    for each in paid.values():
        yield _entry(names[each.id], each.amount_fen, each.id)


def _entry(reference: str, amount_fen: int, order: str) -> Entry:
    kind = MovementKind.REFUND
    return Entry(kind=kind, reference=reference, amount_fen=amount_fen, order=order)
