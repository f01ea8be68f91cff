"""Erasure of a person's data (PIPL art. 47): the account closes at once, the rest is a job.

One transaction ends all by which somebody is a person here: sessions, homes, open requests and
invitations, the phone, the WeChat user (`Feature.close` of the packages). What they leave
behind can be any number of rows, more than one transaction may write in its four seconds: a job
clears it in steps (jobs.py), and how far it is can be looked at without an account.

What the law asks to keep is kept under the person's id, which then leads to nobody: a
pseudonym. Whatever hangs something on a person holds the person's document in its transaction
(people.actions.hold), and so does this: of two at the same moment one starts again.
"""

from datetime import timedelta
from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor
from services.people import actions as people
from services.privacy.erasures import store
from services.privacy.erasures.jobs import ERASE
from services.privacy.erasures.models import Erasure, ErasureView
from services.privacy.erasures.states import TABLE, ErasureAction
from services.privacy.erasures.views import view
from services.privacy.jobs import SWEEP

# What was being written when the account closed is written by then.
AFTERWARDS: Final = timedelta(hours=1)


async def erase(deps: Dependencies, actor: Actor) -> ErasureView:
    """Close the actor's account and start clearing what is left; return how to look at that.

    Raises MoneyUnderWay, StillInOffice, Unauthenticated (closed already).
    """
    person_id, act = actor.person_id, TABLE.act(ErasureAction.CLOSE)
    erasure = Erasure(id=deps.new_id(), person=person_id, asked_at=deps.now())

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, person_id)
        for require_free in deps.features.guards:
            await require_free(deps, tx, person_id)
        for close in deps.features.closings:
            await close(deps, tx, person_id)
        await store.insert(deps.db, tx, erasure)
        await jobs.enqueue(deps, tx, ERASE, erasure.id, erasure_id=erasure.id)
        later = deps.now() + AFTERWARDS
        await jobs.enqueue(deps, tx, SWEEP, person_id, due_at=later, person_id=person_id)
        await audit.record(deps, tx, actor, act, subject=person_id)

    await deps.in_transaction(work)
    return view(deps, erasure)


async def get(deps: Dependencies, erasure_id: str) -> ErasureView:
    """Return how far an erasure is, for whoever has its id. Raises NotFound."""
    erasure = await store.find(deps.db, erasure_id)
    if erasure is None:
        raise NotFound("没有找到这次注销,可能早已办完")
    return view(deps, erasure)
