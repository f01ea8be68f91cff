"""Erasure of a person's data (PIPL art. 47): all of it in one transaction, or nothing.

What the law asks to keep is kept under the person's id, which then leads to nobody: a
pseudonym. Whatever hangs something on a person holds the person's document in its transaction
(people.actions.hold), and so does this: of two at the same moment one starts again.
"""

from datetime import timedelta
from typing import Final

from services.appointments import privacy as appointments_privacy
from services.audit import actions as audit
from services.browser_sign_ins import privacy as browser_sign_ins_privacy
from services.consents import privacy as consents_privacy
from services.dependencies import Dependencies, Transaction
from services.home_requests import privacy as home_requests_privacy
from services.idempotency import privacy as idempotency_privacy
from services.invitations import privacy as invitations_privacy
from services.jobs import actions as jobs
from services.kernel.acts import Act
from services.kernel.permissions import Actor
from services.messaging import privacy as messaging_privacy
from services.payments import privacy as payments_privacy
from services.people import actions as people
from services.people import privacy as people_privacy
from services.photos import privacy as photos_privacy
from services.privacy.jobs import SWEEP
from services.residencies import privacy as residencies_privacy
from services.sessions import privacy as sessions_privacy

# A message that was being written when the account closed is written by then.
AFTERWARDS: Final = (timedelta(0), timedelta(hours=1))


async def erase(deps: Dependencies, actor: Actor) -> None:
    """Erase the actor. Raises MoneyUnderWay, StillInOffice, Unauthenticated (done already)."""
    person_id = actor.person_id

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, person_id)
        await payments_privacy.require_no_money_under_way(deps, tx, person_id)
        await appointments_privacy.require_out_of_office(deps, tx, person_id)
        await home_requests_privacy.forget(deps, tx, person_id)
        await invitations_privacy.forget(deps, tx, person_id)
        await photos_privacy.forget(deps, tx, person_id)
        await messaging_privacy.forget(deps, tx, person_id)
        await payments_privacy.forget(deps, tx, person_id)
        await idempotency_privacy.forget(deps, tx, person_id)
        await sessions_privacy.forget(deps, tx, person_id)
        await browser_sign_ins_privacy.forget(deps, tx, person_id)
        await residencies_privacy.forget(deps, tx, person_id)
        await appointments_privacy.forget(deps, tx, person_id)
        await consents_privacy.forget(deps, tx, person_id)
        await people_privacy.forget(deps, tx, person_id)
        await audit.record(deps, tx, actor, Act.ERASED, subject=person_id)
        await _enqueue_sweeps(deps, tx, person_id)

    await deps.in_transaction(work)
    await jobs.wake(deps)


async def _enqueue_sweeps(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    for number, wait in enumerate(AFTERWARDS):
        key, due_at = f"{person_id}:{number}", deps.now() + wait
        await jobs.enqueue(deps, tx, SWEEP, key, due_at=due_at, person_id=person_id)
