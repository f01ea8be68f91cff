"""The photos of a request: a deed, a contract. Only who decides sees them, and not for ever.

A month after the decision they go (PIPL art. 19: no longer than the purpose needs): the time in
which the requester may complain and the community look once more.
"""

from datetime import timedelta
from typing import Final

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import request_store
from services.homes.request_models import HomeRequest
from services.homes.states import OPEN
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos

KEPT_FOR: Final = timedelta(days=30)
LET_GO: Final = "homes.let_proof_go"
CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it


async def attach(
    deps: Dependencies, tx: Transaction, actor: Actor, request: HomeRequest
) -> None:
    """Hang the actor's own photos on their request. NotFound for anybody else's.

    What staff photograph for somebody without a phone is no staff's own: it stays when they
    leave, out of their sight and out of what is held about them.
    """
    if request.photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            request.photo_ids,
            subject=request.id,
            place=request.home,
            needs=Permission.DECIDE_HOMES,
            owner=request.person or "",
        )


async def promise_to_let_go(deps: Dependencies, tx: Transaction, request: HomeRequest) -> None:
    if request.photo_ids:
        due_at = deps.now() + KEPT_FOR
        await jobs.enqueue(deps, tx, LET_GO, request.id, due_at=due_at, request_id=request.id)


async def let_go(deps: Dependencies, payload: Document) -> None:
    """The job: take the photos of a closed request away."""

    async def save(tx: Transaction) -> None:
        found = await request_store.find(deps.db, payload["request_id"], tx)
        if found is None or found.state in OPEN or not found.photo_ids:
            return
        count = await photos.let_go(deps, tx, found.photo_ids, subject=found.id)
        await request_store.forget_photos(deps.db, found.id, tx)
        await audit.record(
            deps,
            tx,
            CLOCK,
            Act.HOME_PROOF_REMOVED,
            place=found.home,
            subject=found.id,
            photos=count,
        )

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {LET_GO: let_go}
