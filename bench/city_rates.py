"""Rates of a whole city, of a small and of a large one: from kept sums, and from the bills.

`python -m bench.city_rates 20000 --small 1000` prints the table.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from bench.pairs import Case, filled, measure, note, say
from bench.product import machine
from mongo_indexes import place_sums
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies
from services.fees.models import BillKind, FeeKind
from services.kernel.days import month_of, plus_days, plus_months, start_of
from services.kernel.documents import to_document
from services.kernel.measures import Span
from services.kernel.permissions import Actor, Grant, Role
from services.place_sums import jobs
from services.places.models import Kind, Place
from services.statistics import actions as statistics

CITY: Final = "cc"
MONTHS: Final = 12
HOMES_PER_UNIT, UNITS_PER_COMPOUND, COMPOUNDS_PER_COMMUNITY = 20, 25, 10
AT_ONCE: Final = 10_000


class Town:
    """City of so many homes, each with a year of bills; four of five are paid."""

    def __init__(self, deps: Dependencies, size: int) -> None:
        self.deps, self.size = deps, size
        now = month_of(deps.now())
        self.months = [plus_months(now, number - MONTHS + 1) for number in range(MONTHS)]

    async def write(self) -> None:
        places, bills = [self._place(CITY, Kind.CITY)], list[dict[str, Any]]()
        for number in range(self.size):
            home = path(number)
            places.append(self._place(home, Kind.HOME))
            bills += [to_document(each) for each in self._bills(number, home)]
            if len(bills) >= AT_ONCE or number == self.size - 1:
                await self.deps.db.places.insert_many(places, ordered=False)
                await self.deps.db.bills.insert_many(bills, ordered=False)
                places, bills = [], []

    def _place(self, at: str, kind: Kind) -> dict[str, Any]:
        made = start_of(f"{self.months[0]}-01")
        return to_document(Place(id=at, kind=kind, name="-", address="-", created_at=made))

    def _bills(self, number: int, home: str) -> Iterator[Bill]:
        for at, period in enumerate(self.months):
            issued = start_of(f"{period}-02")
            is_paid = (number + at) % 5 != 0
            for kind in FeeKind:
                yield Bill(
                    id=f"{home}|{kind}|{period}",
                    run_id=period,
                    rule_id="rule",
                    kind=BillKind(kind),
                    home=home,
                    period=period,
                    months=1,
                    slots=[f"{kind}|{period}"],
                    amount_fen=5118,
                    explanation="-",
                    account="firm",
                    payee_name="-",
                    due_on=plus_days(f"{period}-02", 30),
                    state=BillState.PAID if is_paid else BillState.OWING,
                    created_at=issued,
                    issued_at=issued,
                    paid_at=issued + timedelta(days=31 + number % 30) if is_paid else None,
                )


def path(number: int) -> str:
    unit, home = divmod(number, HOMES_PER_UNIT)
    compound, unit = divmod(unit, UNITS_PER_COMPOUND)
    community, compound = divmod(compound, COMPOUNDS_PER_COMMUNITY)
    return f"{CITY}.d1.s1.m{community:03d}.c{compound}.b{unit // 5}.u{unit % 5}.{home:03d}"


def case(role: Role, months: int) -> Case[Town]:
    """Return the rates of the city, as a role sees them that is held in all of it."""

    async def read(town: Town) -> list[Any]:
        span = Span(town.months[-months], months)
        actor = Actor("somebody", "session", (Grant(role, CITY),))
        view = await statistics.rates_of(town.deps, actor, CITY, span, by=None)
        if view.rates is None or not view.rates.amount_rate.numerator * MONTHS:
            raise ValueError("there is nothing to show")
        return [view.rates]

    span = "a month" if months == 1 else f"{months} months"
    # figures of the bills and of arrears; without the homes behind them three groups more
    more = 1 if role is Role.ADMINISTRATOR else 4
    return Case(f"{role.value}, {span}", read, place_sums.COLLECTION, more)


CASES: Final = tuple(
    case(role, months)
    for role in (Role.ADMINISTRATOR, Role.CITY_STAFF)
    for months in (1, MONTHS - 1)
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("homes", nargs="?", type=int, default=20_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--sums-only", action="store_true", help="leave out the slow readings")
    wish = parser.parse_args()
    asyncio.run(run(wish.small, wish.homes, from_bills=not wish.sums_only))


async def run(*sizes: int, from_bills: bool) -> None:
    async with filled("homes", Town, sizes) as towns:
        say(f"Machine: {machine()}\n")
        if from_bills:
            say("From the bills, while their sums are not complete:\n")
            await measure(CASES, towns, "rates", "documents", again=0)
        for town in towns:
            note(f"counting the sums of {town.size}")
            began = time.perf_counter()
            count = await jobs.rebuild(town.deps)
            say(f"{count:,} units counted in {time.perf_counter() - began:.1f} s.\n")
        say("From the sums:\n")
        await measure(CASES, towns, "rates", "documents")


if __name__ == "__main__":
    main()
