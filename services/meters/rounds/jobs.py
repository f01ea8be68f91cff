"""Jobs of rounds of metered bills: the next meters, looked at and billed in one transaction."""

from collections import Counter
from typing import Final

import msgspec

from services.bills import charges
from services.bills.charge_news import notify
from services.bills.charges import Charge
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.messaging.broadcasts import actions as broadcasts
from services.meters import actions as meters
from services.meters.consumption import MeterObstacle
from services.meters.models import Meter
from services.meters.rounds import store
from services.meters.rounds.actions import basis_of
from services.meters.rounds.dues import Due, dues
from services.meters.rounds.models import BILL, MeterRound
from services.meters.rounds.states import MeterRoundState

# Each writes its meter, its bill twice and a journal: well below the 1,000 of a transaction.
METERS_AT_ONCE: Final = 100


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Bill the next meters of a round; behind the last one, tell who owes.

    Each step moves `after`, so that a worker that was thought dead bills nothing twice.
    """
    found = await store.find(deps.db, payload["round"])
    if found is None or found.state is not MeterRoundState.BILLING:
        return None
    if await deps.in_transaction(lambda tx: _bill_some(deps, tx, found)):
        return Again(deps.now())
    return None


async def _bill_some(deps: Dependencies, tx: Transaction, found: MeterRound) -> bool:
    """Bill the next meters; False when there is none left, or somebody else does it."""
    some = await meters.of_kind(
        deps, found.place, found.kind, after=found.after, limit=METERS_AT_ONCE, tx=tx
    )
    if not some:
        if await store.finish(deps.db, tx, found):
            await broadcasts.start(deps, tx, notify.issued(found.id))
        return False
    basis = await basis_of(deps, found.place, found.kind, some, tx=tx)
    outcomes = [(meter, dues(meter, found.to_day, basis)) for meter in some]
    if not await store.advance(deps.db, tx, found, _progress(found, outcomes)):
        return False
    owing: list[Charge] = []
    for meter, outcome in outcomes:
        if not isinstance(outcome, MeterObstacle):
            owing += [_charge(found, meter, due) for due in outcome]
            last = outcome[-1].usage
            if not await meters.note_billed(deps, tx, meter, last.last, last.after):
                raise RuntimeError("a meter changed within the transaction that read it")
    await charges.issue_all(deps, tx, owing)
    return True


def _progress(
    found: MeterRound, outcomes: list[tuple[Meter, list[Due] | MeterObstacle]]
) -> MeterRound:
    """Return the round with what its next meters bring."""
    bills = [due for _, one in outcomes if not isinstance(one, MeterObstacle) for due in one]
    left = Counter(found.left)
    left.update(one.value for _, one in outcomes if isinstance(one, MeterObstacle))
    last = outcomes[-1][0]
    return msgspec.structs.replace(
        found,
        after=[last.home, last.id],
        bills=found.bills + len(bills),
        estimated=found.estimated + sum(due.usage.is_estimated for due in bills),
        amount_fen=found.amount_fen + sum(due.amount_fen for due in bills),
        left=dict(left),
    )


def _charge(found: MeterRound, meter: Meter, due: Due) -> Charge:
    return Charge(
        kind=BillKind.METERED_FEE,
        source=f"{meter.id}|{due.usage.last}",
        batch=found.id,
        home=meter.home,
        from_day=due.usage.first,
        to_day=due.usage.last,
        payee=due.price.payee,
        account=due.price.account,
        payee_name=due.price.payee_name,
        amount_fen=due.amount_fen,
        explanation=due.explanation,
    )


JOBS: Final[dict[str, jobs.Handler]] = {BILL: step}
