"""Erasure of a person's data (PIPL art. 47): all of it in one transaction, or nothing.

What the law asks to keep is kept under the person's id, which then leads to nobody: a
pseudonym. Whatever hangs something on a person holds the person's document in its transaction
(people.actions.hold), and so does this: of two at the same moment one starts again.
"""

from datetime import timedelta
from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.acts import Act
from services.kernel.permissions import Actor
from services.people import actions as people
from services.privacy.jobs import SWEEP

# A message that was being written when the account closed is written by then.
AFTERWARDS: Final = (timedelta(0), timedelta(hours=1))


async def erase(deps: Dependencies, actor: Actor) -> None:
    """Erase the actor. Raises MoneyUnderWay, StillInOffice, Unauthenticated (done already)."""
    person_id = actor.person_id

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, person_id)
        for require_free in deps.features.guards:
            await require_free(deps, tx, person_id)
        for close in deps.features.closings:
            await close(deps, tx, person_id)
        for forget in deps.features.erasure.values():
            while await forget(deps, tx, person_id):
                pass
        await audit.record(deps, tx, actor, Act.ERASED, subject=person_id)
        await _enqueue_sweeps(deps, tx, person_id)

    await deps.in_transaction(work)
    await jobs.wake(deps)


async def _enqueue_sweeps(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    for number, wait in enumerate(AFTERWARDS):
        key, due_at = f"{person_id}:{number}", deps.now() + wait
        await jobs.enqueue(deps, tx, SWEEP, key, due_at=due_at, person_id=person_id)
