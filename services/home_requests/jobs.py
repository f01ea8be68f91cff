"""Jobs of home requests: passed on when no head advised, and the end of their proof."""

from collections.abc import Mapping
from typing import Final

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.home_requests import access, notify, store
from services.home_requests.access import PASS_ON, REMOVE_PROOF
from services.home_requests.states import OPEN, Event, RequestState
from services.homes import household
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.photos import actions as photos

CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it


async def remove_proof(deps: Dependencies, payload: Document) -> None:
    """The job: take the photos of a closed request away."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, payload["request_id"], tx)
        if found is None or found.state in OPEN or not found.photo_ids:
            return
        count = await photos.discard(deps, tx, found.photo_ids, subject=found.id)
        await store.forget_photos(deps.db, found.id, tx)
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


PROOF_JOBS: Final[dict[str, jobs.Handler]] = {REMOVE_PROOF: remove_proof}


async def pass_on(deps: Dependencies, payload: Document) -> None:
    """The job: nobody advised in time, so the community decides without."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, payload["request_id"], tx)
        if found is None or found.state is not RequestState.WITH_HEAD:
            return
        await access.move(deps, tx, found, Event.PASS_ON)
        home = await household.hold(deps, found.home, tx)
        await notify.progress(deps, tx, found, home.place)
        await audit.record(
            deps, tx, CLOCK, Act.HOME_PASSED_ON, place=found.home, subject=found.id
        )

    await deps.in_transaction(save)


REQUEST_JOBS: Final[dict[str, jobs.Handler]] = {PASS_ON: pass_on, **PROOF_JOBS}


JOBS: Final[Mapping[str, jobs.Handler]] = REQUEST_JOBS
