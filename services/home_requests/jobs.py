"""Jobs of home requests: passed on when no head advised, and the end of their proof."""

from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.home_requests import access, store
from services.home_requests.states import OPEN, TABLE, Event, RequestState
from services.homes import household
from services.jobs import actions as jobs
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.photos import actions as photos

CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it


async def pass_on(deps: Dependencies, payload: Document) -> None:
    """Job: pass a request that no head advised on in time to the community."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, payload["request_id"], tx=tx)
        if found is None or found.state is not RequestState.WITH_HEAD:
            return
        home = await household.hold(deps, tx, found.home)
        await access.move(deps, tx, found, Event.PASS_ON, home=home.place)
        place, subject = found.home, found.id
        await audit.record(
            deps, tx, CLOCK, TABLE.act(Event.PASS_ON), place=place, subject=subject
        )

    await deps.in_transaction(save)


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
    access.PASS_ON: pass_on,
    access.REMOVE_PROOF: remove_proof,
}
