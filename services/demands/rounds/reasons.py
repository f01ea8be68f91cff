"""Reasons to leave a household out of a round of demands: whoever is asked wrongly is lost.

A pause, a dispute, a promise whose day has not come, a payment under way, a demand of a few
days ago: each leaves a row, so that whoever started the round sees who was not asked, and why.
"""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec
from msgspec import Struct

from services.bills.arrears.models import CURRENT, OwedBill
from services.demands import creditors
from services.demands import store as demands_store
from services.demands.letters import store as letters_store
from services.demands.models import Debt
from services.demands.pauses import actions as pauses
from services.demands.pauses.models import Pause
from services.demands.rounds.models import DemandRoundWay, Round, Skip, SkippedBecause, skip_id
from services.dependencies import Dependencies
from services.instalments import actions as instalments
from services.kernel.days import Day, plus_days
from services.kernel.paths import covers
from services.mediations import interests
from services.payments.trails import holds
from services.places.actions import compound_of
from services.visits.promises import actions as promises

NO_END: Final = "~"  # sorts after every day


class Around(Struct, frozen=True, kw_only=True):
    """All that may stop a demand to some homes, read at once.

    `agreed`: bills that are paid in instalments as agreed.
    `firms`: (compound, account) → the firm. `disputed`: homes. `promised`: home → day. `held`:
    bills that are being paid. `taken`: (home, slot) of households asked before.
    """

    pauses: Sequence[Pause]
    agreed: AbstractSet[str]
    firms: Mapping[tuple[str, str], str]
    disputed: AbstractSet[str]
    promised: Mapping[str, Day]
    held: AbstractSet[str]
    taken: AbstractSet[tuple[str, str]]

    def pause_of(self, home: str, bill: OwedBill) -> Pause | None:
        """Return the pause that holds longest for a bill; None for none."""
        firm = self.firms.get((compound_of(home), bill.account), "")
        found = [
            each for each in self.pauses if covers(each.place, home) and each.firm in {"", firm}
        ]
        return max(found, key=lambda each: each.until or NO_END, default=None)


def slot(household: str, day: Day) -> str:
    """Name a day on which a household is not asked again by the same way."""
    return f"{household}|{day}"


def slots(found: Round, household: str) -> list[str]:
    """Return the days that a demand of a round takes: no other is made on any of them."""
    return [slot(household, plus_days(found.day, n)) for n in range(found.every_days)]


async def around(deps: Dependencies, found: Round, debts: Sequence[Debt]) -> Around:
    """Read what may stop a round's demands for some debts."""
    homes = sorted({debt.home for debt in debts})
    bills = [bill.id for debt in debts for bill in debt.bills]
    days = [each for debt in debts for each in slots(found, debt.household)]
    taken = demands_store.taken if found.way is DemandRoundWay.MESSAGE else letters_store.taken
    rows = await asyncio.gather(
        pauses.around(deps, homes),
        creditors.accounts_of_firms(deps, homes),
        interests.in_dispute_about_service(deps, homes),
        promises.days_of(deps, homes),
        holds.held(deps, bills),
        taken(deps.db, homes, sorted({*days})),
    )
    return Around(
        pauses=rows[0],
        firms=rows[1],
        disputed=rows[2],
        promised=rows[3],
        held=rows[4],
        taken=rows[5],
        agreed=await instalments.kept(deps, homes),
    )


def judge(found: Round, debt: Debt, known: Around) -> Debt | Skip:
    """Return what a household is asked for, or why it is not asked."""
    free = [bill for bill in debt.bills if bill.id not in known.agreed]
    if not free:
        return _skip(found, debt, SkippedBecause.AGREED, None)
    debt = msgspec.structs.replace(debt, bills=free)
    paused = {bill.id: known.pause_of(debt.home, bill) for bill in debt.bills}
    left = [bill for bill in debt.bills if paused[bill.id] is None]
    if not left:
        ends = {pause.until for pause in paused.values() if pause}
        until = None if None in ends else max(filter(None, ends))
        return _skip(found, debt, SkippedBecause.PAUSED, until)
    asked = msgspec.structs.replace(debt, bills=left)
    because = _because(found, asked, known)
    if because is None:
        return asked
    until = known.promised.get(debt.home) if because is SkippedBecause.PROMISED else None
    return _skip(found, asked, because, until)


def _because(found: Round, debt: Debt, known: Around) -> SkippedBecause | None:
    """Return the first reason that holds; None for none."""
    is_current = debt.household == CURRENT
    taken = any((debt.home, each) in known.taken for each in slots(found, debt.household))
    reasons = {
        SkippedBecause.OWN_HOME: debt.home in found.apart,
        SkippedBecause.DISPUTED: debt.home in known.disputed,
        SkippedBecause.PROMISED: is_current and debt.home in known.promised,
        SkippedBecause.PAYMENT_UNDER_WAY: any(bill.id in known.held for bill in debt.bills),
        SkippedBecause.ASKED_BEFORE: taken,
        SkippedBecause.NOBODY_KNOWN: not debt.debtors,
        SkippedBecause.NOBODY_BOUND: found.way is DemandRoundWay.MESSAGE and not debt.people,
    }
    return next((because for because, holds_true in reasons.items() if holds_true), None)


def _skip(found: Round, debt: Debt, because: SkippedBecause, until: Day | None) -> Skip:
    return Skip(
        id=skip_id(found.id, debt.home, debt.household),
        round_id=found.id,
        home=debt.home,
        household=debt.household,
        because=because,
        until=until,
        amount_fen=debt.amount_fen,
    )
