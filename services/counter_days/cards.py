"""Day of a card machine: what its slips and the books say it took, and what came of it.

A machine settles in sums, mostly on the next working day and less a fee. The fee is shown
beside the day's totals and not booked, as WeChat's is.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.bank_statements.card_days import actions as card_days
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterWay
from services.dependencies import Dependencies
from services.deposits import actions as deposits
from services.kernel.days import Day, day_of, days_apart
from services.reconciliations.differences.models import Difference
from services.reconciliations.entries import DifferenceKind, Entry, MovementKind, Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import Flow

# A long holiday and a working day: no machine is later.
SETTLES_WITHIN_DAYS: Final = 10


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days on which a card machine took money."""
    kept = await deposits.taken(deps, account, CounterWay.POS, first, last)
    paid = await counter_payments.days_of(deps, account, CounterWay.POS, first, last)
    return paid | {day_of(each.taken_at) for each in kept}


async def waits_for(deps: Dependencies, account: str, day: Day) -> str:
    """Return what a day waits for: its settlement, while it may still come."""
    is_due = days_apart(day, deps.today()) > SETTLES_WITHIN_DAYS
    found = is_due or await card_days.settlement_of(deps, account, day)
    return "" if found else "card_settlement"


async def read(deps: Dependencies, account: str, day: Day, matcher: Matcher) -> None:
    """Read what the slips say, what is booked, and for how much of it money came."""
    slips = [
        each.amount_fen
        for each in await counter_payments.of_day(deps, account, CounterWay.POS, day)
    ]
    slips += [
        each.amount_fen
        for each in await deposits.taken(deps, account, CounterWay.POS, day, day)
    ]
    matcher.add(Side.TOLD, [_taken(day, sum(slips))])
    matcher.add(Side.BOOKED, [_taken(day, await card_days.taken_on(deps, account, day))])
    found = await card_days.settlement_of(deps, account, day)
    for each in found.settled if found else ():
        if each.day == day:
            matcher.add(Side.BILLED, [_taken(day, each.amount_fen)])


async def flow(deps: Dependencies, account: str, day: Day) -> Flow | None:
    """Return what came in the bank for a day, less its share of the settlement's fee."""
    found = await card_days.settlement_of(deps, account, day)
    if found is None:
        return None
    taken = {each.day: each.amount_fen for each in found.settled}
    fee_fen = shares(found.fee_fen, taken)[day]
    return Flow(rows=1, income_fen=taken[day] - fee_fen, fees_fen=fee_fen)


def shares(fee_fen: int, taken: Mapping[Day, int]) -> dict[Day, int]:
    """Return day → its share of a fee, by what was taken; together they are the fee.

    The fee of many days can be more than what one of them took.
    """
    found: dict[Day, int] = {}
    sum_fen, said_fen, all_fen = 0, 0, sum(taken.values())
    for day in sorted(taken):
        sum_fen += taken[day]
        found[day] = fee_fen * sum_fen // all_fen - said_fen
        said_fen += found[day]
    return found


def name(found: Iterable[Difference]) -> None:
    """Say of takings for which nothing came that they are not settled."""
    for each in found:
        if each.kind is DifferenceKind.NOT_AT_WECHAT:
            each.kind = DifferenceKind.NOT_SETTLED


def _taken(day: Day, amount_fen: int) -> Entry:
    return Entry(kind=MovementKind.PAYMENT, reference=day, amount_fen=amount_fen)
