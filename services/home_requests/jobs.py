"""Jobs of home requests: the end of their proof."""

from typing import Final

from services.audit import actions as audit
from services.cases import jobs as cases
from services.cases.actions import CLOCK
from services.dependencies import Dependencies, Transaction
from services.home_requests import store
from services.home_requests.kind import HOME_REQUEST, REMOVE_PROOF
from services.home_requests.states import OPEN, Event
from services.jobs import actions as jobs
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.photos import actions as photos

PASS_ON: Final = "homes.pass_on"  # noqa: S105  # a job


async def pass_on(deps: Dependencies, payload: Document) -> None:
    """Job of requests filed before cases had timers: the step that happens by itself."""
    facts = {"name": HOME_REQUEST.name, "case_id": payload["request_id"]}
    await cases.lapse(deps, {**facts, "action": Event.PASS_ON})


async def remove_proof(deps: Dependencies, payload: Document) -> None:
    """Job: remove the photos of a request that has ended."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, payload["request_id"], tx=tx)
        if found is None or found.state in OPEN or not found.photo_ids:
            return
        count = await photos.discard(deps, tx, found.photo_ids, subject=found.id)
        await store.remove_photos(deps.db, tx, found.id)
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


JOBS: Final[dict[str, jobs.Handler]] = {
    PASS_ON: pass_on,
    REMOVE_PROOF: remove_proof,
}
