"""Erasing a person (PIPL art. 47): all of it in one transaction, or nothing.

What the law asks to keep is kept under the person's id, which then leads to nobody: a
pseudonym. Whatever hangs something on a person holds the person's document in its transaction
(accounts/consents.py), and so does this: of two at the same moment one starts again.
"""

from datetime import timedelta
from typing import Final

from services.accounts import privacy as accounts_privacy
from services.appointments import privacy as appointments_privacy
from services.audit import actions as audit
from services.audit.models import Act
from services.browser_sign_ins import privacy as browser_sign_ins_privacy
from services.dependencies import Dependencies, Transaction
from services.homes import privacy as homes_privacy
from services.idempotency import actions as idempotency
from services.jobs import actions as jobs
from services.kernel.permissions import Actor
from services.messaging import privacy as messaging_privacy
from services.payments import privacy as payments_privacy
from services.people import actions as people
from services.photos import actions as photos
from services.privacy.jobs import SWEEP

# A message that was being written when the account closed is written by then.
AFTERWARDS: Final = (timedelta(0), timedelta(hours=1))


async def erase(deps: Dependencies, actor: Actor) -> None:
    """Erase the actor. Raises MoneyUnderWay, StillInOffice, Unauthenticated (done already)."""
    person_id = actor.person_id

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, person_id)
        await payments_privacy.require_settled(deps, tx, person_id)
        await appointments_privacy.require_out_of_office(deps, tx, person_id)
        await homes_privacy.forget(deps, tx, person_id)
        await photos.forget(deps, tx, person_id)
        await messaging_privacy.forget(deps, tx, person_id)
        await payments_privacy.forget(deps, tx, person_id)
        await idempotency.forget(deps, tx, person_id)
        await browser_sign_ins_privacy.forget(deps, tx, person_id)
        await accounts_privacy.erase(deps, tx, person_id)
        await audit.record(deps, tx, actor, Act.ERASED, subject=person_id)
        for number, wait in enumerate(AFTERWARDS):
            await jobs.enqueue(
                deps,
                tx,
                SWEEP,
                f"{person_id}:{number}",
                due_at=deps.now() + wait,
                person_id=person_id,
            )

    await deps.in_transaction(work)
    await jobs.wake(deps)
