"""Day of an account's cash: what was taken at doors and counters, and what was handed over."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from services.counter_payments import actions as counter_payments
from services.counter_payments.deliveries import actions as deliveries
from services.counter_payments.deliveries.models import Delivery
from services.counter_payments.models import CounterPayment, CounterWay
from services.dependencies import Dependencies
from services.kernel.days import Day, day_of
from services.ledger import actions as ledger
from services.ledger.models import COUNTER_PAYMENT, cash_in_hand, posted
from services.reconciliations.differences.models import Difference
from services.reconciliations.entries import DifferenceKind, Entry, MovementKind, Side
from services.reconciliations.matcher import Matcher

KINDS: Final = {
    MovementKind.PAYMENT: DifferenceKind.NOT_HANDED_OVER,
    MovementKind.DELIVERY: DifferenceKind.COUNT,
}


async def days_of(deps: Dependencies, account: str, first: Day, last: Day) -> set[Day]:
    """Return the days on which cash was taken or handed over."""
    given = await deliveries.taken_on(deps, account, first, last)
    handed = {day_of(each.taken_at) for each in given if each.taken_at}
    return handed | await counter_payments.days_of(deps, account, CounterWay.CASH, first, last)


async def read(deps: Dependencies, account: str, day: Day, matcher: Matcher) -> None:
    """Read who took how much and handed it over since, and what was counted on the day."""
    by_taker: dict[str, list[CounterPayment]] = defaultdict(list)
    for payment in await counter_payments.of_day(deps, account, CounterWay.CASH, day):
        by_taker[payment.taken_by].append(payment)
    for taker, paid in by_taker.items():
        until = await deliveries.handed_over_until(deps, account, taker)
        handed = [each for each in paid if until is not None and each.taken_at <= until]
        matcher.add(Side.TOLD, [_taken(taker, _sum(paid))])
        matcher.add(Side.BOOKED, [_taken(taker, await _booked(deps, account, paid))])
        if handed:
            matcher.add(Side.BILLED, [_taken(taker, _sum(handed))])
    for delivery in await deliveries.taken_on(deps, account, day, day):
        matcher.add(Side.BILLED, [_counted(delivery, delivery.counted_fen)])
        for side in (Side.TOLD, Side.BOOKED):
            matcher.add(side, [_counted(delivery, delivery.booked_fen)])


def name(found: Iterable[Difference]) -> None:
    """Say of differences in hands' own words how they differ; others are of the books."""
    for each in found:
        if each.told_fen == each.booked_fen:
            each.kind = KINDS[each.entry]


def _sum(paid: Iterable[CounterPayment]) -> int:
    return sum(each.amount_fen for each in paid)


async def _booked(deps: Dependencies, account: str, paid: list[CounterPayment]) -> int:
    """Return what the journals of somebody's payments say they took."""
    ids = [counter_payments.journal_id(each.id) for each in paid]
    takers = {each.id: each.taken_by for each in paid}
    return sum(
        posted(journal, cash_in_hand(account, takers[journal.reference[COUNTER_PAYMENT]]))
        for journal in await ledger.find_many(deps, ids)
    )


def _taken(taker: str, amount_fen: int) -> Entry:
    kind = MovementKind.PAYMENT
    return Entry(kind=kind, reference=taker, amount_fen=amount_fen, order=taker)


def _counted(delivery: Delivery, amount_fen: int) -> Entry:
    kind, giver = MovementKind.DELIVERY, delivery.given_by
    return Entry(kind=kind, reference=delivery.id, amount_fen=amount_fen, order=giver)
