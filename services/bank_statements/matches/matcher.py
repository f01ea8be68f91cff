"""Matches of transfers with what is owed: proposals, of which a person confirms some.

What is owed to an account is read once, home after home. A remark that names one door, or a
payer who owns the one home that owes the very amount, is certain; anything less is shown and
asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import accumulate
from typing import Final

from services.bank_statements.files.models import Movement
from services.bank_statements.matches.doors import Door, doors_in, doors_of
from services.bank_statements.transfers.models import (
    MOST_BILLS,
    Candidate,
    SpeaksFor,
    TransferFit,
)
from services.bills.arrears import actions as arrears
from services.bills.arrears.models import Due
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.places import actions as places
from services.residencies import owners, sealed

MOST_CANDIDATES: Final = 5
NAMES_AT_ONCE: Final = 500
Match = tuple[TransferFit, list[Candidate]]


class Matcher:
    """What is owed to an account, as far as some money may be for it."""

    def __init__(self, deps: Dependencies, account: str, rows: Sequence[Movement]) -> None:
        self._deps, self._account = deps, account
        self._wanted = {row.amount_fen for row in rows}
        self._doors = {door for row in rows for door in doors_in(row.remark)}
        self._by_amount: dict[int, list[Candidate]] = defaultdict(list)
        self._by_door: dict[Door, dict[str, list[Due]]] = defaultdict(dict)
        self._owners: dict[str, set[str]] = {}
        self._compounds: dict[str, str] = {}

    async def read(self) -> None:
        """Read what is owed, once, and of it only what a row may be for."""
        for place in await payees.places_of(self._deps, self._account):
            async with aclosing(arrears.owed_to(self._deps, place, self._account)) as homes:
                async for bills in homes:
                    self._add(bills)
        compounds = {
            places.compound_of(home) for found in self._by_door.values() for home in found
        }
        named = await places.find_many(self._deps, sorted(compounds))
        self._compounds = {place.id: place.name for place in named}

    def _add(self, bills: Sequence[Due]) -> None:
        for door in doors_of(bills[0].home):
            if door in self._doors:
                self._by_door[door][bills[0].home] = list(bills)
        for fen, due in _sums(bills):
            if fen in self._wanted:
                self._by_amount[fen].append(_candidate(due, SpeaksFor.AMOUNT, is_exact=True))

    async def match(self, rows: Sequence[Movement]) -> list[Match]:
        """Return how each of some rows fits."""
        wanted = {each.home for row in rows for each in self._by_amount[row.amount_fen]}
        await self._read_owners(sorted(wanted - self._owners.keys()))
        return [self._match(row) for row in rows]

    async def _read_owners(self, homes: Sequence[str]) -> None:
        for start in range(0, len(homes), NAMES_AT_ONCE):
            some = homes[start : start + NAMES_AT_ONCE]
            found = await owners.debtors_of(self._deps, some)
            for home, debtors in found.items():
                self._owners[home] = {sealed.name_of(self._deps, row) for row in debtors}

    def _match(self, row: Movement) -> Match:
        found = [*self._of_address(row), *self._of_amount(row)]
        kept = found[:MOST_CANDIDATES]
        if _is_certain(found):
            return TransferFit.CERTAIN, kept
        return (TransferFit.SEVERAL if found else TransferFit.NONE), kept

    def _of_address(self, row: Movement) -> Iterator[Candidate]:
        """Yield the homes of the doors that the remark names, in compounds that it names."""
        there = {
            home: bills
            for door in doors_in(row.remark)
            for home, bills in self._by_door.get(door, {}).items()
        }
        named = [home for home in there if self._compound(home) in row.remark]
        for home in named or sorted(there):
            yield from _of_home(there[home], row.amount_fen)

    def _compound(self, home: str) -> str:
        return self._compounds.get(places.compound_of(home)) or home

    def _of_amount(self, row: Movement) -> list[Candidate]:
        """Return homes that owe the very amount, those of the payer first."""
        addressed = {home for door in doors_in(row.remark) for home in self._by_door[door]}
        there = [each for each in self._by_amount[row.amount_fen] if each.home not in addressed]
        own = [each for each in there if row.payer and row.payer in self._owners[each.home]]
        rest = [each for each in there if each not in own]
        return [_because(each, SpeaksFor.PAYER) for each in own] + rest


def _sums(bills: Sequence[Due]) -> Iterator[tuple[int, list[Due]]]:
    """Yield what one, two, … of a home's oldest bills of a fee come to."""
    for due in _by_fee(bills).values():
        totals = accumulate(each.owed_fen for each in due[:MOST_BILLS])
        yield from ((fen, due[:count]) for count, fen in enumerate(totals, 1))


def _by_fee(bills: Iterable[Due]) -> Mapping[str, list[Due]]:
    found: dict[str, list[Due]] = defaultdict(list)
    for bill in sorted(bills, key=lambda bill: (bill.due_on, bill.period, bill.bill_id)):
        found[bill.kind].append(bill)
    return found


def _of_home(bills: Sequence[Due], amount_fen: int) -> Iterator[Candidate]:
    """Yield the bills of a home that an amount pays: exactly, or as far as it goes."""
    exact = [due for fen, due in _sums(bills) if fen == amount_fen]
    for due in exact:
        yield _candidate(due, SpeaksFor.ADDRESS, is_exact=True)
    if exact:
        return
    for due in _by_fee(bills).values():
        wanted = due[:1]
        while sum(each.owed_fen for each in wanted) < amount_fen and len(wanted) < len(due):
            wanted = due[: len(wanted) + 1]
        yield _candidate(wanted[:MOST_BILLS], SpeaksFor.ADDRESS, is_exact=False)


def _candidate(due: Sequence[Due], because: SpeaksFor, *, is_exact: bool) -> Candidate:
    return Candidate(
        home=due[0].home,
        bill_ids=[each.bill_id for each in due],
        owed_fen=sum(each.owed_fen for each in due),
        is_exact=is_exact,
        because=because,
    )


def _because(found: Candidate, because: SpeaksFor) -> Candidate:
    return Candidate(
        home=found.home,
        bill_ids=found.bill_ids,
        owed_fen=found.owed_fen,
        is_exact=found.is_exact,
        because=because,
    )


def _is_certain(found: Sequence[Candidate]) -> bool:
    """Tell whether one home is meant: by its door or its owner, and no door says otherwise."""
    named = {each.home for each in found if each.because is SpeaksFor.ADDRESS}
    exact = [each for each in found if each.is_exact and each.because is not SpeaksFor.AMOUNT]
    return len(exact) == 1 and named <= {exact[0].home}
